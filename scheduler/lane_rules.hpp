// Which pipelines of a project get which lane, and why. Pure.
#pragma once

#include "core/time.hpp"
#include "gitlab/ci_config.hpp"
#include "gitlab/fleet_reader.hpp"
#include "scheduler/history.hpp"
#include "scheduler/lanes.hpp"
#include "scheduler/priority.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// The variable that holds a pipeline's lane, and the tag that its jobs get by it.
inline constexpr std::string_view kLaneVariable = "RUNNERIQ_LANE";
inline constexpr std::string_view kLaneTag = "runneriq:$RUNNERIQ_LANE";

// A finished job of the planned project.
struct PastJob {
  std::string name;
  std::string ref;
  RefKind ref_kind = RefKind::branch;
};

// What history says; empty where it is not known.
struct PipelineHistory {
  std::string default_branch = {};
  std::vector<Duration> pipelines = {};  // work of each pipeline of the fleet, sorted
  std::vector<Duration> jobs = {};       // of each job of the fleet, sorted
  std::vector<PastJob> past = {};
  std::map<std::string, Duration> medians = {};  // of the project's jobs by name, of those that have run
};

// `medians` stays empty: the caller knows more of it than one reading.
PipelineHistory pipeline_history(std::span<const gitlab::FleetReading> readings, ProjectId project);

struct LaneRule {
  std::string condition;  // as in `rules:if`; "" = all others
  std::string pipelines;  // for people: "tags", "the default branch"
  std::size_t lane = 0;
  std::string reason;
  enum class Of { tags, default_branch, branch, merge_requests, others } of = Of::others;
  std::optional<Duration> work = {};  // expected, of all its jobs
  std::size_t past_jobs = 0;          // of the fleet's `PipelineHistory::jobs`
};

struct LaneTerms {
  const Lanes* lanes;  // not null; both must outlive the call
  const PriorityRules* rules;
};

// The lane of whatever no rule names: the middle one of those that go by duration.
std::size_t default_lane(const Lanes& lanes);
// Of the lanes that go by duration the one for `work` among `all` (sorted): equal shares. None where
// `all` says too little.
std::optional<std::size_t> lane_of_work(Duration work, const std::vector<Duration>& all, const Lanes& lanes);

// The first that fits a pipeline counts: production first, then merge requests, then the others.
std::vector<LaneRule> lane_rules(const std::vector<gitlab::CiJob>& jobs, const LaneTerms& terms,
                                 const PipelineHistory& history);
// The same by class for any one branch.
LaneRule rule_of_branch(const std::string& branch, const std::vector<gitlab::CiJob>& jobs,
                        const LaneTerms& terms, const PipelineHistory& history);

// The lane of a single job: the first one for a job that is CRITICAL in production, else by its duration.
struct JobLane {
  std::size_t lane = 0;
  std::string reason;
};
JobLane lane_of_job(const gitlab::CiJob& job, const LaneTerms& terms, const PipelineHistory& history);

// "12 min", "45 s"
std::string work_text(Duration work);

}  // namespace runneriq::scheduler
