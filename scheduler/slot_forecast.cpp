#include "scheduler/slot_forecast.hpp"

#include <algorithm>
#include <functional>

namespace runneriq::scheduler {
namespace {

// A duration beyond this is none; the bound keeps sums in range.
constexpr Duration kLongestBelieved = std::chrono::days{30};

Duration believed(Duration duration) {
  return std::clamp(duration, Duration::zero(), kLongestBelieved);
}

Duration usual_duration(const FleetSnapshot& fleet) {
  std::vector<Duration> known;
  for (const JobHistory& history : fleet.histories) {
    if (history.estimate.basis != EstimateBasis::none) known.push_back(believed(history.estimate.median));
  }
  if (known.empty()) return kUnknownDuration;
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  std::nth_element(known.begin(), middle, known.end());
  return *middle;
}

}  // namespace

SlotForecast::SlotForecast(const FleetSnapshot& fleet)
    : fleet_(&fleet),
      usual_(usual_duration(fleet)),
      ends_(fleet.runners.size()),
      asked_(fleet.runners.size(), false) {}

Time SlotForecast::start(std::size_t runner, Duration expected) {
  const FleetRunner& of = fleet_->runners[runner];
  Ends& ends = ends_[runner];
  if (!asked_[runner]) ends = running_now(of);
  asked_[runner] = true;
  Time start = fleet_->now;
  if (ends.size() >= static_cast<std::size_t>(std::max(of.max_jobs, 1))) {
    std::pop_heap(ends.begin(), ends.end(), std::greater<>{});
    start = ends.back();
    ends.pop_back();
  }
  ends.push_back(start + believed(expected));
  std::push_heap(ends.begin(), ends.end(), std::greater<>{});
  return start;
}

SlotForecast::Ends SlotForecast::running_now(const FleetRunner& runner) const {
  const int jobs = std::max(runner.active_jobs, 0);
  Ends ends;  // ascending, so a heap as it is
  for (int k = 1 + std::max(0, jobs - std::max(runner.max_jobs, 1)); k <= jobs; ++k) {
    ends.push_back(fleet_->now + std::chrono::duration_cast<Duration>(usual_ * ((k - 0.5) / jobs)));
  }
  return ends;
}

}  // namespace runneriq::scheduler
