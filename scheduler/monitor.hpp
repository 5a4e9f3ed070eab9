// The monitor: from what GitLab says and what is remembered to the state of the fleet and what
// has changed in it. Pure; the only maker of a FleetSnapshot from a reading.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/fleet_memory.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

struct MonitorOptions {
  Duration poll_interval = std::chrono::seconds{30};
  // A runner that was not heard of for so long is not given jobs ("online" lasts two hours).
  Duration contact_limit = std::chrono::minutes{2};
  Duration stuck_after = std::chrono::minutes{30};
  std::map<std::string, int> capacity;       // monitor.capacity: runner id or description → jobs at once
  std::map<std::string, std::string> zones;  // RUNNER_ZONE_<id or description>, configuration
};

enum class ChangeKind { appeared, vanished, went_online, went_offline, paused, resumed, tags_changed };
std::string_view to_text(
    ChangeKind kind);  // "new", "vanished", "online", "offline", "paused", "resumed", "tags_changed"

struct RunnerChange {
  RunnerKey runner;
  std::string description;
  ChangeKind kind = ChangeKind::appeared;
  std::vector<std::string> tags_added, tags_removed;  // of tags_changed
};

// A job that runs longer than it should: over `stuck_after`, or over twice the p90 of its history.
struct StuckJob {
  JobKey key;
  ProjectId project;
  PipelineId pipeline = {};
  std::string name{}, stage{};
  std::optional<RunnerKey> runner;
  Duration running{};
  Duration usual{};  // p90 of its earlier runs; 0 = not known
  std::string reason;  // "runs for 42 min, twice its p90 of 12 min is 24 min"
};

struct MonitorReport {
  std::vector<RunnerChange> changes;  // by runner
  std::vector<StuckJob> stuck_jobs;   // by key
};

// What the memory must be asked before observe(): one key per different (project, name, stage) of
// pending and running jobs; sorted, each once.
std::vector<HistoryKey> history_keys(std::span<const gitlab::FleetReading> readings);

struct Observed {
  FleetSnapshot snapshot;
  MonitorReport report;
  Observation observation;  // `scored` is still empty
};

// `histories` belong to `keys` one by one; none at all when the memory could not be asked.
// - The first time that a GitLab is seen (nothing of it is in `before`) nothing counts as new.
// - Runners of a GitLab with a reading whose list is not current neither change nor vanish, and nothing
//   of them is observed.
// - Tags are compared once some are remembered: details that arrive later than the runner are no change.
// - Capacity: as configured by id, else by description; else the most jobs that were ever seen running,
//   at least 1. A contact in the future is one of now; none at all is no recent one.
// - Several readings of one GitLab (its groups) are one: each runner and job counts once.
// - Of finished jobs those that succeeded, with their duration, or failed.
Observed observe(std::span<const gitlab::FleetReading> readings, const Recollection& before,
                 std::span<const HistoryKey> keys, std::span<const JobHistory> histories,
                 const MonitorOptions& options, Time now);

// The analyzer's view of a job of the API.
JobFacts facts_of(const gitlab::Job& job, const gitlab::FleetReading& reading);

}  // namespace runneriq::scheduler
