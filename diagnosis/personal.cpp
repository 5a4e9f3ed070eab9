#include "diagnosis/personal.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/personal_address.hpp"
#include "diagnosis/personal_name.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace runneriq::diagnosis {
namespace {

enum class Sign : std::uint8_t { none, digit, mail, home, plus, key, by, assigned };

constexpr auto kSigns = [] {
  std::array<Sign, 256> signs{};
  for (const char c : {'1', '2', '3', '4', '5', '6', '7', '8', '9'})
    signs.at(static_cast<unsigned char>(c)) = Sign::digit;
  signs.at('@') = Sign::mail;
  signs.at('/') = signs.at('\\') = Sign::home;
  signs.at('+') = Sign::plus;
  signs.at('A') = signs.at('C') = Sign::key;
  signs.at('-') = Sign::by;
  signs.at('=') = Sign::assigned;
  return signs;
}();

std::optional<Secret> of_number(std::string_view text, std::size_t at) {
  if (at > 0 && (is_word(text[at - 1]) || text[at - 1] == '.')) return std::nullopt;
  if (auto ip = ipv4_at(text, at)) return ip;
  return ipv6_at(text, at);
}

std::optional<Secret> personal_at(std::string_view text, std::size_t at, std::size_t floor) {
  switch (kSigns[static_cast<unsigned char>(text[at])]) {
    case Sign::digit:
      return of_number(text, at);
    case Sign::mail:
      return mail_at(text, at, floor);
    case Sign::home:
      return home_at(text, at);
    case Sign::plus:
      return phone_at(text, at);
    case Sign::key:
    case Sign::by:
      return trailer_at(text, at);
    case Sign::assigned:
      return named_variable_at(text, at, floor);
    case Sign::none:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Secret> personal_in(std::string_view text) {
  std::vector<Secret> all;
  std::size_t floor = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (kSigns[static_cast<unsigned char>(text[at])] == Sign::none) continue;
    const auto found = personal_at(text, at, floor);
    if (!found) continue;
    all.push_back(*found);
    floor = found->end;
    at = floor > at ? floor - 1 : at;
  }
  return all;
}

}  // namespace runneriq::diagnosis
