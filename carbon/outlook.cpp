#include "carbon/outlook.hpp"

#include "carbon/order_of_trust.hpp"
#include "carbon/weighted_mean.hpp"

#include <algorithm>

namespace runneriq::carbon {
namespace {

constexpr Duration kDay = std::chrono::days{1};

std::size_t slots_within(Duration horizon) {
  const auto whole = (horizon + kSlot - Duration{1}) / kSlot;
  return static_cast<std::size_t>(std::max<Duration::rep>(whole, 1));
}

// The slot that tells of `when`: what lies beyond the last slot is like the same quarter of the day before.
const OutlookSlot* slot_like(const Outlook& outlook, Time when) {
  const Time end = outlook.begin + static_cast<Duration::rep>(outlook.slots.size()) * kSlot;
  if (when >= end) when -= ((when - end) / kDay + 1) * kDay;
  return outlook.at(when);
}

}  // namespace

std::string_view to_text(Rung rung) {
  switch (rung) {
    case Rung::live:
      return "live";
    case Rung::forecast:
      return "forecast";
    case Rung::hour_profile:
      return "hour_profile";
    case Rung::annual_mean:
      return "annual_mean";
    case Rung::none:
      return "none";
  }
  return "none";
}

Time slot_start(Time time) {
  return Time{
      std::chrono::floor<std::chrono::duration<Duration::rep, std::ratio<900>>>(time.time_since_epoch())};
}

const OutlookSlot* Outlook::at(Time when) const {
  if (when < begin) return nullptr;
  const auto place = static_cast<std::size_t>((when - begin) / kSlot);
  return place < slots.size() ? &slots[place] : nullptr;
}

std::optional<Intensity> Outlook::mean(Time from, Time to) const {
  if (to < from) return std::nullopt;
  if (from == to) {
    const OutlookSlot* const slot = slot_like(*this, std::max(from, begin));
    return slot == nullptr ? std::nullopt : slot->intensity;
  }
  WeightedMean mean;
  while (from < to) {
    const Time moment = std::max(from, begin);
    const OutlookSlot* const slot = slot_like(*this, moment);
    if (slot == nullptr || !slot->intensity) return std::nullopt;
    const Time next = std::min(to, slot_start(moment) + kSlot);
    mean.add(*slot->intensity, next - from);
    from = next;
  }
  return mean.value();
}

Outlook outlook_of(const ZoneKey& zone, const Basis& basis, std::span<const ZoneRecord> records,
                   std::span<const TypicalZone> typical, Time now, Duration horizon,
                   const TrustLimits& limits) {
  OrderOfTrust trust{zone, basis, records, typical, now, limits};
  Outlook outlook{
      .zone = zone, .basis = basis, .begin = slot_start(now), .slots = {}, .sources = {}, .why = {}};
  const std::size_t count = slots_within(horizon);
  outlook.slots.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    outlook.slots.push_back(trust.slot(outlook.begin + static_cast<Duration::rep>(i) * kSlot));
  }
  outlook.sources = trust.sources();
  outlook.why = trust.why(outlook.now().rung);
  return outlook;
}

}  // namespace runneriq::carbon
