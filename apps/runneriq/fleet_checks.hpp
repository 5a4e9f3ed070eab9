// What is worth an alert and takes a while to find out: whether the audit trail is whole, and the month's
// carbon.
#pragma once

#include "alerting/sources.hpp"
#include "apps/runneriq/carbon_file.hpp"
#include "apps/runneriq/fleet_store.hpp"

#include <string>
#include <vector>

namespace runneriq::app {

// For one thread.
class FleetChecks {
 public:
  // `log` must outlive this.
  FleetChecks(const std::string& state_path, std::string carbon_path,
              std::vector<carbon::CarbonBudget> budgets, EventLog& log);

  [[nodiscard]] std::vector<alerting::Event> events(Time now);

 private:
  [[nodiscard]] std::vector<alerting::Event> budget_events(Time now);

  FleetStore store_;
  std::string carbon_path_;
  CarbonFile carbon_;
  std::vector<carbon::CarbonBudget> budgets_;
  alerting::FleetConditions conditions_{Duration::zero()};  // each look tells what lasts
};

}  // namespace runneriq::app
