#include "scheduler/monitor.hpp"

#include "core/printable.hpp"
#include "scheduler/runner_changes.hpp"
#include "scheduler/runner_states.hpp"
#include "scheduler/waiting_jobs.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::FleetReading;
using gitlab::Job;
using gitlab::JobStatus;

// ---- snapshot -----------------------------------------------------------------------------

std::vector<FleetRunner> runners_of(const SeenFleet& seen, const Recollection& before,
                                    const MonitorOptions& options, Time now) {
  std::vector<FleetRunner> runners;
  runners.reserve(seen.runners.size());
  for (const auto& [key, runner] : seen.runners) {
    runners.push_back(fleet_runner(key, runner, before, options, now));
  }
  return runners;
}

// The first is that of nothing; then one per key, as far as they were found.
std::vector<JobHistory> with_nothing_first(std::span<const JobHistory> histories) {
  std::vector<JobHistory> all;
  all.reserve(histories.size() + 1);
  all.push_back({.estimate = estimate({}), .fleet_average = {}, .by_runner = {}});
  all.insert(all.end(), histories.begin(), histories.end());
  return all;
}

// ---- stuck jobs ---------------------------------------------------------------------------

std::string why_stuck(Duration running, const JobHistory& history, const MonitorOptions& options) {
  const Duration p90 = history.estimate.p90;
  const std::string runs = "runs for " + to_reading(running) + ", ";
  if (history.estimate.basis == EstimateBasis::job && p90 > Duration::zero() && running / 2 > p90) {
    return runs + "twice its p90 of " + to_reading(p90) + " is " + to_reading(2 * p90);
  }
  if (running > options.stuck_after) return runs + "over " + to_reading(options.stuck_after);
  return "";
}

std::optional<StuckJob> stuck_job(const Job& job, const GitLabUrl& gitlab, const JobHistory& history,
                                  const MonitorOptions& options, Time now) {
  const std::optional<Duration> running = running_for(job, now);
  if (!running) return std::nullopt;
  StuckJob stuck;
  stuck.reason = why_stuck(*running, history, options);
  if (stuck.reason.empty()) return std::nullopt;
  stuck.key = {gitlab, job.id};
  stuck.project = job.project;
  stuck.pipeline = job.pipeline;
  stuck.name = job.name;
  stuck.stage = job.stage;
  stuck.running = *running;
  if (history.estimate.basis == EstimateBasis::job) stuck.usual = history.estimate.p90;
  if (job.runner != RunnerId{}) stuck.runner = RunnerKey{gitlab, job.runner};
  return stuck;
}

std::vector<StuckJob> stuck_jobs(std::span<const FleetReading> readings, const HistoryIndex& index,
                                 const std::vector<JobHistory>& histories, const MonitorOptions& options,
                                 Time now) {
  std::map<JobKey, StuckJob> found;
  for (const FleetReading& reading : readings) {
    for (const Job& job : reading.running) {
      const JobHistory& history = histories[index.of(history_key(job, reading.gitlab))];
      auto stuck = stuck_job(job, reading.gitlab, history, options, now);
      if (stuck) found.try_emplace(stuck->key, *std::move(stuck));
    }
  }
  std::vector<StuckJob> by_key;
  for (auto& [key, stuck] : found) by_key.push_back(std::move(stuck));
  return by_key;
}

// ---- what is to be remembered -------------------------------------------------------------

// A success without a duration tells nothing; who was cancelled tells neither duration nor health.
std::optional<FinishedJob> finished_job(const Job& job, const FleetReading& reading) {
  const bool succeeded = job.status == JobStatus::success;
  if (!succeeded && job.status != JobStatus::failed) return std::nullopt;
  if (succeeded && !job.ran) return std::nullopt;
  FinishedJob finished;
  finished.key = {reading.gitlab, job.id};
  finished.pipeline = job.pipeline;
  finished.history = history_key(job, reading.gitlab);
  if (job.runner != RunnerId{}) finished.runner = RunnerKey{reading.gitlab, job.runner};
  finished.ran = job.ran.value_or(Duration::zero());
  finished.queued = job.queued.value_or(Duration::zero());
  finished.succeeded = succeeded;
  finished.failure_reason = job.failure_reason;
  finished.finished = job.finished_at.value_or(reading.read_at);
  return finished;
}

std::vector<FinishedJob> finished_jobs(std::span<const FleetReading> readings) {
  std::vector<FinishedJob> finished;
  for (const FleetReading& reading : readings) {
    for (const Job& job : reading.finished) {
      if (auto ended = finished_job(job, reading)) finished.push_back(*std::move(ended));
    }
  }
  return finished;
}

// Of runners that were not listed now nothing is learnt.
Observation observation_of(const std::vector<FleetRunner>& runners, const SeenFleet& seen,
                           const Recollection& before, Time now) {
  Observation observation;
  observation.seen.assign(seen.current.begin(), seen.current.end());
  for (const FleetRunner& runner : runners) {
    if (!seen.current.contains(runner.key.gitlab)) continue;
    observation.runners.push_back(remembered(runner, known_runner(before, runner.key), now));
    observation.samples.push_back({runner.key, runner.active_jobs, runner.max_jobs});
  }
  return observation;
}

}  // namespace

std::string_view to_text(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::appeared:
      return "new";
    case ChangeKind::vanished:
      return "vanished";
    case ChangeKind::went_online:
      return "online";
    case ChangeKind::went_offline:
      return "offline";
    case ChangeKind::paused:
      return "paused";
    case ChangeKind::resumed:
      return "resumed";
    case ChangeKind::tags_changed:
      return "tags_changed";
  }
  return "";
}

std::vector<HistoryKey> history_keys(std::span<const FleetReading> readings) {
  std::vector<HistoryKey> keys;
  for (const FleetReading& reading : readings) {
    for (const std::vector<Job>* jobs : {&reading.pending, &reading.running}) {
      for (const Job& job : *jobs) keys.push_back(history_key(job, reading.gitlab));
    }
  }
  std::sort(keys.begin(), keys.end(), is_before);
  const auto same = [](const HistoryKey& a, const HistoryKey& b) {
    return !is_before(a, b) && !is_before(b, a);
  };
  keys.erase(std::unique(keys.begin(), keys.end(), same), keys.end());
  return keys;
}

Observed observe(std::span<const FleetReading> readings, const Recollection& before,
                 std::span<const HistoryKey> keys, std::span<const JobHistory> histories,
                 const MonitorOptions& options, Time now) {
  const SeenFleet seen = seen_fleet(readings);
  const HistoryIndex index{keys, histories.size()};
  Observed observed;
  FleetSnapshot& snapshot = observed.snapshot;
  snapshot.now = now;
  snapshot.runners = runners_of(seen, before, options, now);
  snapshot.jobs = waiting_jobs(readings, index, now);
  snapshot.running = running_jobs(readings, index, now);
  snapshot.resource_waits = resource_waits(readings, index, now);
  snapshot.histories = with_nothing_first(histories);
  snapshot.scores = before.scores;
  observed.report.changes = runner_changes(snapshot.runners, seen, before);
  observed.report.stuck_jobs = stuck_jobs(readings, index, snapshot.histories, options, now);
  observed.observation = observation_of(snapshot.runners, seen, before, now);
  observed.observation.finished = finished_jobs(readings);
  return observed;
}

}  // namespace runneriq::scheduler
