// The letters of which tokens are made. Pure.
#pragma once

#include "diagnosis/characters.hpp"
#include "diagnosis/token_table.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace runneriq::diagnosis {

constexpr bool is_one_of(char c, token_table::Letters letters) {
  using token_table::Letters;
  switch (letters) {
    case Letters::alphanumeric:
      return is_digit(c) || is_letter(c);
    case Letters::capitals:
      return is_digit(c) || (c >= 'A' && c <= 'Z');
    case Letters::dashed:
      return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '-';
    case Letters::hexadecimal:
      return is_hex_digit(c);
    case Letters::uuid:
      return is_hex_digit(c) || c == '-';
    case Letters::words:
      return is_word(c) || c == '-';
    case Letters::dotted:
      return is_word(c) || c == '-' || c == '.';
    case Letters::dollars:
      return is_word(c) || c == '-' || c == '$';
    case Letters::base64:
      return is_word(c) || c == '-' || c == '+' || c == '/' || c == '=' || c == '%';
  }
  return false;
}

constexpr std::size_t end_of(std::string_view text, std::size_t at, token_table::Letters letters) {
  while (at < text.size() && is_one_of(text[at], letters)) ++at;
  return at;
}

// Whether the next `least` bytes are such letters.
constexpr bool has(std::string_view text, std::size_t at, token_table::Letters letters, std::size_t least) {
  if (at > text.size()) return false;
  const std::string_view next = text.substr(at, least);
  return next.size() == least && std::ranges::all_of(next, [&](char c) { return is_one_of(c, letters); });
}

}  // namespace runneriq::diagnosis
