// Messages on their way: at least once, in order within a group, until they are delivered or hopeless. Pure
// rules; rows are kept in alerting/sqlite.
#pragma once

#include "alerting/notification.hpp"
#include "alerting/receiver.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace runneriq::alerting {

// Stored in state files: never renumber.
enum class MessageState : int { queued = 0, delivered = 1, dead = 2 };
std::string_view to_text(MessageState state);

struct OutboxMessage {
  std::int64_t number = 0;  // order of making
  Notification notification;
  MessageState state = MessageState::queued;
  int attempts = 0;       // that came to a reply
  Time not_before{};      // of the next attempt
  std::string trouble{};  // of the last attempt; "" = none
  std::string failure{};  // its label
  std::optional<Time> delivered{};
  std::string handle{};  // of the group at this receiver; "" = none
  Time since{};          // what its age counts from: its making, or when it was sent again
};

struct DeliveryTerms {
  Duration first_pause = std::chrono::seconds{5};
  Duration longest_pause = std::chrono::minutes{15};
  Duration gives_up = std::chrono::days{1};  // of a message's age: to the dead letters
  Duration claim = std::chrono::seconds{
      45};  // how long one process keeps a message to itself; longer than a call may last
  Duration call_limit = std::chrono::seconds{20};
  Duration longest_wait = std::chrono::hours{1};  // of a Retry-After
};

// What follows from a reply.
struct NextStep {
  MessageState state = MessageState::queued;
  Time not_before{};                          // of this message, where it stays queued
  std::optional<Time> receiver_not_before{};  // of all messages of this receiver
};
// Of a message as it was claimed. Pauses double from first_pause to longest_pause; `jitter` in 0..1 takes off
// up to half of it. A wait that was told is never cut short but by longest_wait, and is drawn out to the
// pause where that is longer. A message that is too old after a failed attempt is dead.
NextStep after(const OutboxMessage& message, const DeliveryReply& reply, const DeliveryTerms& terms, Time now,
               double jitter);

// What is kept as the message's trouble: the reply's words, with the reason where it is given up for its age.
std::string trouble_of(const DeliveryReply& reply, const NextStep& next);

}  // namespace runneriq::alerting
