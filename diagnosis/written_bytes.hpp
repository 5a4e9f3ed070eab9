// The bytes that a piece of text stands for, by the ways in which programs write bytes into text. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace runneriq::diagnosis {

enum class Writing : std::uint8_t {
  percent,      // %41 (RFC 3986)
  escapes,      // \n \" \x41 \101 \u0041 of JSON, C, Python and shells, and a quote within quotes of a shell
  entities,     // &amp; &#65; &#x41; (HTML)
  wrapped,      // the bytes themselves, with ends of lines between, also written as \n, and time stamps
  hexadecimal,  // 41 42, 41:42, 4142, 0x41, 0x42
};
inline constexpr std::array kWritings{Writing::percent, Writing::escapes, Writing::entities, Writing::wrapped,
                                      Writing::hexadecimal};

// Whether a text that holds the byte may stand for other bytes than its own. None may for hexadecimal.
bool may_begin(Writing writing, char c);

// The next bytes of a text that one sign stands for.
struct Written {
  std::array<char, 4> bytes{};
  std::uint8_t count = 0;  // of them; 0 = it stands for none: the end of a line
  std::size_t length = 0;  // of the sign in the text; 0 = no sign of this writing
};
// Of the text that begins at `at`, before its end. What is no sign stands for itself.
Written written_at(std::string_view text, std::size_t at, Writing writing);

}  // namespace runneriq::diagnosis
