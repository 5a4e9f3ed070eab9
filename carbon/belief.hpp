// What is believed of the hours of many jobs at once.
#pragma once

#include "carbon/ledger.hpp"

#include <span>
#include <vector>

namespace runneriq::carbon {

// As believed_at() with the same records, which takes a while where no sample is of the time itself: what the
// order of trust has for a quarter of an hour is found once and kept with the belief. For one thread at a
// time; `typical` must outlive it.
Belief belief_of(const Basis& basis, std::vector<ZoneRecord> records, std::span<const TypicalZone> typical,
                 const TrustLimits& limits);

}  // namespace runneriq::carbon
