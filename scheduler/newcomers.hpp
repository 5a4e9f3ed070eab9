// Runners that have just come and serve the jobs of managed ones, without being managed themselves: the gate
// would withhold a job from the others, and they would take it.
#pragma once

#include "scheduler/fleet_watch.hpp"

#include <string>
#include <vector>

namespace runneriq::scheduler {

struct Newcomer {
  RunnerKey runner;
  std::string description;
  std::string remedy;  // "`runneriq lanes install 12`"
};

// Of the runners that appeared in this tick, those with the users' tags of a managed one.
std::vector<Newcomer> newcomers(const Tick& tick);

}  // namespace runneriq::scheduler
