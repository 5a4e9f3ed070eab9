#include "alerting/sqlite/message_claims.hpp"

#include "alerting/sqlite/alert_columns.hpp"
#include "alerting/sqlite/kept_messages.hpp"
#include "platform/sqlite_rows.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {
namespace {

using platform::column_of;
using platform::Database;
using platform::Statement;

// 0 = none. A group has one message under way at a time, and an older one goes first.
Result<std::int64_t> first_due(Database& database, const Claimant& claimant) {
  return database.number(
      "SELECT number FROM messages AS m WHERE state = 0 AND receiver = ?1 AND not_before <= ?2"
      " AND claimed_until <= ?2"
      " AND NOT EXISTS (SELECT 1 FROM pauses WHERE receiver = ?1 AND not_before > ?2)"
      " AND NOT EXISTS (SELECT 1 FROM messages AS o WHERE o.state = 0 AND o.receiver = ?1"
      " AND o.group_key = m.group_key AND o.number < m.number)"
      " AND NOT EXISTS (SELECT 1 FROM messages AS o WHERE o.state = 0 AND o.receiver = ?1"
      " AND o.group_key = m.group_key AND o.claimed_until > 0 AND o.claimed_until > ?2)"
      " ORDER BY number LIMIT 1",
      claimant.receiver, column_of(claimant.now));
}

Result<void> mark(Database& database, std::int64_t number, const Claimant& claimant) {
  return database.execute("UPDATE messages SET owner = ?, claimed_until = ? WHERE number = ?", claimant.owner,
                          column_of(claimant.now + claimant.claim), number);
}

Result<void> bury(Database& database, std::int64_t number, const std::string& trouble, Time now) {
  return database.execute(
      "UPDATE messages SET state = 2, settled = ?, trouble = ?, failure = 'unreadable' WHERE number = ?",
      column_of(now), trouble, number);
}

Result<void> put_outcome(Database& database, const Settlement& done) {
  const bool delivered = done.next.state == MessageState::delivered;
  return database.execute(
      "UPDATE messages SET state = ?, attempts = attempts + 1, not_before = ?, owner = '', claimed_until = 0,"
      " settled = ?, delivered = ?, trouble = ?, failure = ? WHERE number = ? AND owner = ? AND state = 0",
      column_of_kind(done.next.state), column_of(done.next.not_before), column_of(done.now),
      delivered ? std::optional{column_of(done.now)} : std::nullopt, trouble_of(done.reply, done.next),
      done.reply.failure, done.number, done.owner);
}

// Another's pause is never cut short.
Result<void> put_pause(Database& database, const Settlement& done) {
  return database.execute(
      "INSERT INTO pauses SELECT receiver, ?1 FROM messages WHERE number = ?2"
      " ON CONFLICT (receiver) DO UPDATE SET not_before = max(not_before, excluded.not_before)",
      column_of(*done.next.receiver_not_before), done.number);
}

Result<void> put_handle(Database& database, const Settlement& done) {
  return database.execute(
      "REPLACE INTO handles SELECT receiver, group_key, ?1, ?2 FROM messages WHERE number = ?3",
      done.reply.handle, column_of(done.now), done.number);
}

// What a group's resolved message ends is not updated any more.
Result<void> drop_handle_of_resolved(Database& database, std::int64_t number) {
  return database.execute(
      "DELETE FROM handles WHERE (receiver, group_key) IN"
      " (SELECT receiver, group_key FROM messages WHERE number = ? AND reason = ?)",
      number, column_of_kind(Reason::resolved));
}

Result<void> put_consequences(Database& database, const Settlement& done) {
  if (done.next.receiver_not_before) {
    if (auto put = put_pause(database, done); !put) return put;
  }
  if (done.next.state != MessageState::delivered) return {};
  if (!done.reply.handle.empty()) {
    if (auto put = put_handle(database, done); !put) return put;
  }
  return drop_handle_of_resolved(database, done.number);
}

}  // namespace

Result<std::optional<OutboxMessage>> claim_message(Database& database, const Claimant& claimant) {
  while (true) {
    const auto number = first_due(database, claimant);
    if (!number) return fail(number.error());
    if (*number == 0) return std::optional<OutboxMessage>{};
    auto stored = stored_message(database, *number);
    if (!stored) return fail(std::move(stored.error()));
    const bool readable = *stored && !(*stored)->unreadable;
    auto marked = readable ? mark(database, *number, claimant)
                           : bury(database, *number, (*stored)->unreadable->message, claimant.now);
    if (!marked) return fail(std::move(marked.error()));
    if (readable) return std::optional{std::move((*stored)->message)};
  }
}

Result<bool> settle_message(Database& database, const Settlement& done) {
  if (auto put = put_outcome(database, done); !put) return fail(std::move(put.error()));
  const auto changed = database.number("SELECT changes()");
  if (!changed) return fail(changed.error());
  if (*changed == 0) return false;
  if (auto put = put_consequences(database, done); !put) return fail(std::move(put.error()));
  return true;
}

Result<std::optional<Time>> next_due_at(Database& database, std::string_view receiver) {
  std::optional<Time> due;
  auto read = platform::each_row(
      database.query("SELECT min(max(m.not_before, claimed)),"
                     " (SELECT not_before FROM pauses WHERE receiver = ?1) FROM"
                     " (SELECT min(number) AS oldest, max(claimed_until) AS claimed FROM messages"
                     " WHERE state = 0 AND receiver = ?1 GROUP BY group_key)"
                     " JOIN messages AS m ON m.number = oldest",
                     receiver),
      [&](const Statement& row) {
        due = platform::optional_time_in(row, 0);
        if (due && !row.is_null(1)) due = std::max(*due, platform::time_in(row, 1));
      });
  if (!read) return fail(std::move(read.error()));
  return due;
}

Result<int> queue_again(Database& database, std::int64_t number, Time now) {
  auto queued = database.execute(
      "UPDATE messages SET state = 0, attempts = 0, since = ?1, not_before = ?1, owner = '', claimed_until = "
      "0"
      " WHERE state = 2 AND (?2 = 0 OR number = ?2)",
      column_of(now), number);
  if (!queued) return fail(std::move(queued.error()));
  const auto changed = database.number("SELECT changes()");
  if (!changed) return fail(changed.error());
  return static_cast<int>(*changed);
}

Result<std::vector<std::string>> waiting_receivers(Database& database) {
  std::vector<std::string> receivers;
  auto read = platform::each_row(
      database.query("SELECT DISTINCT receiver FROM messages WHERE state = 0 ORDER BY receiver"),
      [&](const Statement& row) { receivers.push_back(row.text(0)); });
  if (!read) return fail(std::move(read.error()));
  return receivers;
}

}  // namespace runneriq::alerting
