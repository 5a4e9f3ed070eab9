// Which basis all zones are compared on.
#include "carbon/outlook.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace runneriq::carbon {
namespace {

using Zones = std::set<ZoneKey>;
using Outlooks = std::map<ZoneKey, Outlook>;

struct Known {
  std::span<const ZoneRecord> records;
  std::span<const TypicalZone> typical;
  Time now;
  const TrustLimits& limits;
};

Zones named(std::span<const ZoneKey> zones) {
  Zones all(zones.begin(), zones.end());
  all.erase(ZoneKey{});
  return all;
}

std::set<Basis> bases_of(const Known& known, const Zones& zones) {
  std::set<Basis> bases;
  for (const ZoneRecord& record : known.records) {
    if (zones.contains(record.zone)) bases.insert(record.basis);
  }
  for (const TypicalZone& typical : known.typical) {
    if (zones.contains(typical.zone)) bases.insert(typical.basis);
  }
  if (bases.empty()) bases.insert(Basis{});
  return bases;
}

Outlooks outlooks_on(const Basis& basis, const Known& known, const Zones& zones, Duration horizon) {
  Outlooks outlooks;
  for (const ZoneKey& zone : zones) {
    outlooks.emplace(zone,
                     outlook_of(zone, basis, known.records, known.typical, known.now, horizon, known.limits));
  }
  return outlooks;
}

// The lower the better: zones of which nothing is known now, then the rungs of all.
std::pair<std::ptrdiff_t, int> rank_of(const Outlooks& outlooks) {
  std::ptrdiff_t unknown = 0;
  int rungs = 0;
  for (const auto& [zone, outlook] : outlooks) {
    unknown += outlook.now().rung == Rung::none ? 1 : 0;
    rungs += static_cast<int>(outlook.now().rung);
  }
  return {unknown, rungs};
}

using Now = std::map<Basis, Outlooks>;  // of the slot of now alone

// Bases are in the order in which they are preferred where all else is equal.
Basis best_of(const Now& now) {
  return std::min_element(now.begin(), now.end(),
                          [](const auto& a, const auto& b) { return rank_of(a.second) < rank_of(b.second); })
      ->first;
}

std::string note_on(const Outlook& aside, const Outlook& used) {
  const OutlookSlot& slot = aside.now();
  return aside.zone.value() + ": " + std::string(to_text(slot.rung)) + " of " + aside.sources[slot.source] +
         " (" + to_text(aside.basis) + ") is left aside, since zones are compared on " + to_text(used.basis) +
         "; used: " + std::string(to_text(used.now().rung));
}

std::vector<std::string> notes_on(const Now& now, const Basis& chosen) {
  std::vector<std::string> notes;
  for (const auto& [zone, used] : now.at(chosen)) {
    const Outlook* best = &used;
    for (const auto& [basis, outlooks] : now) {
      const Outlook& other = outlooks.at(zone);
      if (other.now().rung < best->now().rung) best = &other;
    }
    if (best != &used) notes.push_back(note_on(*best, used));
  }
  return notes;
}

}  // namespace

const Outlook* GridOutlook::of(const ZoneKey& zone) const {
  const auto found = zones.find(zone);
  return found == zones.end() || found->second.now().rung == Rung::none ? nullptr : &found->second;
}

GridOutlook grid_outlook(std::span<const ZoneKey> zones, std::span<const ZoneRecord> records,
                         std::span<const TypicalZone> typical, Time now, Duration horizon,
                         const TrustLimits& limits) {
  const Known known{records, typical, now, limits};
  const Zones wanted = named(zones);
  Now slots_of_now;
  for (const Basis& basis : bases_of(known, wanted)) {
    slots_of_now.emplace(basis, outlooks_on(basis, known, wanted, kSlot));
  }
  const Basis chosen = best_of(slots_of_now);
  return {.now = now,
          .basis = chosen,
          .zones = outlooks_on(chosen, known, wanted, horizon),
          .notes = notes_on(slots_of_now, chosen)};
}

}  // namespace runneriq::carbon
