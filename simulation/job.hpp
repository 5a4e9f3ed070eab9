// A job of the simulation. Moments are durations since its beginning.
#pragma once

#include "core/time.hpp"
#include "scheduler/job_class.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace runneriq::simulation {

// Which runners may take the job, lanes aside: all, or those with the tag `special`.
enum class PoolKind { general, special };

struct SimulatedJob {
  Duration arrived{};
  Duration length{};    // it runs for so long
  Duration expected{};  // what history says of it
  scheduler::JobClass job_class = scheduler::JobClass::medium;
  PoolKind pool = PoolKind::general;
  std::int64_t pipeline = 0;
  std::optional<std::size_t> lane = {};  // index in the lanes; none: no lane's tag
  // GitLab never gives it to anybody, though it looks as if anybody could take it: it goes after so long.
  std::optional<Duration> phantom_for = {};
};

using Jobs = std::vector<SimulatedJob>;  // in the order of arrival

}  // namespace runneriq::simulation
