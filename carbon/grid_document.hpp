// What is known of the grid, as JSON documents that the command line and the service share. Pure.
#pragma once

#include "carbon/options.hpp"
#include "carbon/outlook.hpp"
#include "core/id.hpp"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>

namespace runneriq::carbon {

// A runner of the fleet, and where it stands.
struct PlacedRunner {
  std::string title = {};  // for people: "runner 7 (docker-1)"
  RunnerId runner = {};
  GitLabUrl gitlab = {};
  ZoneKey zone = {};  // "" = unknown
};

// What helps where nothing is known of a zone, and where a runner has none; sentences without a full stop.
std::string zone_remedy(const ZoneKey& zone);
std::string runner_remedy(const PlacedRunner& runner);

// {"now", "basis", "bounds": {"green_below", "red_from"}, "zones": […], "runners_without_zone": […],
// "notes": […]}. Zones are those of the outlook and of the runners, the greenest first and those of which
// nothing is known last: {"zone", "g_per_kwh", "shade", "rung", "source", "age_seconds", "estimated",
// "why", "remedy", "runners": [{"gitlab", "runner_id", "runner"}]}. What is not known is null.
nlohmann::json now_document(const GridOutlook& grid, std::span<const PlacedRunner> runners,
                            const CarbonOptions& options);

inline constexpr int kForecastHours = 24;
inline constexpr int kMostForecastHours = 72;
inline constexpr Duration kBestWindow = std::chrono::hours{2};

// {"now", "basis", "bounds", "hours", "zones": [{"zone", "hours": [{"from", "g_per_kwh", "shade", "rung",
// "estimated"}], "best": {"from", "to", "g_per_kwh"} or null}], "notes"}, zones in the order of
// now_document. `hours` counts whole hours in UTC from the one of now on, 1..kMostForecastHours.
nlohmann::json forecast_document(const GridOutlook& grid, int hours, const CarbonOptions& options);

}  // namespace runneriq::carbon
