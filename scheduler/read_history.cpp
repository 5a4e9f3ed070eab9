#include "scheduler/read_history.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace runneriq::scheduler {
namespace {

void take(std::vector<Duration>& samples, Duration ran) {
  if (samples.size() < kRunsForEstimate) samples.push_back(ran);
}

Duration average(const std::vector<Duration>& runs) {
  return std::accumulate(runs.begin(), runs.end(), Duration::zero()) /
         static_cast<Duration::rep>(runs.size());
}

}  // namespace

ReadHistory::ReadHistory(std::span<const gitlab::FleetReading> readings) {
  for (const gitlab::FleetReading& reading : readings) {
    for (const gitlab::Job& job : reading.finished) {
      if (job.status != gitlab::JobStatus::success || !job.ran || !job.finished_at) continue;
      Run run{.key = {reading.gitlab, job.project, job.name, job.stage},
              .runner = std::nullopt,
              .ran = *job.ran,
              .finished = *job.finished_at};
      if (job.runner.value() != 0) run.runner = RunnerKey{reading.gitlab, job.runner};
      runs_.push_back(std::move(run));
    }
  }
  std::ranges::stable_sort(runs_, std::ranges::greater{}, &Run::finished);
}

JobHistory ReadHistory::of(const HistoryKey& key) const {
  DurationSamples samples;
  std::vector<Duration> of_fleet;
  std::map<RunnerKey, std::vector<Duration>> of_runners;
  for (const Run& run : runs_) {
    take(samples.of_all, run.ran);
    if (run.key.project != key.project || run.key.gitlab != key.gitlab) continue;
    take(samples.of_project, run.ran);
    if (run.key.stage == key.stage) take(samples.of_stage, run.ran);
    if (run.key.job_name != key.job_name) continue;
    take(samples.of_job, run.ran);
    of_fleet.push_back(run.ran);
    if (run.runner) of_runners[*run.runner].push_back(run.ran);
  }
  JobHistory history{.estimate = estimate(samples), .fleet_average = std::nullopt, .by_runner = {}};
  if (!of_fleet.empty()) history.fleet_average = average(of_fleet);
  for (const auto& [runner, runs] : of_runners) history.by_runner.emplace_back(runner, average(runs));
  return history;
}

JobHistory better_founded(JobHistory known, JobHistory read) {
  return read.estimate.basis < known.estimate.basis ? std::move(read) : std::move(known);
}

}  // namespace runneriq::scheduler
