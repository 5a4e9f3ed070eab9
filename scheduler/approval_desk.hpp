// A person's decision about a proposal: recorded before it counts.
#pragma once

#include "scheduler/steering.hpp"

#include <cstdint>

namespace runneriq::scheduler {

// Error: not_found (no such proposal), conflict (decided already, or lapsed), invalid_argument (what cannot
// be standing, or not for so long); else of the trail or the store, and nothing is decided then.
[[nodiscard]] Result<Proposal> decide_proposal(SteeringStore& store, AuditSink& audit, std::int64_t id,
                                               const Verdict& verdict, Time now);

}  // namespace runneriq::scheduler
