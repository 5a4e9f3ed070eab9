// Durations from the finished jobs of a reading itself: for the first tick, and for whoever has no
// memory. Pure.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet.hpp"

#include <span>
#include <vector>

namespace runneriq::scheduler {

class ReadHistory {
 public:
  explicit ReadHistory(std::span<const gitlab::FleetReading> readings);

  // As FleetMemory::histories() would answer if it knew these jobs and no others; O(finished jobs).
  [[nodiscard]] JobHistory of(const HistoryKey& key) const;

 private:
  struct Run {
    HistoryKey key;
    std::optional<RunnerKey> runner;
    Duration ran{};
    Time finished;
  };
  std::vector<Run> runs_;  // successful, newest first
};

// The one that rests on more alike jobs: of this job, its stage, its project, of all; `known` when
// they rest on the same.
JobHistory better_founded(JobHistory known, JobHistory read);

}  // namespace runneriq::scheduler
