#include "alerting/sqlite/kept_silences.hpp"

#include "core/printable.hpp"
#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <utility>

namespace runneriq::alerting {
namespace {

using platform::column_of;
using platform::Database;
using platform::Statement;

std::string unreadable(const Statement& row, const Error& error) {
  return "silence " + std::to_string(row.integer(0)) + " of " + printable(row.text(4)) +
         " hides nothing, since its matchers cannot be read (" + error.message +
         "): expire it, and make it anew";
}

void take(const Statement& row, StoredSilences& stored) {
  auto match = Matchers::parse(row.text(1));
  if (!match) {
    stored.unreadable.push_back(unreadable(row, match.error()));
    return;
  }
  stored.silences.push_back({.id = row.integer(0),
                             .match = std::move(*match),
                             .start = platform::time_in(row, 2),
                             .end = platform::time_in(row, 3),
                             .author = row.text(4),
                             .comment = row.text(5),
                             .made = platform::time_in(row, 6)});
}

Result<void> raise_revision(Database& database) {
  return database.execute("UPDATE counters SET value = value + 1 WHERE name = 'silences'");
}

}  // namespace

Result<StoredSilences> stored_silences(Database& database) {
  StoredSilences stored;
  auto read = platform::each_row(
      database.query("SELECT id, matchers, starts, ends, author, comment, made FROM silences ORDER BY id"),
      [&](const Statement& row) { take(row, stored); });
  if (!read) return fail(std::move(read.error()));
  return stored;
}

Result<std::int64_t> add_silence(Database& database, const Silence& silence) {
  auto added = database.execute("INSERT INTO silences VALUES (NULL, ?, ?, ?, ?, ?, ?)", silence.match.text(),
                                column_of(silence.start), column_of(silence.end), silence.author,
                                silence.comment, column_of(silence.made));
  if (!added) return fail(std::move(added.error()));
  const auto id = database.number("SELECT last_insert_rowid()");
  if (!id) return id;
  if (auto raised = raise_revision(database); !raised) return fail(std::move(raised.error()));
  return id;
}

Result<Expiry> expire_silence(Database& database, std::int64_t id, Time now) {
  const auto there = database.number("SELECT count(*) FROM silences WHERE id = ?", id);
  if (!there) return fail(there.error());
  if (*there == 0) return Expiry::unknown;
  auto ended =
      database.execute("UPDATE silences SET starts = min(starts, ?1), ends = ?1 WHERE id = ?2 AND ends > ?1",
                       column_of(now), id);
  if (!ended) return fail(std::move(ended.error()));
  const auto changed = database.number("SELECT changes()");
  if (!changed) return fail(changed.error());
  if (*changed == 0) return Expiry::over;
  if (auto raised = raise_revision(database); !raised) return fail(std::move(raised.error()));
  return Expiry::done;
}

Result<std::int64_t> silence_revision(Database& database) {
  return database.number("SELECT value FROM counters WHERE name = 'silences'");
}

Result<void> forget_old_silences(Database& database, Time now) {
  auto gone = database.execute("DELETE FROM silences WHERE ends < ?", column_of(now - kSilencesKept));
  if (!gone) return gone;
  const auto changed = database.number("SELECT changes()");
  if (!changed) return fail(changed.error());
  return *changed > 0 ? raise_revision(database) : Result<void>{};
}

}  // namespace runneriq::alerting
