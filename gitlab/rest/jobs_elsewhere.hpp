// How busy runners are with jobs of projects that are not read.
#pragma once

#include "gitlab/fleet_reader.hpp"

#include <map>

namespace runneriq::gitlab {

// GitLab's own count of a runner's running jobs comes with its details only. In between, it is as many
// jobs as ran elsewhere then, and those that are seen now.
class JobsElsewhere {
 public:
  // Learns from runners whose count is there, and completes the others.
  void complete(FleetReading& reading);

 private:
  std::map<RunnerId, int> elsewhere_;
};

}  // namespace runneriq::gitlab
