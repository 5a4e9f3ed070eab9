// When it is said that events which waited were dropped. Pure.
#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace runneriq::alerting {

// At once, and then at most once a minute, whatever came since.
class DropNotice {
 public:
  // How many were dropped since it was last said, of `dropped` since the start; none: nothing is to be said.
  std::optional<std::int64_t> take(std::int64_t dropped, Time now) {
    const bool is_early = told_at_ && now - *told_at_ < kPause;
    if (dropped == told_ || is_early) return std::nullopt;
    told_at_ = now;
    return dropped - std::exchange(told_, dropped);
  }

 private:
  static constexpr Duration kPause = std::chrono::minutes{1};
  std::int64_t told_ = 0;
  std::optional<Time> told_at_;
};

}  // namespace runneriq::alerting
