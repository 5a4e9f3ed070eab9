// The rows of the table of finished jobs: what they say of durations and of runners.
#pragma once

#include "scheduler/fleet_memory.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"

#include <map>
#include <optional>
#include <span>
#include <string_view>

namespace runneriq::scheduler {

inline constexpr Duration kFinishedKept = std::chrono::days{30};
inline constexpr int kRunsForAverage = 200;  // the newest of a job that averages look at
inline constexpr Duration kReliabilityWindow = std::chrono::days{7};
inline constexpr int kJobsForReliability = 20;

// Failures that say something about the runner, not about the job or GitLab. An open set:
// reasons that later versions of GitLab bring count as the job's.
bool is_own_failure(std::string_view failure_reason);

// The same job a second time changes nothing, but fills in an energy, a pipeline or a runner that was not
// known: GitLab tells of a job's end and its host of its energy, in either order.
[[nodiscard]] Result<void> remember_finished(platform::Database& database, GitLabNumbers& gitlabs,
                                             std::span<const FinishedJob> jobs);
// Jobs heard of after `number` that ended at `since` or later, in the order in which they were heard of.
[[nodiscard]] Result<std::vector<HeardJob>> finished_after(platform::Database& database,
                                                           const GitLabNumbers& gitlabs, std::int64_t number,
                                                           Time since, std::size_t most);
// Those that ended 30 days before `now` and before the newest: a clock that has jumped ahead
// does not take the history away.
[[nodiscard]] Result<void> forget_old_finished(platform::Database& database, Time now, int most);

// Runs that ended before `since` do not count.
[[nodiscard]] Result<JobHistory> job_history(platform::Database& database, const GitLabNumbers& gitlabs,
                                             const HistoryKey& key, Time since);

[[nodiscard]] Result<std::map<RunnerKey, double>> reliability(platform::Database& database,
                                                              const GitLabNumbers& gitlabs, Time now);

}  // namespace runneriq::scheduler
