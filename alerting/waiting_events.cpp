#include "alerting/waiting_events.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace runneriq::alerting {
namespace {

// The oldest that did not fail; of many only the first ones are looked at.
bool drop_passed(std::deque<HeardEvent>& events) {
  constexpr std::ptrdiff_t kLookedAt = 1'000;
  const auto end = std::next(events.begin(), std::min(std::ssize(events), kLookedAt));
  const auto passed = std::find_if(events.begin(), end, [](const HeardEvent& heard) {
    return outcome_of(heard.event) != Outcome::failed;
  });
  if (passed == end) return false;
  events.erase(passed);
  return true;
}

bool drop_oldest(std::deque<HeardEvent>& events) {
  if (events.empty()) return false;
  events.pop_front();
  return true;
}

}  // namespace

void WaitingEvents::hear(HeardEvent event) {
  make_room();
  (event.urgent ? urgent_ : ordinary_).push_back(std::move(event));
}

std::optional<HeardEvent> WaitingEvents::take_for_evidence() {
  if (ordinary_.empty()) return std::nullopt;
  HeardEvent event = std::move(ordinary_.front());
  ordinary_.pop_front();
  return event;
}

void WaitingEvents::put_ready(HeardEvent event) {
  make_room();
  ready_.push_back(std::move(event));
}

std::vector<HeardEvent> WaitingEvents::take_ready() {
  std::vector<HeardEvent> all(std::make_move_iterator(urgent_.begin()),
                              std::make_move_iterator(urgent_.end()));
  all.insert(all.end(), std::make_move_iterator(ready_.begin()), std::make_move_iterator(ready_.end()));
  urgent_.clear();
  ready_.clear();
  return all;
}

void WaitingEvents::make_room() {
  if (size() < most_) return;
  ++dropped_;
  if (drop_passed(ready_) || drop_passed(ordinary_)) return;
  if (drop_oldest(ready_) || drop_oldest(ordinary_)) return;
  drop_oldest(urgent_);
}

}  // namespace runneriq::alerting
