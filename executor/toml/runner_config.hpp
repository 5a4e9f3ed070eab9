// Reads gitlab-runner's config.toml.
#pragma once

#include "core/result.hpp"
#include "executor/runner_settings.hpp"

#include <string>
#include <string_view>

namespace runneriq::executor {

// Values of the wrong type count as missing and are named in `oddities`. Throws nothing.
// Error: invalid_argument with the line, for what is no TOML.
Result<RunnerSettings> parse_runner_config(std::string_view text);

// Error: also not_found, permission, and invalid_argument when larger than 1 MiB.
Result<RunnerSettings> read_runner_config(const std::string& path);

}  // namespace runneriq::executor
