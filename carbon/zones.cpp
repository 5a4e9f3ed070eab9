#include "carbon/zones.hpp"

#include "core/lower_case.hpp"

#include <algorithm>

namespace runneriq::carbon {
namespace {

constexpr std::string_view kZoneTag = "zone:";

}  // namespace

ZoneKey zone_of_tags(std::span<const std::string> tags) {
  ZoneKey zone;
  for (const std::string& tag : tags) {
    if (!tag.starts_with(kZoneTag)) continue;
    const ZoneKey named{tag.substr(kZoneTag.size())};
    if (!zone.value().empty() && named != zone) return {};
    zone = named;
  }
  return zone;
}

ZoneKey canonical(const ZoneKey& zone, std::span<const TypicalZone> known) {
  const std::string lower = lower_case(zone.value());
  const TypicalZone* alike = nullptr;
  for (const TypicalZone& typical : known) {
    if (typical.zone == zone) return zone;
    if (lower_case(typical.zone.value()) == lower) alike = &typical;
  }
  return alike == nullptr ? zone : alike->zone;
}

std::string_view to_text(Shade shade) {
  switch (shade) {
    case Shade::green:
      return "green";
    case Shade::amber:
      return "amber";
    case Shade::red:
      return "red";
  }
  return "red";
}

Shade shade_of(Intensity intensity, double green_below, double red_from) {
  if (intensity.g_per_kwh() >= red_from) return Shade::red;
  return intensity.g_per_kwh() < green_below ? Shade::green : Shade::amber;
}

}  // namespace runneriq::carbon
