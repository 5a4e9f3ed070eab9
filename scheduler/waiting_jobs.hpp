// The open jobs of all readings as the fleet has them.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet.hpp"

#include <optional>
#include <span>
#include <vector>

namespace runneriq::scheduler {

HistoryKey history_key(const gitlab::Job& job, const GitLabUrl& gitlab);

// The order of history keys.
bool is_before(const HistoryKey& a, const HistoryKey& b);

// Where the histories of jobs stand in FleetSnapshot::histories, whose first is that of nothing.
class HistoryIndex {
 public:
  // Of `keys`, sorted, only the first `known` have a history.
  HistoryIndex(std::span<const HistoryKey> keys, std::size_t known) : keys_(keys), known_(known) {}
  [[nodiscard]] std::size_t of(const HistoryKey& key) const;

 private:
  std::span<const HistoryKey> keys_;
  std::size_t known_;
};

// By key; a job that is in several readings of its GitLab counts once.
std::vector<PendingJob> waiting_jobs(std::span<const gitlab::FleetReading> readings,
                                     const HistoryIndex& histories, Time now);

// By the waiter's key, each once.
std::vector<ResourceWait> resource_waits(std::span<const gitlab::FleetReading> readings,
                                         const HistoryIndex& histories, Time now);

// By key, each once. `histories` as above.
std::vector<RunningFleetJob> running_jobs(std::span<const gitlab::FleetReading> readings,
                                          const HistoryIndex& histories, Time now);

// How long a job runs; none = GitLab does not tell.
std::optional<Duration> running_for(const gitlab::Job& job, Time now);

}  // namespace runneriq::scheduler
