// The pending jobs of all readings as the fleet has them.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet.hpp"

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

}  // namespace runneriq::scheduler
