#include "scheduler/sqlite/fleet_schema.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace runneriq::scheduler {
namespace {

constexpr std::int64_t kApplicationId = 0x52495146;  // "RIQF"

// Times and durations are in milliseconds, times since 1970 in UTC. `gitlab` is a number of the
// table gitlabs, except in the trail, where nothing may hang on another table.
constexpr std::array kFirstSchema{
    std::string_view{"CREATE TABLE gitlabs (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE) STRICT"},
    // One row per runner that was seen in the last 7 days. `tags` is a JSON list.
    std::string_view{R"(CREATE TABLE runners (
         gitlab INTEGER NOT NULL, runner INTEGER NOT NULL, description TEXT NOT NULL,
         online INTEGER NOT NULL, paused INTEGER NOT NULL, tags TEXT NOT NULL,
         most_active INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
         vanished INTEGER NOT NULL DEFAULT 0,
         PRIMARY KEY (gitlab, runner)) STRICT, WITHOUT ROWID)"},
    std::string_view{R"(CREATE TABLE finished_jobs (
         id INTEGER PRIMARY KEY,
         gitlab INTEGER NOT NULL, job INTEGER NOT NULL, pipeline INTEGER NOT NULL,
         project INTEGER NOT NULL, name TEXT NOT NULL, stage TEXT NOT NULL,
         runner_gitlab INTEGER, runner INTEGER, ran INTEGER NOT NULL, queued INTEGER NOT NULL,
         succeeded INTEGER NOT NULL, failure_reason TEXT NOT NULL, own_failure INTEGER NOT NULL,
         finished INTEGER NOT NULL) STRICT)"},
    std::string_view{"CREATE UNIQUE INDEX finished_job ON finished_jobs (job, gitlab)"},
    // Each answers "the last successes of ..." by itself, without a look at the table and without sorting.
    std::string_view{R"(CREATE INDEX runs_of_job ON finished_jobs
         (project, name, gitlab, finished, job, ran, runner, runner_gitlab) WHERE succeeded = 1)"},
    std::string_view{R"(CREATE INDEX runs_of_stage ON finished_jobs
         (project, stage, gitlab, finished, job, ran) WHERE succeeded = 1)"},
    std::string_view{R"(CREATE INDEX runs_of_project ON finished_jobs
         (project, gitlab, finished, job, ran) WHERE succeeded = 1)"},
    std::string_view{"CREATE INDEX runs ON finished_jobs (finished, job, ran) WHERE succeeded = 1"},
    // For the share of jobs that a runner itself let fail, and for removing the oldest.
    std::string_view{R"(CREATE INDEX ends_by_time ON finished_jobs
         (finished, runner_gitlab, runner, own_failure))"},
    std::string_view{R"(CREATE TABLE scored_jobs (
         gitlab INTEGER NOT NULL, job INTEGER NOT NULL, project INTEGER NOT NULL,
         score REAL NOT NULL, critical INTEGER NOT NULL, scored INTEGER NOT NULL,
         PRIMARY KEY (job, gitlab)) STRICT, WITHOUT ROWID)"},
    std::string_view{
        "CREATE INDEX scores_of_project ON scored_jobs (gitlab, project, score, critical, scored)"},
    std::string_view{"CREATE INDEX scores_by_time ON scored_jobs (scored)"},
    // One row per runner and five minutes; `slot` counts these since 1970.
    std::string_view{R"(CREATE TABLE samples (
         slot INTEGER NOT NULL, gitlab INTEGER NOT NULL, runner INTEGER NOT NULL,
         active INTEGER NOT NULL, most INTEGER NOT NULL,
         PRIMARY KEY (slot, gitlab, runner)) STRICT, WITHOUT ROWID)"},
    std::string_view{R"(CREATE TABLE decisions (
         id INTEGER PRIMARY KEY,
         gitlab INTEGER NOT NULL, job INTEGER NOT NULL, decided INTEGER NOT NULL,
         document TEXT NOT NULL) STRICT)"},
    std::string_view{"CREATE UNIQUE INDEX decision_of_job ON decisions (job, gitlab)"},
    std::string_view{"CREATE INDEX decisions_by_time ON decisions (decided)"},
    std::string_view{R"(CREATE TABLE audit (
         seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, trust TEXT NOT NULL,
         event TEXT NOT NULL, document TEXT NOT NULL,
         previous TEXT NOT NULL, digest TEXT NOT NULL) STRICT)"},
};

// Steering. Lists are JSON.
constexpr std::array kSteeringTables{
    // `ended` leases stay for a while, and the one with the highest number for good: it is not given again.
    std::string_view{R"(CREATE TABLE leases (
         id INTEGER PRIMARY KEY,
         gitlab INTEGER NOT NULL, runner INTEGER NOT NULL, tag TEXT NOT NULL, kind INTEGER NOT NULL,
         reason TEXT NOT NULL, decision TEXT NOT NULL, cause_gitlab INTEGER NOT NULL, cause INTEGER NOT NULL,
         created INTEGER NOT NULL, renewed INTEGER NOT NULL, expires INTEGER NOT NULL,
         ended INTEGER, ended_because TEXT NOT NULL DEFAULT '') STRICT)"},
    std::string_view{"CREATE INDEX leases_by_end ON leases (ended)"},
    std::string_view{R"(CREATE TABLE rest_states (
         gitlab INTEGER NOT NULL, runner INTEGER NOT NULL, ours TEXT NOT NULL, left_alone_until INTEGER,
         PRIMARY KEY (gitlab, runner)) STRICT, WITHOUT ROWID)"},
    // A number that a person has read is never given to another proposal.
    std::string_view{R"(CREATE TABLE proposals (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         kind INTEGER NOT NULL, gitlab TEXT NOT NULL, tag TEXT NOT NULL,
         job_gitlab TEXT NOT NULL, job INTEGER NOT NULL, class INTEGER NOT NULL, runners TEXT NOT NULL,
         reason TEXT NOT NULL, digest TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
         state INTEGER NOT NULL, decided_by TEXT NOT NULL, decided INTEGER, standing INTEGER NOT NULL,
         used TEXT NOT NULL) STRICT)"},
    std::string_view{"CREATE INDEX proposals_by_state ON proposals (state, decided)"},
    // One row: the program's own standing.
    std::string_view{R"(CREATE TABLE trust (
         id INTEGER PRIMARY KEY CHECK (id = 1), demoted_to INTEGER, demoted_because TEXT NOT NULL,
         demoted_at INTEGER, last_failed_revert INTEGER) STRICT)"},
    // What matchers asked for; `traits` is canonical JSON.
    std::string_view{R"(CREATE TABLE pools (
         gitlab INTEGER NOT NULL, traits TEXT NOT NULL, seen INTEGER NOT NULL,
         PRIMARY KEY (gitlab, traits)) STRICT, WITHOUT ROWID)"},
};

// Joules, and the number of carbon::EnergyMethod; both null where the energy is not known.
constexpr std::array<std::string_view, 2> kEnergyColumns{
    "ALTER TABLE finished_jobs ADD COLUMN energy REAL",
    "ALTER TABLE finished_jobs ADD COLUMN energy_method INTEGER",
};

Result<void> make_first_schema(platform::Database& database) {
  return platform::make_tables(database, kFirstSchema, kApplicationId);
}

Result<void> add_steering(platform::Database& database) {
  return platform::make_tables(database, kSteeringTables, kApplicationId);
}

Result<void> add_energy(platform::Database& database) {
  return platform::make_tables(database, kEnergyColumns, kApplicationId);
}

constexpr std::array<platform::SchemaStep, kFleetSchema> kSteps{make_first_schema, add_steering, add_energy};

constexpr platform::StateFileKind kFleetFile{
    .application_id = kApplicationId,
    .steps = kSteps,
    .folder_mode = 0700,
    .user = "the user that runneriq runs as",
    .program = "runneriq",
    .lost_by_new_start =
        "history, decisions, approvals and the audit trail up to now are only in the old one",
};

}  // namespace

const platform::StateFileKind& fleet_file() {
  return kFleetFile;
}

}  // namespace runneriq::scheduler
