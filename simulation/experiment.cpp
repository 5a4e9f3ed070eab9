#include "simulation/experiment.hpp"

#include <algorithm>
#include <map>

namespace runneriq::simulation {
namespace {

void add_phantoms(Jobs& jobs, const Scenario& scenario) {
  if (jobs.empty()) return;
  const Duration first = jobs.front().arrived, span = jobs.back().arrived - first;
  for (int i = 1; i <= scenario.phantoms; ++i) {
    const SimulatedJob phantom{.arrived = first + span * i / (scenario.phantoms + 1),
                               .length = std::chrono::minutes{5},
                               .expected = std::chrono::minutes{5},
                               .job_class = scheduler::JobClass::critical,
                               .pipeline = -i,
                               .lane = 0,
                               .phantom_for = scenario.phantom_for};
    jobs.insert(std::upper_bound(jobs.begin(), jobs.end(), phantom,
                                 [](const auto& a, const auto& b) { return a.arrived < b.arrived; }),
                phantom);
  }
}

std::size_t warm_up_of(const Scenario& scenario, const Jobs& jobs) {
  if (scenario.trace || scenario.load.arrivals == Arrivals::day) return 0;
  return static_cast<std::size_t>(kWarmUp * static_cast<double>(jobs.size()));
}

}  // namespace

Jobs jobs_of(const Scenario& scenario, std::uint64_t seed) {
  Jobs jobs = scenario.trace ? scenario.trace->jobs : make_load(scenario.load, seed);
  add_phantoms(jobs, scenario);
  if (!scenario.trace || !scenario.trace->has_lanes)
    give_lanes(jobs, scenario.lanes, lanes_of(scenario.lanes), seed);
  return jobs;
}

std::vector<std::pair<Policy, Measures>> compare(const Scenario& scenario,
                                                 const std::vector<Policy>& policies, const Seeds& seeds,
                                                 const Watch& watch) {
  const Rules rules{scenario.fleet, scenario.steering, lanes_of(scenario.lanes)};
  std::map<Policy, MeasuresOfSeeds> gathered;
  for (int i = 0; i < seeds.count; ++i) {
    const std::uint64_t seed = seeds.first + static_cast<std::uint64_t>(i);
    const Jobs jobs = jobs_of(scenario, seed);
    for (const Policy policy : policies) {
      if (watch) watch(policy, seed);
      gathered[policy].add(jobs, dispatch(jobs, rules, policy, seed), warm_up_of(scenario, jobs));
    }
  }
  std::vector<std::pair<Policy, Measures>> compared;
  for (const Policy policy : policies) compared.emplace_back(policy, gathered[policy].measures());
  return compared;
}

}  // namespace runneriq::simulation
