// Messages on their way, without a file and without a network.
#pragma once

#include "alerting/http/courier.hpp"
#include "alerting/outbox.hpp"
#include "alerting/store.hpp"
#include "tests/support/notification_maker.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::alerting {

inline Time at_2026() {
  return *parse_time("2026-01-02T09:30:00Z");
}

// One failing job, to receiver "team".
inline Notification made_notification(std::string id = "n1", std::string group = "9c1f00aa9c1f00aa") {
  Notification notification = testing_support::one_firing();
  notification.id = std::move(id);
  notification.receiver = "team";
  notification.group = std::move(group);
  return notification;
}

// The rules of the Outbox port, in memory: oldest first, in order within a group, claims, throttling.
class MemoryOutbox final : public Outbox {
 public:
  void queue(Notification notification) {
    rows.push_back({.number = static_cast<std::int64_t>(rows.size()) + 1,
                    .notification = std::move(notification),
                    .since = at_2026()});
  }

  Result<std::optional<OutboxMessage>> claim(std::string_view receiver, std::string_view owner, Time now,
                                             Duration claim) override {
    if (outage) return fail(*outage);
    const OutboxMessage* first = next(receiver);
    if (first == nullptr || due_of(*first) > now) return std::optional<OutboxMessage>{};
    claims[first->number] = {std::string(owner), now + claim};
    OutboxMessage message = *first;
    message.handle = handles[message.notification.group];
    return std::optional{message};
  }

  Result<void> settle(std::int64_t number, std::string_view owner, const DeliveryReply& reply,
                      const NextStep& next_step, Time now) override {
    if (outage) return fail(*outage);
    if (claims[number].first != owner) return fail(Errc::conflict, "another owner has it");
    OutboxMessage& row = rows.at(static_cast<std::size_t>(number) - 1);
    ++row.attempts;
    row.state = next_step.state;
    row.not_before = next_step.not_before;
    row.trouble = trouble_of(reply, next_step);
    row.failure = reply.failure;
    if (row.state == MessageState::delivered) row.delivered = now;
    handles[row.notification.group] = reply.handle;
    if (next_step.receiver_not_before) throttled_until = *next_step.receiver_not_before;
    claims.erase(number);
    return {};
  }

  Result<std::optional<Time>> next_due(std::string_view receiver) override {
    if (outage) return fail(*outage);
    const OutboxMessage* first = next(receiver);
    return first == nullptr ? std::optional<Time>{} : std::optional{due_of(*first)};
  }

  Result<int> resend(std::int64_t, Time) override { return 0; }
  Result<std::vector<std::string>> orphans(std::span<const std::string>) override {
    return std::vector<std::string>{};
  }
  Result<void> forget(Time) override { return {}; }

  std::vector<OutboxMessage> rows;
  std::map<std::int64_t, std::pair<std::string, Time>> claims;
  std::map<std::string, std::string> handles;  // by group
  Time throttled_until{};
  std::optional<Error> outage;

 private:
  [[nodiscard]] Time due_of(const OutboxMessage& row) const {
    const auto claim = claims.find(row.number);
    const Time free = claim == claims.end() ? Time{} : claim->second.second;
    return std::max({row.not_before, throttled_until, free});
  }
  // Of the first waiting message of each group, the one that is due first.
  [[nodiscard]] const OutboxMessage* next(std::string_view receiver) const {
    const OutboxMessage* best = nullptr;
    std::vector<std::string> seen;
    for (const OutboxMessage& row : rows) {
      if (row.state != MessageState::queued || row.notification.receiver != receiver) continue;
      if (std::ranges::find(seen, row.notification.group) != seen.end()) continue;
      seen.push_back(row.notification.group);
      if (best == nullptr || due_of(row) < due_of(*best)) best = &row;
    }
    return best;
  }
};

// Says what a test says, in order; then that all is well.
class ScriptedCourier final : public Courier {
 public:
  explicit ScriptedCourier(Time& clock) : clock_(clock) {}
  [[nodiscard]] std::string_view type() const override { return "scripted"; }
  [[nodiscard]] Duration pace() const override { return paced; }
  DeliveryReply bring(const Notification& notification, const DeliveryContext& context,
                      Duration limit) override {
    brought.push_back(notification.id);
    contexts.push_back(context);
    limits.push_back(limit);
    clock_ += latency;
    if (replies.empty()) return {};
    DeliveryReply reply = replies.front();
    replies.pop_front();
    return reply;
  }

  std::deque<DeliveryReply> replies;
  std::vector<std::string> brought;
  std::vector<DeliveryContext> contexts;
  std::vector<Duration> limits;
  Duration paced{};
  Duration latency{};

 private:
  Time& clock_;
};

}  // namespace runneriq::alerting
