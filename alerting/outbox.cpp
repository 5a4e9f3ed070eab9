#include "alerting/outbox.hpp"

#include <algorithm>
#include <array>

namespace runneriq::alerting {
namespace {

// Doubled step by step, so that nothing overflows however often it was tried.
Duration doubled(const DeliveryTerms& terms, int attempts) {
  Duration pause = terms.first_pause;
  for (int done = 0; done < attempts && pause < terms.longest_pause; ++done) {
    if (pause <= Duration::zero()) break;
    pause *= 2;
  }
  return std::min(pause, terms.longest_pause);
}

// No number at all takes off nothing.
Duration spread(Duration pause, double jitter) {
  const double taken_off = jitter > 0 ? std::min(jitter, 1.0) / 2 : 0.0;
  return pause - std::chrono::duration_cast<Duration>(pause * taken_off);
}

Duration pause_after(const OutboxMessage& message, const DeliveryReply& reply, const DeliveryTerms& terms,
                     double jitter) {
  const Duration pause = spread(doubled(terms, message.attempts), jitter);
  return reply.wait ? std::max(pause, std::min(*reply.wait, terms.longest_wait)) : pause;
}

}  // namespace

std::string_view to_text(MessageState state) {
  constexpr std::array<std::string_view, 3> kTexts{"queued", "delivered", "dead"};
  return kTexts.at(static_cast<std::size_t>(state));
}

NextStep after(const OutboxMessage& message, const DeliveryReply& reply, const DeliveryTerms& terms, Time now,
               double jitter) {
  using Kind = DeliveryReply::Kind;
  if (reply.kind == Kind::delivered) return {.state = MessageState::delivered, .not_before = now};
  if (reply.kind == Kind::never) return {.state = MessageState::dead, .not_before = now};
  const Time next = now + pause_after(message, reply, terms, jitter);
  const bool too_old = now - message.since >= terms.gives_up;
  return {.state = too_old ? MessageState::dead : MessageState::queued,
          .not_before = next,
          .receiver_not_before = reply.kind == Kind::throttled ? std::optional{next} : std::nullopt};
}

std::string trouble_of(const DeliveryReply& reply, const NextStep& next) {
  if (reply.kind == DeliveryReply::Kind::delivered) return {};
  const bool given_up = next.state == MessageState::dead && reply.kind != DeliveryReply::Kind::never;
  return given_up ? "given up for its age, the last attempt said: " + reply.words : reply.words;
}

}  // namespace runneriq::alerting
