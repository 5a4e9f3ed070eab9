// The rows of the tables of deferrals, and of when jobs were deferred first.
#pragma once

#include "carbon/deferral.hpp"
#include "platform/sqlite.hpp"

#include <optional>
#include <span>
#include <vector>

namespace runneriq::carbon {

inline constexpr Duration kDeferredKept = std::chrono::days{35};

// By start.
[[nodiscard]] Result<std::vector<Deferral>> kept_deferrals(platform::Database& database);
[[nodiscard]] Result<void> replace_deferrals(platform::Database& database,
                                             std::span<const Deferral> deferrals);
// When each was planned; the first for a job stays. Those that are 35 days older than the oldest of these go.
[[nodiscard]] Result<void> put_deferred(platform::Database& database, std::span<const Deferral> deferrals);
[[nodiscard]] Result<std::optional<Time>> deferred_since(platform::Database& database,
                                                         const GitLabUrl& gitlab, JobId job);

}  // namespace runneriq::carbon
