#include "scheduler/gate_waiters.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace runneriq::scheduler {
namespace {

using Starts = std::vector<std::optional<Time>>;  // by job of the snapshot

// JobDecision::expected_start is made in RunnerIQ's own order: the first short job of a full fleet gets
// the first slot that falls free. Without a cut that slot goes to the oldest job that the runner may
// take, so the forecast would silence the gate just where it is needed. What it says is when slots fall
// free; who gets them is GitLab's rule: of all jobs of a GitLab the k-th oldest gets the k-th start.
void hand_out_by_age(const FleetSnapshot& fleet, std::vector<const JobDecision*>& decisions, Starts& starts) {
  std::vector<Time> free;
  free.reserve(decisions.size());
  for (const JobDecision* decision : decisions) free.push_back(*decision->expected_start);
  std::sort(free.begin(), free.end());
  std::sort(decisions.begin(), decisions.end(), [&](const JobDecision* a, const JobDecision* b) {
    return fleet.jobs[a->job].key.job < fleet.jobs[b->job].key.job;
  });
  for (std::size_t k = 0; k < free.size(); ++k) {
    starts[decisions[k]->job] = std::max(free[k], *decisions[k]->expected_start);
  }
}

// When jobs start if nobody steers: not before both orders, RunnerIQ's and GitLab's, give them a slot.
Starts unsteered_starts(const GateInput& input) {
  std::map<GitLabUrl, std::vector<const JobDecision*>> by_gitlab;
  for (const JobDecision& decision : input.decisions.jobs) {
    if (decision.expected_start) by_gitlab[input.fleet.jobs[decision.job].key.gitlab].push_back(&decision);
  }
  Starts starts(input.fleet.jobs.size());
  for (auto& [gitlab, decisions] : by_gitlab) hand_out_by_age(input.fleet, decisions, starts);
  return starts;
}

// A slot that seems free although the job has waited for longer than such a start takes is no proof:
// the runner's capacity may be believed too large, or GitLab may not give the job to it.
bool is_disproved(const PendingJob& job, Time start, Time now, Duration short_wait) {
  return start <= now && job.queued >= short_wait;
}

bool starts_soon(const PendingJob& job, std::optional<Time> start, Time now, Duration short_wait) {
  return start && *start - now < short_wait && !is_disproved(job, *start, now, short_wait);
}

class Urges {
 public:
  Urges(const GateInput& input, const GateOptions& options)
      : fleet_(input.fleet), options_(options), starts_(unsteered_starts(input)) {}

  [[nodiscard]] Urge of(const Waiter& waiter) const {
    const PendingJob& job = fleet_.jobs[waiter.job];
    if (job.age > options_.oldest_data) return Urge::old_data;
    if (options_.lanes.goes_by_class(waiter.rank)) return Urge::acts;
    const bool soon = starts_soon(job, starts_[waiter.job], fleet_.now, options_.short_wait);
    return soon ? Urge::soon_anyway : Urge::acts;
  }

 private:
  const FleetSnapshot& fleet_;
  const GateOptions& options_;
  Starts starts_;
};

std::vector<Waiter> with_lanes(const GateInput& input, const Lanes& lanes) {
  std::vector<Waiter> waiters;
  for (const JobDecision& decision : input.decisions.jobs) {
    const std::vector<std::string>& tags = input.fleet.jobs[decision.job].traits.tags;
    const std::optional<std::size_t> lane = lanes.of(tags);
    if (!lane) continue;
    waiters.push_back({.job = decision.job,
                       .job_class = decision.calibrated,
                       .lane = *lane,
                       .rank = std::max(*lane, lanes.permitted(decision.calibrated))});
  }
  return waiters;
}

auto kind_of(const PendingJob& job) {
  return std::tie(job.key.gitlab, job.traits);
}

std::vector<Pool> number_kinds(const FleetSnapshot& fleet, std::vector<Waiter>& waiters) {
  std::vector<Waiter*> by_kind;
  by_kind.reserve(waiters.size());
  for (Waiter& waiter : waiters) by_kind.push_back(&waiter);
  std::sort(by_kind.begin(), by_kind.end(), [&](const Waiter* a, const Waiter* b) {
    return kind_of(fleet.jobs[a->job]) < kind_of(fleet.jobs[b->job]);
  });
  std::vector<Pool> kinds;
  for (Waiter* waiter : by_kind) {
    const PendingJob& job = fleet.jobs[waiter->job];
    const bool known = !kinds.empty() && std::tie(kinds.back().gitlab, kinds.back().traits) == kind_of(job);
    if (!known) kinds.push_back({job.key.gitlab, job.traits});
    waiter->kind = kinds.size() - 1;
  }
  return kinds;
}

}  // namespace

Waiters waiters_of(const GateInput& input, const GateOptions& options) {
  Waiters waiters{.jobs = with_lanes(input, options.lanes), .kinds = {}};
  if (waiters.jobs.empty()) return waiters;
  const Urges urges{input, options};
  for (Waiter& waiter : waiters.jobs) waiter.urge = urges.of(waiter);
  waiters.kinds = number_kinds(input.fleet, waiters.jobs);
  return waiters;
}

}  // namespace runneriq::scheduler
