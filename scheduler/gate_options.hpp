// The rows of the option table that concern the fleet gate and its leases.
#pragma once

#include "core/option.hpp"
#include "scheduler/gate.hpp"
#include "scheduler/lanes.hpp"
#include "scheduler/leases.hpp"

#include <string>
#include <vector>

namespace runneriq::scheduler {

struct SteeringOptions {
  std::vector<std::string> lanes = {"critical", "high", "short", "medium",
                                    "long"};  // names, first goes first
  Duration short_wait = GateOptions{}.short_wait;
  Duration phantom_after = GateOptions{}.phantom_after;
  std::vector<std::string> elastic;  // GateOptions::elastic
  Duration lease_ttl = LeaseTerms{}.ttl;
  int cuts_per_minute = 30;
  std::string kill_switch = "/etc/runneriq/stop-steering";  // while this file is there, nothing is cut
};

// gate.{lanes, short_wait, phantom_after, elastic, lease_ttl, cuts_per_minute, kill_switch}
Options option_rows(SteeringOptions& options);

// The lanes that are named; the default ones where none is.
Lanes lanes_of(const SteeringOptions& options);
// Data may be two polls old; two thirds of the cuts that a minute has room for may be in force.
GateOptions gate_options(const SteeringOptions& options, Duration poll_interval);
// Renewed after two fifths of a lease's life.
LeaseTerms lease_terms(const SteeringOptions& options);

}  // namespace runneriq::scheduler
