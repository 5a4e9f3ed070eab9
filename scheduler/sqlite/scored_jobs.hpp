// The rows of the table of scored jobs: how urgent each project's jobs were.
#pragma once

#include "scheduler/fleet_memory.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"

#include <map>
#include <span>

namespace runneriq::scheduler {

inline constexpr Duration kScoreKept = std::chrono::days{7};
inline constexpr int kScoresPerProject = 1000;  // of more an even sample is given

// A job that was scored before keeps its first score.
[[nodiscard]] Result<void> remember_scored(platform::Database& database, GitLabNumbers& gitlabs,
                                           std::span<const ScoredJob> jobs, Time now);
[[nodiscard]] Result<void> forget_old_scored(platform::Database& database, Time now, int most);

[[nodiscard]] Result<std::map<ProjectKey, ScoreHistory>> score_histories(platform::Database& database,
                                                                         const GitLabNumbers& gitlabs,
                                                                         Time now);

}  // namespace runneriq::scheduler
