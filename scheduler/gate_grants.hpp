// Tags of the grant kind (`runneriq:preferred-<name>`): each for the runner that the assigner chose.
#pragma once

#include "scheduler/gate_fleet.hpp"

#include <vector>

namespace runneriq::scheduler {

struct Grants {
  std::vector<Grant> made;        // in the order of Decisions; one per runner and tag
  std::vector<Grant> unapproved;  // the same, without those that are made for another job
};

// For managed runners that take jobs, that are not left alone and lack the tag at rest; young data only.
Grants plan_grants(const GateInput& input, const GateFleet& fleet, const GateOptions& options);

// Runners that carry all grant tags that the job asks for: at rest, or by a grant that is made.
RunnerSet granted_to(const PendingJob& job, const GateFleet& fleet, const Grants& grants);

}  // namespace runneriq::scheduler
