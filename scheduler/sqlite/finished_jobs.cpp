#include "scheduler/sqlite/finished_jobs.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"
#include "scheduler/sqlite/energy_columns.hpp"

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
      " queued, succeeded, failure_reason, own_failure, finished, energy, energy_method)"
      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (job, gitlab) DO UPDATE SET"
      " energy = coalesce(finished_jobs.energy, excluded.energy),"
      " energy_method = coalesce(finished_jobs.energy_method, excluded.energy_method),"
      " pipeline = max(finished_jobs.pipeline, excluded.pipeline),"
      " runner_gitlab = coalesce(finished_jobs.runner_gitlab, excluded.runner_gitlab),"
      " runner = coalesce(finished_jobs.runner, excluded.runner)"
      " WHERE (finished_jobs.energy IS NULL AND excluded.energy IS NOT NULL)"
      " OR finished_jobs.pipeline < excluded.pipeline"
      " OR (finished_jobs.runner IS NULL AND excluded.runner IS NOT NULL)",
      *gitlab, job.key.job.value(), job.pipeline.value(), job.history.project.value(), job.history.job_name,
      job.history.stage, *runner_gitlab, runner_column(job.runner), platform::column_of(job.ran),
      platform::column_of(job.queued), job.succeeded, job.failure_reason,
      !job.succeeded && is_own_failure(job.failure_reason), platform::column_of(job.finished),
      joules_column(job.energy), method_column(job.energy));
}

// Of the columns from `gitlab` to `energy_method`, behind the number.
FinishedJob finished_job_in(const Statement& row, const GitLabNumbers& gitlabs) {
  FinishedJob job;
  job.key = {gitlabs.url_of(row.integer(1)), JobId{row.integer(2)}};
  job.pipeline = PipelineId{row.integer(3)};
  job.history = {job.key.gitlab, ProjectId{row.integer(4)}, row.text(5), row.text(6)};
  if (!row.is_null(7) && !row.is_null(8)) {
    job.runner = RunnerKey{gitlabs.url_of(row.integer(7)), RunnerId{row.integer(8)}};
  }
  job.ran = platform::duration_in(row, 9);
  job.queued = platform::duration_in(row, 10);
  job.succeeded = row.integer(11) != 0;
  job.failure_reason = row.text(12);
  job.finished = platform::time_in(row, 13);
  job.energy = energy_in(row, 14);
  return job;
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

Result<std::vector<HeardJob>> finished_after(Database& database, const GitLabNumbers& gitlabs,
                                             std::int64_t number, Time since, std::size_t most) {
  std::vector<HeardJob> heard;
  auto read = platform::each_row(
      database.query(
          "SELECT id, gitlab, job, pipeline, project, name, stage, runner_gitlab, runner, ran, queued,"
          " succeeded, failure_reason, finished, energy, energy_method FROM finished_jobs"
          " WHERE id > ? AND finished >= ? ORDER BY id LIMIT ?",
          number, platform::column_of(since), static_cast<std::int64_t>(most)),
      [&](const Statement& row) {
        heard.push_back({row.integer(0), finished_job_in(row, gitlabs)});
      });
  if (!read) return fail(std::move(read.error()));
  return heard;
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
