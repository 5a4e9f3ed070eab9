// How busy this machine is, as Linux tells it.
#pragma once

#include "core/time.hpp"

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

// Processor time of all processes since the boot, in steps of 10 ms as a rule; what a hypervisor took away is
// not in it.
std::optional<Duration> read_busy_time(const std::string& folder = "/proc");

// Logical processors of this machine, whoever may use them; at least 1.
int online_processors();

}  // namespace runneriq::platform
