#include "diagnosis/secret_value.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLongestWord = 32;
constexpr auto kNone = std::string_view::npos;

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != kNone;
}

bool holds_a_placeholder(std::string_view value) {
  constexpr std::size_t kLeast = 3;
  for (std::size_t open = value.find('['); open != kNone; open = value.find('[', open + 1)) {
    std::size_t end = open + 1;
    while (end < value.size() && ((value[end] >= 'A' && value[end] <= 'Z') || value[end] == '-')) ++end;
    if (end - open > kLeast && value.substr(end).starts_with(']')) return true;
  }
  return false;
}

}  // namespace

bool is_no_secret(std::string_view value) {
  constexpr std::array<std::string_view, 13> kWords{"none",  "null",      "nil",       "true",     "false",
                                                    "yes",   "no",        "undefined", "redacted", "masked",
                                                    "empty", "protected", "hidden"};
  if (value.empty() || is_one_of(value.front(), "$%<[({")) return true;
  if (is_one_of(value.front(), "#@!*") && !has_letter_and_digit(value)) return true;
  if (std::ranges::all_of(value, [](char c) { return is_one_of(c, "xX.-_"); })) return true;
  const std::string word = value.size() > kLongestWord ? std::string{} : lower_case(value);
  return std::ranges::find(kWords, word) != kWords.end() || holds_a_placeholder(value);
}

bool has_letter_and_digit(std::string_view value) {
  return std::ranges::any_of(value, is_letter) && std::ranges::any_of(value, is_digit);
}

bool has_sign(std::string_view value) {
  return std::ranges::any_of(value, [](char c) { return is_one_of(c, "!@#%^&*+=?~"); });
}

bool mixes_letters(std::string_view value) {
  constexpr int kLeastTurns = 2;
  int turns = 0;
  for (std::size_t i = 1; i < value.size(); ++i)
    turns += is_letter(value[i - 1]) && lower_case(value[i - 1]) == value[i - 1] && is_letter(value[i]) &&
                     lower_case(value[i]) != value[i]
                 ? 1
                 : 0;
  return turns >= kLeastTurns;
}

bool is_base64_of_credentials(std::string_view value) {
  constexpr std::size_t kLeast = 12, kGroup = 4;
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto is_of_base64 = [](char c) { return is_digit(c) || is_letter(c) || is_one_of(c, "+/="); };
  return value.size() >= kLeast && value.size() % kGroup == 0 && std::ranges::all_of(value, is_of_base64) &&
         std::ranges::any_of(value, is_capital) && (value.ends_with('=') || has_letter_and_digit(value));
}

}  // namespace runneriq::diagnosis
