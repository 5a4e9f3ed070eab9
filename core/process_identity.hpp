#pragma once

#include <cstdint>
#include <string>

namespace runneriq {

// A process that cannot be confused with another: a pid is used again, a pid with its start
// time (clock ticks since boot, /proc/PID/stat field 22) and the boot is not.
struct ProcessIdentity {
  std::string boot_id;
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

}  // namespace runneriq
