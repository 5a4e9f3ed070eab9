// Which lane each job of a load asks for: critical and high by class, the others by expected work.
#pragma once

#include "core/result.hpp"
#include "scheduler/lanes.hpp"
#include "simulation/job.hpp"

#include <cstdint>

namespace runneriq::simulation {

enum class LaneBasis {
  job,       // by the expected duration of the job
  pipeline,  // by the sum over its pipeline: all of its jobs share a lane
};

struct LaneModel {
  int duration_lanes = 3;  // below critical and high; ≥ 1
  LaneBasis basis = LaneBasis::job;
  double unlaned = 0;  // share of the jobs below HIGH that ask for no lane
};

// critical, high and then `ordinary` (1), `short`, `medium`, `long` (3), or `duration-1`, …
scheduler::Lanes lanes_of(const LaneModel& model);

// Duration lanes hold equally many jobs (or pipelines): their borders are quantiles of this very load.
// Jobs that have a lane keep it.
void give_lanes(Jobs& jobs, const LaneModel& model, const scheduler::Lanes& lanes, std::uint64_t seed);

}  // namespace runneriq::simulation
