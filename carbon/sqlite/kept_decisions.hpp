// The rows of the table of decisions: what was known of carbon when jobs were given runners.
#pragma once

#include "carbon/ledger.hpp"
#include "platform/sqlite.hpp"

#include <optional>
#include <span>

namespace runneriq::carbon {

inline constexpr Duration kDecisionsKept = std::chrono::days{7};

// The first for a job stays. Those that are 7 days older than the oldest of these go.
[[nodiscard]] Result<void> put_decisions(platform::Database& database,
                                         std::span<const DecisionCarbon> decisions);
[[nodiscard]] Result<std::optional<DecisionCarbon>> find_decision(platform::Database& database,
                                                                  const GitLabUrl& gitlab, JobId job);

}  // namespace runneriq::carbon
