// What GitLab tells of a pipeline: when it began, for which commit, and RunnerIQ's variables. Pure.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

#include <map>
#include <string>
#include <string_view>

namespace runneriq::gitlab {

struct PipelineFacts {
  PipelineId id = {};
  std::string sha = {};  // "" = not told
  Time created_at = {};
};

// Variables whose names begin with "RUNNERIQ_", by name. No other is kept: values may be secrets.
using OurVariables = std::map<std::string, std::string>;
inline constexpr std::string_view kOurVariables = "RUNNERIQ_";

// GET /projects/:id/pipelines/:pipeline_id. Error: corrupt, also without an id or `created_at`.
Result<PipelineFacts> parse_pipeline(std::string_view json);
// GET /projects/:id/pipelines/:pipeline_id/variables. Of a name that stands twice the last one counts.
// Error: corrupt.
Result<OurVariables> parse_our_variables(std::string_view json);

}  // namespace runneriq::gitlab
