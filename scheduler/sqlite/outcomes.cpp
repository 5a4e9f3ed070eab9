#include "scheduler/sqlite/outcomes.hpp"

#include "scheduler/sqlite/columns.hpp"

#include <utility>
#include <vector>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

constexpr int kPrunedAtOnce = 50;

Result<void> insert(Database& database, const JobOutcome& outcome) {
  return database.execute(
      "INSERT INTO outcomes (gitlab, job, attempt, project, name, stage, class, score, queued, held, ran,"
      " cpu, succeeded, exit_code, failed_stage, finished) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
      " ON CONFLICT (job, attempt, gitlab) DO NOTHING",
      outcome.key.gitlab.value(), outcome.key.job.value(), outcome.attempt.value(),
      outcome.history.project.value(), outcome.history.job_name, outcome.history.stage,
      static_cast<int>(outcome.job_class), outcome.score, column_of(outcome.queued_in_gitlab),
      column_of(outcome.held), column_of(outcome.ran), column_of(outcome.cpu), outcome.succeeded,
      outcome.exit_code, outcome.failed_stage, column_of(outcome.finished));
}

// Looks at the oldest few only, so that the work is bounded however old the file is.
Result<void> prune(Database& database, Time now) {
  return database.execute(
      "DELETE FROM outcomes WHERE id IN (SELECT id FROM outcomes ORDER BY id LIMIT ?)"
      " AND (id <= (SELECT max(id) FROM outcomes) - ? OR finished < ?)",
      kPrunedAtOnce, kOutcomesKept, column_of(now - kOutcomeAge));
}

Result<std::vector<Duration>> durations(Result<Statement> row) {
  if (!row) return fail(std::move(row.error()));
  std::vector<Duration> found;
  while (true) {
    const auto more = row->step();
    if (!more) return fail(more.error());
    if (!*more) return found;
    found.push_back(duration_in(*row, 0));
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
