// Policies side by side on the same jobs and seeds.
#pragma once

#include "simulation/dispatch.hpp"
#include "simulation/lane_model.hpp"
#include "simulation/load.hpp"
#include "simulation/measures.hpp"
#include "simulation/trace.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace runneriq::simulation {

struct Scenario {
  LoadModel load;
  LaneModel lanes;
  FleetModel fleet;
  SteeringModel steering;
  // CRITICAL jobs that GitLab gives to nobody, spread evenly over the arrivals.
  int phantoms = 0;
  Duration phantom_for = std::chrono::hours{4};
  // Instead of generated load. Seeds then differ in the phases of the polls alone.
  std::optional<Trace> trace = {};
};

// Of jobs; the fleet starts empty, so generated load is measured after so many. Not of `day`, which starts
// empty each morning, nor of a trace.
inline constexpr double kWarmUp = 0.02;

Jobs jobs_of(const Scenario& scenario, std::uint64_t seed);

using Watch = std::function<void(Policy policy, std::uint64_t seed)>;  // before each run

// Seeds are 1 … seeds, or from `first_seed` on.
struct Seeds {
  std::uint64_t first = 1;
  int count = 4;
};

std::vector<std::pair<Policy, Measures>> compare(const Scenario& scenario,
                                                 const std::vector<Policy>& policies, const Seeds& seeds,
                                                 const Watch& watch = {});

}  // namespace runneriq::simulation
