// Which deliveries have been seen lately, so that a repeated one is taken once.
#pragma once

#include "core/time.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_set>
#include <utility>

namespace runneriq::service {

class DeliveryMemory {
 public:
  DeliveryMemory(Duration lasts, std::size_t most) : lasts_(lasts), most_(most) {}

  // Whether `id` is new at `now`, of a clock that only runs forward. From then on it is not, for as long as
  // the memory lasts; of more than `most` the oldest are forgotten.
  bool take(const std::string& id, Duration now) {
    while (!order_.empty() && (order_.front().first <= now - lasts_ || order_.size() >= most_))
      forget_oldest();
    if (!known_.insert(id).second) return false;
    order_.emplace_back(now, id);
    return true;
  }

 private:
  void forget_oldest() {
    known_.erase(order_.front().second);
    order_.pop_front();
  }

  Duration lasts_;
  std::size_t most_;
  std::deque<std::pair<Duration, std::string>> order_;
  std::unordered_set<std::string> known_;
};

}  // namespace runneriq::service
