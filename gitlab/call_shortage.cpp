#include "gitlab/call_shortage.hpp"

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kOwn = "over the budget of ";
constexpr std::string_view kOfGitLab = "GitLab allows ";
constexpr std::string_view kUntil = " more calls until ";

}  // namespace

std::string own_shortage(int calls_per_minute) {
  return std::string(kOwn) + std::to_string(calls_per_minute) + " calls a minute";
}

std::string shortage_of_gitlab(int calls_left, Time until) {
  return std::string(kOfGitLab) + (calls_left > 0 ? std::to_string(calls_left) : "no") + std::string(kUntil) +
         to_text(until);
}

bool is_own_shortage(std::string_view why) {
  return why.find(kOwn) != std::string_view::npos;
}

bool is_shortage(std::string_view why) {
  return is_own_shortage(why) ||
         (why.find(kOfGitLab) != std::string_view::npos && why.find(kUntil) != std::string_view::npos);
}

}  // namespace runneriq::gitlab
