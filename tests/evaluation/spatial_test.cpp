// Jobs of a real project, each at once in the zone that is believed to be the cleanest, against the mean of
// all zones, which is what an even spread gives.
#include "carbon/deferral.hpp"
#include "tests/evaluation/figures.hpp"
#include "tests/evaluation/hindsight.hpp"

#include <algorithm>

namespace runneriq::evaluation {
namespace {

using namespace std::chrono_literals;
using carbon::ZoneKey;

class Spatial : public WithRecordings {
 protected:
  void SetUp() override {
    skip_without({kHourly2022, kLinkerd});
    if (IsSkipped()) return;
    truth = hourly_2022();
    jobs = linkerd_jobs();
  }

  // The part of the grams of an even spread that is saved.
  double saving(auto& knowledge) {
    double spread = 0, ours = 0;
    std::optional<carbon::GridOutlook> grid;
    for (const RecordedJob& job : jobs) {
      const Time end = job.started + job.length;
      for (const ZoneKey& zone : zones) {
        spread += grams(truth.at(zone), job.started, end) / static_cast<double>(zones.size());
      }
      const Time slot = carbon::slot_start(job.started);
      if (!grid || grid->now != slot) grid = knowledge.at(slot, 2h);
      ours += grams(truth.at(zone_of(job, *grid)), job.started, end);
    }
    return 1 - ours / spread;
  }

  // A job that may not wait: its latest start is now.
  [[nodiscard]] ZoneKey zone_of(const RecordedJob& recorded, const carbon::GridOutlook& grid) const {
    carbon::DeferrableJob job;
    job.ready = recorded.started;
    job.deadline = recorded.started;
    job.expected = job.longest = recorded.length;
    job.zones = zones;
    carbon::Reservations none;
    return carbon::defer(job, grid, {}, recorded.started, none).zone;
  }

  double saving_at_age(Duration age) {
    PastSamples samples{truth, zones, age};
    return saving(samples);
  }

  // The plain rule beside ours: the zone whose newest sample, however old, is the lowest.
  double saving_by_last_value(Duration age) {
    double spread = 0, chosen = 0;
    for (const RecordedJob& job : jobs) {
      const auto known = [&](const ZoneKey& zone) { return truth.at(zone).at(job.started - age)->intensity; };
      const ZoneKey best = *std::min_element(
          zones.begin(), zones.end(), [&](const auto& a, const auto& b) { return known(a) < known(b); });
      for (const ZoneKey& zone : zones) {
        const double all = grams(truth.at(zone), job.started, job.started + job.length);
        spread += all / static_cast<double>(zones.size());
        if (zone == best) chosen += all;
      }
    }
    return 1 - chosen / spread;
  }

  std::vector<ZoneKey> zones{ZoneKey{"DE"}, ZoneKey{"GB"}, ZoneKey{"DK-DK1"}, ZoneKey{"ES"},
                             ZoneKey{"US-CAL-CISO"}};
  Intensities truth;
  std::vector<RecordedJob> jobs;
};

TEST_F(Spatial, WithPerfectKnowledgeAlmostHalfIsSaved) {
  EXPECT_EQ(jobs.size(), 9184U);
  PerfectForecast forecast{truth, zones};
  const double ours = saving(forecast);
  print_at_the_end({"place, no slack: saved of an even spread", percent(ours),
                    "47.4 %: the cleanest zone of each hour (separately)", Knowledge::perfect});
  EXPECT_GE(ours, 0.46);
}

TEST_F(Spatial, OldDataFallBackToTheProfile) {
  for (const int hours : {0, 1, 2, 3, 6, 12, 24}) {
    const double ours = saving_at_age(hours * 1h), plain = saving_by_last_value(hours * 1h);
    print_at_the_end({"place, no slack, data " + std::to_string(hours) + " h old", percent(ours),
                      percent(plain) + ": the last value, however old (computed here)", Knowledge::past});
    EXPECT_GE(ours, 0.40) << hours << " h";
  }
}

}  // namespace
}  // namespace runneriq::evaluation
