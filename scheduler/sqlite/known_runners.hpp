// The rows of the table of runners, and their samples of utilisation.
#pragma once

#include "scheduler/fleet_memory.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"

#include <span>
#include <vector>

namespace runneriq::scheduler {

inline constexpr Duration kRunnerKept = std::chrono::days{7};
inline constexpr Duration kSampleKept = std::chrono::days{30};
inline constexpr Duration kSampleInterval = std::chrono::minutes{5};

// Those that have not vanished, by key.
[[nodiscard]] Result<std::vector<KnownRunner>> known_runners(platform::Database& database,
                                                             const GitLabNumbers& gitlabs, Time now);

// Runners of `seen` that are not among `runners` have vanished. One that comes back within 7
// days keeps what it had: its first moment and the most jobs at once.
[[nodiscard]] Result<void> remember_runners(platform::Database& database, GitLabNumbers& gitlabs,
                                            std::span<const GitLabUrl> seen,
                                            std::span<const KnownRunner> runners);
[[nodiscard]] Result<void> forget_old_runners(platform::Database& database, Time now);

[[nodiscard]] Result<void> remember_samples(platform::Database& database, GitLabNumbers& gitlabs,
                                            std::span<const UtilisationSample> samples, Time now);
[[nodiscard]] Result<void> forget_old_samples(platform::Database& database, Time now, int most);

}  // namespace runneriq::scheduler
