#include "apps/runneriq/examination.hpp"

#include "apps/runneriq/sources.hpp"
#include "platform/files.hpp"

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

// Whether the state file could be made: where the first folder above it that exists may be written.
void examine_absent(cli::ProgramFacts& facts, const std::string& path) {
  std::string folder = platform::parent_folder(path);
  while (!platform::exists(folder)) folder = platform::parent_folder(folder);
  facts.state_absent = true;
  if (!platform::is_folder(folder) || !platform::may_write(folder)) {
    facts.state_error = Error{Errc::permission, path + " cannot be made: " + folder + " may not be written"};
  }
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
  if (!platform::exists(store.path())) {
    examine_absent(facts, store.path());
    return;
  }
  auto state = store.state();
  if (!state) {
    facts.state_error = std::move(state.error());
    return;
  }
  facts.state_notices = (*state)->notices();
  if (auto verdict = store.verify()) facts.audit = std::move(*verdict);
}

}  // namespace runneriq::app
