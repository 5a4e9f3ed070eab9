// Waiting in tests: for a condition, never for a time.
#pragma once

#include <poll.h>

#include <chrono>

namespace runneriq {

// Whether `condition` held before `limit` was over. The limit is for a host that is slow, not a measure.
template <class Condition>
[[nodiscard]] bool wait_until(Condition condition,
                              std::chrono::milliseconds limit = std::chrono::seconds{20}) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace runneriq
