#include "carbon/sqlite/carbon_schema.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace runneriq::carbon {
namespace {

constexpr std::int64_t kApplicationId = 0x52495143;  // "RIQC"

// Times and durations are in milliseconds, times since 1970 in UTC; g is gCO2eq/kWh. Numbers of enumerations
// (signal, factors, rung, energy_method, want) are those of the types of their names.

// What providers have told. A zone's forecast is replaced as a whole.
constexpr std::array kIntensities{
    std::string_view{R"(CREATE TABLE samples (
         source TEXT NOT NULL, zone TEXT NOT NULL, signal INTEGER NOT NULL, factors INTEGER NOT NULL,
         starts INTEGER NOT NULL, ends INTEGER NOT NULL, g REAL NOT NULL CHECK (g > 0 AND g <= 2000),
         estimated INTEGER NOT NULL,
         PRIMARY KEY (source, zone, signal, factors, starts)) STRICT, WITHOUT ROWID)"},
    std::string_view{"CREATE INDEX samples_by_end ON samples (ends)"},
    std::string_view{R"(CREATE TABLE forecasts (
         source TEXT NOT NULL, zone TEXT NOT NULL, signal INTEGER NOT NULL, factors INTEGER NOT NULL,
         starts INTEGER NOT NULL, ends INTEGER NOT NULL, g REAL NOT NULL CHECK (g > 0 AND g <= 2000),
         estimated INTEGER NOT NULL, made INTEGER NOT NULL,
         PRIMARY KEY (source, zone, signal, factors, starts, ends)) STRICT, WITHOUT ROWID)"},
    std::string_view{R"(CREATE TABLE channels (
         source TEXT NOT NULL, zone TEXT NOT NULL, tokens REAL NOT NULL, tokens_at INTEGER NOT NULL,
         trouble TEXT NOT NULL, PRIMARY KEY (source, zone)) STRICT, WITHOUT ROWID)"},
    std::string_view{R"(CREATE TABLE wants (
         source TEXT NOT NULL, zone TEXT NOT NULL, want INTEGER NOT NULL CHECK (want BETWEEN 0 AND 2),
         answered INTEGER, failures INTEGER NOT NULL, refusals INTEGER NOT NULL, not_before INTEGER,
         PRIMARY KEY (source, zone, want)) STRICT, WITHOUT ROWID)"},
};

// One row per finished job, numbered without a gap; g_per_kwh and what begins with decision_ is what was
// known when the job was given a runner. grams and all after it are none where something is not known.
constexpr std::array kLedger{
    std::string_view{R"(CREATE TABLE ledger (
         seq INTEGER PRIMARY KEY,
         gitlab TEXT NOT NULL, job INTEGER NOT NULL, project INTEGER NOT NULL, pipeline INTEGER NOT NULL,
         runner INTEGER NOT NULL, name TEXT NOT NULL, zone TEXT NOT NULL, home TEXT NOT NULL,
         submitted INTEGER NOT NULL, started INTEGER NOT NULL, finished INTEGER NOT NULL,
         joules REAL NOT NULL, energy_method INTEGER NOT NULL,
         decision_at INTEGER NOT NULL, decision_signal INTEGER NOT NULL, decision_factors INTEGER NOT NULL,
         decision_zone TEXT NOT NULL, decision_g REAL, decision_rung INTEGER NOT NULL,
         decision_source TEXT NOT NULL, decision_estimated INTEGER NOT NULL, decision_age INTEGER NOT NULL,
         decision_fifo_g REAL, decision_deferred INTEGER NOT NULL,
         signal INTEGER NOT NULL, factors INTEGER NOT NULL, pue REAL NOT NULL,
         grams REAL, at_home_at_submit REAL, at_home_at_start REAL, fifo REAL) STRICT)"},
    std::string_view{"CREATE UNIQUE INDEX ledger_of_job ON ledger (job, gitlab)"},
    std::string_view{"CREATE INDEX ledger_by_end ON ledger (finished)"},
    // `entry` is the seq of the ledger's row.
    std::string_view{R"(CREATE TABLE ledger_slots (
         entry INTEGER NOT NULL, number INTEGER NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
         g REAL NOT NULL, rung INTEGER NOT NULL, estimated INTEGER NOT NULL, grams REAL NOT NULL,
         PRIMARY KEY (entry, number)) STRICT, WITHOUT ROWID)"},
    std::string_view{R"(CREATE TABLE restatements (
         seq INTEGER PRIMARY KEY, entry INTEGER NOT NULL, restated INTEGER NOT NULL, grams REAL NOT NULL,
         at_home_at_submit REAL, at_home_at_start REAL, fifo REAL) STRICT)"},
    std::string_view{"CREATE INDEX restatements_of_entry ON restatements (entry)"},
};

// Nothing of the ledger is changed or taken away. INSERT OR REPLACE deletes without asking the triggers of
// DELETE, so an insert may only go behind the last row; and slots go before their row, so that none is added
// to a row that stands.
constexpr std::array kGuards{
    std::string_view{R"(CREATE TRIGGER ledger_keeps_rows BEFORE DELETE ON ledger BEGIN
         SELECT RAISE(ABORT, 'rows of the ledger are never removed'); END)"},
    std::string_view{R"(CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN
         SELECT RAISE(ABORT, 'rows of the ledger are never changed'); END)"},
    std::string_view{R"(CREATE TRIGGER ledger_grows_at_end BEFORE INSERT ON ledger
         WHEN NEW.seq <= (SELECT max(seq) FROM ledger)
           OR EXISTS (SELECT 1 FROM ledger WHERE job = NEW.job AND gitlab = NEW.gitlab) BEGIN
         SELECT RAISE(ABORT, 'rows of the ledger are never replaced'); END)"},
    std::string_view{R"(CREATE TRIGGER ledger_slots_keep_rows BEFORE DELETE ON ledger_slots BEGIN
         SELECT RAISE(ABORT, 'slots of the ledger are never removed'); END)"},
    std::string_view{R"(CREATE TRIGGER ledger_slots_stay BEFORE UPDATE ON ledger_slots BEGIN
         SELECT RAISE(ABORT, 'slots of the ledger are never changed'); END)"},
    std::string_view{R"(CREATE TRIGGER ledger_slots_go_before BEFORE INSERT ON ledger_slots
         WHEN EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.entry)
           OR EXISTS (SELECT 1 FROM ledger_slots WHERE entry = NEW.entry AND number = NEW.number) BEGIN
         SELECT RAISE(ABORT, 'slots of the ledger are never added to or replaced'); END)"},
    std::string_view{R"(CREATE TRIGGER restatements_keep_rows BEFORE DELETE ON restatements BEGIN
         SELECT RAISE(ABORT, 'restatements are never removed'); END)"},
    std::string_view{R"(CREATE TRIGGER restatements_stay BEFORE UPDATE ON restatements BEGIN
         SELECT RAISE(ABORT, 'restatements are never changed'); END)"},
    std::string_view{R"(CREATE TRIGGER restatements_grow_at_end BEFORE INSERT ON restatements
         WHEN NEW.seq <= (SELECT max(seq) FROM restatements) BEGIN
         SELECT RAISE(ABORT, 'restatements are never replaced'); END)"},
};

constexpr std::array kPlans{
    std::string_view{R"(CREATE TABLE decisions (
         gitlab TEXT NOT NULL, job INTEGER NOT NULL, decided INTEGER NOT NULL,
         signal INTEGER NOT NULL, factors INTEGER NOT NULL, zone TEXT NOT NULL, g REAL,
         rung INTEGER NOT NULL, source TEXT NOT NULL, estimated INTEGER NOT NULL, age INTEGER NOT NULL,
         fifo_g REAL, deferred INTEGER NOT NULL,
         PRIMARY KEY (job, gitlab)) STRICT, WITHOUT ROWID)"},
    std::string_view{"CREATE INDEX decisions_by_time ON decisions (decided)"},
    std::string_view{R"(CREATE TABLE deferrals (
         gitlab TEXT NOT NULL, job INTEGER NOT NULL, planned INTEGER NOT NULL, starts INTEGER NOT NULL,
         latest_start INTEGER NOT NULL, zone TEXT NOT NULL, expected_g REAL, at_once_g REAL,
         why TEXT NOT NULL, PRIMARY KEY (job, gitlab)) STRICT, WITHOUT ROWID)"},
};

Result<void> make_first_schema(platform::Database& database) {
  for (const std::span<const std::string_view> tables :
       {std::span<const std::string_view>{kIntensities}, std::span<const std::string_view>{kLedger},
        std::span<const std::string_view>{kGuards}, std::span<const std::string_view>{kPlans}}) {
    if (auto made = platform::make_tables(database, tables, kApplicationId); !made) return made;
  }
  return {};
}

// When jobs were deferred first: their plans are over when they are played.
constexpr std::array kDeferred{
    std::string_view{R"(CREATE TABLE deferred (
         gitlab TEXT NOT NULL, job INTEGER NOT NULL, since INTEGER NOT NULL,
         PRIMARY KEY (job, gitlab)) STRICT, WITHOUT ROWID)"},
    std::string_view{"CREATE INDEX deferred_by_time ON deferred (since)"},
    std::string_view{"INSERT INTO deferred SELECT gitlab, job, planned FROM deferrals"},
};

Result<void> add_deferred(platform::Database& database) {
  return platform::make_tables(database, kDeferred, kApplicationId);
}

constexpr std::array<platform::SchemaStep, kCarbonSchema> kSteps{make_first_schema, add_deferred};

constexpr platform::StateFileKind kCarbonFile{
    .application_id = kApplicationId,
    .steps = kSteps,
    .folder_mode = 0700,
    .user = "the user that runneriq runs as",
    .program = "runneriq",
    .lost_by_new_start =
        "the carbon ledger up to now is only in the old one, while intensities are asked for again",
};

}  // namespace

const platform::StateFileKind& carbon_file() {
  return kCarbonFile;
}

}  // namespace runneriq::carbon
