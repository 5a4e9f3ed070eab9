#include "apps/runneriq/alerts.hpp"

#include "alerting/sources.hpp"
#include "apps/runneriq/fleet_checks.hpp"
#include "gitlab/rest/address.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::app {
namespace {

Result<alerting::NoiseRules> rules_of(const Settings& settings) {
  return alerting::rules_of(settings.alerting, settings.priority, time_zones());
}

// Each start is an owner of its own: the one before may still be ending.
std::string next_owner(const AlertsParts& parts) {
  static std::atomic<int> starts = 0;
  return parts.owner + "." + std::to_string(++starts);
}

CourierParts courier_parts(const AlertsParts& parts) {
  return {.settings = parts.settings, .environment = parts.environment, .log = parts.log};
}

std::function<std::vector<alerting::Event>(Time)> examiner(const AlertsParts& parts) {
  auto checks = std::make_shared<FleetChecks>(parts.state_path, parts.carbon_path,
                                              parts.settings->carbon.budgets, *parts.log);
  return [checks = std::move(checks)](Time now) { return checks->events(now); };
}

std::vector<std::string> addresses_of(const std::vector<Watched>& fleets) {
  std::vector<std::string> all;
  for (const Watched& watched : fleets) all.push_back(gitlab::ApiBase{watched.fleet.url}.url());
  return all;
}

}  // namespace

Result<std::unique_ptr<Alerts>> Alerts::start(const AlertsParts& parts) {
  auto rules = app::rules_of(*parts.settings);
  if (!rules) return fail(std::move(rules.error()));
  std::unique_ptr<Alerts> alerts{new Alerts};
  alerts->gitlabs_ = addresses_of(parts.fleets);
  auto stages =
      AlertStages::start({.rules = *std::move(rules),
                          .zones = &time_zones(),
                          .log = parts.log,
                          .path = parts.path,
                          .evidence = {.settings = parts.settings, .fleets = parts.fleets, .log = parts.log},
                          .examine = examiner(parts),
                          .kept = [raw = alerts.get()] {
                            if (const auto deliveries = raw->deliveries_.load()) deliveries->look();
                          }});
  if (!stages) return fail(std::move(stages.error()));
  auto deliveries = AlertDeliveries::start(courier_parts(parts), parts.path, next_owner(parts));
  if (!deliveries) return fail(std::move(deliveries.error()));
  alerts->deliveries_ = std::shared_ptr<AlertDeliveries>(*std::move(deliveries));
  alerts->stages_ = *std::move(stages);
  return alerts;
}

Result<void> Alerts::configure(const AlertsParts& parts) {
  auto rules = app::rules_of(*parts.settings);
  if (!rules) return fail(std::move(rules.error()));
  auto deliveries = AlertDeliveries::start(courier_parts(parts), parts.path, next_owner(parts));
  if (!deliveries) return fail(std::move(deliveries.error()));
  stages_->set_rules(*std::move(rules));
  deliveries_ = std::shared_ptr<AlertDeliveries>(*std::move(deliveries));
  return {};
}

void Alerts::hear(std::vector<alerting::Event> events) {
  for (alerting::Event& event : events) stages_->hear(std::move(event));
}

void Alerts::hear(const gitlab::FleetReading& reading) {
  conditions_.heard(reading);
  hear(alerting::events_of(reading));
}

void Alerts::hear(const scheduler::Tick& tick, const scheduler::SteeringReport* steering) {
  hear(conditions_.monitored(tick.monitor, tick.now));
  if (steering != nullptr) hear(conditions_.steered(*steering, tick.now));
}

// A GitLab may be watched by another address than its own. Where there is one only, it is that.
void Alerts::hear(const gitlab::Webhook& hook, Time now) {
  auto event = alerting::event_of(hook, now);
  if (!event) return;
  const bool known = std::ranges::find(gitlabs_, event->gitlab) != gitlabs_.end();
  if (!known && gitlabs_.size() == 1) event->gitlab = gitlabs_.front();
  stages_->hear(*std::move(event));
}

}  // namespace runneriq::app
