#include "carbon/deferral_words.hpp"

#include "carbon/starts.hpp"
#include "core/joined.hpp"

#include <chrono>
#include <cmath>
#include <vector>

namespace runneriq::carbon {
namespace {

std::string moment(Time when, Time now) {
  const std::string text = runneriq::to_text(when), clock_time = text.substr(11, 5);
  const bool same_day =
      std::chrono::floor<std::chrono::days>(when) == std::chrono::floor<std::chrono::days>(now);
  return same_day ? clock_time : text.substr(0, 10) + " " + clock_time;
}

std::string rounded(Intensity intensity) {
  return std::to_string(std::lround(intensity.g_per_kwh()));
}

std::string where(const Deferral& deferral, const GridOutlook& grid) {
  const Outlook* const outlook = grid.of(deferral.zone);
  const OutlookSlot* const slot = outlook == nullptr ? nullptr : outlook->at(deferral.start);
  const std::string rung = slot == nullptr ? "" : " (" + std::string{to_text(slot->rung)} + ")";
  return " in " + deferral.zone.value() + rung;
}

std::string zones_of(const DeferrableJob& job) {
  std::vector<std::string> names;
  for (const ZoneKey& zone : job.zones) {
    if (!zone.value().empty()) names.push_back(zone.value());
  }
  return names.empty() ? "its zones" : joined(names, ", ");
}

std::string now_and_then(const Deferral& deferral, const GridOutlook& grid, Time now) {
  const std::string at_once = deferral.at_once ? rounded(*deferral.at_once) + " g/kWh now, " : "";
  return at_once + rounded(*deferral.expected) + (at_once.empty() ? " g/kWh" : "") + " from " +
         moment(deferral.start, now) + " UTC" + where(deferral, grid);
}

}  // namespace

std::string reason_of(const Deferral& deferral, const DeferrableJob& job, const GridOutlook& grid, Time now) {
  const std::string latest = moment(deferral.latest_start, now);
  if (deferral.latest_start <= earliest_start(job, now)) {
    return "its latest start, " + latest + " UTC, has come: it starts at once";
  }
  if (!deferral.expected) return "nothing is known of the grid of " + zones_of(job) + ": it starts at once";
  if (deferral.start <= earliest_start(job, now)) {
    return rounded(*deferral.expected) + " g/kWh now" + where(deferral, grid) +
           ", nothing enough cleaner until " + latest + " UTC: it starts at once";
  }
  return now_and_then(deferral, grid, now) + "; at the latest " + latest;
}

}  // namespace runneriq::carbon
