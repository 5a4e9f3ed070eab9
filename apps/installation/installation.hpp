// Where an installation keeps its files: the configuration, and each program's state.
#pragma once

#include "config/configuration.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::app {

using EnvironmentBlock = std::span<const std::string_view>;

struct ConfigurationFile {
  std::string path;
  bool named = false;  // by RUNNERIQ_CONFIG or a flag: it must exist then
};

// RUNNERIQ_CONFIG, else /etc/runneriq/runneriq.yaml.
ConfigurationFile configuration_file(EnvironmentBlock environment);

// Applies the file to `configuration` and returns what is wrong in it or with it.
std::vector<config::Problem> apply_file(config::Configuration& configuration, const ConfigurationFile& file);

// /var/lib/<program> for root and for whoever may write there, else in the user's own state folder.
std::string state_folder(EnvironmentBlock environment, const std::string& program);

// RUNNERIQ_STATE where it is an absolute path, else <state folder of the program>/<name>.
std::string state_file(EnvironmentBlock environment, const std::string& program, const std::string& name);

}  // namespace runneriq::app
