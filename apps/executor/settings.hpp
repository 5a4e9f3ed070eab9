// What this program is told from outside: its options, and where its state lies.
#pragma once

#include "config/configuration.hpp"
#include "executor/contract.hpp"
#include "executor/options.hpp"
#include "scheduler/priority.hpp"

#include <string>
#include <vector>

namespace runneriq::app {

struct Settings {
  executor::ExecutorOptions executor;
  scheduler::PriorityRules rules = scheduler::PriorityRules::defaults();
  std::string config_file;
  // What was wrong; the options concerned keep their values of the layers below.
  std::vector<config::Problem> problems;
};

// Defaults, then the file (RUNNERIQ_CONFIG, else /etc/runneriq/runneriq.yaml, which may be
// absent), then RUNNERIQ_EXECUTOR_… and RUNNERIQ_ANALYZER_….
Settings load_settings(executor::EnvironmentBlock environment);

// RUNNERIQ_STATE, else /var/lib/runneriq-executor/host.db for root and for whoever may write
// there, else in the user's own state folder.
std::string state_file(executor::EnvironmentBlock environment);

}  // namespace runneriq::app
