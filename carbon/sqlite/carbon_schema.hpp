// The tables of carbon's state file. An auditor reads the ledger with sqlite3: names and units are plain,
// and what is written once is refused to be changed.
#pragma once

#include "platform/state_file_kind.hpp"

namespace runneriq::carbon {

// Raised by one with every change of the tables.
inline constexpr int kCarbonSchema = 2;

const platform::StateFileKind& carbon_file();

}  // namespace runneriq::carbon
