#include "apps/runneriq/alerts.hpp"

#include "alerting/sources.hpp"
#include "apps/runneriq/fleet_checks.hpp"

#include <utility>

namespace runneriq::app {
namespace {

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

Result<AlertStages::Terms> terms_of(const AlertsParts& parts) {
  auto rules = alerting::rules_of(parts.settings->alerting, parts.settings->priority, time_zones());
  if (!rules) return fail(std::move(rules.error()));
  return AlertStages::Terms{
      .rules = *std::move(rules),
      .evidence = {.settings = parts.settings, .fleets = parts.fleets, .log = parts.log},
      .examine = examiner(parts)};
}

}  // namespace

Result<std::unique_ptr<Alerts>> Alerts::start(const AlertsParts& parts) {
  auto terms = terms_of(parts);
  if (!terms) return fail(std::move(terms.error()));
  std::unique_ptr<Alerts> alerts{new Alerts};
  auto stages = AlertStages::start({.zones = &time_zones(),
                                    .log = parts.log,
                                    .path = parts.path,
                                    .kept =
                                        [raw = alerts.get()] {
                                          if (const auto deliveries = raw->deliveries_.load())
                                            deliveries->look();
                                        }},
                                   *std::move(terms));
  if (!stages) return fail(std::move(stages.error()));
  auto deliveries = AlertDeliveries::start(courier_parts(parts), parts.path, next_owner(parts));
  if (!deliveries) return fail(std::move(deliveries.error()));
  alerts->deliveries_ = std::shared_ptr<AlertDeliveries>(*std::move(deliveries));
  alerts->stages_ = *std::move(stages);
  return alerts;
}

Result<void> Alerts::configure(const AlertsParts& parts) {
  auto terms = terms_of(parts);
  if (!terms) return fail(std::move(terms.error()));
  auto deliveries = AlertDeliveries::start(courier_parts(parts), parts.path, next_owner(parts));
  if (!deliveries) return fail(std::move(deliveries.error()));
  if (auto done = stages_->configure(*std::move(terms)); !done) return done;
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

void Alerts::hear(const gitlab::Webhook& hook, Time now) {
  if (auto event = alerting::event_of(hook, now)) stages_->hear(*std::move(event));
}

}  // namespace runneriq::app
