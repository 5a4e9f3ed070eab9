#include "alerting/sqlite/kept_events.hpp"

#include "alerting/event_document.hpp"
#include "alerting/sqlite/alert_columns.hpp"
#include "core/json_text.hpp"
#include "platform/sqlite_rows.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq::alerting {
namespace {

using nlohmann::json;
using platform::column_of;
using platform::Database;
using platform::Statement;

bool names_nothing(const Event& event) {
  return event.name.empty() && event.project.empty() && event.job_id == 0;
}

std::string steps_column(const std::vector<Step>& steps) {
  json list = json::array();
  for (const Step& step : steps) list.push_back({column_of_kind(step.stage), step.words});
  return json_line(list);
}

std::vector<Step> steps_in(const std::string& text) {
  std::vector<Step> steps;
  const json list = json_in(text);
  if (!list.is_array()) return steps;
  for (const json& one : list) {
    if (one.is_array() && one.size() == 2 && one[0].is_number_integer() && one[1].is_string()) {
      steps.push_back({stage_in(one[0].get<std::int64_t>()), one[1].get<std::string>()});
    }
  }
  return steps;
}

Result<void> put_whole(Database& database, const KeptEvent& kept, Time now) {
  const Verdict& verdict = kept.verdict;
  return database.execute(
      "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (number) DO UPDATE SET time = excluded.time, project = excluded.project,"
      " job = excluded.job, severity = excluded.severity, signature = excluded.signature,"
      " fate = excluded.fate, stage = excluded.stage, reason = excluded.reason,"
      " group_key = excluded.group_key, notification = excluded.notification, steps = excluded.steps,"
      " event = excluded.event",
      kept.number, column_of(now), column_of(kept.event.time), kept.event.project, kept.event.job_id,
      column_of_kind(kept.severity), kept.signature, column_of_kind(verdict.fate),
      column_of_kind(verdict.stage), verdict.reason, verdict.group, verdict.notification,
      steps_column(verdict.steps), json_line(event_document(kept.event)));
}

Result<void> put_verdict(Database& database, const KeptEvent& kept) {
  const Verdict& verdict = kept.verdict;
  return database.execute(
      "UPDATE events SET fate = ?, stage = ?, reason = ?, group_key = ?, notification = ?, steps = ?"
      " WHERE number = ?",
      column_of_kind(verdict.fate), column_of_kind(verdict.stage), verdict.reason, verdict.group,
      verdict.notification, steps_column(verdict.steps), kept.number);
}

Event event_in(const Statement& row) {
  const Time time = platform::time_in(row, 1);
  if (auto event = parse_event(row.text(11), time)) return std::move(*event);
  Event event;
  event.time = time;
  event.project = row.text(2);
  event.job_id = row.integer(3);
  return event;
}

KeptEvent kept_event_in(const Statement& row) {
  KeptEvent kept{.number = row.integer(0), .event = event_in(row), .verdict = {}};
  kept.severity = severity_in(row, 4);
  kept.signature = row.text(5);
  kept.verdict = {.event = kept.number,
                  .fate = fate_in(row, 6),
                  .stage = stage_in(row.integer(7)),
                  .reason = row.text(8),
                  .steps = steps_in(row.text(12)),
                  .group = row.text(9),
                  .notification = row.text(10)};
  return kept;
}

// ?1 number, ?2 fate, ?3 to ?4 time, ?5 job. The unary plus keeps SQLite on the index that is meant.
constexpr std::string_view kOfNumber = "number = ?1 AND +time BETWEEN ?3 AND ?4 AND (?5 = 0 OR +job = ?5)";
constexpr std::string_view kOfJob = "job = ?5 AND job <> 0 AND ?1 = 0 AND +time BETWEEN ?3 AND ?4";
constexpr std::string_view kOfTime = "time BETWEEN ?3 AND ?4 AND ?1 = 0 AND ?5 = 0";

std::string selection(const EventQuery& query) {
  const std::string_view place = query.number != 0 ? kOfNumber : query.job_id != 0 ? kOfJob : kOfTime;
  return "SELECT number, time, project, job, severity, signature, fate, stage, reason, group_key,"
         " notification, event, steps FROM events WHERE " +
         std::string(place) + " AND (?2 < 0 OR fate = ?2) ORDER BY time DESC, number DESC LIMIT ?6";
}

Result<void> forget_the_old(Database& database, Time now) {
  // They stand in the order in which they came, but for what a hand has done: up to the first young one.
  return database.execute(
      "DELETE FROM events WHERE number < coalesce("
      "(SELECT number FROM events WHERE kept >= ? ORDER BY number LIMIT 1),"
      " (SELECT max(number) + 1 FROM events))",
      column_of(now - kEventsKept));
}

Result<void> forget_the_first(Database& database, std::int64_t count) {
  return database.execute(
      "DELETE FROM events WHERE number IN (SELECT number FROM events ORDER BY number LIMIT ?)", count);
}

}  // namespace

Result<void> put_events(Database& database, std::span<const KeptEvent> events, Time now) {
  for (const KeptEvent& kept : events) {
    auto put = names_nothing(kept.event) ? put_verdict(database, kept) : put_whole(database, kept, now);
    if (!put) return put;
  }
  return {};
}

Result<void> forget_old_events(Database& database, std::size_t most, Time now) {
  if (auto gone = forget_the_old(database, now); !gone) return gone;
  const auto count = database.number("SELECT value FROM counters WHERE name = 'events'");
  if (!count) return fail(count.error());
  const auto excess = *count - static_cast<std::int64_t>(most);
  return excess > 0 ? forget_the_first(database, excess) : Result<void>{};
}

Result<std::vector<KeptEvent>> find_events(Database& database, const EventQuery& query) {
  constexpr auto kEnd = std::numeric_limits<std::int64_t>::max();
  std::vector<KeptEvent> events;
  auto read = platform::each_row(
      database.query(selection(query), query.number, query.fate ? column_of_kind(*query.fate) : -1,
                     query.since ? column_of(*query.since) : -kEnd,
                     query.until ? column_of(*query.until) : kEnd, query.job_id, query.most),
      [&](const Statement& row) { events.push_back(kept_event_in(row)); });
  if (!read) return fail(std::move(read.error()));
  return events;
}

}  // namespace runneriq::alerting
