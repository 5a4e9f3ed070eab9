// Decisions as sentences: log, command line, API and job log print the same one.
#pragma once

#include "scheduler/priority.hpp"

#include <string>

namespace runneriq::scheduler {

// "priority 95.0 CRITICAL: branch 40.0 (…), role 10.0 (…), …": every factor with its points.
// One line; text of the job in it is escaped.
std::string describe(const Priority& priority);

}  // namespace runneriq::scheduler
