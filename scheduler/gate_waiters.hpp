// The jobs for whose sake the gate may act: those that wait and have a lane.
#pragma once

#include "scheduler/gate.hpp"

#include <cstddef>
#include <vector>

namespace runneriq::scheduler {

enum class Urge {
  acts,
  soon_anyway,  // would start within GateOptions::short_wait without any cut
  old_data,
};

struct Waiter {
  std::size_t job = 0;                 // index in the snapshot
  JobClass job_class = JobClass::low;  // calibrated, before escalation
  std::size_t lane = 0;                // of its tags
  std::size_t rank = 0;                // the lane that it counts for
  Urge urge = Urge::acts;
  std::size_t kind = 0;  // index in Waiters::kinds
};

struct Waiters {
  std::vector<Waiter> jobs;  // in the order of Decisions
  std::vector<Pool> kinds;   // different (GitLab, traits) of the jobs; sorted, with our tags
};

Waiters waiters_of(const GateInput& input, const GateOptions& options);

}  // namespace runneriq::scheduler
