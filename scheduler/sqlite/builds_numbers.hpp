// The rows of the table of builds directories in use.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "platform/sqlite.hpp"
#include "scheduler/host_state.hpp"
#include "scheduler/sqlite/life.hpp"

namespace runneriq::scheduler {

// Drops what dead owners hold, then gives the owner the number that it has or else the
// smallest free one.
[[nodiscard]] Result<int> reserve_builds_number(platform::Database& database, const GitLabUrl& gitlab,
                                                ProjectId project, const Owner& owner, const LifeProbe& life);

[[nodiscard]] Result<void> release_builds_numbers(platform::Database& database, const AttemptId& attempt);

}  // namespace runneriq::scheduler
