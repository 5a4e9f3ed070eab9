// Outlooks for tests, said by the hour.
#pragma once

#include "carbon/outlook.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::carbon {

// An hour of an outlook in g/kWh; 0 = nothing is known of it.
using Hours = std::vector<double>;

// From `now`, which is to be a full hour, on; by the forecast.
inline Outlook outlook(const std::string& zone, Time now, const Hours& hours) {
  Outlook outlook{
      .zone = ZoneKey{zone}, .basis = {}, .begin = now, .slots = {}, .sources = {"test"}, .why = ""};
  for (const double g_per_kwh : hours) {
    const auto intensity = Intensity::of(g_per_kwh);
    for (int quarter = 0; quarter < 4; ++quarter) {
      outlook.slots.push_back({.intensity = intensity, .rung = intensity ? Rung::forecast : Rung::none});
    }
  }
  return outlook;
}

inline GridOutlook grid(Time now, const std::vector<std::pair<std::string, Hours>>& zones) {
  GridOutlook grid{.now = now, .basis = {}, .zones = {}, .notes = {}};
  for (const auto& [zone, hours] : zones) grid.zones.emplace(ZoneKey{zone}, outlook(zone, now, hours));
  return grid;
}

}  // namespace runneriq::carbon
