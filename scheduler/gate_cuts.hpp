// The cut of each runner: the first permitted lane that has a waiting job which it could take.
#pragma once

#include "scheduler/gate_fleet.hpp"
#include "scheduler/gate_reach.hpp"
#include "scheduler/gate_waiters.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace runneriq::scheduler {

// What is known before the lanes are gone through. What it points at must outlive it.
struct CutGround {
  const GateInput& input;
  const Lanes& lanes;
  const GateFleet& fleet;
  std::span<const Waiter> waiters;  // in the order in which they are to be a cause
  const Reach& reach;
  // By row: the lane up to which nothing may be withheld.
  std::vector<std::size_t> kept_lanes;
  // By row: why it stays open whatever waits.
  std::vector<std::optional<OpenBecause>> kept_open;
};

struct CutChoice {
  std::vector<Cut> cuts;                  // in no order, no limit
  std::vector<Cut> unapproved;            // earlier lanes first, then by key
  std::vector<OpenBecause> open_because;  // by row; of no meaning for those with a cut
};

// - The cause of a cut in force stays the cause while it counts.
// - A runner with a free slot, an elastic one and one that is left alone are neither cut anew nor deeper;
//   a cut that is in force there goes on for what waits in its lanes.
// - Of each lane at most kMostRefusals jobs are tried for a runner.
CutChoice choose_cuts(const CutGround& ground);
inline constexpr int kMostRefusals = 32;

// By importance: earlier lanes first, then cuts in force before new ones, then the runner that falls
// free first, then its key.
void put_in_order(std::vector<Cut>& cuts, const FleetSnapshot& fleet);

}  // namespace runneriq::scheduler
