// Who may send which message now, and what came of it: the outbox's transactions on the tables of messages,
// pauses and handles.
#pragma once

#include "alerting/store.hpp"
#include "platform/sqlite.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

struct Claimant {
  std::string_view receiver;
  std::string_view owner;
  Time now;
  Duration claim;
};
// One whose document cannot be read goes to the dead letters, and the next is looked at.
[[nodiscard]] Result<std::optional<OutboxMessage>> claim_message(platform::Database& database,
                                                                 const Claimant& claimant);

struct Settlement {
  std::int64_t number;
  std::string_view owner;
  const DeliveryReply& reply;
  const NextStep& next;
  Time now;
};
// False when the message is not `owner`'s any more.
[[nodiscard]] Result<bool> settle_message(platform::Database& database, const Settlement& settlement);

// A claim counts as waiting until its end.
[[nodiscard]] Result<std::optional<Time>> next_due_at(platform::Database& database,
                                                      std::string_view receiver);
// Dead ones; 0 = all. Gives how many.
[[nodiscard]] Result<int> queue_again(platform::Database& database, std::int64_t number, Time now);
[[nodiscard]] Result<std::vector<std::string>> waiting_receivers(platform::Database& database);

}  // namespace runneriq::alerting
