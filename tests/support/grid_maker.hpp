// Small grids for tests of the scheduler's decisions.
#pragma once

#include "scheduler/fleet.hpp"

#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

// A day of the same intensity, measured just now.
inline carbon::Outlook outlook_with(const std::string& zone, double g_per_kwh, Time now) {
  const carbon::OutlookSlot slot{.intensity = carbon::Intensity::of(g_per_kwh),
                                 .rung = carbon::Rung::live,
                                 .estimated = false,
                                 .age = std::chrono::minutes{5},
                                 .source = 0};
  return {.zone = carbon::ZoneKey{zone},
          .basis = {},
          .begin = now,
          .slots = std::vector<carbon::OutlookSlot>(96, slot),
          .sources = {"demo"},
          .why = ""};
}

// The fleet with carbon on: `zones` with their g/kWh, `runner_zones` in the order of its runners; "" is none.
inline FleetSnapshot on_grid(FleetSnapshot fleet, const std::vector<std::pair<std::string, double>>& zones,
                             const std::vector<std::string>& runner_zones) {
  fleet.carbon = carbon::GridOutlook{.now = fleet.now, .basis = {}, .zones = {}, .notes = {}};
  for (const auto& [zone, g_per_kwh] : zones) {
    fleet.carbon->zones.emplace(carbon::ZoneKey{zone}, outlook_with(zone, g_per_kwh, fleet.now));
  }
  for (std::size_t i = 0; i < runner_zones.size(); ++i) {
    fleet.runners[i].zone = carbon::ZoneKey{runner_zones[i]};
  }
  return fleet;
}

}  // namespace runneriq::scheduler
