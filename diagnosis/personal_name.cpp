#include "diagnosis/personal_name.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kLongestName = 80;

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != kNone;
}

// Users of images and services, not of people.
bool is_of_a_service(std::string_view name) {
  constexpr std::array<std::string_view, 42> kNames{
      "root",          "runner",    "gitlab-runner", "gitlab_runner", "travis",      "ubuntu",
      "debian",        "centos",    "fedora",        "vagrant",       "circleci",    "vsts",
      "jenkins",       "node",      "app",           "user",          "admin",       "administrator",
      "public",        "default",   "shared",        "all",           "runneradmin", "containeradministrator",
      "containeruser", "ec2-user",  "build",         "builder",       "builds",      "ci",
      "docker",        "linuxbrew", "codespace",     "vscode",        "git",         "gradle",
      "jovyan",        "rustacean", "coder",         "appveyor",      "deploy",      "test"};
  return std::ranges::find(kNames, lower_case(name)) != kNames.end();
}

bool is_placeholder(std::string_view value) {
  return value.empty() || is_one_of(value.front(), "[$<{%*");
}

// Up to the end of the line, or to one of the signs.
std::string_view until(std::string_view text, std::size_t at, std::string_view signs) {
  const std::string_view rest = text.substr(at, kLongestName);
  std::size_t end = 0;
  while (end < rest.size() && !is_control(rest[end]) && !is_one_of(rest[end], signs)) ++end;
  while (end > 0 && is_blank(rest[end - 1])) --end;
  return rest.substr(0, end);
}

// "/c/Users".
bool is_behind_drive(std::string_view text, std::size_t at) {
  return at >= 2 && is_letter(text[at - 1]) && text[at - 2] == '/' && (at == 2 || !is_word(text[at - 3]));
}

std::optional<Secret> name(std::string_view text, std::string_view found) {
  if (is_placeholder(found)) return std::nullopt;
  const auto begin = static_cast<std::size_t>(found.data() - text.data());
  return Secret{.begin = begin, .end = begin + found.size(), .placeholder = "[NAME]"};
}

}  // namespace

std::optional<Secret> home_at(std::string_view text, std::size_t at) {
  constexpr std::array<std::string_view, 4> kHomes{"/home/", "/Users/", "\\Users\\", "\\\\Users\\\\"};
  const std::string_view here = text.substr(at);
  const auto home =
      std::ranges::find_if(kHomes, [&](std::string_view each) { return here.starts_with(each); });
  if (home == kHomes.end() || (at > 0 && is_word(text[at - 1]) && !is_behind_drive(text, at)))
    return std::nullopt;
  const std::size_t begin = at + home->size();
  std::size_t end = begin;
  while (end < std::min(text.size(), begin + kLongestName) &&
         (is_word(text[end]) || is_one_of(text[end], ".-") || static_cast<unsigned char>(text[end]) >= 0x80))
    ++end;
  while (end > begin && text[end - 1] == '.') --end;
  const std::string_view found = text.substr(begin, end - begin);
  if (found.empty() || is_of_a_service(found)) return std::nullopt;
  return Secret{.begin = begin, .end = end, .placeholder = "[USER]"};
}

std::optional<Secret> trailer_at(std::string_view text, std::size_t at) {
  constexpr std::string_view kBy = "-by: ";
  const std::string_view here = text.substr(at, 2 * kLongestName);
  if (here.starts_with(kBy)) {
    const bool of_a_word = at > 0 && is_letter(text[at - 1]);
    return of_a_word ? name(text, until(text, at + kBy.size(), "<\"\\")) : std::nullopt;
  }
  for (const std::string_view key : {"Author: ", "Committer: ", "Commit: "}) {
    if (!here.starts_with(key)) continue;
    const std::size_t begin = std::min(text.find_first_not_of(' ', at + key.size()), text.size());
    const std::string_view found = until(text, begin, "<\"\\");
    const std::size_t end = begin + found.size();
    const std::string_view behind = text.substr(std::min(end, text.size()), 2);
    return behind == " <" ? name(text, found) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Secret> named_variable_at(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::array<std::string_view, 6> kNames{"GITLAB_USER_NAME",   "GITLAB_USER_LOGIN",
                                                   "CI_COMMIT_AUTHOR",   "GIT_AUTHOR_NAME",
                                                   "GIT_COMMITTER_NAME", "user.name"};
  const std::string_view before = text.substr(floor, at - floor);
  if (std::ranges::none_of(kNames, [&](std::string_view each) { return before.ends_with(each); }))
    return std::nullopt;
  const bool quoted = at + 1 < text.size() && is_one_of(text[at + 1], "\"'");
  return name(text, until(text, at + (quoted ? 2 : 1), quoted ? "<\"'" : "<\"';&|"));
}

}  // namespace runneriq::diagnosis
