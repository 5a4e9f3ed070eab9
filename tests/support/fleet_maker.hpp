// Small fleets for tests of the scheduler's decisions.
#pragma once

#include "scheduler/fleet.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

inline const GitLabUrl kGitLab{"https://gitlab.example.com"};

// Online, heard of just now, for everybody, untagged jobs too.
inline FleetRunner runner_with(std::int64_t id, std::vector<std::string> tags, int active = 0, int most = 4) {
  FleetRunner runner;
  runner.key = {kGitLab, RunnerId{id}};
  runner.status = gitlab::RunnerStatus::online;
  runner.traits.tags = std::move(tags);
  runner.traits.type = gitlab::RunnerType::instance;
  runner.active_jobs = active;
  runner.max_jobs = most;
  return runner;
}

inline PendingJob job_with(std::int64_t id, std::vector<std::string> tags = {}) {
  PendingJob job;
  job.key = {kGitLab, JobId{id}};
  job.project = ProjectId{1};
  job.facts.name = "job";
  job.facts.ref = "topic";
  job.traits.project = job.project;
  job.traits.tags = std::move(tags);
  return job;
}

inline FleetSnapshot fleet_of(std::vector<FleetRunner> runners, std::vector<PendingJob> jobs) {
  FleetSnapshot fleet;
  fleet.now = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1};
  fleet.runners = std::move(runners);
  fleet.jobs = std::move(jobs);
  fleet.histories.push_back({.estimate = estimate({}), .fleet_average = {}, .by_runner = {}});
  return fleet;
}

}  // namespace runneriq::scheduler
