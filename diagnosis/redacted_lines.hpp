// Redaction of lines that stay lines. Pure.
#pragma once

#include "diagnosis/redaction.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// As redaction_of() each; and a secret over several lines (a private key, a known value that was wrapped)
// gives way to its placeholder in each line that it touches. So who shows some lines hands in those around
// them, too. Line ends within a line become blanks.
std::vector<std::string> redacted_lines(std::span<const std::string_view> lines, const RedactionTerms& terms);

}  // namespace runneriq::diagnosis
