// The mean of what an outlook knows, over any stretch of time, without adding it up each time. Pure.
#pragma once

#include "carbon/outlook.hpp"

#include <optional>
#include <vector>

namespace runneriq::carbon {

class KnownMean {
 public:
  explicit KnownMean(const Outlook& outlook);

  // Over what is known of [start, start + length); `length` counts as at least a minute. None where `start`
  // lies in no known slot: before `begin`, beyond the horizon or in a gap.
  [[nodiscard]] std::optional<Intensity> of(Time start, Duration length) const;

 private:
  struct Sum {
    double weighted = 0;  // g/kWh × ms
    double known = 0;     // ms
  };
  [[nodiscard]] Sum until(Time when) const;

  Time begin_;
  std::vector<std::optional<double>> slots_;  // g/kWh
  std::vector<Sum> sums_;                     // up to the start of each slot, and to the end of the last
};

}  // namespace runneriq::carbon
