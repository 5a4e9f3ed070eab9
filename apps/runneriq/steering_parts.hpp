// What steers, and what commands write tags with: the ports of GitLab and of the state file behind them.
#pragma once

#include "apps/runneriq/fleet_store.hpp"
#include "apps/runneriq/settings.hpp"
#include "apps/runneriq/sources.hpp"
#include "cli/session.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace runneriq::app {

// What --execute permits.
scheduler::TrustTerms trust_terms(const Settings& settings);
// Whether the file is there that stops all that acts; see gate.kill_switch.
std::function<bool()> kill_switch_of(const Settings& settings);

// `settings` and `store` must outlive what is made. `store` is null where no state file is kept.
Result<std::unique_ptr<cli::TagDesks>> open_tag_desks(const std::vector<Watched>& fleets,
                                                      const Settings& settings, FleetStore* store,
                                                      int stop_fd);

// Error: invalid_argument for a source that has no GitLab to write to.
Result<std::unique_ptr<scheduler::Steering>> open_steering(cli::TickSource& source, const Settings& settings,
                                                           FleetStore& store);

}  // namespace runneriq::app
