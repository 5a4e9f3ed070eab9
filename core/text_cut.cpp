#include "core/text_cut.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <numeric>

namespace runneriq {
namespace {

// The length in bytes of what stays in one piece at the start of a text that is not empty.
using Piece = std::size_t (*)(std::string_view);

std::size_t character(std::string_view text) {
  return std::max<std::size_t>(utf8_length(text), 1);
}

// "&amp;", "&#64;": 0 for all else.
std::size_t entity(std::string_view text) {
  constexpr std::size_t kLongest = 10;
  constexpr std::string_view kWord = "#0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::size_t end = text.substr(0, kLongest).find_first_not_of(kWord, 1);
  return end != std::string_view::npos && end > 1 && text[end] == ';' ? end + 1 : 0;
}

std::size_t escape_or_character(std::string_view text) {
  if (text.front() == '&') return std::max<std::size_t>(entity(text), 1);
  if (text.front() == '\\' && text.size() > 1) return 1 + character(text.substr(1));
  return character(text);
}

std::string cut(std::string_view text, std::size_t most, Piece piece) {
  if (most == 0) return {};
  std::size_t count = 0;
  std::size_t kept = 0;  // bytes that leave room for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = piece(text.substr(at));
    count += characters(text.substr(at, length));
    if (count > most) return std::string(text.substr(0, kept)) + "…";
    at += length;
    if (count < most) kept = at;
  }
  return std::string(text);
}

}  // namespace

std::string cut_characters(std::string_view text, std::size_t most) {
  return cut(text, most, character);
}

std::string cut_escaped(std::string_view text, std::size_t most) {
  return cut(text, most, escape_or_character);
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(character(text));
  return count;
}

std::size_t leading_lines(std::span<const std::size_t> lengths, std::size_t most, std::size_t mark) {
  const std::size_t all = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  if (all <= most) return lengths.size();
  std::size_t used = lengths.back() + mark;
  for (std::size_t lines = 0; lines + 1 < lengths.size(); ++lines) {
    used += lengths[lines];
    if (used > most) return lines;
  }
  return lengths.size() - 1;
}

}  // namespace runneriq
