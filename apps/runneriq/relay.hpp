// From a host's socket to the fleet's service and back.
#pragma once

#include "apps/runneriq/settings.hpp"
#include "core/event_log.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"
#include "service/request_guard.hpp"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace runneriq::app {

// What each request goes by.
struct RelayTerms {
  std::string url;
  Secret token;
  service::GuardRules rules;  // who may call
};

// Error: invalid_argument without relay.url or a token, with the remedy.
Result<RelayTerms> relay_terms(const Settings& settings, EnvironmentBlock environment);

// The options that only a start applies.
inline constexpr std::array<std::string_view, 2> kRelayFixed{"executor.socket", "relay.ca_file"};

struct RelaySettings {
  std::string socket;  // path
  std::string ca_file;
  std::function<std::shared_ptr<const RelayTerms>()> terms;  // as of now; from any thread; never null
  int stop_fd = -1;                                          // readable when the program should stop
  int reload_fd = -1;                                        // readable when `reload` should be asked
  std::function<bool()> reload;                              // whether there are new terms
};

// While the service cannot be used, one probe in so long finds out when it can; executors are answered 503
// at once in between.
inline constexpr Duration kProbeInterval = std::chrono::seconds{10};

// Forwards until the program is asked to stop; `started` is called when the socket is there. Error:
// invalid_argument without a socket; what hinders it.
Result<void> run_relay(const RelaySettings& settings, EventLog& log, const std::function<void()>& started);

}  // namespace runneriq::app
