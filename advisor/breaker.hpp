// Keeps from asking a provider that does not answer. Pure; for one thread at a time.
#pragma once

#include "advisor/wire.hpp"
#include "core/time.hpp"

#include <optional>

namespace runneriq::advisor {

// Opens after kMostFailures in a row of what may pass (throttled, overloaded, unreachable, late), for
// kFirstRest, doubling to kLongestRest; at once for as long as the provider asks (a day at most); then one
// question goes through to see. Opens for good for a bad key and a model that is gone, and until the next UTC
// day for a spend limit. What the model itself refuses or gets wrong does not count.
class Breaker {
 public:
  static constexpr int kMostFailures = 3;
  static constexpr Duration kFirstRest = std::chrono::seconds{30};
  static constexpr Duration kLongestRest = std::chrono::minutes{30};
  // Whether a question may go out now; where the time for a try has come, this one is it.
  [[nodiscard]] bool lets_through(Time now);
  void succeeded();
  void failed(Failure failure, std::optional<Duration> wait, Time now);
  // None: open for good, or shut (lets through).
  [[nodiscard]] std::optional<Time> open_until() const { return open_until_; }
  [[nodiscard]] bool open_for_good() const { return for_good_; }

 private:
  void rest(std::optional<Duration> wait, Time now);

  int failures_ = 0;
  bool for_good_ = false, trying_ = false;
  Duration rest_ = kFirstRest;
  std::optional<Time> open_until_;
};

}  // namespace runneriq::advisor
