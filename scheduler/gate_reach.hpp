// On which runners a waiting job counts.
#pragma once

#include "scheduler/gate_fleet.hpp"
#include "scheduler/gate_grants.hpp"
#include "scheduler/gate_phantoms.hpp"
#include "scheduler/gate_waiters.hpp"

#include <map>
#include <span>
#include <vector>

namespace runneriq::scheduler {

class Reach {
 public:
  // All must outlive this; `takers` is who takes the waiters' kinds.
  Reach(const GateInput& input, const Lanes& lanes, const GateFleet& fleet, const Waiters& waiters,
        std::span<const RunnerSet> takers, const Grants& grants, const Phantoms& phantoms);

  // Rows of managed runners that take jobs and could take this one, with their tags at rest and granted.
  [[nodiscard]] RunnerSet could_take(const Waiter& waiter) const;
  // Of these the ones to which GitLab does not give it.
  [[nodiscard]] RunnerSet not_given(const Waiter& waiter) const;
  // Of the others those whose cut it may set: where a constrained job waits, only such ones set duration
  // cuts. Constrained is what not all managed runners of the GitLab that take jobs could take.
  [[nodiscard]] RunnerSet counts_on(const Waiter& waiter) const;

 private:
  [[nodiscard]] RunnerSet would_take(const Waiter& waiter) const;
  [[nodiscard]] bool is_constrained(const Waiter& waiter) const;
  void collect_constrained(const Waiters& waiters);

  const FleetSnapshot& snapshot_;
  const Lanes& lanes_;
  const GateFleet& fleet_;
  const Grants& grants_;
  const Phantoms& phantoms_;
  std::span<const RunnerSet> takers_;  // by kind
  std::map<GitLabUrl, int> taking_jobs_;
  RunnerSet constrained_;  // rows that could take a constrained job which waits
};

// For each row the lane up to which nothing may be withheld for the sake of the holders of resources: of
// a pending job with a lane for which a job of an earlier rank waits, on the runners that could take it.
std::vector<std::size_t> lanes_of_holders(const GateInput& input, const Lanes& lanes, const GateFleet& fleet,
                                          const Waiters& waiters, const Reach& reach);

}  // namespace runneriq::scheduler
