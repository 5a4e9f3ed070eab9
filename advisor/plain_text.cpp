#include "advisor/plain_text.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace runneriq::advisor {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "…";

char32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(character[at]); };
  if (character.size() == 1) return byte(0);
  char32_t value = byte(0) & (0x7FU >> character.size());
  for (std::size_t at = 1; at < character.size(); ++at) value = (value << 6U) | (byte(at) & 0x3FU);
  return value;
}

// Unicode 15: general categories Cc, Cf, Zl and Zp, variation selectors and blank letters.
struct Range {
  char32_t first, last;
};
constexpr std::array kInvisible{
    Range{0x0000, 0x001F},   Range{0x007F, 0x009F},   Range{0x00AD, 0x00AD},   Range{0x034F, 0x034F},
    Range{0x061C, 0x061C},   Range{0x115F, 0x1160},   Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
    Range{0x200B, 0x200F},   Range{0x2028, 0x202E},   Range{0x2060, 0x206F},   Range{0x3164, 0x3164},
    Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},   Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFFB},
    Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE0FFF},
};

bool is_invisible(char32_t c) {
  return std::ranges::any_of(kInvisible, [&](const Range& r) { return c >= r.first && c <= r.last; });
}

std::string_view shown(std::string_view character) {
  if (character == "\n" || character == "\t") return " ";
  return is_invisible(code_point(character)) ? std::string_view{} : character;
}

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  if (most < kEllipsis.size()) return {};
  std::size_t end = most - kEllipsis.size();
  while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text.append(kEllipsis);
}

}  // namespace

std::string plain_line(std::string_view text, std::size_t most) {
  std::string line;
  line.reserve(std::min(text.size(), most));
  while (!text.empty() && line.size() <= most) {
    const std::size_t length = utf8_length(text);
    line += length == 0 ? kReplacement : shown(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return cut(std::move(line), most);
}

std::string redacted_line(std::string_view text, const diagnosis::RedactionTerms& terms, std::size_t most) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  const std::string once = diagnosis::redaction_of(text, terms).text;
  return plain_line(diagnosis::redaction_of(plain_line(once, kAll), terms).text, most);
}

}  // namespace runneriq::advisor
