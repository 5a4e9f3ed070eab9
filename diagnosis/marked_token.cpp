#include "diagnosis/marked_token.hpp"

#include "diagnosis/token_letters.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

using token_table::Letters;

constexpr std::string_view kPlaceholder = "[API-TOKEN]";

// How many of the letters stand before `at`; at most one more than `most`.
std::size_t count_before(std::string_view text, std::size_t at, std::size_t floor, Letters letters,
                         std::size_t most) {
  std::size_t count = 0;
  while (count <= most && count < at - floor && is_one_of(text[at - 1 - count], letters)) ++count;
  return count;
}

std::optional<Secret> found(std::size_t begin, std::size_t end) {
  return Secret{.begin = begin, .end = end, .placeholder = kPlaceholder};
}

// core.telegram.org: "123456789:AA…".
std::optional<Secret> telegram(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kLeastDigits = 8, kMostDigits = 10, kBody = 33;
  if (!has(text, at + 1, Letters::words, kBody)) return std::nullopt;
  std::size_t digits = 0;
  while (digits <= kMostDigits && digits < at - floor && is_digit(text[at - 1 - digits])) ++digits;
  if (digits < kLeastDigits || digits > kMostDigits) return std::nullopt;
  return found(at - digits, end_of(text, at + 1, Letters::words));
}

// mailchimp.com: 32 hexadecimal digits, "-us", the number of a data centre.
std::optional<Secret> mailchimp(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kDigits = 32, kMark = 3;
  if (at + kMark >= text.size() || !is_digit(text[at + kMark])) return std::nullopt;
  if (count_before(text, at, floor, Letters::hexadecimal, kDigits) != kDigits) return std::nullopt;
  return found(at - kDigits, end_of(text, at + kMark, Letters::alphanumeric));
}

// developer.hashicorp.com: 14 letters, ".atlasv1.", 60 and more.
std::optional<Secret> terraform(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::string_view kMark = ".atlasv1.";
  constexpr std::size_t kLeast = 10, kMost = 20, kBody = 40;
  const std::size_t before = count_before(text, at, floor, Letters::alphanumeric, kMost);
  if (before < kLeast || !text.substr(at).starts_with(kMark) ||
      !has(text, at + kMark.size(), Letters::words, kBody))
    return std::nullopt;
  return found(at - std::min(before, kMost), end_of(text, at + kMark.size(), Letters::words));
}

// learn.microsoft.com: three letters, "8Q~" or "7Q~", 31 to 34 more.
std::optional<Secret> entra(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kBefore = 3, kMark = 3, kBody = 31;
  const auto is_letter_of_it = [](char c) { return is_one_of(c, Letters::dotted) || c == '~'; };
  const std::string_view body = text.substr(at + kMark);
  if (at - floor < kBefore || body.size() < kBody ||
      !std::ranges::all_of(text.substr(at - kBefore, kBefore), is_letter_of_it) ||
      !std::ranges::all_of(body.substr(0, kBody), is_letter_of_it))
    return std::nullopt;
  const auto end = std::ranges::find_if_not(body, is_letter_of_it);
  return found(at - kBefore, at + kMark + static_cast<std::size_t>(end - body.begin()));
}

// developers.asana.com: "1/<number>:<32 hexadecimal digits>", "2/<number>/<number>:<…>".
std::optional<Secret> asana(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kLeastNumber = 10, kMostNumber = 20, kBody = 32;
  if (at > floor && is_word(text[at - 1])) return std::nullopt;
  std::size_t end = at + 1;
  for (char parts = text[at]; parts > '0'; --parts) {
    const std::size_t begin = ++end;
    while (end < text.size() && end - begin <= kMostNumber && is_digit(text[end])) ++end;
    if (end - begin < kLeastNumber || end == text.size() || text[end] != (parts > '1' ? '/' : ':'))
      return std::nullopt;
  }
  if (!has(text, end + 1, Letters::hexadecimal, kBody)) return std::nullopt;
  return found(at, end_of(text, end + 1, Letters::alphanumeric));
}

}  // namespace

std::optional<Secret> marked_token_at(std::string_view text, std::size_t at, std::size_t floor) {
  switch (text[at]) {
    case ':':
      return telegram(text, at, floor);
    case '-':
      return mailchimp(text, at, floor);
    case '.':
      return terraform(text, at, floor);
    case '7':
    case '8':
      return text.substr(at + 1).starts_with("Q~") ? entra(text, at, floor) : std::nullopt;
    case '1':
    case '2':
      return text.substr(at + 1).starts_with('/') ? asana(text, at, floor) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// discord.com/developers: base64url of the number, six letters, 27 and more, with dots between.
std::optional<Secret> discord_token_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kLeastNumber = 22, kMostNumber = 28, kTime = 6, kBody = 27;
  std::size_t dot = at;
  while (dot < text.size() && dot - at <= kMostNumber && is_one_of(text[dot], Letters::alphanumeric)) ++dot;
  if (dot - at < kLeastNumber || dot >= text.size() || text[dot] != '.') return std::nullopt;
  const std::size_t second = dot + 1 + kTime;
  if (!has(text, dot + 1, Letters::words, kTime) || !text.substr(second).starts_with('.') ||
      !has(text, second + 1, Letters::words, kBody))
    return std::nullopt;
  return found(at, end_of(text, second + 1, Letters::words));
}

}  // namespace runneriq::diagnosis
