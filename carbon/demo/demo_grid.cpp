#include "carbon/demo/demo_grid.hpp"

#include <array>
#include <string>
#include <utility>

namespace runneriq::carbon {
namespace {

constexpr std::array<std::pair<const char*, double>, 4> kZones{
    {{"DE", 340}, {"FR", 58}, {"DK-DK1", 95}, {"US-CAL-CISO", 210}}};
constexpr Duration kHorizon = std::chrono::hours{48};

ZoneRecord record(const char* zone, Intensity intensity, Time now) {
  const Time slot = slot_start(now);
  return {.source = "demo",
          .zone = ZoneKey{zone},
          .latest = Step{slot, slot + kSlot, intensity},
          .forecast = Series{{{slot, slot + kHorizon, intensity}}},
          .forecast_made = now};
}

}  // namespace

std::vector<ZoneRecord> demo_records(Time now) {
  std::vector<ZoneRecord> records;
  for (const auto& [zone, g_per_kwh] : kZones) {
    records.push_back(record(zone, Intensity::of(g_per_kwh).value(), now));
  }
  return records;
}

}  // namespace runneriq::carbon
