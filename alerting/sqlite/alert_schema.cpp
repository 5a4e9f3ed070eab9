#include "alerting/sqlite/alert_schema.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace runneriq::alerting {
namespace {

constexpr std::int64_t kApplicationId = 0x5249514E;  // "RIQN", of notifications

// Times are in milliseconds since 1970 in UTC. Numbers of enumerations (severity, fate, stage, reason of a
// message, state) are those of the types of their names. A counter `events` is the number of rows of events,
// `silences` is raised with every change of these.
constexpr std::array kEvents{
    std::string_view{"CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
                     " STRICT, WITHOUT ROWID"},
    std::string_view{"INSERT INTO counters VALUES ('events', 0), ('silences', 0)"},
    // `kept` is when the row came; `steps` is a JSON list of [stage, words], `event` a JSON object.
    std::string_view{R"(CREATE TABLE events (
         number INTEGER PRIMARY KEY, kept INTEGER NOT NULL, time INTEGER NOT NULL, project TEXT NOT NULL,
         job INTEGER NOT NULL, severity INTEGER NOT NULL, signature TEXT NOT NULL,
         fate INTEGER NOT NULL, stage INTEGER NOT NULL, reason TEXT NOT NULL, group_key TEXT NOT NULL,
         notification TEXT NOT NULL, steps TEXT NOT NULL, event TEXT NOT NULL) STRICT)"},
    std::string_view{"CREATE INDEX events_by_time ON events (time, number)"},
    std::string_view{"CREATE INDEX events_of_job ON events (job) WHERE job <> 0"},
    std::string_view{R"(CREATE TRIGGER events_counted AFTER INSERT ON events BEGIN
         UPDATE counters SET value = value + 1 WHERE name = 'events'; END)"},
    std::string_view{R"(CREATE TRIGGER events_discounted AFTER DELETE ON events BEGIN
         UPDATE counters SET value = value - 1 WHERE name = 'events'; END)"},
};

// `since` is what the age of a message counts from, `settled` when its last reply was kept. A message that is
// claimed is its owner's alone until `claimed_until`. A handle is that of a group's message at a receiver.
constexpr std::array kMessages{
    std::string_view{R"(CREATE TABLE messages (
         number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
         receiver TEXT NOT NULL, group_key TEXT NOT NULL, made INTEGER NOT NULL, severity INTEGER NOT NULL,
         reason INTEGER NOT NULL, state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
         since INTEGER NOT NULL, attempts INTEGER NOT NULL, not_before INTEGER NOT NULL,
         owner TEXT NOT NULL, claimed_until INTEGER NOT NULL, settled INTEGER, delivered INTEGER,
         trouble TEXT NOT NULL, failure TEXT NOT NULL, notification TEXT NOT NULL) STRICT)"},
    std::string_view{"CREATE INDEX messages_by_state ON messages (state, number)"},
    std::string_view{"CREATE INDEX messages_queued ON messages (receiver, number) WHERE state = 0"},
    std::string_view{
        "CREATE INDEX messages_queued_of_group ON messages (receiver, group_key, number) WHERE state = 0"},
    std::string_view{"CREATE INDEX messages_claimed ON messages (receiver, group_key)"
                     " WHERE state = 0 AND claimed_until > 0"},
    std::string_view{"CREATE INDEX messages_delivered ON messages (delivered) WHERE state = 1"},
    std::string_view{
        "CREATE TABLE pauses (receiver TEXT PRIMARY KEY, not_before INTEGER NOT NULL) STRICT, WITHOUT ROWID"},
    std::string_view{R"(CREATE TABLE handles (
         receiver TEXT NOT NULL, group_key TEXT NOT NULL, handle TEXT NOT NULL, told INTEGER NOT NULL,
         PRIMARY KEY (receiver, group_key)) STRICT, WITHOUT ROWID)"},
};

constexpr std::array kOthers{
    std::string_view{R"(CREATE TABLE silences (
         id INTEGER PRIMARY KEY AUTOINCREMENT, matchers TEXT NOT NULL, starts INTEGER NOT NULL,
         ends INTEGER NOT NULL, author TEXT NOT NULL, comment TEXT NOT NULL, made INTEGER NOT NULL) STRICT)"},
    // What the stages know, as they gave it.
    std::string_view{R"(CREATE TABLE stage_rows (
         kind TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL,
         PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID)"},
};

Result<void> make_first_schema(platform::Database& database) {
  for (const std::span<const std::string_view> tables :
       {std::span<const std::string_view>{kEvents}, std::span<const std::string_view>{kMessages},
        std::span<const std::string_view>{kOthers}}) {
    if (auto made = platform::make_tables(database, tables, kApplicationId); !made) return made;
  }
  return {};
}

constexpr std::array<platform::SchemaStep, kAlertSchema> kSteps{make_first_schema};

constexpr platform::StateFileKind kAlertFile{
    .application_id = kApplicationId,
    .steps = kSteps,
    .folder_mode = 0700,
    .user = "the user that runneriq runs as",
    .program = "runneriq",
    .lost_by_new_start =
        "messages that were not delivered yet, silences and the history of alerts are only in the old one",
};

}  // namespace

const platform::StateFileKind& alert_file() {
  return kAlertFile;
}

}  // namespace runneriq::alerting
