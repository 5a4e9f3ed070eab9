// Phantom waiters: jobs that GitLab does not give to a runner though we think that it could. They must
// not idle it.
#pragma once

#include "scheduler/gate_fleet.hpp"
#include "scheduler/runner_set.hpp"

#include <map>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// Drops what the memory has of jobs and runners that are gone.
void forget_the_gone(const FleetSnapshot& fleet, GateMemory& memory);

struct Idle {
  RunnerSet open_now;                  // rows: cut and free for too long
  std::vector<std::string> sentences;  // one for each new pair
};

// Runners that are cut, take jobs and have had a free slot for phantom_after. All such are opened,
// whatever has happened to the cause since: a stream of jobs that others take must not keep one idle.
// Where the cause of the cut still waits, the pair is remembered.
Idle find_idle(const GateInput& input, const GateFleet& fleet, const GateOptions& options,
               GateMemory& memory);

// Rows that do not get a job; only of jobs that there are.
using Phantoms = std::map<JobKey, RunnerSet>;
Phantoms phantoms_by_job(const GateFleet& fleet, const GateMemory& memory);

}  // namespace runneriq::scheduler
