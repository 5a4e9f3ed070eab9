// From a host's socket to the fleet's service and back.
#pragma once

#include "apps/runneriq/settings.hpp"
#include "core/event_log.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "service/request_guard.hpp"

#include <functional>
#include <string>

namespace runneriq::app {

struct RelaySettings {
  std::string socket;  // path
  std::string url;
  std::string ca_file;
  Secret token;
  service::GuardRules rules;  // who may call
  int stop_fd = -1;           // readable when the program should stop
};

// Error: invalid_argument without relay.url or a token, with the remedy.
Result<RelaySettings> relay_settings(const Settings& settings, EnvironmentBlock environment, int stop_fd);

// While the service cannot be used, one probe in so long finds out when it can; executors are answered 503
// at once in between.
inline constexpr Duration kProbeInterval = std::chrono::seconds{10};

// Forwards until the program is asked to stop; `started` is called when the socket is there. Error: what
// hinders it.
Result<void> run_relay(const RelaySettings& settings, EventLog& log, const std::function<void()>& started);

}  // namespace runneriq::app
