// Changes of leases that belong into one record.
#pragma once

#include "scheduler/leases.hpp"

namespace runneriq::scheduler {

// Puts `more` behind `changes`; of one runner's states of rest the later one counts.
void append(LeaseChanges& changes, LeaseChanges more);

void put_rest(LeaseChanges& changes, const RestState& rest);
void put_forgotten(LeaseChanges& changes, const RunnerKey& runner);

}  // namespace runneriq::scheduler
