#include "cli/carbon_doctor.hpp"

#include "core/joined.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

using carbon::Channel;
using carbon::PlacedRunner;
using carbon::Rung;
using carbon::ZoneKey;
using executor::Finding;
using executor::FindingStatus;

constexpr std::size_t kMostNamed = 5;

Finding finding(std::string name, FindingStatus status, std::string what, std::string remedy = "") {
  return {std::move(name), status, std::move(what), std::move(remedy)};
}

std::set<ZoneKey> zones_of(const CarbonFacts& facts) {
  std::set<ZoneKey> zones;
  for (const PlacedRunner& runner : facts.runners) {
    if (!runner.zone.value().empty()) zones.insert(runner.zone);
  }
  return zones;
}

std::string shown(const ZoneKey& zone) {
  return printable(zone.value(), 60);
}

// ---- zones ----------------------------------------------------------------------------------------

std::string known_text(const carbon::Outlook& outlook) {
  const carbon::OutlookSlot& now = outlook.now();
  std::string text = "zone " + shown(outlook.zone) + " is known by " + std::string(to_text(now.rung));
  if (now.source < outlook.sources.size()) text += " (" + printable(outlook.sources[now.source], 60) + ")";
  return outlook.why.empty() ? text : text + ": " + printable(outlook.why, 300);
}

Finding zone_finding(const CarbonFacts& facts, const ZoneKey& zone) {
  const std::string name = "carbon.zone." + shown(zone);
  const auto found = facts.grid->zones.find(zone);
  if (found == facts.grid->zones.end() || found->second.slots.empty() ||
      found->second.now().rung == Rung::none) {
    return finding(name, FindingStatus::warn, "nothing is known of zone " + shown(zone),
                   carbon::zone_remedy(ZoneKey{shown(zone)}));
  }
  const bool typical = found->second.now().rung == Rung::annual_mean;
  return finding(name, typical ? FindingStatus::warn : FindingStatus::ok, known_text(found->second),
                 typical ? carbon::zone_remedy(ZoneKey{shown(zone)}) : "");
}

// ---- runners --------------------------------------------------------------------------------------

void runners(std::vector<Finding>& all, const CarbonFacts& facts) {
  std::vector<std::string> nowhere;
  const PlacedRunner* first = nullptr;
  for (const PlacedRunner& runner : facts.runners) {
    if (!runner.zone.value().empty()) continue;
    if (first == nullptr) first = &runner;
    nowhere.push_back(runner.title);
  }
  if (first == nullptr) return;
  const std::size_t count = nowhere.size();
  nowhere.resize(std::min(count, kMostNamed));
  all.push_back(
      finding("carbon.runners", FindingStatus::warn,
              "no zone is known of " + printable(joined(nowhere, ", "), 400) +
                  (count > kMostNamed ? " and " + std::to_string(count - kMostNamed) + " more" : ""),
              carbon::runner_remedy(*first)));
}

// ---- sources --------------------------------------------------------------------------------------

bool is_refused(const Channel& channel) {
  return std::ranges::any_of(channel.wants, [](const carbon::WantState& want) { return want.refusals > 0; });
}

void channels(std::vector<Finding>& all, const CarbonFacts& facts) {
  for (const Channel& channel : facts.channels) {
    if (channel.trouble.empty()) continue;
    const std::string source = printable(channel.key.source, 60);
    all.push_back(
        finding("carbon.source." + source + "." + shown(channel.key.zone), FindingStatus::warn,
                source + " for zone " + shown(channel.key.zone) + ": " + printable_path(channel.trouble, 300),
                is_refused(channel)
                    ? "give a key that covers " + shown(channel.key.zone) +
                          ": a free key of Electricity Maps covers one zone"
                    : "nothing, if it passes: until then a lower rung of the order of trust is used"));
  }
}

}  // namespace

std::vector<Finding> examine_carbon(const CarbonFacts& facts) {
  using Use = carbon::CarbonOptions::Use;
  if (facts.options->use == Use::off) {
    return {finding("carbon", FindingStatus::skipped, "carbon is off", "set carbon.use to auto")};
  }
  std::vector<Finding> all;
  const std::set<ZoneKey> zones = zones_of(facts);
  if (zones.empty()) {
    return {finding("carbon", FindingStatus::skipped, "no runner has a zone: carbon plays no part",
                    "set RUNNER_ZONE_<runner> or carbon.zones, or tag runners zone:DE")};
  }
  if (facts.grid) {
    for (const ZoneKey& zone : zones) all.push_back(zone_finding(facts, zone));
  }
  runners(all, facts);
  channels(all, facts);
  return all;
}

}  // namespace runneriq::cli
