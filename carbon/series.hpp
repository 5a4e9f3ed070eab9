// Intensities over time, as providers tell them: in steps of any length, with gaps.
#pragma once

#include "carbon/intensity.hpp"
#include "core/time.hpp"

#include <optional>
#include <span>
#include <vector>

namespace runneriq::carbon {

struct Step {
  Time from, to;  // from ≤ t < to
  Intensity intensity;
  bool estimated = false;  // by the provider's own word
  friend bool operator==(const Step&, const Step&) = default;
};

// Steps in order that do not overlap.
class Series {
 public:
  Series() = default;
  // In any order, of any lengths. Where two overlap the shorter one counts, of two equally long the later
  // one of the list; what is left of the other stays. Steps that end before they begin are left out.
  explicit Series(std::vector<Step> steps);

  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  [[nodiscard]] bool empty() const { return steps_.empty(); }
  // Null: a gap.
  [[nodiscard]] const Step* at(Time when) const;
  // The mean over time of what is known within [from, to); none when nothing is. `from` = `to` is that
  // moment.
  [[nodiscard]] std::optional<Intensity> mean(Time from, Time to) const;
  // The part of [from, to) that is known, 0..1.
  [[nodiscard]] double covered(Time from, Time to) const;

 private:
  std::vector<Step> steps_;
};

}  // namespace runneriq::carbon
