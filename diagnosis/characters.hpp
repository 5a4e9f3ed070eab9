// Kinds of bytes of a log: of ASCII, in whatever locale.
#pragma once

#include <string_view>

namespace runneriq::diagnosis {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_';
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool is_blank_line(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}
// Without the tabulator.
constexpr bool is_control(char c) {
  return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F;
}

}  // namespace runneriq::diagnosis
