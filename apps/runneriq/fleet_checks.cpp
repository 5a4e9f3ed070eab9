#include "apps/runneriq/fleet_checks.hpp"

#include "platform/files.hpp"

#include <iterator>
#include <utility>

namespace runneriq::app {

using alerting::Event;

FleetChecks::FleetChecks(const std::string& state_path, std::string carbon_path,
                         std::vector<carbon::CarbonBudget> budgets, EventLog& log)
    : store_(state_path, log),
      carbon_path_(std::move(carbon_path)),
      carbon_(carbon_path_, log),
      budgets_(std::move(budgets)) {}

std::vector<Event> FleetChecks::events(Time now) {
  std::vector<Event> events = budget_events(now);
  if (!platform::exists(store_.path())) return events;
  const auto verdict = store_.verify();
  if (!verdict) return events;
  std::vector<Event> more = conditions_.audited(*verdict, now);
  events.insert(events.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return events;
}

std::vector<Event> FleetChecks::budget_events(Time now) {
  if (budgets_.empty() || !platform::exists(carbon_path_)) return {};
  const carbon::Period month = carbon::this_month(now);
  std::vector<carbon::LedgerRow> rows;
  const auto read = carbon_.read({.since = month.from, .until = month.to}, [&](const carbon::LedgerRow& row) {
    rows.push_back(row);
    return true;
  });
  if (!read) return {};
  const carbon::Summary summary = carbon::summarize(rows, month);
  std::vector<carbon::BudgetState> states;
  for (const carbon::CarbonBudget& budget : budgets_) states.push_back(carbon::budget_state(budget, summary));
  return conditions_.budgeted(states, now);
}

}  // namespace runneriq::app
