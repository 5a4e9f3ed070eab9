#include "gitlab/hook_origins.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {

void HookOrigins::watch(const std::vector<std::string>& addresses) {
  auto before = std::exchange(watched_, {});
  for (const std::string& address : addresses) watched_[address] = std::move(before[address]);
}

// One GitLab may be read in parts.
void HookOrigins::heard(const FleetReading& reading) {
  const auto known = watched_.find(reading.gitlab.value());
  if (known == watched_.end()) return;
  for (const Project& project : reading.projects) known->second[project.id] = project.path;
}

std::optional<std::string> HookOrigins::of(const Webhook& hook) const {
  if (watched_.contains(hook.instance)) return hook.instance;
  if (watched_.size() == 1) return watched_.begin()->first;
  const auto has_project = [&hook](const auto& watched) {
    const auto known = watched.second.find(hook.project);
    return known != watched.second.end() && !known->second.empty() && known->second == hook.project_path;
  };
  const auto first = std::ranges::find_if(watched_, has_project);
  const bool only_one = std::ranges::count_if(watched_, has_project) == 1;
  return only_one ? std::optional(first->first) : std::nullopt;
}

}  // namespace runneriq::gitlab
