// What this process costs, from /proc.
#pragma once

#include "service/service_metrics.hpp"

namespace runneriq::service {

// Zeros where /proc does not tell.
ProcessFigures figures_of_this_process();

}  // namespace runneriq::service
