#include "gitlab/rest/call_budget.hpp"

#include "gitlab/call_shortage.hpp"
#include "platform/http_date.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr double kLeastPerPoll = 30;
constexpr double kNeverLent = 10;  // calls of a poll
constexpr Duration kLongestHold = 1h;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

double minutes(Duration duration) {
  return static_cast<double>(duration.count()) / 60'000;
}

// RateLimit-Reset is in GitLab's clock; its Date header tells how far that is from ours.
Time reset_time(const platform::HttpReply& reply, Time now) {
  constexpr std::int64_t kLatest = 253'402'300'799;  // the year 9999
  const auto reset = whole_number(reply.header("ratelimit-reset"));
  if (!reset || *reset > kLatest) return now + 1min;
  const Time theirs = platform::parse_http_date(reply.header("date")).value_or(now);
  return now + (Time(std::chrono::seconds(*reset)) - theirs);
}

}  // namespace

CallBudget::CallBudget(int calls_per_minute, Duration poll_interval) {
  const double poll = std::max(minutes(poll_interval), 1.0 / 60);
  minute_ = std::max(static_cast<double>(calls_per_minute), kLeastPerPoll / poll);
  minute_ = std::max(minute_, kLeastPerPoll);
  poll_share_ = std::clamp(minute_ * poll, kLeastPerPoll, minute_);
  tokens_ = minute_;
}

void CallBudget::refill(Time now) {
  if (filled_at_ && now > *filled_at_ && tokens_ < poll_share_) {
    tokens_ = std::min(poll_share_, tokens_ + minutes(now - *filled_at_) * minute_);
  }
  filled_at_ = now;
}

bool CallBudget::take(Charge charge, Time now) {
  if (charge == Charge::exempt) return true;
  refill(now);
  const double least = charge == Charge::credit ? kNeverLent - poll_share_ : 0;
  if (tokens_ - 1 < least || (allows(now) && allowed_->calls < 1)) return false;
  tokens_ -= 1;
  if (allowed_) allowed_->calls -= 1;
  return true;
}

int CallBudget::left(Time now) {
  refill(now);
  return std::max(0, static_cast<int>(available(now)));
}

int CallBudget::to_spare(int needed, Duration until, Time now) {
  refill(now);
  const double until_then = minutes(std::max(until, Duration::zero())) * minute_;
  const double kept = std::max(0.0, std::min<double>(needed, 0.75 * poll_share_) - until_then);
  return std::max(0, static_cast<int>(available(now) - kept));
}

// A clock that was set back must not make it count longer than it may.
bool CallBudget::allows(Time now) const {
  return allowed_ && now < allowed_->until && allowed_->until <= now + kLongestHold;
}

double CallBudget::available(Time now) const {
  return allows(now) ? std::min(tokens_, allowed_->calls) : tokens_;
}

std::string CallBudget::shortage(Time now) const {
  return available(now) < tokens_ ? shortage_of_gitlab(static_cast<int>(allowed_->calls), allowed_->until)
                                  : own_shortage(static_cast<int>(minute_));
}

void CallBudget::learn(const platform::HttpReply& reply, Time now) {
  const auto remaining = whole_number(reply.header("ratelimit-remaining"));
  if (!remaining) return;
  const Time reset = reset_time(reply, now);
  if (*remaining == 0) return hold(reset, now);
  const auto calls = static_cast<double>(*remaining);
  if (allows(now)) {
    allowed_->calls = std::min(allowed_->calls, calls);
  } else {
    allowed_ = {.calls = calls, .until = std::min(reset, now + kLongestHold)};
  }
}

void CallBudget::hold(Time until, Time now) {
  const Time bounded = std::min(until, now + kLongestHold);
  held_until_ = held_until(now) ? std::max(*held_until_, bounded) : bounded;
  allowed_.reset();
}

std::optional<Time> CallBudget::held_until(Time now) const {
  // A clock that was set back must not make the hold longer than it may be.
  if (!held_until_ || *held_until_ <= now || *held_until_ > now + kLongestHold) return std::nullopt;
  return held_until_;
}

}  // namespace runneriq::gitlab
