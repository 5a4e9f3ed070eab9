// What the audit trail says of tag writes: one record before a change leaves, one after every write.
#pragma once

#include "scheduler/steering.hpp"

#include <string>
#include <string_view>

namespace runneriq::scheduler {

// "cut" or "grant": what a change is.
std::string_view kind_of_change(const SteeringStep& step);

// Events: "cut", "grant" (intents); "cut_applied", "grant_applied", "reverted", "write_refused",
// "write_unknown" (outcomes); "changed_by_person", "released". The document holds the runner, the tags,
// the job, the decision and the reason.
AuditEntry record_of(std::string_view event, const SteeringStep& step, std::string_view decision,
                     TrustMode mode, Time now);
// "trust_demoted".
AuditEntry record_of_demotion(Breach breach, TrustMode from, TrustMode to, Time now);

}  // namespace runneriq::scheduler
