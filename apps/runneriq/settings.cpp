#include "apps/runneriq/settings.hpp"

#include "alerting/abseil/time_zone_database.hpp"
#include "cli/credentials.hpp"
#include "cli/log_options.hpp"
#include "core/utf8.hpp"
#include "executor/contract.hpp"
#include "platform/files.hpp"
#include "scheduler/options.hpp"

#include <algorithm>
#include <set>

namespace runneriq::app {
namespace {

constexpr std::string_view kZonePrefix = "RUNNER_ZONE_";
constexpr std::string_view kZoneKeyPrefix = "ELECTRICITY_MAPS_TOKEN_";
constexpr std::size_t kLargestToken = 4096;
// systemd's LoadCredential=runneriq:FOLDER names the files of the folder so.
const std::string kLoadedFolder = "runneriq_";
const std::string kServiceToken = "RUNNERIQ_SERVICE_TOKEN";
const std::string kPlayToken = "RUNNERIQ_PLAY_TOKEN";
const std::string kRelayToken = "RUNNERIQ_RELAY_TOKEN";
const std::string kRunFlags = "RUNNERIQ_RUN_FLAGS";  // on the command line of runneriq.service
const std::string kReceiverSecret = "RUNNERIQ_RECEIVER_";

void append(std::vector<config::Problem>& all, std::vector<config::Problem> more) {
  all.insert(all.end(), more.begin(), more.end());
}

// Variables of secrets and of the unit are named like options, and are none.
std::vector<config::Problem> without_other_variables(std::vector<config::Problem> problems) {
  std::erase_if(problems, [](const config::Problem& problem) {
    return problem.where == kServiceToken || problem.where == kRelayToken || problem.where == kRunFlags ||
           problem.where.starts_with(kPlayToken) || problem.where.starts_with(kReceiverSecret);
  });
  return problems;
}

void append(Options& all, Options more) {
  for (Option& row : more) all.push_back(std::move(row));
}

// RUNNER_ZONE_<runner> goes before carbon.zones.
void take_zones(Settings& settings, EnvironmentBlock environment) {
  scheduler::MonitorOptions& monitor = settings.monitor;
  monitor.zones = settings.carbon.zones;
  for (const std::string_view entry : environment) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(kZonePrefix) || equals == std::string_view::npos) continue;
    const std::string_view runner = entry.substr(0, equals).substr(kZonePrefix.size());
    if (!runner.empty()) monitor.zones[std::string(runner)] = entry.substr(equals + 1);
  }
}

// Flags that stand for an option, of the command and of all commands.
void apply_flags(Loaded& loaded, const cli::Invocation& invocation) {
  const auto apply = [&](std::span<const cli::FlagRow> rows) {
    for (const cli::FlagRow& row : rows) {
      if (row.option.empty() || !invocation.has(row.name)) continue;
      append(loaded.problems,
             loaded.configuration.apply_flag(row.name, row.option, invocation.value(row.name)));
    }
  };
  apply(cli::common_flags());
  for (const cli::CommandRow& command : cli::commands()) {
    if (command.name == invocation.command) apply(command.flags);
  }
  // A group on the command line is not narrowed to the project of a lower layer.
  if (invocation.has("--group") && !invocation.has("--project")) loaded.settings.gitlab.fleet.project.clear();
}

std::string upper_case_name(std::string_view name) {
  std::string upper;
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z';
    upper += c == '-' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return upper;
}

// What is to be part of a file's name.
bool names_a_zone(const carbon::ZoneKey& zone) {
  return !zone.value().empty() && std::ranges::all_of(zone.value(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string without_newline(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// The zones that variables ELECTRICITY_MAPS_TOKEN_<ZONE> are for. No zone's key has a '_' or a small letter.
std::vector<carbon::ZoneKey> zones_in(EnvironmentBlock environment) {
  std::vector<carbon::ZoneKey> zones;
  for (const std::string_view entry : environment) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(kZoneKeyPrefix) || equals == std::string_view::npos) continue;
    std::string zone{entry.substr(0, equals).substr(kZoneKeyPrefix.size())};
    std::ranges::replace(zone, '_', '-');
    zones.emplace_back(std::move(zone));
  }
  return zones;
}

using CheckSecret = Result<Secret> (*)(std::string text, const std::string& where);

Result<Secret> as_token(std::string text, const std::string& where) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (plain) return Secret{std::move(text)};
  return fail(Errc::invalid_argument,
              where + " holds no token: it must be one word of printable ASCII characters");
}

// A password may be of several words, and of any language.
Result<Secret> as_password(std::string text, const std::string& where) {
  const bool plain = is_utf8(text) && std::all_of(text.begin(), text.end(),
                                                  [](char c) { return (c < 0 || c >= ' ') && c != '\x7F'; });
  if (plain) return Secret{std::move(text)};
  return fail(Errc::invalid_argument,
              where + " holds no secret of a receiver: it must be one line without control characters");
}

// What a file holds; empty where there is none.
Result<Secret> secret_of(Result<std::string> text, const std::string& path, CheckSecret checked) {
  if (text) return checked(without_newline(std::move(*text)), path);
  if (text.error().code == Errc::not_found) return Secret{};
  return fail(std::move(text.error()));
}

Result<Secret> credential(const std::string& path, CheckSecret checked) {
  return secret_of(platform::read_file(path, kLargestToken), path, checked);
}

// Empty also for whoever may not read it.
Result<Secret> kept_secret(const std::string& name, CheckSecret checked) {
  const std::string path = std::string(cli::kCredentials) + name;
  auto text = platform::read_private_file(path, kLargestToken);
  if (!text && text.error().code == Errc::permission) return Secret{};
  return secret_of(std::move(text), path, checked);
}

// The variable, else the credential of that name, else what is kept for the units.
Result<Secret> secret_in(EnvironmentBlock environment, const std::string& variable, const std::string& name,
                         CheckSecret checked = as_token) {
  const auto told = executor::find_in(environment, variable);
  if (told && !told->empty()) return checked(std::string(*told), variable);
  const auto folder = executor::find_in(environment, "CREDENTIALS_DIRECTORY");
  if (!folder) return kept_secret(name, checked);
  if (!folder->starts_with('/')) return Secret{};
  auto own = credential(std::string(*folder) + "/" + name, checked);
  if (!own || !own->empty()) return own;
  return credential(std::string(*folder) + "/" + kLoadedFolder + name, checked);
}

// Whether a secret is an address decides what else a receiver needs.
void tell_addresses(alerting::AlertingOptions& options, EnvironmentBlock environment) {
  for (alerting::ReceiverOptions& receiver : options.receivers) {
    const auto secret = receiver_secret(receiver.name, environment);
    receiver.has_secret_address = secret && secret->reveal().starts_with("http");
  }
}

}  // namespace

Loaded::Loaded()
    : configuration{option_rows(settings),
                    {"gitlab", "monitor", "analyzer", "assigner", "gate", "carbon", "alerting", "advisor",
                     "diagnosis", "log", "relay", "service", "executor"}} {}

bool Loaded::file_absent() const {
  return !platform::exists(file.path);
}

Options option_rows(Settings& settings) {
  Options rows = gitlab::option_rows(settings.gitlab);
  append(rows, scheduler::option_rows(settings.monitor));
  append(rows, scheduler::option_rows(settings.priority));
  append(rows, scheduler::option_rows(settings.assigner));
  append(rows, scheduler::option_rows(settings.trust));
  append(rows, scheduler::option_rows(settings.steering));
  append(rows, carbon::option_rows(settings.carbon));
  append(rows, alerting::option_rows(settings.alerting));
  append(rows, advisor::option_rows(settings.advisor));
  append(rows, diagnosis::option_rows(settings.diagnosis));
  append(rows, cli::option_rows(settings.log));
  append(rows, app::option_rows(settings.relay));
  append(rows, app::option_rows(settings.service));
  append(rows, executor::option_rows(settings.executor));
  return rows;
}

const alerting::TimeZones& time_zones() {
  static const alerting::TimeZoneDatabase kZones;
  return kZones;
}

std::unique_ptr<Loaded> load_settings(EnvironmentBlock environment, const cli::Invocation& invocation) {
  auto loaded = std::make_unique<Loaded>();
  loaded->file = configuration_file(environment);
  if (invocation.has("--config")) loaded->file = {std::string(invocation.value("--config")), true};
  append(loaded->problems, apply_file(loaded->configuration, loaded->file));
  append(loaded->problems, without_other_variables(loaded->configuration.apply_environment(environment)));
  take_zones(loaded->settings, environment);
  apply_flags(*loaded, invocation);
  tell_addresses(loaded->settings.alerting, environment);
  for (const std::string& complaint : alerting::complaints(loaded->settings.alerting, time_zones())) {
    loaded->problems.push_back({"alerting", complaint});
  }
  for (const std::string& complaint : advisor::complaints(loaded->settings.advisor)) {
    loaded->problems.push_back({"advisor", complaint});
  }
  return loaded;
}

std::string token_variable(const gitlab::FleetOptions& fleet) {
  return fleet.name.empty() ? "GITLAB_TOKEN" : "GITLAB_TOKEN_" + upper_case_name(fleet.name);
}

Result<Secret> token_of(const gitlab::FleetOptions& fleet, EnvironmentBlock environment) {
  return secret_in(environment, token_variable(fleet),
                   "gitlab-token" + (fleet.name.empty() ? "" : "-" + fleet.name));
}

std::string play_token_variable(const gitlab::FleetOptions& fleet) {
  return kPlayToken + (fleet.name.empty() ? "" : "_" + upper_case_name(fleet.name));
}

Result<Secret> play_token(const gitlab::FleetOptions& fleet, EnvironmentBlock environment) {
  return secret_in(environment, play_token_variable(fleet),
                   "play-token" + (fleet.name.empty() ? "" : "-" + fleet.name));
}

Result<Secret> service_token(EnvironmentBlock environment) {
  return secret_in(environment, kServiceToken, "service-token");
}

Result<Secret> webhook_token(EnvironmentBlock environment) {
  return secret_in(environment, "RUNNERIQ_WEBHOOK_TOKEN", "webhook-token");
}

Result<Secret> webhook_signing_key(EnvironmentBlock environment) {
  return secret_in(environment, "RUNNERIQ_WEBHOOK_SIGNING_KEY", "webhook-signing-key");
}

Result<Secret> anthropic_key(EnvironmentBlock environment) {
  return secret_in(environment, "ANTHROPIC_API_KEY", "anthropic-api-key");
}

Result<Secret> openai_key(EnvironmentBlock environment) {
  return secret_in(environment, "OPENAI_API_KEY", "openai-api-key");
}

Result<carbon::ElectricityMapsKeys> electricity_maps_keys(EnvironmentBlock environment,
                                                          std::span<const carbon::ZoneKey> zones) {
  auto any = secret_in(environment, "ELECTRICITY_MAPS_TOKEN", "electricity-maps-token");
  if (!any) return fail(std::move(any.error()));
  carbon::ElectricityMapsKeys keys{.by_zone = {}, .any = *std::move(any)};
  std::set<carbon::ZoneKey> named(zones.begin(), zones.end());
  for (const carbon::ZoneKey& zone : zones_in(environment)) named.insert(zone);
  for (const carbon::ZoneKey& zone : named) {
    if (!names_a_zone(zone)) continue;
    auto key = secret_in(environment, std::string(kZoneKeyPrefix) + upper_case_name(zone.value()),
                         "electricity-maps-token-" + zone.value());
    if (!key) return fail(std::move(key.error()));
    if (!key->empty()) keys.by_zone[zone] = *std::move(key);
  }
  return keys;
}

std::string receiver_secret_variable(const std::string& name) {
  return kReceiverSecret + upper_case_name(name);
}

Result<Secret> receiver_secret(const std::string& name, EnvironmentBlock environment) {
  return secret_in(environment, receiver_secret_variable(name), "receiver-" + name, as_password);
}

Result<Secret> relay_token(EnvironmentBlock environment) {
  return secret_in(environment, kRelayToken, "relay-token");
}

}  // namespace runneriq::app
