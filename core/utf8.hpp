// The one place that knows which bytes are UTF-8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace runneriq {

// The length in bytes (1 to 4) of the UTF-8 character at the start of `text`; 0 when there is none:
// `text` is empty, or starts with a stray, overlong, surrogate, too large or truncated sequence.
constexpr std::size_t utf8_length(std::string_view text) {
  // What the second byte may be tells overlong forms, surrogates and what lies beyond U+10FFFF apart
  // (The Unicode Standard, table 3-7).
  struct Form {
    std::uint8_t first_from, first_to, second_from, second_to;
    std::size_t length;
  };
  constexpr std::array kForms{Form{0xC2, 0xDF, 0x80, 0xBF, 2}, Form{0xE0, 0xE0, 0xA0, 0xBF, 3},
                              Form{0xE1, 0xEC, 0x80, 0xBF, 3}, Form{0xED, 0xED, 0x80, 0x9F, 3},
                              Form{0xEE, 0xEF, 0x80, 0xBF, 3}, Form{0xF0, 0xF0, 0x90, 0xBF, 4},
                              Form{0xF1, 0xF3, 0x80, 0xBF, 4}, Form{0xF4, 0xF4, 0x80, 0x8F, 4}};
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  if (text.empty()) return 0;
  if (byte(0) < 0x80) return 1;
  for (const Form& form : kForms) {
    if (byte(0) < form.first_from || byte(0) > form.first_to) continue;
    if (text.size() < form.length || byte(1) < form.second_from || byte(1) > form.second_to) return 0;
    for (std::size_t at = 2; at < form.length; ++at) {
      if ((byte(at) & 0xC0U) != 0x80U) return 0;
    }
    return form.length;
  }
  return 0;
}

constexpr bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace runneriq
