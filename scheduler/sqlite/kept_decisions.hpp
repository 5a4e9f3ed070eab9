// The rows of the table of decisions.
#pragma once

#include "scheduler/fleet_memory.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"

#include <optional>

namespace runneriq::scheduler {

inline constexpr Duration kDecisionKept = std::chrono::days{7};

// Replaces what was decided about the job before.
[[nodiscard]] Result<void> put_decision(platform::Database& database, GitLabNumbers& gitlabs,
                                        const KeptDecision& decision);
[[nodiscard]] Result<void> forget_old_decisions(platform::Database& database, Time now, int most);

// Without `gitlab` (empty), the one that was written last.
[[nodiscard]] Result<std::optional<KeptDecision>> find_decision(platform::Database& database,
                                                                const GitLabNumbers& gitlabs,
                                                                const GitLabUrl& gitlab, JobId job);

}  // namespace runneriq::scheduler
