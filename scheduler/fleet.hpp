// The fleet at one moment, as all decisions see it. Data only: the same snapshot gives the same
// decisions, wherever it came from.
#pragma once

#include "carbon/outlook.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "gitlab/matcher.hpp"
#include "gitlab/runner.hpp"
#include "scheduler/admission.hpp"
#include "scheduler/history.hpp"
#include "scheduler/priority.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

struct RunnerKey {
  GitLabUrl gitlab;
  RunnerId runner;
  friend auto operator<=>(const RunnerKey&, const RunnerKey&) = default;
  friend bool operator==(const RunnerKey&, const RunnerKey&) = default;
};

struct ProjectKey {
  GitLabUrl gitlab;
  ProjectId project;
  friend auto operator<=>(const ProjectKey&, const ProjectKey&) = default;
  friend bool operator==(const ProjectKey&, const ProjectKey&) = default;
};

// Where `max_jobs` comes from: no API of GitLab tells it.
enum class CapacityBasis { configured, reported, observed };

struct FleetRunner {
  RunnerKey key;
  std::string description;
  gitlab::RunnerTraits traits;
  gitlab::RunnerStatus status = gitlab::RunnerStatus::unknown;
  bool paused = false;
  std::optional<Duration> contact_age;  // none = never, or not told
  bool recent_contact = true;           // within monitor.contact_limit, or not told by a snapshot
  bool traits_known = true;             // false: no details yet, takes nothing
  int active_jobs = 0;
  int max_jobs = 1;  // ≥ 1; active_jobs may be more (an old limit)
  CapacityBasis capacity_basis = CapacityBasis::observed;
  int managers = 1;
  std::optional<double> host_load;    // 0..1, when reported and fresh
  std::optional<double> reliability;  // 0..1: share of its jobs of 7 days without a runner's own failure
  carbon::ZoneKey zone = {};          // of the grid; "" = unknown
  Duration age{};                     // of the list it stands in; 0 = read in this tick
};

// May be given jobs now: online, not paused, heard of recently, details known.
bool takes_jobs(const FleetRunner& runner);

// "runner 7 (docker-1)", printable; without a description "runner 7".
std::string title(const FleetRunner& runner);
std::string title(RunnerId runner, const std::string& description);

// What is known of the runs of one (project, job name).
struct JobHistory {
  DurationEstimate estimate;
  std::optional<Duration> fleet_average;                  // of successful runs, all runners
  std::vector<std::pair<RunnerKey, Duration>> by_runner;  // average per runner, sorted by key
};

struct PendingJob {
  JobKey key;
  ProjectId project;
  PipelineId pipeline;
  JobFacts facts;
  gitlab::JobTraits traits;
  Duration queued{};
  std::size_t history = 0;  // index in FleetSnapshot::histories
  std::string user;         // for people; may be ""
  Duration age{};           // of the list it stands in; 0 = read in this tick
  // Tags of the grant kind that it asks for; they are not among `traits.tags`.
  std::vector<std::string> wanted_grants = {};
};

// A job that runs, for when its runner falls free.
struct RunningFleetJob {
  JobKey key;
  std::optional<RunnerKey> runner;
  Duration running{};
  std::size_t history = 0;  // index in FleetSnapshot::histories
};

// A job that waits, not for a runner but for a resource group that another job holds.
struct ResourceWait {
  PendingJob waiter;
  std::string resource_group;
  JobKey holder;  // pending or running
};

// How urgent a project's jobs of the last 7 days were; for the calibration against inflation.
struct ScoreHistory {
  int jobs = 0;
  int critical = 0;            // of these, with a CRITICAL score
  std::vector<double> scores;  // sorted ascending; all of them, or an even sample
};

struct FleetSnapshot {
  Time now;
  std::vector<FleetRunner> runners;          // by key
  std::vector<PendingJob> jobs;              // by key
  std::vector<JobHistory> histories;         // at least one: [0] = nothing known
  std::vector<RunningFleetJob> running;      // by key
  std::vector<ResourceWait> resource_waits;  // by the waiter's key
  std::map<ProjectKey, ScoreHistory> scores;
  std::optional<carbon::GridOutlook> carbon;  // of the zones of its runners; none = carbon is off
  std::vector<std::string> degraded;          // sentences: what of it is old or missing
};

// What is known of the job's runs; nothing for an index that names no history.
const JobHistory& history_of(const FleetSnapshot& fleet, const PendingJob& job);

}  // namespace runneriq::scheduler
