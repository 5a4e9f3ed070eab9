// What `doctor` says of lanes: which runners are steered, which lanes nobody serves, what was left
// behind. Pure.
#pragma once

#include "executor/finding.hpp"
#include "gitlab/fleet_reader.hpp"
#include "scheduler/lanes.hpp"

#include <string>
#include <vector>

namespace runneriq::cli {

// `host` names the GitLab in the findings.
std::vector<executor::Finding> examine_lanes(const gitlab::FleetReading& reading,
                                             const scheduler::Lanes& lanes, const std::string& host);

}  // namespace runneriq::cli
