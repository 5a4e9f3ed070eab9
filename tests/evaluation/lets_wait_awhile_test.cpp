// Wiesner et al., "Let's Wait Awhile" (Middleware 2021), scenario II: long jobs submitted in working hours of
// 2020; one that would end outside working hours may end by nine o'clock of the next morning.
#include "carbon/deferral.hpp"
#include "tests/evaluation/figures.hpp"
#include "tests/evaluation/hindsight.hpp"

#include <algorithm>
#include <random>

namespace runneriq::evaluation {
namespace {

using namespace std::chrono_literals;
using carbon::ZoneKey;
using std::chrono::days;
using std::chrono::floor;

constexpr Duration kHalfHour = 30min;
constexpr int kJobs = 3387;
constexpr int kSeeds = 5;

std::chrono::weekday weekday_of(Time time) {
  return std::chrono::weekday{floor<days>(time)};
}

bool is_workday(Time time) {
  return weekday_of(time) != std::chrono::Saturday && weekday_of(time) != std::chrono::Sunday;
}

// As the authors' program has it: within working hours there is no slack, and what ends on a Friday's evening
// is due on Saturday.
Time deadline_of(Time end) {
  const Time morning = floor<days>(end) + 9h;
  if (weekday_of(end) == std::chrono::Saturday) return morning + days{2};
  if (weekday_of(end) == std::chrono::Sunday || end > morning + 8h) return morning + days{1};
  return std::max(end, morning);
}

std::vector<Time> submissions_of_2020() {
  std::vector<Time> all;
  for (Time time = std::chrono::sys_days{std::chrono::year{2020} / 1 / 1};
       time < std::chrono::sys_days{std::chrono::year{2021} / 1 / 1}; time += kHalfHour) {
    const Duration of_day = time - floor<days>(time);
    if (is_workday(time) && of_day >= 9h && of_day < 17h) all.push_back(time);
  }
  return all;
}

// Of all seeds, by submission.
std::vector<RecordedJob> drawn_jobs() {
  const std::vector<Time> submissions = submissions_of_2020();
  std::vector<RecordedJob> jobs;
  for (unsigned seed = 1; seed <= kSeeds; ++seed) {
    std::mt19937 random{seed};
    std::uniform_int_distribution<std::size_t> submission{0, submissions.size() - 1};
    std::uniform_int_distribution<int> half_hours{8, 179};
    for (int i = 0; i < kJobs; ++i) {
      const Time submitted = submissions[submission(random)];
      jobs.push_back({submitted, half_hours(random) * kHalfHour});
    }
  }
  std::sort(jobs.begin(), jobs.end(),
            [](const RecordedJob& a, const RecordedJob& b) { return a.started < b.started; });
  return jobs;
}

class LetsWaitAwhile : public WithRecordings {
 protected:
  void SetUp() override {
    skip_without({kHalfHourly2020});
    if (!IsSkipped()) truth = half_hourly_2020();
  }

  double saving(const ZoneKey& zone, const carbon::DeferralTerms& terms) {
    PerfectForecast forecast{truth, {zone}};
    double at_once = 0, deferred = 0;
    std::optional<carbon::GridOutlook> grid;
    for (const RecordedJob& recorded : jobs) {
      if (!grid || grid->now != recorded.started) grid = forecast.at(recorded.started, days{8});
      carbon::Reservations reserved;
      const Time start =
          carbon::defer(job_of(recorded, zone), *grid, terms, recorded.started, reserved).start;
      at_once += grams(truth.at(zone), recorded.started, recorded.started + recorded.length);
      deferred += grams(truth.at(zone), start, start + recorded.length);
    }
    return 1 - deferred / at_once;
  }

  static carbon::DeferrableJob job_of(const RecordedJob& recorded, const ZoneKey& zone) {
    const Time end = recorded.started + recorded.length;
    carbon::DeferrableJob job;
    job.ready = recorded.started;
    job.deadline = deadline_of(end);
    job.expected = job.longest = recorded.length;
    job.zones = {zone};
    return job;
  }

  Intensities truth;
  std::vector<RecordedJob> jobs = drawn_jobs();
};

TEST_F(LetsWaitAwhile, ScenarioTwoIsReproduced) {
  struct Published {
    ZoneKey zone;
    double saving;
  };
  const carbon::DeferralTerms plain{
      .margin = 0h, .grid = kHalfHour, .least_gain_share = 0, .least_gain_g_per_kwh = 0, .wave_pause = 0h};
  for (const Published& published : {Published{ZoneKey{"DE"}, 0.0591}, Published{ZoneKey{"GB"}, 0.0656}}) {
    const double ours = saving(published.zone, plain), usual = saving(published.zone, {});
    print_at_the_end({"Let's Wait Awhile II, next workday, " + published.zone.value(),
                      decimal(100 * ours, 2) + " %",
                      decimal(100 * published.saving, 2) + " % (published); with the default terms " +
                          decimal(100 * usual, 2) + " %",
                      Knowledge::perfect});
    EXPECT_NEAR(ours, published.saving, 0.005) << published.zone.value();
  }
}

}  // namespace
}  // namespace runneriq::evaluation
