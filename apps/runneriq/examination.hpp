// Gathers for `doctor` what GitLab, the token and the state file say.
#pragma once

#include "apps/runneriq/fleet_store.hpp"
#include "apps/runneriq/settings.hpp"
#include "cli/fleet_doctor.hpp"

namespace runneriq::app {

// Asks each configured GitLab: its version, its token, one reading of the fleet. Changes nothing there.
void gather_fleets(cli::ProgramFacts& facts, const Settings& settings, EnvironmentBlock environment,
                   int stop_fd);

// Opens the state file for writing, as the daemon would, and checks the audit trail.
void gather_state(cli::ProgramFacts& facts, FleetStore& store);

}  // namespace runneriq::app
