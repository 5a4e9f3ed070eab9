// Which hour a job that may wait should start in: greener, in time, and not all in the same minute. Pure.
#pragma once

#include "carbon/outlook.hpp"
#include "core/id.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::carbon {

// A job that may wait until a deadline.
struct DeferrableJob {
  GitLabUrl gitlab = {};
  JobId job = {};
  std::string name = {};
  Time ready = {};         // may start from here on: `now`, or later
  Time deadline = {};      // is to have ended
  Duration expected = {};  // median
  Duration longest = {};   // p90, at least `expected`: what the deadline is kept with
  double watts = 6;
  std::vector<ZoneKey> zones = {};  // of the runners that can take it; the cleanest counts
};

struct DeferralTerms {
  Duration margin = std::chrono::minutes{15};  // between deadline − longest and the latest start
  Duration grid = kSlot;                       // starts are looked for at multiples of this from `ready` on
  // A job is moved, or made to wait at all, only when it gains both; else it would be pushed forever.
  double least_gain_share = 0.05;  // of the g/kWh of what it would do otherwise
  double least_gain_g_per_kwh = 10;
  // What an hour of waiting is worth: a start is chosen by grams + this × hours waited.
  double grams_per_hour_waited = 0;
  // Jobs that may start per zone and grid step; 0 = no limit. Starts of the same moment are released in
  // waves of `wave` jobs, `wave_pause` apart.
  int starts_per_step = 0;
  int wave = 5;
  Duration wave_pause = std::chrono::minutes{1};
};

// What was decided of one job.
struct Deferral {
  GitLabUrl gitlab = {};
  JobId job = {};
  Time planned = {};       // when this start was chosen
  Time start = {};         // with the wave's pause; not after latest_start
  Time latest_start = {};  // deadline − longest − margin; may have passed: start is then `ready`
  ZoneKey zone = {};       // where it is expected to be cleanest; "" = nothing is known: it starts at once
  std::optional<Intensity> expected = {};  // mean over its expected duration from `start`
  std::optional<Intensity> at_once = {};   // the same from `ready`
  std::string why = {};  // "320 g/kWh now, 210 from 13:00 UTC in DE (forecast); at the latest 17:40"
};

// What is reserved: starts by (zone, grid step).
class Reservations {
 public:
  [[nodiscard]] int at(const ZoneKey& zone, Time step) const;
  void add(const ZoneKey& zone, Time step);
  void remove(const ZoneKey& zone, Time step);  // one of them, when there is one
  void remove_before(Time step);

 private:
  std::map<std::pair<ZoneKey, Time>, int> starts_;
};

Time latest_start(const DeferrableJob& job, const DeferralTerms& terms);

// The best start of one job with what is reserved already; reserves it. Only slots that the outlook knows
// count: where a job would end beyond the horizon its known part is compared, and beyond the horizon
// nothing starts. Nothing known of any zone: at once.
Deferral defer(const DeferrableJob& job, const GridOutlook& grid, const DeferralTerms& terms, Time now,
               Reservations& reserved);

// All jobs: those with the greatest gain choose first. What was planned before stays where moving gains too
// little, and what is due within a grid step is not moved any more.
std::vector<Deferral> plan_deferrals(std::span<const DeferrableJob> jobs, std::span<const Deferral> before,
                                     const GridOutlook& grid, const DeferralTerms& terms, Time now);

// Minutes, in admission: the start of the slot within [now, bound] from which the job would run enough
// cleaner in `zone` (by least_gain_*), the earliest of the best; none = it does not wait.
std::optional<Time> greener_start(const Outlook& outlook, Duration expected, Time now, Time bound,
                                  const DeferralTerms& terms);

}  // namespace runneriq::carbon
