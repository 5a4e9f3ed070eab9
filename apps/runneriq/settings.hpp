// What `runneriq` is told from outside: options, secrets, and where its state lies.
#pragma once

#include "advisor/options.hpp"
#include "alerting/options.hpp"
#include "apps/installation/installation.hpp"
#include "apps/runneriq/relay_options.hpp"
#include "apps/runneriq/service_options.hpp"
#include "carbon/electricity_maps/electricity_maps.hpp"
#include "carbon/options.hpp"
#include "cli/command.hpp"
#include "config/configuration.hpp"
#include "core/secret.hpp"
#include "diagnosis/options.hpp"
#include "executor/options.hpp"
#include "gitlab/options.hpp"
#include "platform/log.hpp"
#include "scheduler/fleet_options.hpp"
#include "scheduler/gate_options.hpp"
#include "scheduler/priority.hpp"
#include "scheduler/tick.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::app {

struct Settings {
  gitlab::ClientOptions gitlab;
  scheduler::MonitorOptions monitor;
  scheduler::PriorityRules priority = scheduler::PriorityRules::defaults();
  scheduler::AssignerOptions assigner;
  scheduler::TrustOptions trust;
  scheduler::SteeringOptions steering;
  carbon::CarbonOptions carbon;
  alerting::AlertingOptions alerting;
  advisor::AdvisorOptions advisor;
  diagnosis::DiagnosisOptions diagnosis;
  platform::LogSettings log;
  RelayOptions relay;
  ServiceOptions service;
  executor::ExecutorOptions
      executor;  // of the executors on this host, so that one file is checked as a whole
};

// The options of one reading of file, environment and flags. At a fixed address, since the rows
// of `configuration` refer to `settings`.
struct Loaded {
  Settings settings;
  config::Configuration configuration;
  ConfigurationFile file;
  // What was wrong; the options concerned keep their values of the layers below.
  std::vector<config::Problem> problems;

  Loaded();
  [[nodiscard]] bool file_absent() const;  // which is fine: everything has a default
};

// All rows of the program.
Options option_rows(Settings& settings);

// Defaults, then the file (--config, RUNNERIQ_CONFIG, else the usual one), then the environment, then
// the flags of `invocation` that set an option.
std::unique_ptr<Loaded> load_settings(EnvironmentBlock environment, const cli::Invocation& invocation);

// A credential NAME below is the file NAME, else runneriq_NAME, in $CREDENTIALS_DIRECTORY.
//
// The token of a fleet: GITLAB_TOKEN, or GITLAB_TOKEN_<NAME> for a named one; else the file
// gitlab-token, or gitlab-token-<name>, in $CREDENTIALS_DIRECTORY. Empty when there is none.
// Error: a credential file that cannot be read, or whose content cannot be a token.
Result<Secret> token_of(const gitlab::FleetOptions& fleet, EnvironmentBlock environment);
// The token that starts manual jobs in a fleet: RUNNERIQ_PLAY_TOKEN, or RUNNERIQ_PLAY_TOKEN_<NAME> for a
// named one; else the credential play-token, or play-token-<name>. As token_of() else.
Result<Secret> play_token(const gitlab::FleetOptions& fleet, EnvironmentBlock environment);
std::string play_token_variable(const gitlab::FleetOptions& fleet);
// RUNNERIQ_RELAY_TOKEN, else the file relay-token in $CREDENTIALS_DIRECTORY; empty when there is none.
// Errors as of token_of().
Result<Secret> relay_token(EnvironmentBlock environment);
// What callers over TCP show, what GitLab's webhooks show, and what they are signed with:
// RUNNERIQ_SERVICE_TOKEN, RUNNERIQ_WEBHOOK_TOKEN, RUNNERIQ_WEBHOOK_SIGNING_KEY, else the credentials
// service-token, webhook-token, webhook-signing-key. As relay_token() else.
Result<Secret> service_token(EnvironmentBlock environment);
Result<Secret> webhook_token(EnvironmentBlock environment);
Result<Secret> webhook_signing_key(EnvironmentBlock environment);
// ANTHROPIC_API_KEY, OPENAI_API_KEY, else the credentials anthropic-api-key, openai-api-key. As relay_token()
// else.
Result<Secret> anthropic_key(EnvironmentBlock environment);
Result<Secret> openai_key(EnvironmentBlock environment);
// ELECTRICITY_MAPS_TOKEN for all zones, ELECTRICITY_MAPS_TOKEN_<ZONE> for one ('-' as '_'), else
// the credentials electricity-maps-token and, of `zones`, electricity-maps-token-<ZONE>. As relay_token()
// else.
Result<carbon::ElectricityMapsKeys> electricity_maps_keys(EnvironmentBlock environment,
                                                          std::span<const carbon::ZoneKey> zones);
// The system's, for the life of the program.
const alerting::TimeZones& time_zones();
// The secret of a receiver of alerts: RUNNERIQ_RECEIVER_<NAME>, else the credential receiver-<name>; empty
// when there is none. Error: as token_of(), but that a password may have blanks.
Result<Secret> receiver_secret(const std::string& name, EnvironmentBlock environment);
std::string receiver_secret_variable(const std::string& name);
// Where token_of() looks, for remedies: "GITLAB_TOKEN".
std::string token_variable(const gitlab::FleetOptions& fleet);

}  // namespace runneriq::app
