// What the fleet's state file keeps between ticks, and the port to it. Implemented in scheduler/sqlite.
#pragma once

#include "carbon/energy.hpp"
#include "scheduler/fleet.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// A runner as the tick before saw it.
struct KnownRunner {
  RunnerKey key;
  std::string description;
  bool online = false;
  bool paused = false;
  std::vector<std::string> tags;  // sorted
  int most_active = 0;            // the most jobs ever seen running at once
  Time first_seen, last_seen;
};

// A job that has ended, wherever it was heard of.
struct FinishedJob {
  JobKey key;
  PipelineId pipeline;
  HistoryKey history;
  std::optional<RunnerKey> runner;
  Duration ran{};
  Duration queued{};
  bool succeeded = false;
  std::string failure_reason;  // GitLab's; "" when it succeeded
  Time finished;
  std::optional<carbon::Energy> energy = {};  // as the host told; none where it did not
};

// A finished job with its place in the order in which they were heard of.
struct HeardJob {
  std::int64_t number = 0;
  FinishedJob job;
};

// A pending job as it was scored, once per job: the first score counts.
struct ScoredJob {
  JobKey key;
  ProjectId project;
  double score = 0;
  bool critical = false;  // by its score alone
};

struct UtilisationSample {
  RunnerKey runner;
  int active = 0;
  int most = 1;
};

// What a tick wants to remember.
struct Observation {
  std::vector<GitLabUrl> seen;  // whose runners are listed completely: others of theirs have vanished
  std::vector<KnownRunner> runners;
  std::vector<FinishedJob> finished;
  std::vector<ScoredJob> scored;
  std::vector<UtilisationSample> samples;  // at most one per runner and five minutes is kept, for 30 days
};

struct Recollection {
  // By key; without those that have vanished or were not seen for 7 days.
  std::vector<KnownRunner> runners;
  std::map<ProjectKey, ScoreHistory> scores;
  std::map<RunnerKey, double> reliability;  // of runners with at least 20 jobs in 7 days
};

class FleetMemory {
 public:
  virtual ~FleetMemory() = default;
  [[nodiscard]] virtual Result<Recollection> recall(Time now) = 0;
  // One per key, in the order of `keys`.
  [[nodiscard]] virtual Result<std::vector<JobHistory>> histories(std::span<const HistoryKey> keys) = 0;
  // All or nothing; the same job or score a second time changes nothing, but that a job's
  // energy may be told later.
  [[nodiscard]] virtual Result<void> remember(const Observation& observation, Time now) = 0;
};

// A decision as it was printed, kept for `explain` and `audit` when the job is pending no more.
struct KeptDecision {
  JobKey job;
  Time decided;
  std::string document;  // JSON, as `explain --output json` prints it
};

class DecisionStore {
 public:
  virtual ~DecisionStore() = default;
  // Replaces an older decision about the same job. Kept for 7 days.
  [[nodiscard]] virtual Result<void> keep(std::span<const KeptDecision> decisions) = 0;
  // Error: not_found. Without `gitlab` (empty), the latest of that job id in any.
  [[nodiscard]] virtual Result<KeptDecision> decision(const GitLabUrl& gitlab, JobId job) = 0;
};

}  // namespace runneriq::scheduler
