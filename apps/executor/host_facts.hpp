// Gathers what `doctor` judges. Changes nothing on the host but a temporary folder of its own.
#pragma once

#include "executor/contract.hpp"
#include "executor/host_facts.hpp"

#include <string>

namespace runneriq::app {

// The absolute path of this program.
std::string program_path();

// `runner_file` is gitlab-runner's config.toml; "" looks where gitlab-runner does.
executor::HostFacts gather_facts(executor::EnvironmentBlock environment, const std::string& runner_file);

}  // namespace runneriq::app
