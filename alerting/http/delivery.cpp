#include "alerting/http/delivery.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr Duration kOutboxPause = std::chrono::seconds{5};

std::vector<LogField> fields_of(const OutboxMessage& message) {
  return {{"receiver", message.notification.receiver},
          {"notification", message.notification.id},
          {"number", message.number},
          {"attempt", std::int64_t{message.attempts} + 1}};
}

std::vector<LogField> with(std::vector<LogField> fields, std::vector<LogField> more) {
  std::ranges::move(more, std::back_inserter(fields));
  return fields;
}

}  // namespace

Delivery::Delivery(std::string receiver, std::string owner, DeliveryPorts ports, DeliveryTerms terms)
    : receiver_(std::move(receiver)),
      owner_(std::move(owner)),
      ports_(std::move(ports)),
      terms_(std::move(terms)) {}

std::optional<Time> Delivery::round() {
  const Time now = ports_.clock();
  if (!settle()) return now + kOutboxPause;
  if (now < paced_until_) return when_due();
  auto claimed = ports_.outbox.claim(receiver_, owner_, now, terms_.claim);
  log_outbox(claimed ? nullptr : &claimed.error());
  if (!claimed) return now + kOutboxPause;
  return *claimed ? attempt(**claimed) : when_due();
}

std::optional<Time> Delivery::attempt(const OutboxMessage& message) {
  const DeliveryContext context{
      .now = ports_.clock(), .handle = message.handle, .attempt = message.attempts + 1};
  DeliveryReply reply = ports_.courier.bring(message.notification, context, terms_.call_limit);
  const Time now = ports_.clock();
  if (reply.handle.empty()) reply.handle = message.handle;
  const NextStep next = after(message, reply, terms_, now, ports_.jitter());
  count(reply, next);
  paced_until_ = now + ports_.courier.pace();
  unsettled_ = Unsettled{message, std::move(reply), next, now};
  log_outcome(*unsettled_);
  return settle() ? when_due() : std::optional{now + kOutboxPause};
}

// Whether nothing is left to be settled. Whose claim has run out, and was taken by another, has nothing to
// say about the message any more.
bool Delivery::settle() {
  if (!unsettled_) return true;
  const Unsettled& done = *unsettled_;
  const auto settled = ports_.outbox.settle(done.message.number, owner_, done.reply, done.next, done.at);
  const bool is_lost =
      !settled && (settled.error().code == Errc::conflict || settled.error().code == Errc::not_found);
  log_outbox(settled || is_lost ? nullptr : &settled.error());
  if (!settled && !is_lost) return false;
  unsettled_.reset();
  return true;
}

std::optional<Time> Delivery::when_due() {
  const auto due = ports_.outbox.next_due(receiver_);
  log_outbox(due ? nullptr : &due.error());
  if (!due) return ports_.clock() + kOutboxPause;
  if (!*due) return std::nullopt;
  return std::max(**due, paced_until_);
}

void Delivery::count(const DeliveryReply& reply, const NextStep& next) {
  const std::scoped_lock lock(guard_);
  if (next.state == MessageState::delivered) ++counts_.delivered;
  if (next.state == MessageState::dead) ++counts_.dead;
  if (reply.kind != DeliveryReply::Kind::delivered) ++counts_.failures[reply.failure];
}

DeliveryCounts Delivery::counts() const {
  const std::scoped_lock lock(guard_);
  return counts_;
}

void Delivery::log_outcome(const Unsettled& done) {
  if (done.reply.kind == DeliveryReply::Kind::delivered) return log_delivered(done);
  log_failure(done);
}

void Delivery::log_delivered(const Unsettled& done) {
  const auto fields = fields_of(done.message);
  if (!std::exchange(trouble_, {}).empty()) ports_.log.write(LogLevel::info, "delivery_restored", fields);
  if (!done.reply.words.empty()) {
    ports_.log.write(LogLevel::warning, "delivery_partial", with(fields, {{"trouble", done.reply.words}}));
  }
  ports_.log.write(LogLevel::debug, "delivered",
                   with(fields, {{"reason", std::string(to_text(done.message.notification.reason))}}));
}

void Delivery::log_failure(const Unsettled& done) {
  const auto fields = with(fields_of(done.message), {{"type", std::string(ports_.courier.type())},
                                                     {"failure", done.reply.failure},
                                                     {"trouble", trouble_of(done.reply, done.next)}});
  if (done.next.state == MessageState::dead) {
    ports_.log.write(LogLevel::error, "delivery_dead", fields);
  } else if (trouble_ != done.reply.failure) {
    trouble_ = done.reply.failure;
    ports_.log.write(LogLevel::warning, "delivery_failed",
                     with(fields, {{"again_at", runneriq::to_text(done.next.not_before)}}));
  }
}

void Delivery::log_outbox(const Error* error) {
  if ((error != nullptr) == outbox_fails_) return;
  outbox_fails_ = error != nullptr;
  if (error == nullptr) return ports_.log.write(LogLevel::info, "outbox_restored", {{"receiver", receiver_}});
  ports_.log.write(LogLevel::error, "outbox_failed", {{"receiver", receiver_}, {"trouble", error->message}});
}

}  // namespace runneriq::alerting
