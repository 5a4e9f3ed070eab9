// The manual page of runneriq-executor, which is no part of the program: docs/man/ has it.
#pragma once

#include <string>

namespace runneriq::app {

// runneriq-executor(1) as roff.
std::string executor_man_page();

}  // namespace runneriq::app
