// The tables of alerting's state file.
#pragma once

#include "platform/state_file_kind.hpp"

namespace runneriq::alerting {

// Raised by one with every change of the tables.
inline constexpr int kAlertSchema = 1;

const platform::StateFileKind& alert_file();

}  // namespace runneriq::alerting
