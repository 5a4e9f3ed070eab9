// A way that GitLab has refused, and that is not tried again for an hour.
#pragma once

#include "core/time.hpp"

#include <optional>

namespace runneriq::gitlab {

class Refusal {
 public:
  void remember(Time now) { since_ = now; }
  [[nodiscard]] bool holds(Time now) const {
    return since_ && now >= *since_ && now - *since_ < std::chrono::hours{1};
  }

 private:
  std::optional<Time> since_;
};

}  // namespace runneriq::gitlab
