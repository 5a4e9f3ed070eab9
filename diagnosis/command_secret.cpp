#include "diagnosis/command_secret.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/token_letters.hpp"
#include "diagnosis/told_secret.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

using token_table::Letters;
constexpr std::size_t kLongestName = 48;

// What stands before `at` in its line, or in the lines before.
std::string_view before(std::string_view text, std::size_t at, std::size_t floor, std::size_t most) {
  const std::size_t begin = std::max(floor, at - std::min(at, most));
  return text.substr(begin, at - begin);
}
std::string_view line_before(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kMost = 400;
  const std::string_view part = before(text, at, floor, kMost);
  const std::size_t end = part.rfind('\n');
  return end == std::string_view::npos ? part : part.substr(end + 1);
}

bool holds(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

std::optional<Secret> of_option(std::string_view text, std::size_t at) {
  const std::size_t end = end_of(text.substr(0, at + kLongestName), at, Letters::words);
  if (end >= text.size() || !is_blank(text[end])) return std::nullopt;
  return told_by_name(text, text.substr(at, end - at), end);
}

// "user:VALUE" behind an option of curl.
std::optional<Secret> of_user(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::string_view kShort = "-u ", kLong = "--user ";
  const std::string_view here = text.substr(at);
  const std::size_t length = here.starts_with(kShort)  ? kShort.size()
                             : here.starts_with(kLong) ? kLong.size()
                                                       : 0;
  if (length == 0 || !holds(line_before(text, at, floor), "curl")) return std::nullopt;
  auto value = told_word(text, at + length);
  if (!value) return std::nullopt;
  const std::size_t colon = text.substr(0, value->end).find(':', value->begin);
  if (colon == std::string_view::npos) return std::nullopt;
  auto password = told_word(text.substr(0, value->end), colon + 1);
  return password && password->begin == colon + 1 ? password : std::nullopt;
}

std::optional<Secret> of_login(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::string_view kOption = "-p ";
  if (!text.substr(at).starts_with(kOption)) return std::nullopt;
  const std::string_view line = line_before(text, at, floor);
  if (!holds(line, "sshpass") && !holds(line, " login")) return std::nullopt;
  return told_word(text, at + kOption.size());
}

std::optional<Secret> of_netrc(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::string_view kName = "password ";
  constexpr std::size_t kMost = 200;
  if (!text.substr(at).starts_with(kName)) return std::nullopt;
  const std::string_view entry = before(text, at, floor, kMost);
  if (!holds(entry, "login ") || !(holds(entry, "machine ") || holds(entry, "default "))) return std::nullopt;
  return told_word(text, at + kName.size());
}

std::optional<Secret> of_bearer(std::string_view text, std::size_t at) {
  constexpr std::string_view kName = "bearer ";
  constexpr std::size_t kLeast = 20;
  if (lower_case(text.substr(at, kName.size())) != kName) return std::nullopt;
  const std::size_t begin = at + kName.size();
  auto value = told_by_name(text, "token", begin);
  if (!value || value->end - value->begin < kLeast) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Secret> command_secret_at(std::string_view text, std::size_t at, std::size_t floor) {
  switch (text[at]) {
    case '-':
      if (auto user = of_user(text, at, floor)) return user;
      if (auto login = of_login(text, at, floor)) return login;
      return of_option(text, at);
    case 'p':
      return of_netrc(text, at, floor);
    default:
      return of_bearer(text, at);
  }
}

}  // namespace runneriq::diagnosis
