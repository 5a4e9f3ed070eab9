// The tables of the advisor's state file.
#pragma once

#include "platform/state_file_kind.hpp"

namespace runneriq::advisor {

// Raised by one with every change of the tables.
inline constexpr int kAdvisorSchema = 1;

const platform::StateFileKind& advisor_file();

}  // namespace runneriq::advisor
