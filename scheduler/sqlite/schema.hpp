// The tables of the host's state file.
#pragma once

#include "platform/state_file_kind.hpp"

namespace runneriq::scheduler {

// Raised by one with every change of the tables.
inline constexpr int kHostSchema = 2;

const platform::StateFileKind& host_file();

}  // namespace runneriq::scheduler
