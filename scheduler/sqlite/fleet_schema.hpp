// The tables of the fleet's state file.
#pragma once

#include "platform/state_file_kind.hpp"

namespace runneriq::scheduler {

// Raised by one with every change of the tables.
inline constexpr int kFleetSchema = 3;

const platform::StateFileKind& fleet_file();

}  // namespace runneriq::scheduler
