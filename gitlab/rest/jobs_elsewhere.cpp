#include "gitlab/rest/jobs_elsewhere.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {

void JobsElsewhere::complete(FleetReading& reading) {
  std::map<RunnerId, int> seen;
  for (const Job& job : reading.running) ++seen[job.runner];
  std::map<RunnerId, int> known;
  for (Runner& runner : reading.runners) {
    if (runner.running_jobs) {
      known[runner.id] = std::max(0, *runner.running_jobs - seen[runner.id]);
    } else if (const auto before = elsewhere_.find(runner.id); before != elsewhere_.end()) {
      known.insert(*before);
      runner.running_jobs = before->second + seen[runner.id];
    }
  }
  elsewhere_ = std::move(known);
}

}  // namespace runneriq::gitlab
