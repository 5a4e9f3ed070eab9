// What may stand in the head of an HTTP message (RFC 9110, section 5).
#pragma once

#include "core/lower_case.hpp"
#include "platform/http_client.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace runneriq::platform {

inline std::string_view without_outer_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// A token: the name of a method or of a header.
inline bool is_http_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char each) {
    const char lower = lower_case(each);
    return (lower >= 'a' && lower <= 'z') || (each >= '0' && each <= '9') ||
           kMarks.find(each) != std::string_view::npos;
  });
}

// Whether `value` stays inside its line.
inline bool is_header_value(std::string_view value) {
  return std::ranges::none_of(value, [](char each) { return each == '\r' || each == '\n' || each == '\0'; });
}

inline bool is_header(const HttpHeader& header) {
  return is_http_token(header.name) && is_header_value(header.value);
}

}  // namespace runneriq::platform
