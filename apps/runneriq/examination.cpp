#include "apps/runneriq/examination.hpp"

#include "apps/runneriq/sources.hpp"

namespace runneriq::app {
namespace {

void ask(cli::FleetFacts& facts, const Watched& watched, const Settings& settings, Time now, int stop_fd) {
  auto connection = connect(watched, settings, stop_fd);
  if (!connection) {
    facts.version = fail(std::move(connection.error()));
    facts.reading = fail(Errc::unavailable, "not asked");
    return;
  }
  gitlab::RestFleet& reader = *connection->reader;
  facts.version = reader.version();
  facts.token = reader.token();
  facts.reading = reader.read(now);
}

}  // namespace

void gather_fleets(cli::ProgramFacts& facts, const Settings& settings, EnvironmentBlock environment,
                   int stop_fd) {
  for (const gitlab::FleetOptions& fleet : gitlab::fleets(settings.gitlab)) {
    cli::FleetFacts& of_fleet = facts.fleets.emplace_back();
    of_fleet.fleet = fleet;
    of_fleet.token_variable = token_variable(fleet);
    auto token = token_of(fleet, environment);
    if (!token) {
      of_fleet.no_token = std::move(token.error());
    } else if (token->empty()) {
      of_fleet.no_token = Error{Errc::invalid_argument, "there is no token for " + fleet.url};
    } else {
      ask(of_fleet, {fleet, std::move(*token)}, settings, facts.now, stop_fd);
    }
  }
}

void gather_state(cli::ProgramFacts& facts, FleetStore& store) {
  auto state = store.state();
  if (!state) {
    facts.state_error = std::move(state.error());
    return;
  }
  facts.state_notices = (*state)->notices();
  if (auto verdict = store.verify()) facts.audit = std::move(*verdict);
}

}  // namespace runneriq::app
