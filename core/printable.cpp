#include "core/printable.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace runneriq {
namespace {

constexpr std::string_view kEllipsis = "…";

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

std::uint32_t code_point(std::string_view character) {
  if (character.size() == 1) return byte_at(character, 0);
  std::uint32_t value = byte_at(character, 0) & (0x7FU >> character.size());
  for (std::size_t i = 1; i < character.size(); ++i) value = (value << 6U) | (byte_at(character, i) & 0x3FU);
  return value;
}

bool is_control(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

// Marks, embeddings, overrides and isolates that turn the direction of writing.
bool turns_direction(std::uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool separates_lines(std::uint32_t c) {
  return c == 0x2028 || c == 0x2029;
}

std::string hex_escapes(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string escaped;
  for (const char byte : bytes) {
    const auto value = static_cast<std::uint8_t>(byte);
    escaped.append("\\x").append(1, digits[value >> 4U]).append(1, digits[value & 0x0FU]);
  }
  return escaped;
}

std::string shown(std::string_view character) {
  if (character == "\n") return "\\n";
  if (character == "\t") return "\\t";
  if (character == "\\") return "\\\\";
  const std::uint32_t c = code_point(character);
  if (is_control(c) || turns_direction(c) || separates_lines(c)) return hex_escapes(character);
  return std::string{character};
}

// Takes the next character, or the next byte that is none, from `rest`.
std::string take_shown(std::string_view& rest) {
  const std::size_t length = utf8_length(rest);
  const std::string_view next = rest.substr(0, std::max<std::size_t>(length, 1));
  rest.remove_prefix(next.size());
  return length == 0 ? hex_escapes(next) : shown(next);
}

enum class LeadingSlash { escaped, kept };

std::string one_line(std::string_view text, std::size_t max_bytes, LeadingSlash slash) {
  std::string line;
  std::size_t cut = 0;  // the longest prefix that leaves room for the ellipsis
  // GitLab may take "  /close" for a quick action, too.
  bool only_spaces = slash == LeadingSlash::escaped;
  while (!text.empty()) {
    std::string next = take_shown(text);
    if (only_spaces && next == "/") next = "\\/";
    only_spaces = only_spaces && next == " ";
    if (line.size() + next.size() > max_bytes) {
      line.resize(cut);
      return max_bytes < kEllipsis.size() ? std::string{} : line.append(kEllipsis);
    }
    line += next;
    if (line.size() + kEllipsis.size() <= max_bytes) cut = line.size();
  }
  return line;
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_bytes) {
  return one_line(text, max_bytes, LeadingSlash::escaped);
}

std::string printable_path(std::string_view path, std::size_t max_bytes) {
  return one_line(path, max_bytes, LeadingSlash::kept);
}

std::string quoted_text(std::string_view text, std::size_t max_bytes) {
  // With the quote before it, a leading slash is no quick action.
  return printable("'" + std::string(text), max_bytes) + "'";
}

}  // namespace runneriq
