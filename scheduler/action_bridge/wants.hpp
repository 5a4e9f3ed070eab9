// What is wanted of runners, made from a plan of the gate.
#pragma once

#include "scheduler/gate.hpp"
#include "scheduler/leases.hpp"
#include "scheduler/trust.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace runneriq::scheduler {

// An action of the plan that begins in this step.
struct NewAction {
  Action::Kind kind = Action::Kind::cut;
  std::size_t runner = 0;  // index in the snapshot
  std::string tag;         // as in Action
  JobKey job;
  JobClass job_class = JobClass::low;
};

struct Wants {
  std::vector<Wanted> wanted;  // by importance, one per runner
  std::vector<NewAction> begun;
  std::size_t left_over = 0;  // had no room in the budget; what is in force there stays
};

// At most `most_new` begin. `runners`, one per runner of the snapshot, say what lanes there are to withhold.
Wants wants_of(const GatePlan& plan, const FleetSnapshot& fleet, std::span<const GateRunner> runners,
               const LeaseBook& book, const Moment& now, std::size_t most_new);

}  // namespace runneriq::scheduler
