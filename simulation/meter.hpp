// Adds up over time what slots and jobs spend idle and waiting.
#pragma once

#include "simulation/outcome.hpp"

#include <algorithm>

namespace runneriq::simulation {

struct Standing {
  int free_general = 0, free_special = 0;  // slots of hosts without and with the tag `special`
  std::size_t waiting_general = 0, waiting_special = 0;
  int slots = 0;
};

class Meter {
 public:
  void begin(Duration now) { begun_ = last_ = now; }
  // `standing` has held since the last call.
  void advance(Duration now, const Standing& standing) {
    const double seconds = static_cast<double>((now - last_).count()) / 1000;
    last_ = now;
    const int free = standing.free_general + standing.free_special;
    const auto special =
        std::min<std::size_t>(standing.waiting_special, at_least_none(standing.free_special));
    const auto used = std::min<std::size_t>(at_least_none(free), standing.waiting_general + special);
    totals_.slot_seconds += seconds * standing.slots;
    totals_.idle_seconds += seconds * free;
    totals_.idle_with_work_seconds += seconds * static_cast<double>(used);
    totals_.waiting_seconds +=
        seconds * static_cast<double>(standing.waiting_general + standing.waiting_special);
  }
  [[nodiscard]] RunTotals totals() const {
    RunTotals totals = totals_;
    totals.span = last_ - begun_;
    return totals;
  }

 private:
  static std::size_t at_least_none(int count) { return static_cast<std::size_t>(std::max(count, 0)); }
  Duration begun_{}, last_{};
  RunTotals totals_;
};

}  // namespace runneriq::simulation
