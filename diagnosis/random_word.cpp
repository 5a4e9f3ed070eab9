#include "diagnosis/random_word.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kBytes = 256;

bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

// Bits a letter (Shannon), by how often each occurs.
double entropy_of(std::string_view word) {
  std::array<std::size_t, kBytes> counts{};
  for (const char c : word) ++counts.at(static_cast<unsigned char>(c));
  double bits = 0;
  for (const std::size_t count : counts) {
    const double share = static_cast<double>(count) / static_cast<double>(word.size());
    if (count > 0) bits -= share * std::log2(share);
  }
  return bits;
}

struct Mix {
  std::size_t small = 0, capital = 0, digit = 0, sign = 0;
  std::size_t turns = 0;  // from one of the first three kinds to another
};

Mix mix_of(std::string_view word) {
  Mix mix;
  std::size_t* last = nullptr;
  for (const char c : word) {
    std::size_t* const kind = is_small(c)     ? &mix.small
                              : is_capital(c) ? &mix.capital
                              : is_digit(c)   ? &mix.digit
                                              : &mix.sign;
    ++*kind;
    if (kind == &mix.sign) continue;
    if (last != nullptr && last != kind) ++mix.turns;
    last = kind;
  }
  return mix;
}

// Letters of base64 turn from kind to kind 0.6 times a letter in the mean, those of names made of words 0.4.
bool mixes_like_base64(std::string_view word, const Mix& mix) {
  constexpr double kLeastTurns = 0.45, kLeastBits = 4.0, kMostSigns = 0.125;
  constexpr std::size_t kLeastOfAKind = 3, kLeastDigits = 2;
  const auto length = static_cast<double>(word.size());
  return mix.digit >= kLeastDigits && mix.capital >= kLeastOfAKind && mix.small >= kLeastOfAKind &&
         static_cast<double>(mix.sign) <= kMostSigns * length &&
         static_cast<double>(mix.turns) >= kLeastTurns * length && entropy_of(word) >= kLeastBits;
}

bool mixes_like_base36(std::string_view word, const Mix& mix) {
  constexpr double kLeastTurns = 0.3, kLeastBits = 3.8, kLeastDigits = 0.15;
  const auto length = static_cast<double>(word.size());
  return mix.sign == 0 && (mix.capital == 0 || mix.small == 0) &&
         static_cast<double>(mix.digit) >= kLeastDigits * length &&
         static_cast<double>(mix.turns) >= kLeastTurns * length && entropy_of(word) >= kLeastBits;
}

bool is_hexadecimal(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return is_hex_digit(c) || c == '-' || c == '_'; });
}

bool is_digest(std::string_view word, std::string_view before) {
  constexpr std::size_t kMostRead = 16;
  constexpr std::array<std::string_view, 4> kNamesBefore{"h1:", "sha256:", "sha384:", "sha512:"};
  constexpr std::array<std::string_view, 3> kNames{"sha256", "sha384", "sha512"};
  const std::string last = lower_case(before.substr(before.size() - std::min(before.size(), kMostRead)));
  const std::string first = lower_case(word.substr(0, kNames.front().size()));
  return std::ranges::any_of(kNamesBefore, [&](std::string_view name) { return last.ends_with(name); }) ||
         std::ranges::find(kNames, first) != kNames.end();
}

bool is_public_key(std::string_view word) {
  constexpr std::array<std::string_view, 4> kStarts{"AAAAB3NzaC1", "AAAAC3NzaC1", "AAAAE2VjZHNh",
                                                    "AAAAGnNrLX"};
  return std::ranges::any_of(kStarts, [&](std::string_view start) { return word.starts_with(start); });
}

bool is_of_path(std::string_view before) {
  return before.ends_with('/') || before.ends_with('.') || before.ends_with('~');
}

// "build", "Control": a part of a path or name that somebody wrote.
bool is_plain(std::string_view part) {
  constexpr std::size_t kLeast = 4;
  return part.size() >= kLeast && is_letter(part.front()) && std::ranges::all_of(part.substr(1), is_small);
}

// "ReactiveTests-FCAD4A4D-E700-4A0D-8A54-C4A42A2A95F4".
std::string_view without_uuid(std::string_view word) {
  constexpr std::string_view kUuid = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
  if (word.size() < kUuid.size()) return word;
  const std::string_view last = word.substr(word.size() - kUuid.size());
  const bool found = std::equal(kUuid.begin(), kUuid.end(), last.begin(), [](char wanted, char c) {
    return wanted == 'h' ? is_hex_digit(c) : c == wanted;
  });
  return found ? word.substr(0, word.size() - kUuid.size()) : word;
}

bool is_random(std::string_view word, std::string_view before) {
  if (word.size() < kLeastRandomWord) return false;
  const Mix mix = mix_of(word);
  return mixes_like_base64(word, mix) || (mixes_like_base36(word, mix) && !is_of_path(before));
}

template <class Predicate>
bool any_part(std::string_view word, Predicate fits) {
  while (!word.empty()) {
    const std::size_t end = std::min(word.find_first_of("/-_"), word.size());
    if (fits(word.substr(0, end))) return true;
    word.remove_prefix(std::min(end + 1, word.size()));
  }
  return false;
}

}  // namespace

bool is_of_random_word(char c) {
  return is_word(c) || c == '-' || c == '+' || c == '/';
}

bool looks_random(std::string_view word, std::string_view before) {
  word = without_uuid(word);
  if (word.size() < kLeastRandomWord || is_hexadecimal(word)) return false;
  const bool of_path = is_of_path(before) && word.find('/') != std::string_view::npos;
  const bool random =
      of_path || any_part(word, is_plain)
          ? any_part(word,
                     [](std::string_view part) { return !is_hexadecimal(part) && is_random(part, "/"); })
          : is_random(word, before);
  return random && !is_digest(word, before) && !is_public_key(word);
}

}  // namespace runneriq::diagnosis
