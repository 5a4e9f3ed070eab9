#include "scheduler/gate_reach.hpp"

#include <algorithm>

namespace runneriq::scheduler {

Reach::Reach(const GateInput& input, const Lanes& lanes, const GateFleet& fleet, const Waiters& waiters,
             std::span<const RunnerSet> takers, const Grants& grants, const Phantoms& phantoms)
    : snapshot_(input.fleet),
      lanes_(lanes),
      fleet_(fleet),
      grants_(grants),
      phantoms_(phantoms),
      takers_(takers),
      constrained_(fleet.nobody()) {
  for (const Pool& kind : waiters.kinds) {
    if (!taking_jobs_.contains(kind.gitlab)) {
      taking_jobs_.emplace(kind.gitlab, fleet.taking_jobs(kind.gitlab).size());
    }
  }
  collect_constrained(waiters);
}

RunnerSet Reach::could_take(const Waiter& waiter) const {
  RunnerSet set = takers_[waiter.kind];
  const PendingJob& job = snapshot_.jobs[waiter.job];
  if (!job.wanted_grants.empty()) set &= granted_to(job, fleet_, grants_);
  return set;
}

RunnerSet Reach::not_given(const Waiter& waiter) const {
  const auto phantom = phantoms_.find(snapshot_.jobs[waiter.job].key);
  if (phantom == phantoms_.end()) return fleet_.nobody();
  RunnerSet set = could_take(waiter);
  set &= phantom->second;
  return set;
}

RunnerSet Reach::counts_on(const Waiter& waiter) const {
  RunnerSet set = would_take(waiter);
  if (!lanes_.goes_by_class(waiter.rank) && !is_constrained(waiter)) set -= constrained_;
  return set;
}

RunnerSet Reach::would_take(const Waiter& waiter) const {
  RunnerSet set = could_take(waiter);
  const auto phantom = phantoms_.find(snapshot_.jobs[waiter.job].key);
  if (phantom != phantoms_.end()) set -= phantom->second;
  return set;
}

bool Reach::is_constrained(const Waiter& waiter) const {
  const int taking_jobs = taking_jobs_.at(snapshot_.jobs[waiter.job].key.gitlab);
  return could_take(waiter).size() < taking_jobs;
}

void Reach::collect_constrained(const Waiters& waiters) {
  for (const Waiter& waiter : waiters.jobs) {
    if (waiter.urge == Urge::old_data || !is_constrained(waiter)) continue;
    RunnerSet more = would_take(waiter);
    more -= constrained_;
    more.for_each([&](std::size_t row) { constrained_.add(row); });
  }
}

std::vector<std::size_t> lanes_of_holders(const GateInput& input, const Lanes& lanes, const GateFleet& fleet,
                                          const Waiters& waiters, const Reach& reach) {
  std::vector<std::size_t> up_to(fleet.size(), 0);
  if (input.decisions.holders.empty()) return up_to;
  for (const Waiter& holder : waiters.jobs) {
    const auto [first, last] = input.decisions.holders.equal_range(input.fleet.jobs[holder.job].key);
    const bool is_waited_for = std::any_of(first, last, [&](const auto& entry) {
      const std::optional<std::size_t> rank = lanes.rank(entry.second.tags, entry.second.job_class);
      return rank && *rank < holder.rank;
    });
    if (!is_waited_for) continue;
    reach.could_take(holder).for_each(
        [&](std::size_t row) { up_to[row] = std::max(up_to[row], holder.lane); });
  }
  return up_to;
}

}  // namespace runneriq::scheduler
