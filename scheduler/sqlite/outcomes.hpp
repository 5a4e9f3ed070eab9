// The rows of the table of outcomes: how attempts ended, and what that says of durations.
#pragma once

#include "core/result.hpp"
#include "platform/sqlite.hpp"
#include "scheduler/history.hpp"
#include "scheduler/host_state.hpp"

namespace runneriq::scheduler {

// The newest 20,000 outcomes of the last 90 days are kept; each record removes at most a
// small batch of older ones.
inline constexpr int kOutcomesKept = 20'000;
inline constexpr Duration kOutcomeAge = std::chrono::days{90};

// Recording the same attempt of a job twice keeps the first.
[[nodiscard]] Result<void> record_outcome(platform::Database& database, const JobOutcome& outcome);

// What estimate() needs: the lists up to the first that is not empty, the later ones are left out.
[[nodiscard]] Result<DurationSamples> duration_samples(platform::Database& database, const HistoryKey& key);

}  // namespace runneriq::scheduler
