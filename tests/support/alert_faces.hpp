// What alerting keeps, in memory, for the tests of how it is shown.
#pragma once

#include "tests/support/delivery_fakes.hpp"
#include "tests/support/noise_fixture.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// The rules of the AlertStore port.
class MemoryAlerts final : public AlertStore {
 public:
  Result<void> keep(const Round& round, Time) override {
    if (outage) return fail(*outage);
    rounds.push_back(round);
    return {};
  }
  Result<std::vector<NoiseReduction::Kept>> state() override {
    if (outage) return fail(*outage);
    return rows;
  }
  Result<std::vector<KeptEvent>> events(const EventQuery& query) override {
    asked_events = query;
    if (outage) return fail(*outage);
    std::vector<KeptEvent> found;
    for (auto at = kept.rbegin(); at != kept.rend() && found.size() < query.most; ++at) {
      if (query.number != 0 && at->number != query.number) continue;
      if (query.job_id != 0 && at->event.job_id != query.job_id) continue;
      if (query.since && at->event.time < *query.since) continue;
      if (query.until && at->event.time >= *query.until) continue;
      found.push_back(*at);
    }
    return found;
  }
  Result<std::vector<OutboxMessage>> messages(const MessageQuery& query) override {
    asked_messages = query;
    if (outage) return fail(*outage);
    std::vector<OutboxMessage> found;
    for (auto at = sent.rbegin(); at != sent.rend() && found.size() < query.most; ++at) {
      if (query.state && at->state != *query.state) continue;
      if (!query.receiver.empty() && at->notification.receiver != query.receiver) continue;
      if (query.since && at->notification.time < *query.since) continue;
      found.push_back(*at);
    }
    return found;
  }
  Result<OutboxMessage> message(std::string_view id) override {
    if (outage) return fail(*outage);
    for (const OutboxMessage& one : sent) {
      if (one.notification.id == id || std::to_string(one.number) == id) return one;
    }
    return fail(Errc::not_found, "message '" + std::string(id) + "' does not exist");
  }
  Result<std::vector<Silence>> silences() override {
    if (outage) return fail(*outage);
    return silenced;
  }
  Result<std::int64_t> add(const Silence& silence) override {
    if (outage) return fail(*outage);
    silenced.push_back(silence);
    return silenced.back().id = static_cast<std::int64_t>(silenced.size());
  }
  Result<void> expire(std::int64_t id, Time now) override {
    if (outage) return fail(*outage);
    const auto found = std::ranges::find(silenced, id, &Silence::id);
    if (found == silenced.end()) return fail(Errc::not_found, "silence " + std::to_string(id) + " is none");
    if (found->end <= now) return fail(Errc::conflict, "silence " + std::to_string(id) + " is over");
    found->end = now;
    return {};
  }
  Result<std::int64_t> silence_revision() override { return 1; }

  std::vector<KeptEvent> kept;  // oldest first, as `sent`
  std::vector<OutboxMessage> sent;
  std::vector<Silence> silenced;
  std::vector<NoiseReduction::Kept> rows;
  std::vector<Round> rounds;
  EventQuery asked_events;
  MessageQuery asked_messages;
  std::optional<Error> outage;
};

// Sends dead messages again, and nothing else.
class MemoryDead final : public Outbox {
 public:
  Result<std::optional<OutboxMessage>> claim(std::string_view, std::string_view, Time, Duration) override {
    return std::optional<OutboxMessage>{};
  }
  Result<void> settle(std::int64_t, std::string_view, const DeliveryReply&, const NextStep&, Time) override {
    return {};
  }
  Result<std::optional<Time>> next_due(std::string_view) override { return std::optional<Time>{}; }
  Result<int> resend(std::int64_t number, Time) override {
    resent = number;
    if (outage) return fail(*outage);
    return dead;
  }
  Result<std::vector<std::string>> orphans(std::span<const std::string>) override {
    return std::vector<std::string>{};
  }
  Result<void> forget(Time) override { return {}; }

  int dead = 0;
  std::optional<std::int64_t> resent;
  std::optional<Error> outage;
};

inline KeptEvent kept_of(std::int64_t number, Event event, Fate fate, Stage stage = Stage::routing,
                         std::string reason = "route root: receiver default") {
  KeptEvent kept{.number = number,
                 .event = std::move(event),
                 .severity = Severity::error,
                 .signature = "9c1f00aa9c1f00aa",
                 .verdict = {}};
  kept.verdict = {
      .event = number,
      .fate = fate,
      .stage = stage,
      .reason = reason,
      .steps = {{Stage::intake, "severity error, class LOW, signature 9c1f00aa9c1f00aa"}, {stage, reason}},
      .group = "0011223344556677",
      .notification = ""};
  return kept;
}

inline OutboxMessage message_of(std::int64_t number, MessageState state, std::string trouble = "") {
  OutboxMessage message{.number = number,
                        .notification = made_notification("m" + std::to_string(number)),
                        .state = state,
                        .attempts = state == MessageState::queued ? 0 : 1,
                        .not_before = at(),
                        .trouble = std::move(trouble),
                        .since = at()};
  message.notification.time = at();
  if (state == MessageState::delivered) message.delivered = at(seconds{2});
  return message;
}

}  // namespace runneriq::alerting
