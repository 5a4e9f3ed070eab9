// What the program does for alerting.
#include "apps/runneriq/program.hpp"
#include "apps/runneriq/receiver_parts.hpp"
#include "platform/files.hpp"

#include <utility>

namespace runneriq::app {

AlertsParts Program::alerts_parts(std::vector<Watched> fleets) {
  return {.settings = &loaded_->settings,
          .environment = environment_,
          .log = &log_,
          .fleets = std::move(fleets),
          .path = alerts_path(),
          .state_path = store_->path(),
          .carbon_path = carbon_path(),
          .owner = run_};
}

// After a reload what waits goes on by the new rules.
Result<void> Program::start_alerts() {
  const bool wanted = loaded_->settings.alerting.use != alerting::AlertingOptions::Use::off;
  if (!wanted) {
    alerts_ = std::shared_ptr<Alerts>{};
    return {};
  }
  auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  const AlertsParts parts = alerts_parts(*std::move(fleets));
  if (const auto alerts = alerts_.load()) return alerts->configure(parts);
  auto started = Alerts::start(parts);
  if (!started && started.error().code == Errc::conflict) {
    log_.write(LogLevel::warning, "alerts_elsewhere", {{"why", started.error().message}});
    return {};
  }
  if (!started) return fail(std::move(started.error()));
  alerts_ = std::shared_ptr<Alerts>(*std::move(started));
  return {};
}

Result<cli::AlertPorts> Program::open_alerts(cli::Session::AlertFile file) {
  const Settings& settings = loaded_->settings;
  auto rules = alerting::rules_of(settings.alerting, settings.priority, time_zones());
  if (!rules) return fail(std::move(rules.error()));
  cli::AlertPorts ports;
  ports.options = &settings.alerting;
  ports.zones = &time_zones();
  ports.rules = *std::move(rules);
  if (file == cli::Session::AlertFile::as_it_is && !platform::exists(alerts_path())) return ports;
  auto state = alert_state();
  if (!state) return fail(std::move(state.error()));
  ports.store = *state;
  ports.outbox = *state;
  return ports;
}

// Of commands; made where there is none.
Result<alerting::AlertState*> Program::alert_state() {
  if (!alert_file_) alert_file_.emplace(alerts_path(), log_);
  return alert_file_->state();
}

std::optional<service::AlertFigures> Program::alert_figures() const {
  const auto alerts = alerts_.load();
  if (!alerts) return std::nullopt;
  service::AlertFigures figures{.totals = alerts->totals()};
  for (auto& [receiver, counts] : alerts->deliveries()) {
    figures.deliveries[receiver] = {counts.delivered, counts.dead, counts.failures};
  }
  return figures;
}

void Program::gather_alerts(cli::ProgramFacts& facts) {
  const Settings& settings = loaded_->settings;
  cli::AlertFacts known{.now = facts.now, .options = &settings.alerting, .file = alerts_path()};
  for (const alerting::ReceiverOptions& receiver : receivers_of(settings.alerting)) {
    auto& of_one = known.receivers.emplace_back(receiver, receiver_secret_variable(receiver.name));
    auto courier = open_courier(receiver, {.settings = &settings, .environment = environment_, .log = &log_});
    if (!courier) of_one.trouble = std::move(courier.error());
  }
  const auto token = webhook_token(environment_);
  const auto key = webhook_signing_key(environment_);
  known.webhooks = (token && !token->empty()) || (key && !key->empty());
  if (platform::exists(alerts_path())) gather_messages(known);
  facts.alerts = std::move(known);
}

void Program::gather_messages(cli::AlertFacts& facts) {
  const auto state = alert_state();
  if (!state) {
    facts.file_error = state.error();
    return;
  }
  using alerting::MessageState;
  auto queued = (*state)->messages({.state = MessageState::queued, .most = cli::AlertFacts::kMostLooked});
  auto dead = (*state)->messages({.state = MessageState::dead, .most = cli::AlertFacts::kMostLooked});
  std::vector<std::string> names;
  for (const auto& receiver : facts.receivers) names.push_back(receiver.options.name);
  auto orphans = (*state)->orphans(names);
  if (queued) facts.queued = *std::move(queued);
  if (dead) facts.dead = *std::move(dead);
  if (orphans) facts.orphans = *std::move(orphans);
}

}  // namespace runneriq::app
