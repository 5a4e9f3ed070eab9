// One run of the simulation: jobs come, runners poll and take, jobs end, and the gate acts in between.
#pragma once

#include "scheduler/lanes.hpp"
#include "simulation/fleet_model.hpp"
#include "simulation/job.hpp"
#include "simulation/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace runneriq::simulation {

// A write has taken effect: from now on the host's runner carries the lanes up to `cut`, or all.
using WriteWatch = std::function<void(Duration now, std::size_t host, std::optional<std::size_t> cut)>;

struct Rules {
  FleetModel fleet;
  SteeringModel steering;
  scheduler::Lanes lanes;
};

// - A runner that may accept another job polls every runner_poll at a phase of its own, and takes the oldest
//   job that gitlab::could_take() gives it with the tags it carries at that moment, one per poll. `strict`
//   gives jobs by class, then age, without any delay.
// - What a host accepts beyond its slots is held, and runs when scheduler::decide() grants it.
// - The gate looks after each poll of its own, and after events where there are webhooks, once for all that
//   happened until then. Its writes take effect in order, so many at once, and those to one runner one after
//   the other.
// The run ends when all jobs but phantoms have. The seed gives the phases alone.
RunOutcome dispatch(const Jobs& jobs, const Rules& rules, Policy policy, std::uint64_t seed,
                    const WriteWatch& watch = {});

}  // namespace runneriq::simulation
