#include "alerting/sqlite/kept_messages.hpp"

#include "alerting/sqlite/alert_columns.hpp"
#include "core/json_text.hpp"
#include "platform/sqlite_rows.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <limits>
#include <string>
#include <utility>

namespace runneriq::alerting {
namespace {

using platform::column_of;
using platform::Database;
using platform::Statement;

Result<void> put_message(Database& database, const Notification& notification, Time now) {
  return database.execute(
      "INSERT INTO messages VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0, ?7, '', 0, NULL, NULL, '', '', "
      "?8)"
      " ON CONFLICT (id) DO NOTHING",
      notification.id, notification.receiver, notification.group, column_of(notification.time),
      column_of_kind(notification.severity), column_of_kind(notification.reason), column_of(now),
      json_line(notification_document(notification)));
}

std::string selection(std::string_view conditions) {
  return "SELECT number, id, receiver, group_key, made, severity, reason, state, since, attempts, not_before,"
         " delivered, trouble, failure, notification,"
         " (SELECT handle FROM handles WHERE handles.receiver = messages.receiver"
         " AND handles.group_key = messages.group_key) FROM messages WHERE " +
         std::string(conditions);
}

Notification notification_of_columns(const Statement& row) {
  Notification notification;
  notification.id = row.text(1);
  notification.receiver = row.text(2);
  notification.group = row.text(3);
  notification.time = platform::time_in(row, 4);
  notification.severity = severity_in(row, 5);
  notification.reason = reason_in(row, 6);
  return notification;
}

StoredMessage message_in(const Statement& row) {
  StoredMessage stored{.message = {.number = row.integer(0),
                                   .notification = notification_of_columns(row),
                                   .state = message_state_in(row, 7),
                                   .attempts = static_cast<int>(row.integer(9)),
                                   .not_before = platform::time_in(row, 10),
                                   .trouble = row.text(12),
                                   .failure = row.text(13),
                                   .delivered = platform::optional_time_in(row, 11),
                                   .handle = row.is_null(15) ? std::string{} : row.text(15),
                                   .since = platform::time_in(row, 8)}};
  if (auto notification = parse_notification(row.text(14))) {
    stored.message.notification = std::move(*notification);
  } else {
    stored.unreadable = std::move(notification.error());
  }
  return stored;
}

template <class... Values>
Result<std::optional<StoredMessage>> first_message(Database& database, std::string_view conditions,
                                                   const Values&... values) {
  std::optional<StoredMessage> found;
  auto read = platform::each_row(database.query(selection(conditions), values...),
                                 [&](const Statement& row) { found = message_in(row); });
  if (!read) return fail(std::move(read.error()));
  return found;
}

std::optional<std::int64_t> number_of(std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  return error == std::errc{} && end == id.data() + id.size() ? std::optional{number} : std::nullopt;
}

Result<void> forget_wrong_times(Database& database, Time now) {
  auto queued = database.execute(
      "UPDATE messages SET not_before = min(not_before, ?1), claimed_until = 0, since = min(since, ?1)"
      " WHERE state = 0 AND max(not_before, claimed_until) > ?2",
      column_of(now), column_of(now + kFarthestAhead));
  if (!queued) return queued;
  return database.execute("DELETE FROM pauses WHERE not_before NOT BETWEEN ? AND ?", column_of(now),
                          column_of(now + kFarthestAhead));
}

}  // namespace

Result<void> put_messages(Database& database, std::span<const Notification> notifications, Time now) {
  for (const Notification& notification : notifications) {
    if (auto put = put_message(database, notification, now); !put) return put;
  }
  return {};
}

Result<std::vector<OutboxMessage>> find_messages(Database& database, const MessageQuery& query) {
  const std::string order =
      " AND (?2 = '' OR receiver = ?2) AND (?3 = '' OR group_key = ?3) AND made >= ?4"
      " ORDER BY number DESC LIMIT ?5";
  std::vector<OutboxMessage> messages;
  auto read = platform::each_row(
      database.query(selection((query.state ? "state = ?1" : "?1 < 0") + order),
                     query.state ? column_of_kind(*query.state) : -1, query.receiver, query.group,
                     query.since ? column_of(*query.since) : std::numeric_limits<std::int64_t>::min(),
                     query.most),
      [&](const Statement& row) { messages.push_back(message_in(row).message); });
  if (!read) return fail(std::move(read.error()));
  return messages;
}

Result<std::optional<OutboxMessage>> find_message(Database& database, std::string_view id) {
  auto found = first_message(database, "id = ?", id);
  const auto number = number_of(id);
  if (found && !*found && number) found = stored_message(database, *number);
  if (!found) return fail(std::move(found.error()));
  return *found ? std::optional{std::move((*found)->message)} : std::nullopt;
}

Result<std::optional<StoredMessage>> stored_message(Database& database, std::int64_t number) {
  return first_message(database, "number = ?", number);
}

Result<void> forget_old_messages(Database& database, Time now) {
  if (auto mended = forget_wrong_times(database, now); !mended) return mended;
  if (auto gone = database.execute("DELETE FROM messages WHERE state = 1 AND delivered < ?",
                                   column_of(now - kDeliveredKept));
      !gone) {
    return gone;
  }
  if (auto gone = database.execute("DELETE FROM messages WHERE state = 2 AND settled < ?",
                                   column_of(now - kDeadKept));
      !gone) {
    return gone;
  }
  return database.execute("DELETE FROM handles WHERE told < ?", column_of(now - kHandlesKept));
}

}  // namespace runneriq::alerting
