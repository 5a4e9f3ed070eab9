// What a simulated run gave.
#pragma once

#include "simulation/job.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace runneriq::simulation {

struct JobOutcome {
  std::optional<Duration> started;  // none: never
  Duration finished{};
  std::size_t host = 0;
  std::optional<std::size_t> cut;  // of the host when it took the job
};

struct RunTotals {
  Duration span{};          // from the first arrival to the last end
  double slot_seconds = 0;  // of all slots over the span
  double idle_seconds = 0;  // of slots without a job
  double idle_with_work_seconds =
      0;                         // of these, of slots for which a job waited that their host may take at rest
  double waiting_seconds = 0;    // of jobs, added up over time
  std::size_t writes = 0;        // to runners
  std::size_t looks = 0;         // at the fleet, by the gate
  std::size_t refused_cuts = 0;  // for want of budget
};

struct RunOutcome {
  std::vector<JobOutcome> jobs;  // as the jobs of the load
  RunTotals totals;
};

}  // namespace runneriq::simulation
