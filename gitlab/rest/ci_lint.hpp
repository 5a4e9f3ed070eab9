// A project's CI configuration as GitLab itself merges it with what it includes: GET
// /projects/:id/ci/lint, which changes nothing.
#pragma once

#include "core/result.hpp"
#include "gitlab/pipelines.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "platform/http_client.hpp"

#include <string_view>

namespace runneriq::gitlab {

// Of the default branch. `project`: an id or a full path. Errors: not_found, permission (scope, role),
// timed_out, unavailable.
Result<CiCheck> read_ci_lint(const RestSettings& settings, platform::HttpTransport& transport,
                             std::string_view project);

}  // namespace runneriq::gitlab
