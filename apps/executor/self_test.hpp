#pragma once

#include "executor/contract.hpp"
#include "executor/finding.hpp"

#include <string>

namespace runneriq::app {

// Runs a job of one line through config, prepare, run and cleanup of `program`, as
// gitlab-runner would, with state and folders of its own in a temporary folder.
executor::Finding self_test(const std::string& program, executor::EnvironmentBlock environment);

}  // namespace runneriq::app
