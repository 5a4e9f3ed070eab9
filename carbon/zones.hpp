// Where a runner stands on the grid.
#pragma once

#include "carbon/intensity.hpp"
#include "carbon/outlook.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::carbon {

// The zone that a tag of the user's names, "zone:DE"; "" = none, or tags that contradict each other.
ZoneKey zone_of_tags(std::span<const std::string> tags);

// The known key that differs from `zone` in nothing but its case; else `zone`. Providers take keys by case.
ZoneKey canonical(const ZoneKey& zone, std::span<const TypicalZone> known);

enum class Shade { green, amber, red };
std::string_view to_text(Shade shade);  // "green", "amber", "red"
// Below `green_below` green, from `red_from` on red; g/kWh.
Shade shade_of(Intensity intensity, double green_below, double red_from);

}  // namespace runneriq::carbon
