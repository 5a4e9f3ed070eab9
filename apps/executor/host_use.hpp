// What this host has used, for the stages.
#pragma once

#include "executor/stage_meter.hpp"

#include <optional>
#include <string>

namespace runneriq::app {

// `sysfs` and `proc` are /sys and /proc, or folders like them. Where there are no energy counters it costs
// the opening of one folder.
std::optional<executor::HostUse> read_host_use(const std::string& sysfs = "/sys",
                                               const std::string& proc = "/proc");

}  // namespace runneriq::app
