#include "scheduler/action_bridge/action_bridge.hpp"

#include <algorithm>

namespace runneriq::scheduler {

int WriteBudget::left(const Moment& now) {
  std::erase_if(taken_, [&](Duration at) { return at + std::chrono::minutes{1} <= now.steady; });
  return std::max(0, per_minute_ - static_cast<int>(taken_.size()));
}

void WriteBudget::take(const Moment& now) {
  taken_.push_back(now.steady);
}

}  // namespace runneriq::scheduler
