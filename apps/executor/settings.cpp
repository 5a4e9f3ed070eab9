#include "apps/executor/settings.hpp"

#include "apps/installation/installation.hpp"
#include "scheduler/options.hpp"

namespace runneriq::app {
namespace {

void append(std::vector<config::Problem>& all, std::vector<config::Problem> more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Settings load_settings(executor::EnvironmentBlock environment) {
  Settings settings;
  Options rows = executor::option_rows(settings.executor);
  for (Option& row : scheduler::option_rows(settings.rules)) rows.push_back(std::move(row));
  config::Configuration configuration{std::move(rows), {"executor", "analyzer"}};

  const ConfigurationFile file = configuration_file(environment);
  settings.config_file = file.path;
  append(settings.problems, apply_file(configuration, file));
  append(settings.problems, configuration.apply_environment(environment));
  return settings;
}

std::string state_file(executor::EnvironmentBlock environment) {
  return state_file(environment, "runneriq-executor", "host.db");
}

}  // namespace runneriq::app
