// The rows of the table of messages, as they are put and found. Who may send one is decided in
// message_claims.
#pragma once

#include "alerting/store.hpp"
#include "platform/sqlite.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

inline constexpr Duration kDeliveredKept = std::chrono::days{90};
inline constexpr Duration kDeadKept = std::chrono::days{365};  // from their last reply
inline constexpr Duration kHandlesKept = std::chrono::days{90};
inline constexpr Duration kFarthestAhead = std::chrono::days{1};  // no wait is as long

// One that is known by its id stays as it is.
[[nodiscard]] Result<void> put_messages(platform::Database& database,
                                        std::span<const Notification> notifications, Time now);
// Newest first. Of one whose document cannot be read, what stands in the columns.
[[nodiscard]] Result<std::vector<OutboxMessage>> find_messages(platform::Database& database,
                                                               const MessageQuery& query);
// By id or, where no id is so, by number.
[[nodiscard]] Result<std::optional<OutboxMessage>> find_message(platform::Database& database,
                                                                std::string_view id);

struct StoredMessage {
  OutboxMessage message;
  std::optional<Error> unreadable{};  // its document is; `message` holds what stands in the columns
};
[[nodiscard]] Result<std::optional<StoredMessage>> stored_message(platform::Database& database,
                                                                  std::int64_t number);

// Delivered ones, dead ones and handles that are kept for long enough, and pauses that are over. What is to
// wait for longer than kFarthestAhead was told by a clock that went wrong: it is due now.
[[nodiscard]] Result<void> forget_old_messages(platform::Database& database, Time now);

}  // namespace runneriq::alerting
