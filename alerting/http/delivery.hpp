// Gets one receiver's messages out of the outbox to it.
#pragma once

#include "alerting/http/courier.hpp"
#include "alerting/outbox.hpp"
#include "alerting/store.hpp"
#include "core/event_log.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace runneriq::alerting {

// All that is referred to must outlive the Delivery.
struct DeliveryPorts {
  Outbox& outbox;
  Courier& courier;
  EventLog& log;
  std::function<Time()> clock;
  std::function<double()> jitter;  // 0..1
};

// Of this process, for metrics.
struct DeliveryCounts {
  std::int64_t delivered = 0;
  std::int64_t dead = 0;
  std::map<std::string, std::int64_t> failures{};  // attempts by DeliveryReply::failure
};

// Each receiver has one of its own, best in a thread of its own, so that one that hangs holds up no other.
// round() belongs to that thread; counts() may be called by others meanwhile.
//
// What came of a message is kept here until the outbox has it: while it cannot write (a full disk), nothing
// is sent again, and nothing else either.
//
// Logged: `delivery_failed` once per kind of trouble, `delivery_restored` after it, `delivery_dead` for each
// dead message, `delivery_partial` where a mail did not reach all, `outbox_failed` once, `outbox_restored`;
// `delivered` at debug. Secrets are in none of them.
class Delivery {
 public:
  // `owner`: a name that no other process, nor other Delivery, has at the time.
  Delivery(std::string receiver, std::string owner, DeliveryPorts ports, DeliveryTerms terms);

  // At most one attempt, of the message that is due: blocks for DeliveryTerms::call_limit at most. Gives when
  // to come back: at once where more may be due, later for back-off, pace and throttling; none = nothing is
  // queued, come back when something is.
  std::optional<Time> round();
  [[nodiscard]] DeliveryCounts counts() const;
  [[nodiscard]] const std::string& receiver() const { return receiver_; }

 private:
  struct Unsettled {
    OutboxMessage message;
    DeliveryReply reply;
    NextStep next;
    Time at;
  };

  std::optional<Time> attempt(const OutboxMessage& message);
  [[nodiscard]] bool settle();
  void count(const DeliveryReply& reply, const NextStep& next);
  void log_outcome(const Unsettled& done);
  void log_failure(const Unsettled& done);
  void log_delivered(const Unsettled& done);
  void log_outbox(const Error* error);
  std::optional<Time> when_due();

  std::string receiver_, owner_;
  DeliveryPorts ports_;
  DeliveryTerms terms_;
  std::optional<Unsettled> unsettled_;
  Time paced_until_{};
  std::string trouble_;  // label of what fails at present; "" = nothing
  bool outbox_fails_ = false;
  mutable std::mutex guard_;  // of counts_
  DeliveryCounts counts_;
};

}  // namespace runneriq::alerting
