#include "scheduler/sqlite/finished_jobs.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

constexpr std::array<std::string_view, 7> kOwnFailures{
    "runner_system_failure",    "runner_configuration_error", "runner_external_dependency_failure",
    "runner_interrupted",       "runner_unsupported",
    "no_updates_running",        // the runner was not heard of any more
    "stuck_or_timeout_failure",  // the same, of older versions
};

std::optional<std::int64_t> runner_column(const std::optional<RunnerKey>& runner) {
  return runner ? std::optional{runner->runner.value()} : std::nullopt;
}

Result<std::optional<std::int64_t>> runner_gitlab_column(Database& database, GitLabNumbers& gitlabs,
                                                         const std::optional<RunnerKey>& runner) {
  if (!runner) return std::optional<std::int64_t>{};
  const auto gitlab = gitlabs.number_for(database, runner->gitlab);
  if (!gitlab) return fail(gitlab.error());
  return std::optional{*gitlab};
}

Result<void> put_finished(Database& database, GitLabNumbers& gitlabs, const FinishedJob& job) {
  const auto gitlab = gitlabs.number_for(database, job.key.gitlab);
  if (!gitlab) return fail(gitlab.error());
  const auto runner_gitlab = runner_gitlab_column(database, gitlabs, job.runner);
  if (!runner_gitlab) return fail(runner_gitlab.error());
  return database.execute(
      "INSERT INTO finished_jobs (gitlab, job, pipeline, project, name, stage, runner_gitlab, runner, ran,"
      " queued, succeeded, failure_reason, own_failure, finished) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
      " ON CONFLICT (job, gitlab) DO NOTHING",
      *gitlab, job.key.job.value(), job.pipeline.value(), job.history.project.value(), job.history.job_name,
      job.history.stage, *runner_gitlab, runner_column(job.runner), platform::column_of(job.ran),
      platform::column_of(job.queued), job.succeeded, job.failure_reason,
      !job.succeeded && is_own_failure(job.failure_reason), platform::column_of(job.finished));
}

struct Run {
  Duration ran{};
  std::optional<RunnerKey> runner;
};

// The runs of the very job, newest first.
Result<std::vector<Run>> runs_of_job(Database& database, const GitLabNumbers& gitlabs, const HistoryKey& key,
                                     Time since) {
  std::vector<Run> runs;
  auto read = platform::each_row(
      database.query("SELECT ran, runner, runner_gitlab FROM finished_jobs INDEXED BY runs_of_job"
                     " WHERE succeeded = 1 AND project = ? AND name = ? AND gitlab = ? AND finished >= ?"
                     " ORDER BY finished DESC, job DESC LIMIT ?",
                     key.project.value(), key.job_name, gitlabs.number_of(key.gitlab),
                     platform::column_of(since), kRunsForAverage),
      [&](const Statement& row) {
        Run run{platform::duration_in(row, 0), {}};
        if (!row.is_null(1)) run.runner = {gitlabs.url_of(row.integer(2)), RunnerId{row.integer(1)}};
        runs.push_back(std::move(run));
      });
  if (!read) return fail(std::move(read.error()));
  return runs;
}

Result<std::vector<Duration>> durations(Result<Statement> query) {
  std::vector<Duration> found;
  auto read = platform::each_row(
      std::move(query), [&](const Statement& row) { found.push_back(platform::duration_in(row, 0)); });
  if (!read) return fail(std::move(read.error()));
  return found;
}

Result<std::vector<Duration>> durations_of_stage(Database& database, std::int64_t gitlab,
                                                 const HistoryKey& key, Time since) {
  return durations(database.query(
      "SELECT ran FROM finished_jobs INDEXED BY runs_of_stage WHERE succeeded = 1 AND project = ?"
      " AND stage = ? AND gitlab = ? AND finished >= ? ORDER BY finished DESC, job DESC LIMIT ?",
      key.project.value(), key.stage, gitlab, platform::column_of(since), kRunsForEstimate));
}

Result<std::vector<Duration>> durations_of_project(Database& database, std::int64_t gitlab,
                                                   const HistoryKey& key, Time since) {
  return durations(database.query(
      "SELECT ran FROM finished_jobs INDEXED BY runs_of_project WHERE succeeded = 1 AND project = ?"
      " AND gitlab = ? AND finished >= ? ORDER BY finished DESC, job DESC LIMIT ?",
      key.project.value(), gitlab, platform::column_of(since), kRunsForEstimate));
}

Result<std::vector<Duration>> durations_of_all(Database& database, std::int64_t, const HistoryKey&,
                                               Time since) {
  return durations(
      database.query("SELECT ran FROM finished_jobs INDEXED BY runs WHERE succeeded = 1 AND finished >= ?"
                     " ORDER BY finished DESC, job DESC LIMIT ?",
                     platform::column_of(since), kRunsForEstimate));
}

struct Source {
  Result<std::vector<Duration>> (*read)(Database&, std::int64_t gitlab, const HistoryKey&, Time since);
  std::vector<Duration> DurationSamples::*list;
};

// What stands in for the runs of a job that never ran.
constexpr std::array<Source, 3> kStandIns{{{durations_of_stage, &DurationSamples::of_stage},
                                           {durations_of_project, &DurationSamples::of_project},
                                           {durations_of_all, &DurationSamples::of_all}}};

Result<JobHistory> history_of_others(Database& database, std::int64_t gitlab, const HistoryKey& key,
                                     Time since) {
  DurationSamples samples;
  for (const Source& source : kStandIns) {
    auto found = source.read(database, gitlab, key, since);
    if (!found) return fail(std::move(found.error()));
    samples.*source.list = std::move(*found);
    if (!(samples.*source.list).empty()) break;
  }
  return JobHistory{.estimate = estimate(samples), .fleet_average = std::nullopt, .by_runner = {}};
}

struct Total {
  Duration ran{};
  int runs = 0;
  void add(Duration duration) {
    ran += duration;
    ++runs;
  }
  [[nodiscard]] Duration average() const { return ran / runs; }
};

JobHistory history_of(const std::vector<Run>& runs) {
  DurationSamples samples;
  Total fleet;
  std::map<RunnerKey, Total> runners;
  for (const Run& run : runs) {
    if (samples.of_job.size() < kRunsForEstimate) samples.of_job.push_back(run.ran);
    fleet.add(run.ran);
    if (run.runner) runners[*run.runner].add(run.ran);
  }
  JobHistory history{.estimate = estimate(samples), .fleet_average = fleet.average(), .by_runner = {}};
  for (const auto& [runner, total] : runners) history.by_runner.emplace_back(runner, total.average());
  return history;
}

}  // namespace

bool is_own_failure(std::string_view failure_reason) {
  return std::ranges::find(kOwnFailures, failure_reason) != kOwnFailures.end();
}

Result<void> remember_finished(Database& database, GitLabNumbers& gitlabs,
                               std::span<const FinishedJob> jobs) {
  for (const FinishedJob& job : jobs) {
    if (auto put = put_finished(database, gitlabs, job); !put) return put;
  }
  return {};
}

Result<void> forget_old_finished(Database& database, Time now, int most) {
  return database.execute(
      "DELETE FROM finished_jobs WHERE id IN (SELECT id FROM finished_jobs INDEXED BY ends_by_time"
      " WHERE finished < min(?, (SELECT max(finished) FROM finished_jobs)) - ? ORDER BY finished LIMIT ?)",
      platform::column_of(now), platform::column_of(kFinishedKept), most);
}

Result<JobHistory> job_history(Database& database, const GitLabNumbers& gitlabs, const HistoryKey& key,
                               Time since) {
  const auto runs = runs_of_job(database, gitlabs, key, since);
  if (!runs) return fail(runs.error());
  if (runs->empty()) return history_of_others(database, gitlabs.number_of(key.gitlab), key, since);
  return history_of(*runs);
}

Result<std::map<RunnerKey, double>> reliability(Database& database, const GitLabNumbers& gitlabs, Time now) {
  std::map<RunnerKey, double> shares;
  auto read = platform::each_row(
      database.query("SELECT runner_gitlab, runner, count(*), sum(own_failure) FROM finished_jobs"
                     " INDEXED BY ends_by_time WHERE finished >= ? AND runner IS NOT NULL"
                     " GROUP BY runner_gitlab, runner HAVING count(*) >= ?",
                     platform::column_of(now - kReliabilityWindow), kJobsForReliability),
      [&](const Statement& row) {
        const double failed = static_cast<double>(row.integer(3)) / static_cast<double>(row.integer(2));
        shares[{gitlabs.url_of(row.integer(0)), RunnerId{row.integer(1)}}] = 1 - failed;
      });
  if (!read) return fail(std::move(read.error()));
  return shares;
}

}  // namespace runneriq::scheduler
