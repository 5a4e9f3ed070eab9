// What of a request on a host's socket goes on to the fleet's service: admissions and outcomes, written
// anew from what was understood of them, with this host's own load.
#pragma once

#include "core/time.hpp"
#include "platform/host_load.hpp"
#include "platform/http_server.hpp"

#include <functional>
#include <string>
#include <variant>

namespace runneriq::app {

struct Forwarded {
  std::string method;
  std::string target;
  std::string body;
  Duration time_limit{};
};

// A short call that takes longer finds nobody any more: executors wait for a quarter of a second.
inline constexpr Duration kShortCall = std::chrono::seconds{2};

// The reply is for what is not forwarded: 404, or 400 with what is wrong. `load` is called for what carries
// it.
std::variant<Forwarded, platform::ServedReply> forwarded(const platform::ServedRequest& request,
                                                         const std::function<platform::HostLoad()>& load);

// Asks for the standing of a job that does not exist: tells whether the service answers us, changes nothing.
Forwarded probe();

// Whether the service has answered, whatever it said; else it is down, or does not let us in.
bool is_answer(int status);

platform::ServedReply json_error(int status, std::string_view message);

}  // namespace runneriq::app
