// Alerting as the loop sees it: what it hears of goes in here, and everything else happens beside it.
#pragma once

#include "alerting/sources.hpp"
#include "apps/runneriq/alert_deliveries.hpp"
#include "apps/runneriq/alert_stages.hpp"
#include "gitlab/fleet_reader.hpp"
#include "gitlab/webhook.hpp"
#include "scheduler/fleet_watch.hpp"
#include "scheduler/steering.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace runneriq::app {

struct AlertsParts {
  const Settings* settings = nullptr;  // only while it is started or configured anew
  EnvironmentBlock environment;
  EventLog* log = nullptr;  // must outlive this
  std::vector<Watched> fleets;
  std::string path;                     // of the file
  std::string state_path, carbon_path;  // of what is examined once an hour
  std::string owner;                    // a name that no other process has
};

class Alerts {
 public:
  // Error: rules that are none; what hinders asking GitLab.
  static Result<std::unique_ptr<Alerts>> start(const AlertsParts& parts);

  // On the loop's thread.
  void hear(const gitlab::FleetReading& reading);
  void hear(const scheduler::Tick& tick, const scheduler::SteeringReport* steering);
  // From any thread; `hook.instance` is the address that its GitLab is watched by.
  void hear(const gitlab::Webhook& hook, Time now);

  // What waits, and what was told, stays. Error: nothing has changed.
  Result<void> configure(const AlertsParts& parts);

  [[nodiscard]] alerting::Totals totals() const { return stages_->totals(); }
  [[nodiscard]] std::map<std::string, alerting::DeliveryCounts> deliveries() const {
    return deliveries_.load()->counts();
  }

 private:
  Alerts() = default;
  void hear(std::vector<alerting::Event> events);

  alerting::FleetConditions conditions_;
  std::atomic<std::shared_ptr<AlertDeliveries>> deliveries_;
  std::unique_ptr<AlertStages> stages_;  // its threads wake the deliveries
};

}  // namespace runneriq::app
