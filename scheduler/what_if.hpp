// The smallest change that would have altered a decision: found by deciding again, so that it is
// true by construction. Pure.
#pragma once

#include "scheduler/tick.hpp"

#include <string>
#include <vector>

namespace runneriq::scheduler {

struct Alternative {
  std::string change;  // "on a protected branch named like 'release/*'", "one more free slot on runner 7"
  std::string effect;  // "CRITICAL (92.0) in place of HIGH (75.0)", "runner 7 in place of runner 3"
};

// Tried in the order of how small they are: single facts of the job (another branch, a role, manual,
// a label, name or stage), then the runners (one more slot, one tag less, online, unpaused). At most
// one alternative for the class and two for the runner; none where nothing single would do.
std::vector<Alternative> alternatives(const FleetSnapshot& fleet, const Decisions& decisions,
                                      std::size_t decision, const TickRules& rules, Advisor& advisor);

}  // namespace runneriq::scheduler
