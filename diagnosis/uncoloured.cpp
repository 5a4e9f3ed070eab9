#include "diagnosis/uncoloured.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

// The first bytes of what is taken out: the escape, and of UTF-8.
constexpr char kEscape = '\x1B', kSoft = '\xC2', kGeneral = '\xE2', kMark = '\xEF';

bool is_of_parameters(char c) {
  return is_digit(c) || c == ';' || c == ':';
}

// 0 = another code, or none.
std::size_t length_of_colour(std::string_view text) {
  if (text.starts_with("\x1B(B")) return 3;
  if (!text.starts_with("\x1B[")) return 0;
  std::size_t at = 2;
  while (at < text.size() && is_of_parameters(text[at])) ++at;
  return at < text.size() && (text[at] == 'm' || text[at] == 'K') ? at + 1 : 0;
}

std::size_t length_of_unseen(std::string_view text) {
  constexpr std::array<std::string_view, 6> kUnseen{"\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D",
                                                    "\xE2\x81\xA0", "\xEF\xBB\xBF", "\xC2\xAD"};
  for (const std::string_view sign : kUnseen) {
    if (text.starts_with(sign)) return sign.size();
  }
  return 0;
}

std::size_t length_of_code(std::string_view text) {
  return text.starts_with(kEscape) ? length_of_colour(text) : length_of_unseen(text);
}

std::size_t next_code(std::string_view text, std::size_t from) {
  const auto may_begin = [](char c) { return c == kEscape || c == kSoft || c == kGeneral || c == kMark; };
  while (from < text.size() && !(may_begin(text[from]) && length_of_code(text.substr(from)) > 0)) ++from;
  return from;
}

}  // namespace

Uncoloured::Uncoloured(std::string_view text) : words_(text) {
  std::size_t code = next_code(text, 0);
  if (code == text.size()) return;
  kept_.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); code = next_code(text, at)) {
    kept_ += text.substr(at, code - at);
    const std::size_t length = code < text.size() ? length_of_code(text.substr(code)) : 0;
    if (length > 0) codes_.push_back({.at = kept_.size(), .text = text.substr(code, length)});
    at = code + length;
  }
  words_ = kept_;
}

}  // namespace runneriq::diagnosis
