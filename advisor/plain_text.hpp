// Text of others as it may stand in a document for a model, or in what is shown of one: without what cannot
// be seen. Pure.
#pragma once

#include "diagnosis/redaction.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace runneriq::advisor {

// One line of valid UTF-8 of at most `most` bytes, "…" where it was cut. Control characters, marks of writing
// direction, characters without width and Unicode's tag characters, which could hide words from people, are
// left out; a tab and a line end become a blank, bytes that are no UTF-8 U+FFFD.
std::string plain_line(std::string_view text, std::size_t most);

// The same, redacted before and after, since what is left out may have stood within a secret; then cut.
std::string redacted_line(std::string_view text, const diagnosis::RedactionTerms& terms, std::size_t most);

}  // namespace runneriq::advisor
