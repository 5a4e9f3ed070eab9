#include "apps/executor/settings.hpp"

#include "config/yaml/document.hpp"
#include "platform/accounts.hpp"
#include "platform/files.hpp"
#include "scheduler/options.hpp"

#include <unistd.h>

namespace runneriq::app {
namespace {

constexpr std::string_view kUsualFile = "/etc/runneriq/runneriq.yaml";
constexpr const char* kSystemFolder = "/var/lib/runneriq-executor";
constexpr std::size_t kLargestFile = 1 << 20;

void append(std::vector<config::Problem>& all, std::vector<config::Problem> more) {
  all.insert(all.end(), more.begin(), more.end());
}

void apply_file(config::Configuration& configuration, Settings& settings, bool must_exist) {
  const auto text = platform::read_file(settings.config_file, kLargestFile);
  if (!text) {
    const bool absent = text.error().code == Errc::not_found;
    if (must_exist || !absent) settings.problems.push_back({settings.config_file, text.error().message});
    return;
  }
  const auto entries = config::parse_yaml_document(*text);
  if (entries) return append(settings.problems, configuration.apply_document(settings.config_file, *entries));
  settings.problems.push_back({settings.config_file, entries.error().message});
}

std::string own_state_folder(executor::EnvironmentBlock environment) {
  const auto state_home = executor::find_in(environment, "XDG_STATE_HOME");
  if (state_home && state_home->starts_with('/')) return std::string(*state_home) + "/runneriq-executor";
  const auto home = executor::find_in(environment, "HOME");
  if (home && home->starts_with('/')) return std::string(*home) + "/.local/state/runneriq-executor";
  return "/var/tmp/runneriq-executor-" + std::to_string(::geteuid());
}

}  // namespace

Settings load_settings(executor::EnvironmentBlock environment) {
  Settings settings;
  Options rows = executor::option_rows(settings.executor);
  for (Option& row : scheduler::option_rows(settings.rules)) rows.push_back(std::move(row));
  config::Configuration configuration{std::move(rows), {"executor", "analyzer"}};

  const auto named = executor::find_in(environment, "RUNNERIQ_CONFIG");
  settings.config_file = named.value_or(kUsualFile);
  apply_file(configuration, settings, named.has_value());
  append(settings.problems, configuration.apply_environment(environment));
  return settings;
}

std::string state_file(executor::EnvironmentBlock environment) {
  const auto named = executor::find_in(environment, "RUNNERIQ_STATE");
  if (named && named->starts_with('/')) return std::string(*named);
  const bool system = platform::is_root() || platform::may_write(kSystemFolder);
  return (system ? std::string(kSystemFolder) : own_state_folder(environment)) + "/host.db";
}

}  // namespace runneriq::app
