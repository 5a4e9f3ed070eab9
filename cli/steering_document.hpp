// What steering did and holds, as documents: in a tick's JSON, in `approvals` and over HTTP.
#pragma once

#include "scheduler/steering.hpp"

#include <nlohmann/json_fwd.hpp>

namespace runneriq::cli {

// {"mode", "planned", "applied", "reverted", "refused", "leases", "approvals"}; null = it only advises.
nlohmann::json steering_document(const scheduler::SteeringReport* report);
// How the state file says that steering stands: {"leases", "approvals_waiting", "demoted"}.
nlohmann::json standing_document(const scheduler::SteeringMemory& memory, Time now);
nlohmann::json lease_document(const scheduler::Lease& lease);
nlohmann::json proposal_document(const scheduler::Proposal& proposal);

}  // namespace runneriq::cli
