#include "simulation/lane_model.hpp"

#include "simulation/random.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace runneriq::simulation {
namespace {

using scheduler::JobClass;

constexpr std::uint64_t kLaneStream = 11;
constexpr std::size_t kLanesByClass = 2;  // critical, high

std::vector<std::string> duration_names(int count) {
  if (count == 1) return {"ordinary"};
  if (count == 3) return {"short", "medium", "long"};
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back("duration-" + std::to_string(i));
  return names;
}

bool goes_by_duration(const SimulatedJob& job) {
  return job.job_class > JobClass::high;
}

// What the lane of a job is chosen by.
class Work {
 public:
  Work(const Jobs& jobs, LaneBasis basis) : basis_(basis) {
    for (const SimulatedJob& job : jobs) {
      if (basis == LaneBasis::pipeline) of_pipeline_[job.pipeline] += job.expected;
    }
  }

  [[nodiscard]] Duration of(const SimulatedJob& job) const {
    return basis_ == LaneBasis::job ? job.expected : of_pipeline_.at(job.pipeline);
  }

  // Of each job or pipeline that goes by duration, once; ascending.
  [[nodiscard]] std::vector<Duration> sorted(const Jobs& jobs) const {
    std::vector<Duration> all;
    std::set<std::int64_t> counted;
    for (const SimulatedJob& job : jobs) {
      if (!goes_by_duration(job)) continue;
      if (basis_ == LaneBasis::job || counted.insert(job.pipeline).second) all.push_back(of(job));
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  LaneBasis basis_;
  std::map<std::int64_t, Duration> of_pipeline_;
};

// The last work of every lane but the last.
std::vector<Duration> borders(const std::vector<Duration>& sorted, int lanes) {
  std::vector<Duration> ends;
  for (std::size_t k = 1; k < static_cast<std::size_t>(lanes) && !sorted.empty(); ++k) {
    ends.push_back(sorted[sorted.size() * k / static_cast<std::size_t>(lanes)]);
  }
  return ends;
}

std::size_t duration_lane(Duration work, const std::vector<Duration>& ends) {
  return kLanesByClass +
         static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), work) - ends.begin());
}

std::size_t lane_of_class(JobClass job_class) {
  return job_class == JobClass::critical ? 0 : 1;
}

}  // namespace

scheduler::Lanes lanes_of(const LaneModel& model) {
  std::vector<std::string> names{std::string(scheduler::kCriticalLane), std::string(scheduler::kHighLane)};
  for (std::string& name : duration_names(model.duration_lanes)) names.push_back(std::move(name));
  return scheduler::Lanes::make(std::move(names)).value();
}

void give_lanes(Jobs& jobs, const LaneModel& model, const scheduler::Lanes& lanes, std::uint64_t seed) {
  const Work work{jobs, model.basis};
  const std::vector<Duration> ends = borders(work.sorted(jobs), model.duration_lanes);
  Random random{seed, kLaneStream};
  for (SimulatedJob& job : jobs) {
    const bool without = random.uniform() < model.unlaned;
    if (job.lane) continue;
    if (!goes_by_duration(job)) {
      job.lane = lane_of_class(job.job_class);
    } else if (!without) {
      job.lane = std::min(duration_lane(work.of(job), ends), lanes.size() - 1);
    }
  }
}

}  // namespace runneriq::simulation
