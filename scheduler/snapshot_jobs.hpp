// The entries of a snapshot's document that tell of jobs and their histories.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/snapshot_fields.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

// The GitLab that an entry names as its own.
GitLabUrl gitlab_in(SnapshotFields& fields, const GitLabUrl& otherwise);

JobHistory history_in(SnapshotFields& fields, const GitLabUrl& gitlab, std::optional<Duration> expected);

// Puts entries into the fleet; those that have no id get their place in the list, from 1. A history
// within an entry is added to the fleet's, of which the document listed so many.
class SnapshotJobs {
 public:
  // Both must outlive this.
  SnapshotJobs(FleetSnapshot& fleet, const GitLabUrl& gitlab, std::size_t listed)
      : fleet_(fleet), gitlab_(gitlab), listed_(listed) {}
  void add_pending(SnapshotFields& fields);
  void add_running(SnapshotFields& fields);
  void add_resource_wait(SnapshotFields& fields);

 private:
  [[nodiscard]] PendingJob job_in(SnapshotFields& fields, std::size_t place);

  FleetSnapshot& fleet_;
  const GitLabUrl& gitlab_;
  std::size_t listed_;
};

std::pair<ProjectKey, ScoreHistory> scores_in(SnapshotFields& fields, const GitLabUrl& gitlab);

}  // namespace runneriq::scheduler
