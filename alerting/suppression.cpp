#include "alerting/suppression.hpp"

#include <array>

namespace runneriq::alerting {
namespace {

SuppressionRule shipped(std::string name, std::string_view match) {
  return {std::move(name), Matchers::parse(match).value(), true};
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

tl::unexpected<Error> refused(std::string message) {
  return fail(Errc::invalid_argument, std::move(message));
}

Result<void> check_times(const Silence& silence, Time now) {
  if (silence.end <= silence.start) {
    return refused("a silence must end after its start " + runneriq::to_text(silence.start) + ", not at " +
                   runneriq::to_text(silence.end));
  }
  if (silence.end <= now) {
    return refused("the end " + runneriq::to_text(silence.end) +
                   " of the silence is over: write a later one");
  }
  if (silence.end - silence.start > kLongestSilence) {
    return refused("a silence may last " + runneriq::to_text(kLongestSilence) + ", not " +
                   runneriq::to_text(silence.end - silence.start) +
                   ": for ever is a rule (alerting.suppress)");
  }
  return {};
}

Result<void> check_words(const Silence& silence) {
  if (is_blank(silence.author)) return refused("a silence needs an author: say who it is of");
  if (is_blank(silence.comment)) return refused("a silence needs a comment: say why nobody is to be told");
  if (silence.comment.size() > kLongestComment) {
    return refused("the comment of the silence has " + std::to_string(silence.comment.size()) +
                   " bytes: write at most " + std::to_string(kLongestComment));
  }
  return {};
}

}  // namespace

std::vector<SuppressionRule> default_suppression() {
  return {shipped("experimental", R"(ref=~"(experimental|spike|wip)/.*")"),
          shipped("allow-failure", R"(allow_failure="true")")};
}

SilenceState state_of(const Silence& silence, Time now) {
  if (now >= silence.end) return SilenceState::expired;
  return now < silence.start ? SilenceState::pending : SilenceState::active;
}

std::string_view to_text(SilenceState state) {
  constexpr std::array<std::string_view, 3> kTexts{"pending", "active", "expired"};
  return kTexts.at(static_cast<std::size_t>(state));
}

Result<void> check(const Silence& silence, Time now) {
  if (silence.match.empty()) {
    return refused(
        "a silence without conditions would hide everything: give at least one, like job=\"lint\"");
  }
  if (auto times = check_times(silence, now); !times) return times;
  return check_words(silence);
}

}  // namespace runneriq::alerting
