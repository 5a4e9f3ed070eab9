#include "carbon/grid_document.hpp"

#include "carbon/outlook_hours.hpp"
#include "carbon/zones.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace runneriq::carbon {
namespace {

using nlohmann::json;
using runneriq::to_text;

json intensity_json(const std::optional<Intensity>& intensity) {
  return intensity ? json(intensity->g_per_kwh()) : json(nullptr);
}

json shade_json(const std::optional<Intensity>& intensity, const CarbonOptions& options) {
  if (!intensity) return nullptr;
  return to_text(shade_of(*intensity, options.green_below, options.red_from));
}

json bounds_json(const CarbonOptions& options) {
  return {{"green_below", options.green_below}, {"red_from", options.red_from}};
}

json basis_json(const Basis& basis) {
  return {{"signal", to_text(basis.signal)}, {"factors", to_text(basis.factors)}};
}

json runner_json(const PlacedRunner& runner) {
  return {{"gitlab", runner.gitlab.value()}, {"runner_id", runner.runner.value()}, {"runner", runner.title}};
}

const Outlook* outlook_in(const GridOutlook& grid, const ZoneKey& zone) {
  const auto found = grid.zones.find(zone);
  return found == grid.zones.end() || found->second.slots.empty() ? nullptr : &found->second;
}

std::optional<Intensity> now_in(const GridOutlook& grid, const ZoneKey& zone) {
  const Outlook* const outlook = outlook_in(grid, zone);
  return outlook == nullptr ? std::nullopt : outlook->now().intensity;
}

// The greenest first, those of which nothing is known last, of equal ones by key.
void sort_greenest_first(std::vector<ZoneKey>& zones, const GridOutlook& grid) {
  std::ranges::sort(zones, {}, [&](const ZoneKey& zone) {
    const auto now = now_in(grid, zone);
    return std::tuple{!now.has_value(), now ? now->g_per_kwh() : 0.0, zone};
  });
}

json slot_json(const Outlook* outlook, const OutlookSlot& slot) {
  const bool aged = slot.rung == Rung::live || slot.rung == Rung::forecast;
  const bool named = slot.intensity && outlook != nullptr && slot.source < outlook->sources.size();
  return {{"rung", to_text(slot.rung)},
          {"source", named ? json(outlook->sources[slot.source]) : json(nullptr)},
          {"age_seconds", aged ? json(std::chrono::duration<double>(slot.age).count()) : json(nullptr)},
          {"estimated", slot.estimated}};
}

using RunnersByZone = std::map<ZoneKey, json>;

json zone_json(const GridOutlook& grid, const ZoneKey& zone, const RunnersByZone& runners,
               const CarbonOptions& options) {
  const Outlook* const outlook = outlook_in(grid, zone);
  const OutlookSlot slot = outlook != nullptr ? outlook->now() : OutlookSlot{};
  json document = slot_json(outlook, slot);
  document["zone"] = zone.value();
  document["g_per_kwh"] = intensity_json(slot.intensity);
  document["shade"] = shade_json(slot.intensity, options);
  document["why"] = outlook != nullptr ? outlook->why : "no source was asked about it";
  document["remedy"] = slot.intensity ? json(nullptr) : json(zone_remedy(zone));
  const auto there = runners.find(zone);
  document["runners"] = there == runners.end() ? json::array() : there->second;
  return document;
}

RunnersByZone by_zone(std::span<const PlacedRunner> runners) {
  RunnersByZone zones;
  for (const PlacedRunner& runner : runners) {
    json& list = zones[runner.zone];
    if (list.is_null()) list = json::array();
    list.push_back(runner_json(runner));
  }
  return zones;
}

std::vector<ZoneKey> zones_of(const GridOutlook& grid, const RunnersByZone& runners) {
  std::vector<ZoneKey> zones;
  for (const auto& [zone, outlook] : grid.zones) zones.push_back(zone);
  for (const auto& [zone, list] : runners) {
    if (!zone.value().empty() && !grid.zones.contains(zone)) zones.push_back(zone);
  }
  sort_greenest_first(zones, grid);
  return zones;
}

json hour_json(const OutlookHour& hour, const CarbonOptions& options) {
  return {{"from", to_text(hour.from)},
          {"g_per_kwh", intensity_json(hour.intensity)},
          {"shade", shade_json(hour.intensity, options)},
          {"rung", to_text(hour.rung)},
          {"estimated", hour.estimated}};
}

json best_json(const std::optional<CleanestWindow>& best) {
  if (!best) return nullptr;
  return {{"from", to_text(best->from)}, {"to", to_text(best->to)}, {"g_per_kwh", best->mean.g_per_kwh()}};
}

json zone_forecast_json(const Outlook& outlook, int hours, const CarbonOptions& options) {
  json list = json::array();
  for (const OutlookHour& hour : hours_of(outlook, hours)) list.push_back(hour_json(hour, options));
  const Time until = std::chrono::floor<std::chrono::hours>(outlook.begin) + std::chrono::hours{hours};
  return {{"zone", outlook.zone.value()},
          {"hours", std::move(list)},
          {"best", best_json(cleanest_window(outlook, kBestWindow, until))}};
}

// For a key that covers this zone; as in the environment: upper case, without '-'.
std::string token_variable(const ZoneKey& zone) {
  std::string name = "ELECTRICITY_MAPS_TOKEN_" + zone.value();
  for (char& c : name) c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

json frame(const GridOutlook& grid, const CarbonOptions& options) {
  return {{"now", to_text(grid.now)},
          {"basis", basis_json(grid.basis)},
          {"bounds", bounds_json(options)},
          {"zones", json::array()},
          {"notes", grid.notes}};
}

}  // namespace

std::string zone_remedy(const ZoneKey& zone) {
  return "set " + token_variable(zone) +
         " to a key of Electricity Maps that covers it, or correct the zone: it is to be a key of theirs, in "
         "its case";
}

std::string runner_remedy(const PlacedRunner& runner) {
  return "set RUNNER_ZONE_" + std::to_string(runner.runner.value()) +
         " or carbon.zones, or give the runner a tag such as zone:DE";
}

json now_document(const GridOutlook& grid, std::span<const PlacedRunner> runners,
                  const CarbonOptions& options) {
  json document = frame(grid, options);
  const RunnersByZone placed = by_zone(runners);
  for (const ZoneKey& zone : zones_of(grid, placed)) {
    document["zones"].push_back(zone_json(grid, zone, placed, options));
  }
  document["runners_without_zone"] = json::array();
  for (const PlacedRunner& runner : runners) {
    if (!runner.zone.value().empty()) continue;
    json without = runner_json(runner);
    without["remedy"] = runner_remedy(runner);
    document["runners_without_zone"].push_back(std::move(without));
  }
  return document;
}

json forecast_document(const GridOutlook& grid, int hours, const CarbonOptions& options) {
  json document = frame(grid, options);
  document["hours"] = hours;
  for (const ZoneKey& zone : zones_of(grid, {})) {
    document["zones"].push_back(zone_forecast_json(grid.zones.at(zone), hours, options));
  }
  return document;
}

}  // namespace runneriq::carbon
