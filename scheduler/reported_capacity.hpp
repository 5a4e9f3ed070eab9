// What hosts say of their runners, put into the snapshot: slots and load that no API of GitLab tells.
#pragma once

#include "scheduler/admission_service.hpp"
#include "scheduler/fleet.hpp"

#include <span>

namespace runneriq::scheduler {

// Slots of a runner are those of all its hosts together, unless its capacity is configured; its load is the
// average of theirs. A report names a runner by its id alone: where several GitLabs have one of that id,
// it is not used.
void apply_reports(FleetSnapshot& fleet, std::span<const HostReport> reports);

}  // namespace runneriq::scheduler
