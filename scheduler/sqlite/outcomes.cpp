#include "scheduler/sqlite/outcomes.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"
#include "scheduler/sqlite/energy_columns.hpp"

#include <utility>
#include <vector>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

constexpr int kPrunedAtOnce = 50;

// A job whose id is not known has its attempt behind the GitLab's address (see executor::key_of()).
GitLabUrl gitlab_of(const GitLabUrl& identity) {
  return GitLabUrl{identity.value().substr(0, identity.value().find('#'))};
}

JobClass class_in(std::int64_t stored) {
  const bool known = stored >= 0 && stored <= static_cast<std::int64_t>(JobClass::low);
  return known ? static_cast<JobClass>(stored) : JobClass::low;
}

Result<void> insert(Database& database, const JobOutcome& outcome) {
  return database.execute(
      "INSERT INTO outcomes (gitlab, job, attempt, project, name, stage, class, score, queued, held, ran,"
      " cpu, succeeded, exit_code, failed_stage, finished, energy, energy_method)"
      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
      " ON CONFLICT (job, attempt, gitlab) DO NOTHING",
      outcome.key.gitlab.value(), outcome.key.job.value(), outcome.attempt.value(),
      outcome.history.project.value(), outcome.history.job_name, outcome.history.stage,
      static_cast<int>(outcome.job_class), outcome.score, platform::column_of(outcome.queued_in_gitlab),
      platform::column_of(outcome.held), platform::column_of(outcome.ran), platform::column_of(outcome.cpu),
      outcome.succeeded, outcome.exit_code, outcome.failed_stage, platform::column_of(outcome.finished),
      joules_column(outcome.energy), method_column(outcome.energy));
}

// Looks at the oldest few only, so that the work is bounded however old the file is.
Result<void> prune(Database& database, Time now) {
  return database.execute(
      "DELETE FROM outcomes WHERE id IN (SELECT id FROM outcomes ORDER BY id LIMIT ?)"
      " AND (id <= (SELECT max(id) FROM outcomes) - ? OR finished < ?)",
      kPrunedAtOnce, kOutcomesKept, platform::column_of(now - kOutcomeAge));
}

// What is delivered comes before what is not, so this looks at the undelivered ones and one row more.
Result<std::int64_t> last_delivered(Database& database) {
  std::int64_t last = 0;
  auto read = platform::each_row(
      database.query("SELECT id FROM outcomes WHERE delivered <> 0 ORDER BY id DESC LIMIT 1"),
      [&](const Statement& row) { last = row.integer(0); });
  if (!read) return fail(std::move(read.error()));
  return last;
}

// In the order of the columns below.
JobOutcome outcome_in(const Statement& row) {
  const GitLabUrl identity{row.text(0)};
  return {.key = {identity, JobId{row.integer(1)}},
          .attempt = AttemptId{row.text(2)},
          .history = {gitlab_of(identity), ProjectId{row.integer(3)}, row.text(4), row.text(5)},
          .job_class = class_in(row.integer(6)),
          .score = row.real(7),
          .queued_in_gitlab = platform::duration_in(row, 8),
          .held = platform::duration_in(row, 9),
          .ran = platform::duration_in(row, 10),
          .cpu = row.is_null(11) ? std::nullopt : std::optional{platform::duration_in(row, 11)},
          .succeeded = row.integer(12) != 0,
          .exit_code = static_cast<int>(row.integer(13)),
          .failed_stage = row.text(14),
          .finished = platform::time_in(row, 15),
          .energy = energy_in(row, 16)};
}

Result<std::vector<Duration>> durations(Result<Statement> row) {
  if (!row) return fail(std::move(row.error()));
  std::vector<Duration> found;
  while (true) {
    const auto more = row->step();
    if (!more) return fail(more.error());
    if (!*more) return found;
    found.push_back(platform::duration_in(*row, 0));
  }
}

Result<std::vector<Duration>> durations_of_job(Database& database, const HistoryKey& key) {
  return durations(database.query(
      "SELECT ran FROM outcomes INDEXED BY successes_of_job WHERE succeeded = 1 AND project = ? AND name = ?"
      " AND gitlab = ? ORDER BY id DESC LIMIT ?",
      key.project.value(), key.job_name, key.gitlab.value(), kRunsForEstimate));
}

Result<std::vector<Duration>> durations_of_stage(Database& database, const HistoryKey& key) {
  return durations(database.query(
      "SELECT ran FROM outcomes INDEXED BY successes_of_stage WHERE succeeded = 1 AND project = ?"
      " AND stage = ? AND gitlab = ? ORDER BY id DESC LIMIT ?",
      key.project.value(), key.stage, key.gitlab.value(), kRunsForEstimate));
}

Result<std::vector<Duration>> durations_of_project(Database& database, const HistoryKey& key) {
  return durations(database.query(
      "SELECT ran FROM outcomes INDEXED BY successes_of_project WHERE succeeded = 1 AND project = ?"
      " AND gitlab = ? ORDER BY id DESC LIMIT ?",
      key.project.value(), key.gitlab.value(), kRunsForEstimate));
}

Result<std::vector<Duration>> durations_of_all(Database& database, const HistoryKey&) {
  return durations(database.query(
      "SELECT ran FROM outcomes INDEXED BY successes WHERE succeeded = 1 ORDER BY id DESC LIMIT ?",
      kRunsForEstimate));
}

struct Source {
  Result<std::vector<Duration>> (*read)(Database&, const HistoryKey&);
  std::vector<Duration> DurationSamples::*list;
};

constexpr Source kSources[] = {{durations_of_job, &DurationSamples::of_job},
                               {durations_of_stage, &DurationSamples::of_stage},
                               {durations_of_project, &DurationSamples::of_project},
                               {durations_of_all, &DurationSamples::of_all}};

}  // namespace

Result<void> record_outcome(Database& database, const JobOutcome& outcome) {
  if (auto inserted = insert(database, outcome); !inserted) return inserted;
  return prune(database, outcome.finished);
}

Result<std::vector<JobOutcome>> undelivered_outcomes(Database& database, std::size_t most) {
  const auto last = last_delivered(database);
  if (!last) return fail(last.error());
  std::vector<JobOutcome> found;
  auto read = platform::each_row(
      database.query(
          "SELECT gitlab, job, attempt, project, name, stage, class, score, queued, held, ran, cpu,"
          " succeeded, exit_code, failed_stage, finished, energy, energy_method FROM outcomes WHERE id > ?"
          " ORDER BY id LIMIT ?",
          *last, static_cast<std::int64_t>(most)),
      [&](const Statement& row) { found.push_back(outcome_in(row)); });
  if (!read) return fail(std::move(read.error()));
  return found;
}

Result<void> mark_outcomes_delivered(Database& database, std::span<const JobOutcome> outcomes) {
  for (const JobOutcome& outcome : outcomes) {
    auto marked =
        database.execute("UPDATE outcomes SET delivered = 1 WHERE job = ? AND attempt = ? AND gitlab = ?",
                         outcome.key.job.value(), outcome.attempt.value(), outcome.key.gitlab.value());
    if (!marked) return marked;
  }
  return {};
}

Result<DurationSamples> duration_samples(Database& database, const HistoryKey& key) {
  DurationSamples samples;
  for (const Source& source : kSources) {
    auto found = source.read(database, key);
    if (!found) return fail(std::move(found.error()));
    samples.*source.list = std::move(*found);
    if (!(samples.*source.list).empty()) break;
  }
  return samples;
}

}  // namespace runneriq::scheduler
