// When the slots of the fleet's runners fall free, roughly: for the expected start of a job.
#pragma once

#include "scheduler/fleet.hpp"

#include <cstddef>
#include <vector>

namespace runneriq::scheduler {

// Nobody tells which jobs run on a runner and for how long. Those that run now are taken to be spread
// evenly over the time that a job of this fleet usually takes (the median of what is known of the
// pending jobs): of n jobs, the k-th ends after (k − ½)/n of it. More running jobs than slots free none.
class SlotForecast {
 public:
  // `fleet` must outlive this.
  explicit SlotForecast(const FleetSnapshot& fleet);

  // When a job that was given the runner starts, behind those that were before; never before
  // `now`. It then has the slot for `expected`.
  Time start(std::size_t runner, Duration expected);

 private:
  using Ends = std::vector<Time>;  // of jobs that have a slot, as a heap with the earliest first
  [[nodiscard]] Ends running_now(const FleetRunner& runner) const;

  const FleetSnapshot* fleet_;
  Duration usual_;
  std::vector<Ends> ends_;  // by runner, filled when first needed
  std::vector<bool> asked_;
};

}  // namespace runneriq::scheduler
