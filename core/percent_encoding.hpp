// Text within a URL (RFC 3986, section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runneriq {

// Everything but letters, digits and "-._~" as %XX: for one part of a path, or the name or value of a query.
inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded.append(1, '%').append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0x0FU]);
    }
  }
  return encoded;
}

// The other way; a '+' stays one. None when a '%' is not followed by two hexadecimal digits.
inline std::optional<std::string> percent_decoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEFabcdef";
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    if (at + 2 >= text.size()) return std::nullopt;
    std::size_t high = kDigits.find(text[at + 1]);
    std::size_t low = kDigits.find(text[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    if (high > 15) high -= 6;
    if (low > 15) low -= 6;
    decoded += static_cast<char>(high << 4U | low);
    at += 2;
  }
  return decoded;
}

}  // namespace runneriq
