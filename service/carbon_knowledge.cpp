#include "service/carbon_knowledge.hpp"

#include <utility>

namespace runneriq::service {

CarbonKnowledge carbon_knowledge_of(const scheduler::Tick& tick, CarbonState state) {
  CarbonKnowledge knowledge{.state = std::move(state), .grid = tick.snapshot.carbon, .runners = {}};
  for (const scheduler::FleetRunner& runner : tick.snapshot.runners) {
    knowledge.runners.push_back({.title = scheduler::title(runner),
                                 .runner = runner.key.runner,
                                 .gitlab = runner.key.gitlab,
                                 .zone = runner.zone});
  }
  return knowledge;
}

}  // namespace runneriq::service
