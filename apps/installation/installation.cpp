#include "apps/installation/installation.hpp"

#include "config/yaml/document.hpp"
#include "executor/contract.hpp"
#include "platform/accounts.hpp"
#include "platform/files.hpp"

#include <unistd.h>

namespace runneriq::app {
namespace {

constexpr std::string_view kUsualFile = "/etc/runneriq/runneriq.yaml";
constexpr std::size_t kLargestFile = 1 << 20;

std::string own_state_folder(EnvironmentBlock environment, const std::string& program) {
  const auto state_home = executor::find_in(environment, "XDG_STATE_HOME");
  if (state_home && state_home->starts_with('/')) return std::string(*state_home) + "/" + program;
  const auto home = executor::find_in(environment, "HOME");
  if (home && home->starts_with('/')) return std::string(*home) + "/.local/state/" + program;
  return "/var/tmp/" + program + "-" + std::to_string(::geteuid());
}

}  // namespace

ConfigurationFile configuration_file(EnvironmentBlock environment) {
  const auto named = executor::find_in(environment, "RUNNERIQ_CONFIG");
  return {std::string(named.value_or(kUsualFile)), named.has_value()};
}

std::vector<config::Problem> apply_file(config::Configuration& configuration, const ConfigurationFile& file) {
  const auto text = platform::read_file(file.path, kLargestFile);
  if (!text) {
    const bool absent = text.error().code == Errc::not_found;
    if (absent && !file.named) return {};
    return {{file.path, text.error().message}};
  }
  const auto entries = config::parse_yaml_document(*text);
  if (!entries) return {{file.path, entries.error().message}};
  return configuration.apply_document(file.path, *entries);
}

std::string state_folder(EnvironmentBlock environment, const std::string& program) {
  const std::string system = "/var/lib/" + program;
  const bool ours = platform::is_root() || platform::may_write(system);
  return ours ? system : own_state_folder(environment, program);
}

std::string state_file(EnvironmentBlock environment, const std::string& program, const std::string& name) {
  const auto named = executor::find_in(environment, "RUNNERIQ_STATE");
  if (named && named->starts_with('/')) return std::string(*named);
  return state_folder(environment, program) + "/" + name;
}

}  // namespace runneriq::app
