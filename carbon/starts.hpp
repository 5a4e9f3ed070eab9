// The starts that a job can choose between, and which it takes. Pure.
#pragma once

#include "carbon/deferral.hpp"

#include <optional>
#include <vector>

namespace runneriq::carbon {

// One moment in one zone.
struct Start {
  Time at = {};
  ZoneKey zone = {};
  Intensity mean;    // over the job's expected duration
  double grams = 0;  // of that duration
  double cost = 0;   // grams and what the waiting is worth
  int reserved = 0;  // starts that others have in the same zone and step
};

// At least a minute.
Duration step_length(const DeferralTerms& terms);
// The step of the grid (UTC) that `when` lies in.
Time step_of(Time when, const DeferralTerms& terms);

// The first moment at which the job may start: `ready`, or `now` when that has passed.
Time earliest_start(const DeferrableJob& job, Time now);

// Those of which something is known: at once and at each step until the latest start, by time; in each zone.
// Of a late job only those at once.
std::vector<Start> possible_starts(const DeferrableJob& job, const GridOutlook& grid,
                                   const DeferralTerms& terms, Time now, const Reservations& reserved);

// A job's start at `at` in `zone`; none when nothing is known of it.
std::optional<Start> start_at(const DeferrableJob& job, const GridOutlook& grid, const DeferralTerms& terms,
                              Time at, const ZoneKey& zone);

// Those whose step has room; when none has, the least full ones.
std::vector<Start> with_room(std::vector<Start> starts, const DeferralTerms& terms);

// Whether `mean` is cleaner than `otherwise` by both least gains.
bool gains_enough(Intensity mean, Intensity otherwise, const DeferralTerms& terms);

// The first in time; of several zones the cleanest.
const Start& first_of(const std::vector<Start>& starts);

// The cheapest of those that gain enough over `otherwise` and cost less; of equally cheap ones that with the
// fewest other starts, then the earliest. Null: none.
const Start* better_than(const Start& otherwise, const std::vector<Start>& starts,
                         const DeferralTerms& terms);

// What is decided with nothing known: it starts at once.
Deferral at_once(const DeferrableJob& job, const DeferralTerms& terms, Time now);
// What is decided with `chosen`, one of `possible`; with its wave's pause, without words.
Deferral deferral_of(const DeferrableJob& job, const Start& chosen, const std::vector<Start>& possible,
                     const DeferralTerms& terms, Time now);

}  // namespace runneriq::carbon
