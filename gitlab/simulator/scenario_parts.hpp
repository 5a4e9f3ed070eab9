// The parts of a scenario that the control interface takes one by one.
#pragma once

#include "gitlab/simulator/scenario.hpp"

namespace runneriq::gitlab::simulator {

// How a job ends, and what it leaves behind.
struct SimulatedEnd {
  std::string ends{}, failure_reason{}, trace{};
  std::vector<SimulatedTest> tests{};
};

// What can be told anew of a project.
struct SimulatedCi {
  std::string config{};
  std::vector<std::string> errors{}, warnings{};
};

// A comment, of a person or of GitLab itself.
struct SimulatedNote {
  std::string project{}, user{}, body{};
  std::int64_t merge_request = 1;
  bool system = false, internal = false;
};

// Error: invalid_argument as parse_scenario().
Result<SimulatedRunner> parse_runner_part(const nlohmann::json& document);
Result<SimulatedPipeline> parse_pipeline_part(const nlohmann::json& document);
Result<SimulatedMergeRequest> parse_merge_request_part(const nlohmann::json& document);
Result<SimulatedNote> parse_note_part(const nlohmann::json& document);
// What the document does not tell stays as it is.
Result<SimulatedCi> parse_ci_part(const nlohmann::json& document, SimulatedCi as_it_is);
// `project` is its path, which stands beside the comparison.
Result<SimulatedComparison> parse_comparison_part(const nlohmann::json& document, std::string& project);
// What the document does not tell stays as planned.
Result<SimulatedEnd> parse_end_part(const nlohmann::json& document, SimulatedEnd as_planned);

}  // namespace runneriq::gitlab::simulator
