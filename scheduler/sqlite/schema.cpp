#include "scheduler/sqlite/schema.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace runneriq::scheduler {
namespace {

using platform::Database;

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

// Joules, and the number of carbon::EnergyMethod; both null where the energy is not known.
constexpr std::array<std::string_view, 2> kEnergyColumns{
    "ALTER TABLE outcomes ADD COLUMN energy REAL",
    "ALTER TABLE outcomes ADD COLUMN energy_method INTEGER",
};

Result<void> make_first_schema(Database& database) {
  return platform::make_tables(database, kFirstSchema, kApplicationId);
}

Result<void> add_energy(Database& database) {
  return platform::make_tables(database, kEnergyColumns, kApplicationId);
}

constexpr std::array<platform::SchemaStep, kHostSchema> kSteps{make_first_schema, add_energy};

constexpr platform::StateFileKind kHostFile{
    .application_id = kApplicationId,
    .steps = kSteps,
    .folder_mode = 0711,
    .user = "the user that gitlab-runner runs as",
    .program = "runneriq-executor on this host",
    .lost_by_new_start = "jobs that were running are not counted against the slots",
};

}  // namespace

const platform::StateFileKind& host_file() {
  return kHostFile;
}

}  // namespace runneriq::scheduler
