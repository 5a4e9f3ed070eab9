#include "scheduler/sqlite/schema.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Transaction;

constexpr std::int64_t kApplicationId = 0x52495148;  // "RIQH"

// Times and durations are in milliseconds, times since 1970 in UTC. Every owner is the boot,
// the runner's process and the attempt's TMPDIR.
constexpr std::array<std::string_view, 8> kFirstSchema{
    // One row per job that waits, runs or has just ended on this host.
    R"(CREATE TABLE places (
         gitlab TEXT NOT NULL, job INTEGER NOT NULL, attempt TEXT NOT NULL,
         boot TEXT NOT NULL, runner_pid INTEGER NOT NULL, runner_start INTEGER NOT NULL,
         prepare_pid INTEGER NOT NULL, prepare_start INTEGER NOT NULL,
         state INTEGER NOT NULL, arrived INTEGER NOT NULL, hold_until INTEGER NOT NULL,
         admitted_at INTEGER, left_at INTEGER,
         name TEXT NOT NULL, score REAL NOT NULL, class INTEGER NOT NULL, queued INTEGER NOT NULL,
         expected INTEGER NOT NULL, expected_p90 INTEGER NOT NULL, expected_basis INTEGER NOT NULL,
         PRIMARY KEY (gitlab, job)) STRICT, WITHOUT ROWID)",
    // Numbers of builds directories in use.
    R"(CREATE TABLE builds_numbers (
         gitlab TEXT NOT NULL, project INTEGER NOT NULL, number INTEGER NOT NULL, attempt TEXT NOT NULL,
         boot TEXT NOT NULL, runner_pid INTEGER NOT NULL, runner_start INTEGER NOT NULL,
         PRIMARY KEY (gitlab, project, number)) STRICT, WITHOUT ROWID)",
    // How attempts ended, in the order in which they were recorded.
    R"(CREATE TABLE outcomes (
         id INTEGER PRIMARY KEY,
         gitlab TEXT NOT NULL, job INTEGER NOT NULL, attempt TEXT NOT NULL,
         project INTEGER NOT NULL, name TEXT NOT NULL, stage TEXT NOT NULL,
         class INTEGER NOT NULL, score REAL NOT NULL, queued INTEGER NOT NULL, held INTEGER NOT NULL,
         ran INTEGER NOT NULL, cpu INTEGER, succeeded INTEGER NOT NULL, exit_code INTEGER NOT NULL,
         failed_stage TEXT NOT NULL, finished INTEGER NOT NULL,
         delivered INTEGER NOT NULL DEFAULT 0) STRICT)",
    "CREATE UNIQUE INDEX outcome_of_attempt ON outcomes (job, attempt, gitlab)",
    // Each answers "the last successes of ..." in the order of its rowids, without sorting.
    "CREATE INDEX successes_of_job ON outcomes (project, name, gitlab) WHERE succeeded = 1",
    "CREATE INDEX successes_of_stage ON outcomes (project, stage, gitlab) WHERE succeeded = 1",
    "CREATE INDEX successes_of_project ON outcomes (project, gitlab) WHERE succeeded = 1",
    "CREATE INDEX successes ON outcomes (succeeded) WHERE succeeded = 1",
};

Result<void> make_first_schema(Database& database) {
  for (const std::string_view sql : kFirstSchema) {
    if (auto made = database.execute(sql); !made) return made;
  }
  return database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
}

// kSteps[n] leads from version n to n + 1.
using Step = Result<void> (*)(Database&);
constexpr std::array<Step, kHostSchema> kSteps{make_first_schema};

Result<void> take_steps(Database& database, std::size_t version) {
  for (; version < kSteps.size(); ++version) {
    if (auto step = kSteps[version](database); !step) return step;
  }
  return database.execute("PRAGMA user_version = " + std::to_string(kHostSchema));
}

Result<void> check_program(Database& database, std::int64_t version) {
  const auto application = database.number("PRAGMA application_id");
  if (!application) return fail(application.error());
  if (*application == kApplicationId) return {};
  const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return fail(tables.error());
  if (version == 0 && *tables == 0) return {};
  return fail(Errc::conflict, "the file is another program's database");
}

}  // namespace

Result<SchemaState> schema_state(Database& database) {
  const auto version = database.number("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (*version > kHostSchema) {
    return fail(Errc::newer_schema, "schema " + std::to_string(*version) + " is newer than " +
                                        std::to_string(kHostSchema) + ", which this program knows");
  }
  if (auto ours = check_program(database, *version); !ours) return fail(ours.error());
  if (*version < 0) return fail(Errc::corrupt, "schema " + std::to_string(*version) + " never was");
  if (*version == kHostSchema) return SchemaState::current;
  return *version == 0 ? SchemaState::absent : SchemaState::older;
}

Result<void> bring_schema_up_to_date(Database& database) {
  // Only outside of a transaction, and kept in the file.
  if (auto set = database.execute("PRAGMA journal_mode = WAL"); !set) return set;
  auto transaction = Transaction::begin(database, Transaction::Kind::writing);
  if (!transaction) return fail(transaction.error());
  const auto version = database.number("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (auto taken = take_steps(database, static_cast<std::size_t>(*version)); !taken) return taken;
  return transaction->commit();
}

}  // namespace runneriq::scheduler
