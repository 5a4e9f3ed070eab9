// `runneriq doctor`: judges what was found about the GitLabs, the tokens, the state and the
// configuration. Every finding that is not fine says what to type or to write. Pure.
#pragma once

#include "cli/advisor_doctor.hpp"
#include "cli/alert_doctor.hpp"
#include "cli/carbon_doctor.hpp"
#include "config/configuration.hpp"
#include "executor/finding.hpp"
#include "gitlab/fleet_reader.hpp"
#include "gitlab/options.hpp"
#include "gitlab/replies.hpp"
#include "scheduler/audit.hpp"
#include "scheduler/lanes.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runneriq::cli {

// What one GitLab answered. Where there is no token nothing was asked.
struct FleetFacts {
  gitlab::FleetOptions fleet;
  std::string token_variable;     // "GITLAB_TOKEN"
  std::optional<Error> no_token;  // missing or malformed
  Result<std::string> version = fail(Errc::not_found, "not asked");
  Result<gitlab::TokenFacts> token = fail(Errc::not_found, "not asked");
  Result<gitlab::FleetReading> reading = fail(Errc::not_found, "not asked");
};

struct ProgramFacts {
  Time now;
  std::string config_file;
  bool config_absent = false;
  std::vector<config::Problem> problems;
  std::vector<FleetFacts> fleets;  // empty: none is configured
  scheduler::Lanes lanes;
  std::string state_file;
  bool state_absent = false;
  std::optional<Error> state_error;
  std::vector<std::string> state_notices;
  std::optional<scheduler::AuditVerdict> audit;
  std::optional<CarbonFacts> carbon = std::nullopt;    // none: nothing of it was looked at
  std::optional<AdvisorFacts> advisor = std::nullopt;  // the same
  std::optional<AlertFacts> alerts = std::nullopt;     // the same
};

// In the order in which a person would mend them.
std::vector<executor::Finding> examine(const ProgramFacts& facts);

}  // namespace runneriq::cli
