// From what is configured to those who receive messages.
#pragma once

#include "alerting/http/courier.hpp"
#include "alerting/options.hpp"
#include "apps/runneriq/settings.hpp"
#include "core/event_log.hpp"

#include <memory>
#include <string>
#include <vector>

namespace runneriq::app {

// All that are configured, and the default one.
std::vector<alerting::ReceiverOptions> receivers_of(const alerting::AlertingOptions& options);

struct CourierParts {
  const Settings* settings = nullptr;
  EnvironmentBlock environment;
  EventLog* log = nullptr;  // must outlive the courier
  int stop_fd = -1;         // ends a call that is under way
};
// With connections of its own. Error: a secret that is missing or of another form, with the remedy.
Result<std::unique_ptr<alerting::Courier>> open_courier(const alerting::ReceiverOptions& receiver,
                                                        const CourierParts& parts);

}  // namespace runneriq::app
