// What alerting keeps, and the ports to it. Implemented in alerting/sqlite, in a file of its own,
// `alerts.db`.
#pragma once

#include "alerting/noise_reduction.hpp"
#include "alerting/outbox.hpp"
#include "alerting/verdict.hpp"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

// An event with what became of it.
struct KeptEvent {
  std::int64_t number = 0;
  Event event;
  Severity severity = Severity::warning;
  std::string signature{};
  Verdict verdict;
};

// What one round of the stages gave: kept as a whole or not at all, with one durable commit.
struct Round {
  std::vector<KeptEvent> events;            // new ones, and those whose fate has changed (by number; an empty
                                            // event keeps the one that is there)
  std::vector<Notification> notifications;  // to be queued; one that is known by its id stays as it is
  std::vector<NoiseReduction::Kept> state;
};

struct EventQuery {
  std::int64_t number = 0;  // 0 = any, as below
  std::int64_t job_id = 0;
  std::optional<Fate> fate{};
  std::optional<Time> since{}, until{};
  std::size_t most = 100;  // the newest
};

struct MessageQuery {
  std::optional<MessageState> state{};
  std::string receiver{}, group{};  // "" = any
  std::optional<Time> since{};
  std::size_t most = 100;  // the newest
};

// Rows of the loop itself beside those of the stages: key "fleet", since when it has watched.
inline constexpr std::string_view kBegunTable = "begun";

class AlertStore {
 public:
  virtual ~AlertStore() = default;
  [[nodiscard]] virtual Result<void> keep(const Round& round, Time now) = 0;
  [[nodiscard]] virtual Result<std::vector<NoiseReduction::Kept>> state() = 0;
  // Newest first. Events are kept for 30 days, at most 200,000.
  [[nodiscard]] virtual Result<std::vector<KeptEvent>> events(const EventQuery& query) = 0;
  [[nodiscard]] virtual Result<std::vector<OutboxMessage>> messages(const MessageQuery& query) = 0;
  // Error: not_found. By id or number.
  [[nodiscard]] virtual Result<OutboxMessage> message(std::string_view id) = 0;
  // By id. One whose matchers can no longer be read is left out: it hides nothing.
  [[nodiscard]] virtual Result<std::vector<Silence>> silences() = 0;
  // Gives it its id.
  [[nodiscard]] virtual Result<std::int64_t> add(const Silence& silence) = 0;
  // Ends it at `now`. Error: not_found, conflict (it is over).
  [[nodiscard]] virtual Result<void> expire(std::int64_t silence, Time now) = 0;
  // Raised by every change of the silences: cheap to ask.
  [[nodiscard]] virtual Result<std::int64_t> silence_revision() = 0;
};

class Outbox {
 public:
  virtual ~Outbox() = default;
  // The oldest queued message for `receiver` that is due, of a group that has no older one waiting, for
  // `owner` alone until now + claim; none = nothing is due. Owners' names are unique among those that send at
  // the same time.
  [[nodiscard]] virtual Result<std::optional<OutboxMessage>> claim(std::string_view receiver,
                                                                   std::string_view owner, Time now,
                                                                   Duration claim) = 0;
  // What came of a message that was claimed; durable when it returns. Error: conflict: another owner has it
  // now.
  [[nodiscard]] virtual Result<void> settle(std::int64_t number, std::string_view owner,
                                            const DeliveryReply& reply, const NextStep& next, Time now) = 0;
  // When claim() may give something; none = nothing is queued.
  [[nodiscard]] virtual Result<std::optional<Time>> next_due(std::string_view receiver) = 0;
  // Dead ones again, from now on: those of `number`, or all (0). Gives how many.
  [[nodiscard]] virtual Result<int> resend(std::int64_t number, Time now) = 0;
  // Receivers that have messages queued and are not in `known`: their configuration is gone.
  [[nodiscard]] virtual Result<std::vector<std::string>> orphans(std::span<const std::string> known) = 0;
  // Delivered ones older than 90 days go.
  [[nodiscard]] virtual Result<void> forget(Time now) = 0;
};

}  // namespace runneriq::alerting
