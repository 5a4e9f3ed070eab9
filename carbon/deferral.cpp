#include "carbon/deferral.hpp"

#include "carbon/deferral_words.hpp"
#include "carbon/known_mean.hpp"
#include "carbon/starts.hpp"

#include <algorithm>

namespace runneriq::carbon {
namespace {

// Sums of the same intensities differ in the last digits.
bool below(Intensity one, Intensity other) {
  return one.g_per_kwh() < other.g_per_kwh() * (1 - 1e-9);
}

}  // namespace

Time latest_start(const DeferrableJob& job, const DeferralTerms& terms) {
  return job.deadline - std::max(job.longest, job.expected) - terms.margin;
}

Deferral defer(const DeferrableJob& job, const GridOutlook& grid, const DeferralTerms& terms, Time now,
               Reservations& reserved) {
  Deferral deferral = at_once(job, terms, now);
  const std::vector<Start> possible = possible_starts(job, grid, terms, now, reserved);
  if (!possible.empty()) {
    const std::vector<Start> starts = with_room(possible, terms);
    const Start& otherwise = first_of(starts);
    const Start* const better = better_than(otherwise, starts, terms);
    deferral = deferral_of(job, better != nullptr ? *better : otherwise, possible, terms, now);
    reserved.add(deferral.zone, step_of(deferral.start, terms));
  }
  deferral.why = reason_of(deferral, job, grid, now);
  return deferral;
}

std::optional<Time> greener_start(const Outlook& outlook, Duration expected, Time now, Time bound,
                                  const DeferralTerms& terms) {
  const KnownMean mean{outlook};
  const auto at_once = mean.of(now, expected);
  if (!at_once) return std::nullopt;
  std::optional<Intensity> best;
  std::optional<Time> start;
  for (Time at = slot_start(now) + kSlot; at <= bound; at += kSlot) {
    const auto then = mean.of(at, expected);
    if (!then || !gains_enough(*then, *at_once, terms) || (best && !below(*then, *best))) continue;
    best = then;
    start = at;
  }
  return start;
}

}  // namespace runneriq::carbon
