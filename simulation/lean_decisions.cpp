#include "simulation/lean_decisions.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace runneriq::simulation {
namespace {

using scheduler::Decisions;
using scheduler::FleetSnapshot;
using scheduler::JobDecision;
using scheduler::PendingJob;

scheduler::JobClass class_of(const PendingJob& job) {
  return job.facts.wish ? scheduler::parse_job_class(*job.facts.wish).value_or(scheduler::JobClass::low)
                        : scheduler::JobClass::low;
}

JobDecision decision_of(const FleetSnapshot& fleet, std::size_t index) {
  const PendingJob& job = fleet.jobs[index];
  JobDecision decision;
  decision.job = index;
  decision.calibrated = decision.priority.job_class = class_of(job);
  decision.job_class = scheduler::escalated(decision.calibrated, job.queued);
  return decision;
}

class Slots {
 public:
  explicit Slots(const FleetSnapshot& fleet) : fleet_(fleet) {
    for (std::size_t r = 0; r < fleet.runners.size(); ++r) {
      const int free = fleet.runners[r].max_jobs - fleet.runners[r].active_jobs;
      for (int k = 0; k < free; ++k) slots_.push_back({fleet.now, r});
    }
    for (const scheduler::RunningFleetJob& job : fleet.running) {
      slots_.push_back({end_of(job), static_cast<std::size_t>(job.runner->runner.value()) - 1});
    }
  }

  Time take(const gitlab::JobTraits& job, Duration expected) {
    Slot* first = nullptr;
    for (Slot& slot : slots_) {
      if (first != nullptr && first->free <= slot.free) continue;
      if (may_take(slot.runner, job)) first = &slot;
    }
    if (first == nullptr) return fleet_.now;
    const Time start = first->free;
    first->free += expected;
    return start;
  }

 private:
  struct Slot {
    Time free;
    std::size_t runner;
  };

  [[nodiscard]] Time end_of(const scheduler::RunningFleetJob& job) const {
    const scheduler::DurationEstimate& estimate = fleet_.histories[job.history].estimate;
    if (job.running < estimate.median) return fleet_.now + (estimate.median - job.running);
    return fleet_.now + std::max(Duration::zero(), estimate.p90 - job.running);
  }
  [[nodiscard]] bool may_take(std::size_t runner, const gitlab::JobTraits& job) const {
    return gitlab::could_take(fleet_.runners[runner].traits, job) == gitlab::Match::takes;
  }

  const FleetSnapshot& fleet_;
  std::vector<Slot> slots_;
};

}  // namespace

Decisions lean_decisions(const FleetSnapshot& fleet) {
  Decisions decisions;
  decisions.jobs.reserve(fleet.jobs.size());
  for (std::size_t i = 0; i < fleet.jobs.size(); ++i) decisions.jobs.push_back(decision_of(fleet, i));
  std::sort(decisions.jobs.begin(), decisions.jobs.end(),
            [&](const auto& a, const auto& b) { return scheduler::comes_before(fleet, a, b); });
  Slots slots{fleet};
  for (JobDecision& decision : decisions.jobs) {
    const PendingJob& job = fleet.jobs[decision.job];
    decision.expected_start = slots.take(job.traits, scheduler::history_of(fleet, job).estimate.median);
  }
  return decisions;
}

}  // namespace runneriq::simulation
