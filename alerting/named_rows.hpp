// The rows of what the configuration of alerting names itself: receivers, routes and rules.
#pragma once

#include "alerting/options.hpp"

#include <vector>

namespace runneriq::alerting {

// alerting.receivers.*
Options receiver_rows(std::vector<ReceiverOptions>& receivers);
// alerting.routes.*
Options route_rows(std::vector<RouteText>& routes);
// alerting.suppress.*
Options suppression_rows(std::vector<RuleText>& rules);
// alerting.severities.*
Options severity_rows(std::vector<RuleText>& rules);

// A text of at most 1,000 bytes without control characters. Error: invalid_argument.
Result<std::string> parse_words(std::string_view text);

}  // namespace runneriq::alerting
