// A way that GitLab has refused, and that is not tried again for an hour: at once, or when it was
// refused in so many readings running, as one refusal may be an accident.
#pragma once

#include "core/time.hpp"

#include <optional>

namespace runneriq::gitlab {

class Refusal {
 public:
  explicit Refusal(int believed = 1) : believed_(believed) {}

  // `now` is the reading's.
  void remember(Time now) {
    if (since_ != now) ++running_;
    since_ = now;
  }
  void has_worked() {
    running_ = 0;
    worked_ = true;
  }
  // Whether it has ever worked.
  [[nodiscard]] bool worked() const { return worked_; }
  [[nodiscard]] bool holds(Time now) const {
    return running_ >= believed_ && since_ && now >= *since_ && now - *since_ < std::chrono::hours{1};
  }

 private:
  int believed_;
  int running_ = 0;  // readings
  bool worked_ = false;
  std::optional<Time> since_;
};

}  // namespace runneriq::gitlab
