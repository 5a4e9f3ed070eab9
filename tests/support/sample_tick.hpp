// A tick whose every number was chosen by hand: three jobs, four runners.
#pragma once

#include "scheduler/fleet_watch.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace runneriq {

inline const GitLabUrl kSampleGitLab{"https://gitlab.example.com"};
inline const Time kSampleNow = Time{} + std::chrono::hours{24 * 20513};

inline scheduler::FleetRunner sample_runner(std::int64_t id, std::string description) {
  scheduler::FleetRunner runner;
  runner.key = {kSampleGitLab, RunnerId{id}};
  runner.description = std::move(description);
  runner.traits.tags = {"docker", "linux"};
  runner.status = gitlab::RunnerStatus::online;
  runner.contact_age = std::chrono::seconds{12};
  runner.active_jobs = 1;
  runner.max_jobs = 4;
  runner.capacity_basis = scheduler::CapacityBasis::configured;
  return runner;
}

inline scheduler::PendingJob sample_job(std::int64_t id, std::string name, std::string ref, Duration queued) {
  scheduler::PendingJob job;
  job.key = {kSampleGitLab, JobId{id}};
  job.project = ProjectId{7};
  job.pipeline = PipelineId{900 + id % 2};
  job.facts.name = std::move(name);
  job.facts.stage = "test";
  job.facts.ref = std::move(ref);
  job.traits.project = job.project;
  job.traits.project_path = "acme/shop";
  job.traits.tags = {"linux"};
  job.queued = queued;
  return job;
}

inline scheduler::RunnerScore sample_score(std::size_t runner, double score, double load) {
  using scheduler::RunnerFactor;
  return {.runner = runner,
          .score = score,
          .factors = {{RunnerFactor::utilisation, load, 0.4, load * 0.4},
                      {RunnerFactor::capacity, 100, 0.2, 20},
                      {RunnerFactor::tag_match, 90, 0.2, 18},
                      {RunnerFactor::history, 50, 0.2, 10}}};
}

inline scheduler::JobDecision sample_decision(std::size_t job, double score, scheduler::JobClass job_class) {
  scheduler::JobDecision decision;
  decision.job = job;
  decision.priority.score = score;
  decision.priority.job_class = scheduler::class_of_score(score);
  decision.priority.factors = {{"branch", "main is a production branch (100)", 40},
                               {"role", "maintainer (100)", 20},
                               {"job type", "matches '*deploy*' (100)", score - 60}};
  decision.job_class = job_class;
  return decision;
}

inline scheduler::Tick sample_tick() {
  using namespace std::chrono_literals;
  using scheduler::JobClass;
  scheduler::Tick tick;
  tick.now = kSampleNow;
  auto& fleet = tick.snapshot;
  fleet.now = tick.now;
  fleet.runners = {sample_runner(1, "build-1"), sample_runner(2, "build-2"), sample_runner(3, "build-3"),
                   sample_runner(4, "build-4")};
  fleet.runners[1].active_jobs = 4;
  fleet.runners[2].paused = true;
  fleet.runners[3].status = gitlab::RunnerStatus::offline;
  fleet.runners[3].contact_age.reset();
  fleet.runners[3].recent_contact = false;
  fleet.jobs = {sample_job(4711, "deploy", "main", 25min),
                sample_job(4712, "unit tests", "feature/cart", 90s),
                sample_job(4713, "docs", "feature/cart", 10s)};
  fleet.jobs[0].facts.stage = "deploy";
  fleet.jobs[0].facts.ref_protected = true;
  fleet.jobs[2].traits.tags = {"arm64"};
  fleet.histories.resize(2);
  fleet.histories[0].estimate = {5min, 5min, scheduler::EstimateBasis::none};
  fleet.histories[1].estimate = {4min, 6min, scheduler::EstimateBasis::job};
  fleet.jobs[0].history = 1;

  auto first = sample_decision(0, 95, JobClass::critical);
  first.assignment.path = scheduler::DecisionPath::rules;
  first.assignment.chosen = sample_score(0, 78, 75);
  first.assignment.runner_up = sample_score(1, 48, 0);
  first.assignment.margin = 0.3846153;
  first.assignment.candidates = 2;
  first.assignment.reason = "runner 1 is 38 % ahead of runner 2";
  first.expected_start = tick.now;
  auto second = sample_decision(1, 66.5, JobClass::high);
  second.class_reasons = {"waited 25 min: MEDIUM becomes HIGH"};
  second.assignment.path = scheduler::DecisionPath::advisor;
  second.assignment.chosen = sample_score(1, 48, 0);
  second.assignment.runner_up = sample_score(0, 47.5, 0);
  second.assignment.margin = 0.0104;
  second.assignment.candidates = 2;
  second.assignment.waits_for_slot = true;
  second.assignment.reason = "both within 2 %; runner 2 is more reliable (99 % against 93 %)";
  second.expected_start = tick.now + 4min;
  auto third = sample_decision(2, 62, JobClass::medium);
  third.assignment.reason = "no runner can take it";
  third.priority.anomalies = {"RUNNERIQ_PRIORITY counts on protected refs only; refused: 'high'"};
  tick.decisions.jobs = {first, second, third};
  tick.decisions.split = {.direct = 0, .rules = 1, .advisor = 1, .queued = 1};

  tick.monitor.changes = {
      {{kSampleGitLab, RunnerId{4}}, "build-4", scheduler::ChangeKind::went_offline, {}, {}},
      {{kSampleGitLab, RunnerId{1}}, "build-1", scheduler::ChangeKind::tags_changed, {"docker"}, {"podman"}}};
  scheduler::StuckJob stuck;
  stuck.key = {kSampleGitLab, JobId{4600}};
  stuck.project = ProjectId{7};
  stuck.name = "e2e";
  stuck.runner = scheduler::RunnerKey{kSampleGitLab, RunnerId{2}};
  stuck.running = 42min;
  stuck.usual = 12min;
  stuck.reason = "runs for 42 min, twice its p90 of 12 min is 24 min";
  tick.monitor.stuck_jobs = {stuck};
  tick.degraded = {"jobs of project acme/shop are 40 s old: 503 Service Unavailable"};
  tick.calls = {.calls = 12, .failed = 1, .retried = 2, .mutating = 0, .bytes = 34567};
  return tick;
}

}  // namespace runneriq
