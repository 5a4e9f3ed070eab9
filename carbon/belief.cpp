// What is believed of an hour that has passed.
#include "carbon/belief.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace runneriq::carbon {
namespace {

bool is_of(const ZoneRecord& record, const ZoneKey& zone, const Basis& basis) {
  return record.zone == zone && record.basis == basis;
}

const Step* sample_at(const ZoneRecord& record, Time when) {
  if (const Step* step = record.past.at(when)) return step;
  const bool covers = record.latest && record.latest->from <= when && when < record.latest->to;
  return covers ? &*record.latest : nullptr;
}

// What was measured goes before what a provider estimated.
const Step* best_sample(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
                        Time when) {
  const Step* best = nullptr;
  for (const ZoneRecord& record : records) {
    if (!is_of(record, zone, basis)) continue;
    const Step* step = sample_at(record, when);
    if (step != nullptr && (best == nullptr || (best->estimated && !step->estimated))) best = step;
  }
  return best;
}

// The records as the order of trust may use them for `when`: the newest sample is of another time.
std::vector<ZoneRecord> without_latest(const ZoneKey& zone, const Basis& basis,
                                       std::span<const ZoneRecord> records, Time when) {
  std::vector<ZoneRecord> kept;
  for (const ZoneRecord& record : records) {
    if (!is_of(record, zone, basis)) continue;
    ZoneRecord& copy = kept.emplace_back(record);
    copy.latest.reset();
    // A forecast that was made later tells of `when` all the better.
    if (copy.forecast_made) copy.forecast_made = std::min(*copy.forecast_made, when);
  }
  return kept;
}

std::optional<OutlookSlot> measured_at(const ZoneKey& zone, const Basis& basis,
                                       std::span<const ZoneRecord> records, Time when) {
  const Step* sample = best_sample(zone, basis, records, when);
  if (sample == nullptr) return std::nullopt;
  return OutlookSlot{.intensity = sample->intensity, .rung = Rung::live, .estimated = sample->estimated};
}

// The same for all times of a quarter of an hour: as it stood when that began.
OutlookSlot trusted_in(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
                       std::span<const TypicalZone> typical, Time begin, const TrustLimits& limits) {
  const auto kept = without_latest(zone, basis, records, begin);
  return outlook_of(zone, basis, kept, typical, begin, kSlot, limits).now();
}

}  // namespace

OutlookSlot believed_at(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
                        std::span<const TypicalZone> typical, Time when, const TrustLimits& limits) {
  if (const auto measured = measured_at(zone, basis, records, when)) return *measured;
  return trusted_in(zone, basis, records, typical, slot_start(when), limits);
}

Belief belief_of(const Basis& basis, std::vector<ZoneRecord> records, std::span<const TypicalZone> typical,
                 const TrustLimits& limits) {
  using Found = std::map<std::pair<ZoneKey, Time>, OutlookSlot>;
  return
      [basis, typical, limits, records = std::make_shared<const std::vector<ZoneRecord>>(std::move(records)),
       found = std::make_shared<Found>()](const ZoneKey& zone, Time when) {
        if (const auto measured = measured_at(zone, basis, *records, when)) return *measured;
        const Time begin = slot_start(when);
        const auto [place, fresh] = found->try_emplace({zone, begin});
        if (fresh) place->second = trusted_in(zone, basis, *records, typical, begin, limits);
        return place->second;
      };
}

}  // namespace runneriq::carbon
