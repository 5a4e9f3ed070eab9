// What the API shows, as JSON documents.
#pragma once

#include "scheduler/audit.hpp"
#include "scheduler/fleet_watch.hpp"
#include "scheduler/steering.hpp"

#include <optional>
#include <span>
#include <string>

namespace runneriq::service {

// Made once per tick, shown as they are.
struct FleetDocuments {
  std::string queue;      // {"now", "queue": […], …}
  std::string runners;    // {"now", "runners": […]}
  std::string decisions;  // {"now", "jobs": […], "assignments": […], …}
  std::string leases;     // {"now", "mode", "leases": […]}
};

// {"now", "mode", "leases": [{"id", "gitlab", "runner_id", "tag", "kind", …}]}; without steering none.
std::string leases_document(Time now, const scheduler::SteeringReport* steering);
// {"approvals": […]}, and one of them.
std::string approvals_document(std::span<const scheduler::Proposal> proposals);
std::string approval_document(const scheduler::Proposal& proposal);
// {"records": […]}: with each record's document as JSON.
std::string audit_document(std::span<const scheduler::AuditRecord> records);
// {"ready", "last_tick", "reason"}.
std::string readiness_document(const std::optional<Time>& last_tick, const std::string& trouble);

}  // namespace runneriq::service
