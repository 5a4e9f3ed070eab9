#include "gitlab/rest/reading_repairs.hpp"

#include <algorithm>

namespace runneriq::gitlab {

void drop_runners_of_other_projects(FleetReading& reading) {
  std::erase_if(reading.runners, [&](const Runner& runner) {
    if (runner.type != RunnerType::project || !runner.traits || runner.traits->projects.empty()) return false;
    return std::ranges::none_of(runner.traits->projects, [&](ProjectId project) {
      return std::ranges::binary_search(reading.projects, project, {}, &Project::id);
    });
  });
}

void move_contacts(FleetReading& reading, Duration ahead) {
  for (Runner& runner : reading.runners) {
    if (runner.contacted_at) *runner.contacted_at += ahead;
  }
}

}  // namespace runneriq::gitlab
