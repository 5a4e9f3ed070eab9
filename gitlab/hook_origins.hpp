// Of which of the GitLabs that are watched a webhook is.
#pragma once

#include "core/id.hpp"
#include "gitlab/fleet_reader.hpp"
#include "gitlab/webhook.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::gitlab {

class HookOrigins {
 public:
  // From now on these addresses.
  void watch(const std::vector<std::string>& addresses);
  void heard(const FleetReading& reading);
  // The address that it is watched by: the one that the webhook names; else, as a GitLab may be watched by
  // another address than its own, the only one, or the only one with that project. None: it may be any.
  [[nodiscard]] std::optional<std::string> of(const Webhook& hook) const;

 private:
  std::map<std::string, std::map<ProjectId, std::string>> watched_;  // the paths of its projects
};

}  // namespace runneriq::gitlab
