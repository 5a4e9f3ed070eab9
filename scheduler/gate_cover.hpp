// The open runners of the pools: of each pool one runner that is never cut, so that every lane is
// served whatever becomes of RunnerIQ.
#pragma once

#include "scheduler/gate_fleet.hpp"

#include <set>
#include <span>
#include <vector>

namespace runneriq::scheduler {

struct Cover {
  RunnerSet open;               // rows
  std::vector<Pool> uncovered;  // no managed runner in contact carries all lanes for them; sorted
};

// Pools of the last 7 days and of the pending jobs, each once, sorted.
std::vector<Pool> all_pools(const GateInput& input);

// Jobs of the pools that ask for all lanes: who takes them serves the pool in full.
std::vector<Pool> in_all_lanes(std::span<const Pool> pools, const Lanes& lanes);

// - What counts is who takes jobs of the pool with a lane: runners that are managed, take jobs and carry
//   all lanes at rest. Where a pool has none, each lane by itself is covered as far as somebody carries it.
// - Who alone serves a pool is open; then those that were open before, then who serves most of the rest;
//   of equal ones who is not cut, then who is elastic (never cut anew, as it is), then the lower key.
// `complete` is who takes in_all_lanes(pools).
Cover cover(const GateFleet& fleet, std::span<const Pool> pools, std::span<const RunnerSet> complete,
            const Lanes& lanes, const std::set<RunnerKey>& open_before);

}  // namespace runneriq::scheduler
