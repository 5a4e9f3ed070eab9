// What `simulate` found, as the document that it prints.
#pragma once

#include "cli/simulate_flags.hpp"
#include "simulation/measures.hpp"

#include <nlohmann/json_fwd.hpp>

#include <utility>
#include <vector>

namespace runneriq::cli {

using Compared = std::vector<std::pair<simulation::Policy, simulation::Measures>>;

// {parameters {…}, results [{load, policies [{policy, waits {CRITICAL {jobs, mean, p50, p95, p99, max}, …,
// all}, pipeline_time, …, to_fifo {…}}]}]}. Times are seconds. `to_fifo` only where FIFO was simulated, too.
nlohmann::json simulation_document(const SimulationRequest& request, const std::vector<Compared>& by_load);

}  // namespace runneriq::cli
