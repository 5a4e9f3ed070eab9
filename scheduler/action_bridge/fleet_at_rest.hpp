// The fleet as it would be with nothing withheld or granted, made from a snapshot and the lease book.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/gate.hpp"
#include "scheduler/leases.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// What the snapshot said of runners before it was put at rest.
struct FleetAsListed {
  std::map<RunnerKey, std::string> descriptions;  // of all runners that it lists
  // Carry runneriq:steered, or other tags of ours than at rest: to be read.
  std::vector<RunnerKey> to_look_at;

  // Whether it lists runners of that GitLab, and not this one.
  [[nodiscard]] bool lacks(const RunnerKey& runner) const;
};

// Users' tags stay as the snapshot has them. Grant tags that jobs ask for become their wanted_grants
// where there is somebody to grant them: a managed runner of their GitLab.
FleetAsListed put_fleet_at_rest(FleetSnapshot& fleet, const LeaseBook& book);

// One per runner of a snapshot that was put at rest.
std::vector<GateRunner> gate_runners(const FleetSnapshot& fleet, const LeaseBook& book, const Moment& now);

// Each once.
std::vector<Pool> pools_of(const FleetSnapshot& fleet);

}  // namespace runneriq::scheduler
