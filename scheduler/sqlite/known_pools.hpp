// The rows of the table of pools.
#pragma once

#include "scheduler/gate.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"

#include <span>
#include <vector>

namespace runneriq::scheduler {

inline constexpr Duration kPoolKept = std::chrono::days{7};

// Those seen in the last 7 days, sorted. A row that makes no sense is left out: it is seen again.
Result<std::vector<Pool>> known_pools(platform::Database& database, const GitLabNumbers& gitlabs, Time now);
// Notes it about once an hour, so that most ticks write nothing.
Result<void> remember_pools(platform::Database& database, GitLabNumbers& gitlabs, std::span<const Pool> seen,
                            Time now);
Result<void> forget_old_pools(platform::Database& database, Time now, int most);

}  // namespace runneriq::scheduler
