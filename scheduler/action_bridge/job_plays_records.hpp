// What the audit trail says of the start of manual jobs: one record before the call leaves, one after.
#pragma once

#include "scheduler/plays.hpp"

#include <string_view>

namespace runneriq::scheduler {

// Events: "play" (the intent); "play_applied", "play_refused", "play_unknown" (outcomes). `decision` names
// what permits it: "automatic", "approval 12".
AuditEntry record_of_play(std::string_view event, const PlayStep& step, std::string_view decision,
                          TrustMode mode, Time now);
// The outcome's event; `planned` is a start that GitLab did not take and that is asked for again: refused.
std::string_view event_of(PlayStep::Kind outcome);

}  // namespace runneriq::scheduler
