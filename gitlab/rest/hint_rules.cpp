#include "gitlab/rest/hint_rules.hpp"

#include <algorithm>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kRunnersLast = 1min;
constexpr Duration kStrangersLast = 10min;
constexpr std::size_t kMostStrangers = 1000;

// In what is now the future counts as never.
bool is_within(const std::optional<Time>& then, Duration limit, Time now) {
  return then && now >= *then && now - *then < limit;
}

}  // namespace

void HintRules::note_whole(Time now) {
  whole_at_ = runners_at_ = now;
}

bool HintRules::is_fresh(Time now) const {
  return is_within(whole_at_, 2 * poll_, now);
}

Duration HintRules::until_poll(Time now) const {
  return whole_at_ ? std::clamp(*whole_at_ + poll_ - now, Duration::zero(), poll_) : Duration::zero();
}

bool HintRules::looks_for(std::span<const ProjectId> strangers, Time now) {
  const auto is_new = [&](ProjectId project) {
    const auto before = looked_for_.find(project);
    return before == looked_for_.end() || !is_within(before->second, kStrangersLast, now);
  };
  if (std::ranges::none_of(strangers, is_new) || is_within(looked_at_, poll_, now)) return false;
  if (looked_for_.size() > kMostStrangers) looked_for_.clear();
  for (const ProjectId project : strangers) looked_for_[project] = now;
  looked_at_ = now;
  return true;
}

bool HintRules::takes_runners(Time now) {
  if (is_within(runners_at_, kRunnersLast, now)) return false;
  runners_at_ = now;
  return true;
}

}  // namespace runneriq::gitlab
