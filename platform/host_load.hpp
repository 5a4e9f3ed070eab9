// How busy this machine is, as Linux tells it.
#pragma once

#include <optional>
#include <string>

namespace runneriq::platform {

// Each from 0 to 1; none = not told.
struct HostLoad {
  std::optional<double> load{};              // load average of a minute by processor; more than all is 1
  std::optional<double> memory_available{};  // MemAvailable by MemTotal
  std::optional<double> cpu_pressure{};      // of the last ten seconds, somebody waited for a processor
};

// Processors that this process may use; at least 1.
int usable_processors();

// `folder` is /proc, or one like it.
HostLoad read_host_load(int processors, const std::string& folder = "/proc");

}  // namespace runneriq::platform
