// The rows of the table of outcomes: how attempts ended, and what that says of durations.
#pragma once

#include "core/result.hpp"
#include "platform/sqlite.hpp"
#include "scheduler/history.hpp"
#include "scheduler/host_state.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace runneriq::scheduler {

// The newest 20,000 outcomes of the last 90 days are kept; each record removes at most a
// small batch of older ones.
inline constexpr int kOutcomesKept = 20'000;
inline constexpr Duration kOutcomeAge = std::chrono::days{90};

// Recording the same attempt of a job twice keeps the first.
[[nodiscard]] Result<void> record_outcome(platform::Database& database, const JobOutcome& outcome);

// The oldest that are not delivered, at most `most`.
[[nodiscard]] Result<std::vector<JobOutcome>> undelivered_outcomes(platform::Database& database,
                                                                   std::size_t most);
[[nodiscard]] Result<void> mark_outcomes_delivered(platform::Database& database,
                                                   std::span<const JobOutcome> outcomes);

// What estimate() needs: the lists up to the first that is not empty, the later ones are left out.
[[nodiscard]] Result<DurationSamples> duration_samples(platform::Database& database, const HistoryKey& key);

}  // namespace runneriq::scheduler
