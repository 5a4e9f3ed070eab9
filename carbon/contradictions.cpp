// What the rows of the options cannot see one by one.
#include "carbon/options.hpp"

namespace runneriq::carbon {
namespace {

void find_in_rules(const std::vector<DeferralRule>& rules, std::vector<std::string>& found) {
  for (const DeferralRule& rule : rules) {
    if (rule.deadline > Duration::zero()) continue;
    const std::string key = "carbon.deferral.rules." + rule.name;
    found.push_back(key + " has no deadline: give it one (" + key + ".deadline) or remove the rule");
  }
}

void find_in_budgets(const std::vector<CarbonBudget>& budgets, std::vector<std::string>& found) {
  for (const CarbonBudget& budget : budgets) {
    const std::string key = "carbon.budgets." + budget.name;
    if (budget.grams_per_month <= 0) {
      found.push_back(key + " has no grams: say how many a month (" + key +
                      ".grams_per_month) or remove the budget");
    }
    if (budget.projects.empty()) {
      found.push_back(key + " has no projects: name their ids or * (" + key +
                      ".projects) or remove the budget");
    }
  }
}

}  // namespace

std::vector<std::string> contradictions(const CarbonOptions& options) {
  std::vector<std::string> found;
  if (options.red_from <= options.green_below) {
    found.push_back("carbon.red_from " + decimal_text(options.red_from) +
                    " is not above carbon.green_below " + decimal_text(options.green_below) +
                    ": raise it, or lower carbon.green_below");
  }
  if (options.power.full_watts_per_core < options.power.idle_watts_per_core) {
    found.push_back("carbon.power.full_watts_per_core " + decimal_text(options.power.full_watts_per_core) +
                    " is below carbon.power.idle_watts_per_core " +
                    decimal_text(options.power.idle_watts_per_core) + ": raise it, or lower the other");
  }
  find_in_rules(options.deferral.rules, found);
  find_in_budgets(options.budgets, found);
  return found;
}

}  // namespace runneriq::carbon
