// What has changed on the fleet's runners since the tick before.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/monitor.hpp"
#include "scheduler/runner_states.hpp"

#include <span>
#include <vector>

namespace runneriq::scheduler {

// By runner; of one runner in the order of ChangeKind. Only for GitLabs whose runners were read now,
// and not for one of which nothing is remembered: all of its runners would be new.
std::vector<RunnerChange> runner_changes(std::span<const FleetRunner> runners, const SeenFleet& seen,
                                         const Recollection& before);

}  // namespace runneriq::scheduler
