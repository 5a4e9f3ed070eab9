// What zones are like in an ordinary year, for where nobody tells more: the last rung before "unknown".
//
// Rounded by hand (to 10 g, below 100 g to 5 g) from what is public about the years 2021 to 2024: for
// countries the yearly intensities of Ember's electricity data (CC BY 4.0), for parts of the United States
// the output rates of the EPA's eGRID (public domain) with an allowance for the fuel's supply chain, for
// parts of other countries the operators' and energy agencies' yearly mixes at IPCC's median lifecycle
// factors. So a value is good to about ±20 % of a year's mean, in zones with much trade, rain or wind less
// so; single hours may be at half or twice of it.
//
// The shapes of the day are no measurement: four families drawn by hand, moved to the zone's hour.
#pragma once

#include "carbon/outlook.hpp"

#include <span>

namespace runneriq::carbon {

// By zone; average and lifecycle, and GB once more as its operator counts, average and direct. The mean of
// each shape is 1.
std::span<const TypicalZone> typical_zones();

}  // namespace runneriq::carbon
