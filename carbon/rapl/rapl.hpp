// The energy counters of the processors (RAPL), as Linux shows them below /sys/class/powercap.
#pragma once

#include "carbon/energy.hpp"
#include "core/result.hpp"

#include <string>
#include <vector>

namespace runneriq::carbon {

// Reads the packages and, where there are any, their drams, always in the same order; `sysfs` is /sys or a
// folder like it. Left out are core and uncore, which the packages contain, psys, which contains the
// packages, and the memory-mapped zones, which count the same once more. Error: not_found (virtual machines
// and containers show none), permission (readable for root only since Linux 5.10), unavailable,
// invalid_argument (no number); each names the remedy.
[[nodiscard]] Result<std::vector<RaplCounter>> read_rapl(const std::string& sysfs = "/sys");

}  // namespace runneriq::carbon
