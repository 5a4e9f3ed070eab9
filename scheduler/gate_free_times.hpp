// When runners are expected to have a free slot.
#pragma once

#include "scheduler/fleet.hpp"

#include <vector>

namespace runneriq::scheduler {

// By runner of the snapshot; `now` where a slot is free. From the jobs that are known to run there and how
// long such jobs take; for the others as SlotForecast has it.
std::vector<Time> free_times(const FleetSnapshot& fleet);

}  // namespace runneriq::scheduler
