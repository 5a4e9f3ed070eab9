// A grid to try things with: four zones that never change, and no network.
#pragma once

#include "carbon/outlook.hpp"

#include <vector>

namespace runneriq::carbon {

// Of source "demo", average and lifecycle: DE 340, FR 58, DK-DK1 95 and US-CAL-CISO 210 g/kWh, measured in
// the slot of `now` and forecast for the 48 hours from its start.
std::vector<ZoneRecord> demo_records(Time now);

}  // namespace runneriq::carbon
