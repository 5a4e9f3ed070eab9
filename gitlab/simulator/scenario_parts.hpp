// The parts of a scenario that the control interface takes one by one.
#pragma once

#include "gitlab/simulator/scenario.hpp"

namespace runneriq::gitlab::simulator {

// Error: invalid_argument as parse_scenario().
Result<SimulatedRunner> parse_runner_part(const nlohmann::json& document);
Result<SimulatedPipeline> parse_pipeline_part(const nlohmann::json& document);

}  // namespace runneriq::gitlab::simulator
