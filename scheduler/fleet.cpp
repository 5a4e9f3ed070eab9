#include "scheduler/fleet.hpp"

#include "core/printable.hpp"

namespace runneriq::scheduler {

bool takes_jobs(const FleetRunner& runner) {
  return runner.traits_known && !runner.paused && runner.recent_contact &&
         runner.status == gitlab::RunnerStatus::online;
}

std::string title(const FleetRunner& runner) {
  return title(runner.key.runner, runner.description);
}

std::string title(RunnerId runner, const std::string& description) {
  std::string text = "runner " + std::to_string(runner.value());
  if (!description.empty()) text += " (" + printable(description, 40) + ")";
  return text;
}

const JobHistory& history_of(const FleetSnapshot& fleet, const PendingJob& job) {
  static const JobHistory kNothing{.estimate = estimate({}), .fleet_average = {}, .by_runner = {}};
  return job.history < fleet.histories.size() ? fleet.histories[job.history] : kNothing;
}

}  // namespace runneriq::scheduler
