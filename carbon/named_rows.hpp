// The rows of what the configuration names itself: zones of runners, rules and budgets.
#pragma once

#include "carbon/options.hpp"

#include <map>
#include <string>
#include <vector>

namespace runneriq::carbon {

// A zone's key: letters, digits and '-'; "" = none.
Result<std::string> parse_zone(std::string_view text);

// carbon.zones
Option zones_row(std::map<std::string, std::string>& zones);
// carbon.deferral.rules.*
Options rule_rows(std::vector<DeferralRule>& rules);
// carbon.budgets.*
Options budget_rows(std::vector<CarbonBudget>& budgets);

}  // namespace runneriq::carbon
