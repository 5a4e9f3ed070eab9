// What a service tells the manager that started it (sd_notify(3)), without libsystemd.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace runneriq::platform {

// The values of the environment; "" = not set.
struct ServiceEnvironment {
  std::string notify_socket{};  // NOTIFY_SOCKET: "/path" or "@abstract"
  std::string watchdog_usec{};  // WATCHDOG_USEC
  std::string watchdog_pid{};   // WATCHDOG_PID; "" counts as ours
};

// Without a socket every call succeeds and does nothing. Errors (unavailable, permission) are for the
// log: a service goes on when its manager does not listen. Never blocks.
class ServiceNotify {
 public:
  explicit ServiceNotify(ServiceEnvironment environment) : environment_(std::move(environment)) {}

  Result<void> ready(std::string_view status) const;
  Result<void> reloading() const;  // followed by ready()
  Result<void> stopping() const;
  Result<void> status(std::string_view status) const;  // one line for people; others are made one
  Result<void> alive() const;                          // WATCHDOG=1

  // How often alive() is due: half of what the manager waits; none when it does not.
  [[nodiscard]] std::optional<Duration> alive_interval() const;

 private:
  [[nodiscard]] Result<void> send(const std::string& text) const;
  ServiceEnvironment environment_;
};

}  // namespace runneriq::platform
