// The parts of a scenario that the control interface takes one by one.
#pragma once

#include "gitlab/simulator/scenario.hpp"

namespace runneriq::gitlab::simulator {

// How a job ends, and what it leaves behind.
struct SimulatedEnd {
  std::string ends{}, failure_reason{}, trace{};
  std::vector<SimulatedTest> tests{};
};

// Error: invalid_argument as parse_scenario().
Result<SimulatedRunner> parse_runner_part(const nlohmann::json& document);
Result<SimulatedPipeline> parse_pipeline_part(const nlohmann::json& document);
// What the document does not tell stays as planned.
Result<SimulatedEnd> parse_end_part(const nlohmann::json& document, SimulatedEnd as_planned);

}  // namespace runneriq::gitlab::simulator
