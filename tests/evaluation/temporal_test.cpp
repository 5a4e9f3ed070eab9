// Jobs of one hour that come in working hours and may wait for a day: what a limit on the starts of an hour
// costs, and what it prevents.
#include "carbon/deferral.hpp"
#include "tests/evaluation/figures.hpp"
#include "tests/evaluation/hindsight.hpp"

#include <algorithm>
#include <map>

namespace runneriq::evaluation {
namespace {

using namespace std::chrono_literals;
using carbon::ZoneKey;

constexpr int kJobsPerHour = 10;
constexpr Duration kSlack = 24h;

std::vector<Time> working_hours_of_2022() {
  std::vector<Time> hours;
  const std::chrono::sys_days first = std::chrono::year{2022} / 1 / 1;
  for (std::chrono::sys_days day = first; day < std::chrono::year{2022} / 12 / 31;
       day += std::chrono::days{1}) {
    const std::chrono::weekday weekday{day};
    if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) continue;
    for (auto hour = 8h; hour < 18h; hour += 1h) hours.push_back(day + hour);
  }
  return hours;
}

struct Outcome {
  double saving;
  int peak;  // starts of an hour
};

class Temporal : public WithRecordings {
 protected:
  void SetUp() override {
    skip_without({kHourly2022});
    if (!IsSkipped()) truth = hourly_2022();
  }

  Outcome run(const ZoneKey& zone, auto knowledge, const carbon::DeferralTerms& terms) {
    carbon::Reservations reserved;
    std::map<Time, int> starts;
    double at_once = 0, deferred = 0;
    for (const Time hour : working_hours_of_2022()) {
      const carbon::GridOutlook grid = knowledge.at(hour, kSlack + 1h);
      for (int i = 0; i < kJobsPerHour; ++i) {
        const Time start = carbon::defer(job_of(zone, hour), grid, terms, hour, reserved).start;
        at_once += grams(truth.at(zone), hour, hour + 1h);
        deferred += grams(truth.at(zone), start, start + 1h);
        ++starts[std::chrono::floor<std::chrono::hours>(start)];
      }
    }
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    return {1 - deferred / at_once, std::max_element(starts.begin(), starts.end(), fewer)->second};
  }

  static carbon::DeferrableJob job_of(const ZoneKey& zone, Time hour) {
    carbon::DeferrableJob job;
    job.ready = hour;
    job.deadline = hour + kSlack + 1h;
    job.expected = job.longest = 1h;
    job.zones = {zone};
    return job;
  }

  // Without a margin, a least gain and waves, as in the figures beside ours.
  static carbon::DeferralTerms plain(int starts_per_step) {
    return {.margin = 0h,
            .grid = 1h,
            .least_gain_share = 0,
            .least_gain_g_per_kwh = 0,
            .starts_per_step = starts_per_step,
            .wave_pause = 0h};
  }

  static std::string words(const Outcome& outcome) {
    return percent(outcome.saving) + ", peak " + decimal(outcome.peak / double{kJobsPerHour}, 1) + "x";
  }

  static std::string share(const Outcome& limited, const Outcome& unlimited) {
    return decimal(100 * limited.saving / unlimited.saving, 2) + " %";
  }

  struct Zone {
    ZoneKey key;
    std::string limited, unlimited;  // reference
  };
  std::vector<Zone> zones{{ZoneKey{"DE"}, "14.2", "16.4"},
                          {ZoneKey{"GB"}, "20.4", "22.5"},
                          {ZoneKey{"DK-DK1"}, "24.9", "29.3"},
                          {ZoneKey{"US-CAL-CISO"}, "32.3", "33.9"}};
  Intensities truth;
};

TEST_F(Temporal, TwiceTheArrivalRateKeepsMostOfTheSaving) {
  double limited_savings = 0, unlimited_savings = 0;
  for (const Zone& zone : zones) {
    const PerfectForecast forecast{truth, {zone.key}};
    const Outcome limited = run(zone.key, forecast, plain(2 * kJobsPerHour));
    const Outcome unlimited = run(zone.key, forecast, plain(0));
    const std::string where = "time, 24 h slack, " + zone.key.value();
    print_at_the_end(
        {where + ", at most 2x", words(limited),
         zone.limited + " % (separately); ours is " + share(limited, unlimited) + " of no limit's",
         Knowledge::perfect});
    print_at_the_end({where + ", no limit", words(unlimited), zone.unlimited + " %, peak 11x (separately)",
                      Knowledge::perfect});
    EXPECT_GE(limited.saving, 0.84 * unlimited.saving) << zone.key.value();
    EXPECT_LE(limited.peak, 2.2 * kJobsPerHour) << zone.key.value();
    limited_savings += limited.saving;
    unlimited_savings += unlimited.saving;
  }
  EXPECT_GE(limited_savings, 0.85 * unlimited_savings) << "all zones";
}

TEST_F(Temporal, WithoutAForecastTheProfileDecides) {
  const std::map<std::string, std::string> persistence{
      {"DE", "7.3"}, {"GB", "9.4"}, {"DK-DK1", "2.2"}, {"US-CAL-CISO", "31.3"}};
  for (const Zone& zone : zones) {
    const PastSamples samples{truth, {zone.key}, 0h};
    const Outcome ours = run(zone.key, samples, plain(0));
    const Outcome usual = run(zone.key, samples, {.starts_per_step = 5});
    print_at_the_end({"time, 24 h slack, " + zone.key.value() + ", no forecast", words(ours),
                      persistence.at(zone.key.value()) +
                          " %: as yesterday (separately); with the default terms " + words(usual),
                      Knowledge::past});
    EXPECT_GT(ours.saving, 0) << zone.key.value();
  }
}

}  // namespace
}  // namespace runneriq::evaluation
