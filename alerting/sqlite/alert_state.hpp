// What alerting keeps, on SQLite, in a file of its own: events come by the thousand, and must not make the
// fleet's leases wait.
#pragma once

#include "alerting/store.hpp"
#include "platform/state_file.hpp"

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

struct AlertStateSettings {
  std::string path = "/var/lib/runneriq/alerts.db";
  Duration patience = std::chrono::seconds{5};  // longest wait of a call for other processes
  std::size_t most_events = 200'000;            // kept
};

// For one thread at a time; several processes, and several of these in one process, may use one file. What a
// call has changed is on disk when it returns. Errors: see StateFile; nothing was changed then.
class AlertState final : public AlertStore, public Outbox {
 public:
  static Result<AlertState> open(AlertStateSettings settings);

  [[nodiscard]] Result<void> keep(const Round& round, Time now) override;
  [[nodiscard]] Result<std::vector<NoiseReduction::Kept>> state() override;
  [[nodiscard]] Result<std::vector<KeptEvent>> events(const EventQuery& query) override;
  [[nodiscard]] Result<std::vector<OutboxMessage>> messages(const MessageQuery& query) override;
  [[nodiscard]] Result<OutboxMessage> message(std::string_view id) override;
  // One whose matchers no longer read is left out, so that it hides nothing and the others stay, and is
  // named once in notices(); it can be expired.
  [[nodiscard]] Result<std::vector<Silence>> silences() override;
  [[nodiscard]] Result<std::int64_t> add(const Silence& silence) override;
  [[nodiscard]] Result<void> expire(std::int64_t silence, Time now) override;
  [[nodiscard]] Result<std::int64_t> silence_revision() override;

  // `owner` must be unique among all that send at the same time. A message that cannot be read goes to the
  // dead letters, with the failure "unreadable".
  [[nodiscard]] Result<std::optional<OutboxMessage>> claim(std::string_view receiver, std::string_view owner,
                                                           Time now, Duration claim) override;
  [[nodiscard]] Result<void> settle(std::int64_t number, std::string_view owner, const DeliveryReply& reply,
                                    const NextStep& next, Time now) override;
  [[nodiscard]] Result<std::optional<Time>> next_due(std::string_view receiver) override;
  [[nodiscard]] Result<int> resend(std::int64_t number, Time now) override;
  [[nodiscard]] Result<std::vector<std::string>> orphans(std::span<const std::string> known) override;
  // Beside delivered messages: dead ones of a year ago, and silences that ended 90 days ago. What waits for
  // more than a day, since a clock was wrong, is due now.
  [[nodiscard]] Result<void> forget(Time now) override;

  // What was done to the file so that it can be used, and what in it cannot be, as sentences for the log.
  [[nodiscard]] std::vector<std::string> notices() const;

 private:
  AlertState(platform::StateFile file, std::size_t most_events)
      : file_(std::move(file)), most_events_(most_events) {}

  template <class Value, class Read>
  Result<Value> look(Read find);
  template <class Value, class Write>
  Result<Value> change(Write write);

  platform::StateFile file_;
  std::size_t most_events_;
  std::set<std::string> unreadable_silences_;
};

}  // namespace runneriq::alerting
