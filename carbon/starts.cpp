#include "carbon/starts.hpp"

#include "carbon/known_mean.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <tuple>
#include <utility>

namespace runneriq::carbon {
namespace {

constexpr Duration kFinestGrid = std::chrono::minutes{1};
// Costs that differ by no more are equal: sums of the same intensities differ in the last digits.
constexpr double kSameCost = 1e-9;

double hours(Duration duration) {
  return std::chrono::duration<double, std::ratio<3600>>(duration).count();
}

Start start_of(const DeferrableJob& job, const DeferralTerms& terms, Time at, const ZoneKey& zone,
               Intensity mean) {
  const double grams = job.watts / 1000 * hours(job.expected) * mean.g_per_kwh();
  const double waited = hours(std::max(at - job.ready, Duration::zero()));
  return {at, zone, mean, grams, grams + terms.grams_per_hour_waited * waited, 0};
}

// Beyond `known_until` nothing starts, however late the deadline.
std::vector<Time> moments(const DeferrableJob& job, const DeferralTerms& terms, Time now, Time known_until) {
  const Time first = earliest_start(job, now), last = std::min(latest_start(job, terms), known_until);
  std::vector<Time> all{first};
  const Duration step = step_length(terms);
  for (Time at = step_of(first, terms) + step; at <= last; at += step) all.push_back(at);
  return all;
}

struct KnownZone {
  ZoneKey zone;
  KnownMean mean;
  Time end;  // of the outlook
};

Time end_of(const Outlook& outlook) {
  return outlook.begin + static_cast<int>(outlook.slots.size()) * kSlot;
}

std::vector<KnownZone> known_zones(const DeferrableJob& job, const GridOutlook& grid) {
  std::vector<KnownZone> known;
  for (const ZoneKey& zone : job.zones) {
    if (const Outlook* const outlook = grid.of(zone))
      known.push_back({zone, KnownMean{*outlook}, end_of(*outlook)});
  }
  return known;
}

// The pause of the wave that a start belongs to. It stays within the step, so that the step's limit holds.
Duration pause_of(const Start& start, const DeferralTerms& terms) {
  if (terms.wave <= 0) return Duration::zero();
  const Duration left = step_of(start.at, terms) + step_length(terms) - start.at;
  return start.reserved / terms.wave * terms.wave_pause % left;
}

bool same_cost(const Start& a, const Start& cheapest) {
  return a.cost <= cheapest.cost + kSameCost * std::max(cheapest.cost, 1e-3);
}

}  // namespace

Duration step_length(const DeferralTerms& terms) {
  return std::max(terms.grid, kFinestGrid);
}

Time step_of(Time when, const DeferralTerms& terms) {
  const Duration length = step_length(terms), since = when.time_since_epoch();
  const Duration within = since % length;
  return when - (within < Duration::zero() ? within + length : within);
}

Time earliest_start(const DeferrableJob& job, Time now) {
  return std::max(job.ready, now);
}

std::vector<Start> possible_starts(const DeferrableJob& job, const GridOutlook& grid,
                                   const DeferralTerms& terms, Time now, const Reservations& reserved) {
  const std::vector<KnownZone> zones = known_zones(job, grid);
  std::vector<Start> starts;
  if (zones.empty()) return starts;
  const Time known_until = std::ranges::max(zones, {}, &KnownZone::end).end;
  for (const Time at : moments(job, terms, now, known_until)) {
    for (const KnownZone& known : zones) {
      const auto mean = known.mean.of(at, job.expected);
      if (!mean) continue;
      starts.push_back(start_of(job, terms, at, known.zone, *mean));
      starts.back().reserved = reserved.at(known.zone, step_of(at, terms));
    }
  }
  return starts;
}

std::optional<Start> start_at(const DeferrableJob& job, const GridOutlook& grid, const DeferralTerms& terms,
                              Time at, const ZoneKey& zone) {
  const Outlook* const outlook = grid.of(zone);
  if (outlook == nullptr) return std::nullopt;
  const auto mean = KnownMean{*outlook}.of(at, job.expected);
  if (!mean) return std::nullopt;
  return start_of(job, terms, at, zone, *mean);
}

std::vector<Start> with_room(std::vector<Start> starts, const DeferralTerms& terms) {
  if (starts.empty() || terms.starts_per_step <= 0) return starts;
  const auto fewer = [](const Start& a, const Start& b) { return a.reserved < b.reserved; };
  const int least = std::min_element(starts.begin(), starts.end(), fewer)->reserved;
  const int room = std::max(terms.starts_per_step, least + 1);
  std::erase_if(starts, [room](const Start& start) { return start.reserved >= room; });
  return starts;
}

bool gains_enough(Intensity mean, Intensity otherwise, const DeferralTerms& terms) {
  const double gain = otherwise.g_per_kwh() - mean.g_per_kwh();
  return gain > 0 && gain >= terms.least_gain_g_per_kwh &&
         gain >= terms.least_gain_share * otherwise.g_per_kwh();
}

const Start& first_of(const std::vector<Start>& starts) {
  const auto before = [](const Start& a, const Start& b) {
    return std::tuple{a.at, a.mean, a.reserved} < std::tuple{b.at, b.mean, b.reserved};
  };
  return *std::min_element(starts.begin(), starts.end(), before);
}

const Start* better_than(const Start& otherwise, const std::vector<Start>& starts,
                         const DeferralTerms& terms) {
  std::vector<const Start*> better;
  for (const Start& start : starts) {
    if (start.cost < otherwise.cost && gains_enough(start.mean, otherwise.mean, terms)) {
      better.push_back(&start);
    }
  }
  if (better.empty()) return nullptr;
  const Start& cheapest = **std::min_element(
      better.begin(), better.end(), [](const Start* a, const Start* b) { return a->cost < b->cost; });
  std::erase_if(better, [&cheapest](const Start* start) { return !same_cost(*start, cheapest); });
  return *std::min_element(better.begin(), better.end(), [](const Start* a, const Start* b) {
    return std::tuple{a->reserved, a->at} < std::tuple{b->reserved, b->at};
  });
}

Deferral at_once(const DeferrableJob& job, const DeferralTerms& terms, Time now) {
  return {.gitlab = job.gitlab,
          .job = job.job,
          .planned = now,
          .start = earliest_start(job, now),
          .latest_start = latest_start(job, terms)};
}

Deferral deferral_of(const DeferrableJob& job, const Start& chosen, const std::vector<Start>& possible,
                     const DeferralTerms& terms, Time now) {
  Deferral deferral = at_once(job, terms, now);
  const Start& first = first_of(possible);
  if (first.at == deferral.start) deferral.at_once = first.mean;
  deferral.start = std::min(chosen.at + pause_of(chosen, terms), std::max(deferral.latest_start, chosen.at));
  deferral.zone = chosen.zone;
  deferral.expected = chosen.mean;
  return deferral;
}

}  // namespace runneriq::carbon
