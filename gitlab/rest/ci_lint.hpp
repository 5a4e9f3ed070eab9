// A project's CI configuration as GitLab itself merges it with what it includes: GET
// /projects/:id/ci/lint, which changes nothing.
#pragma once

#include "core/result.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "platform/http_client.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

struct CiLint {
  bool valid = false;
  std::string merged_yaml = {};  // of the default branch; "" where GitLab could not merge it
  std::vector<std::string> errors = {};
};

// Error: corrupt, for a body that is no such answer.
Result<CiLint> parse_ci_lint(std::string_view json);

// `project`: an id or a full path. Errors: not_found, permission (scope, role), timed_out, unavailable.
Result<CiLint> read_ci_lint(const RestSettings& settings, platform::HttpTransport& transport,
                            std::string_view project);

}  // namespace runneriq::gitlab
