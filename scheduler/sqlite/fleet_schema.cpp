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

Result<void> make_first_schema(platform::Database& database) {
  return make_tables(database, kFirstSchema, kApplicationId);
}

constexpr std::array<SchemaStep, kFleetSchema> kSteps{make_first_schema};

constexpr StateFileKind kFleetFile{
    .application_id = kApplicationId,
    .steps = kSteps,
    .folder_mode = 0700,
    .user = "the user that runneriq runs as",
    .program = "runneriq",
    .lost_by_new_start = "history, decisions and the audit trail up to now are only in the old one",
};

}  // namespace

const StateFileKind& fleet_file() {
  return kFleetFile;
}

}  // namespace runneriq::scheduler
