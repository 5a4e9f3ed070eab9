// From the flags of `simulate` to what is simulated.
#pragma once

#include "cli/command.hpp"
#include "core/result.hpp"
#include "simulation/experiment.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

std::span<const FlagRow> simulate_flags();

struct SimulationRequest {
  simulation::Scenario scenario;  // its load is each of `loads` in turn
  std::vector<double> loads;      // one for a trace and for a day, whose load is what it is
  std::vector<simulation::Policy> policies;
  simulation::Seeds seeds;
  std::string trace_file, plot_file;  // "" = none
};

// Without the trace itself: its file is not read here. Error: invalid_argument.
Result<SimulationRequest> simulation_of(const Invocation& invocation);

std::string_view to_text(simulation::Arrivals arrivals);  // "poisson", …
std::string_view to_text(simulation::Policy policy);      // "fifo", "strict", "gate"

}  // namespace runneriq::cli
