// The lines of a log that a model is shown: redacted, few enough, between marks that none of them can forge.
// Pure.
#pragma once

#include "diagnosis/redaction.hpp"
#include "diagnosis/triage.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::advisor {

struct ShownExcerpt {
  std::vector<std::string> lines;  // "12| text", and "… 7 lines left out" between those that are not next
  std::vector<std::int64_t> numbers;  // of the log's lines among them, in order
};

// At most `most_lines` lines of at most `most_bytes` in all with their numbers. What does not fit is left out
// of the middle: lines that read like an error stay first, then their neighbours, then the outermost ones. A
// secret over several lines (a private key, a known value) is replaced in each of them.
ShownExcerpt shown_excerpt(std::span<const diagnosis::NumberedLine> lines,
                           const diagnosis::RedactionTerms& terms, std::size_t most_lines,
                           std::size_t most_bytes);

// 32 hexadecimal digits that stand in none of the texts; the same for the same texts.
std::string mark_for(std::span<const std::string> texts);

}  // namespace runneriq::advisor
