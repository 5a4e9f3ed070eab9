// The mean of intensities over time.
#pragma once

#include "carbon/intensity.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace runneriq::carbon {

class WeightedMean {
 public:
  // `weight` below 0 counts as 0.
  void add(Intensity intensity, Duration weight) {
    if (weight <= Duration::zero()) return;
    const double g = intensity.g_per_kwh();
    lowest_ = std::min(lowest_, g);
    highest_ = std::max(highest_, g);
    sum_ += g * static_cast<double>(weight.count());
    weight_ += weight;
  }

  [[nodiscard]] Duration weight() const { return weight_; }

  // None when nothing was added. Rounding never carries it outside of what was added.
  [[nodiscard]] std::optional<Intensity> value() const {
    if (weight_ <= Duration::zero()) return std::nullopt;
    return Intensity::of(std::clamp(sum_ / static_cast<double>(weight_.count()), lowest_, highest_));
  }

 private:
  double sum_ = 0;
  Duration weight_{};
  double lowest_ = std::numeric_limits<double>::infinity();
  double highest_ = 0;
};

}  // namespace runneriq::carbon
