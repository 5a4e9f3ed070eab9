#include "diagnosis/seen_characters.hpp"

#include "core/utf8.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace runneriq::diagnosis {
namespace {

std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<std::uint8_t>(character[at]));
  };
  std::uint32_t value = byte(0) & (0x7FU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) value = (value << 6U) | (byte(i) & 0x3FU);
  return value;
}

// The Unicode Standard: C1 controls; general categories Cf, Zl and Zp, as far as they show nothing.
struct Range {
  std::uint32_t first, last;
};
constexpr std::array kUnseen{Range{0x80, 0x9F},     Range{0xAD, 0xAD},      Range{0x61C, 0x61C},
                             Range{0x180E, 0x180E}, Range{0x200B, 0x200F},  Range{0x2028, 0x202E},
                             Range{0x2060, 0x206F}, Range{0xFEFF, 0xFEFF},  Range{0xFFF9, 0xFFFB},
                             Range{0xFFFE, 0xFFFF}, Range{0xE0000, 0xE007F}};

}  // namespace

bool is_seen(std::string_view character) {
  if (character.size() == 1) return character == "\t" || !is_control(character.front());
  const std::uint32_t c = code_point(character);
  return std::ranges::none_of(kUnseen, [&](Range range) { return c >= range.first && c <= range.last; });
}

std::size_t length_of_plain_ascii(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  const auto is_plain = [](char c) { return c == '\t' || (c >= ' ' && c != 0x7F); };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    // Adding 1 carries DEL into the high bit, subtracting ' ' borrows from it what is below.
    if (((word | (word + kOnes) | (word - kOnes * ' ')) & kHigh) == 0) continue;
    for (std::size_t i = at; i < at + 8; ++i) {
      if (!is_plain(text[i])) return i;
    }
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

bool is_plain_text(std::string_view text) {
  for (;;) {
    text.remove_prefix(length_of_plain_ascii(text));
    if (text.empty()) return true;
    const std::size_t length = utf8_length(text);
    if (length < 2 || !is_seen(text.substr(0, length))) return false;
    text.remove_prefix(length);
  }
}

std::string_view cut_text(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<std::uint8_t>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

std::size_t start_of_last_character(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && (static_cast<std::uint8_t>(text[at]) & 0xC0U) == 0x80U) --at;
  return at;
}

}  // namespace runneriq::diagnosis
