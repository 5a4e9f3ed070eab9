// Redaction of a text part by part: where a part ends depends on the text alone. Pure.
#pragma once

#include "diagnosis/redaction.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace runneriq::diagnosis {

// A part and what has to be seen behind it.
inline constexpr std::size_t kRedactionWindow = std::size_t{64} << 10;  // bytes

struct RedactedPart {
  Redaction redaction;
  std::size_t length = 0;  // of the part; at least 1
};
// Of a text that begins with `window` and goes on behind it, which is kRedactionWindow long: a part that ends
// with a line and amid no secret, if there is such an end.
RedactedPart redacted_part(std::string_view window, const RedactionTerms& terms);
// Of one that ends with the window.
Redaction redacted_rest(std::string_view window, const RedactionTerms& terms);

}  // namespace runneriq::diagnosis
