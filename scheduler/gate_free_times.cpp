#include "scheduler/gate_free_times.hpp"

#include "scheduler/slot_forecast.hpp"

#include <algorithm>
#include <map>

namespace runneriq::scheduler {
namespace {

struct KnownJobs {
  int count = 0;
  Time first_end = Time::max();
};

// A job that runs for longer than usual may end at any moment.
Time expected_end(const FleetSnapshot& fleet, const RunningFleetJob& job) {
  const bool is_known = job.history < fleet.histories.size();
  const Duration usual = is_known ? fleet.histories[job.history].estimate.median : kUnknownDuration;
  return fleet.now + std::max(usual - job.running, Duration::zero());
}

std::map<RunnerKey, KnownJobs> known_jobs(const FleetSnapshot& fleet) {
  std::map<RunnerKey, KnownJobs> by_runner;
  for (const RunningFleetJob& job : fleet.running) {
    if (!job.runner) continue;
    KnownJobs& known = by_runner[*job.runner];
    ++known.count;
    known.first_end = std::min(known.first_end, expected_end(fleet, job));
  }
  return by_runner;
}

class FreeTimes {
 public:
  explicit FreeTimes(const FleetSnapshot& fleet)
      : fleet_(fleet), known_(known_jobs(fleet)), forecast_(fleet) {}

  Time of(std::size_t index) {
    const FleetRunner& runner = fleet_.runners[index];
    if (runner.active_jobs < std::max(runner.max_jobs, 1)) return fleet_.now;
    const auto found = known_.find(runner.key);
    if (found == known_.end()) return forecast_.start(index, Duration::zero());
    const KnownJobs& known = found->second;
    if (known.count >= runner.active_jobs) return known.first_end;
    return std::min(known.first_end, forecast_.start(index, Duration::zero()));
  }

 private:
  const FleetSnapshot& fleet_;
  std::map<RunnerKey, KnownJobs> known_;
  SlotForecast forecast_;
};

}  // namespace

std::vector<Time> free_times(const FleetSnapshot& fleet) {
  FreeTimes free{fleet};
  std::vector<Time> times;
  times.reserve(fleet.runners.size());
  for (std::size_t i = 0; i < fleet.runners.size(); ++i) times.push_back(free.of(i));
  return times;
}

}  // namespace runneriq::scheduler
