// GAIA, "Going Green for Less Green" (ASPLOS 2024): its trace of batch jobs and its rule Carbon-Time beside
// ours, which pays for grams and for waiting. Both know a job's queue and cores, not its length; the carbon
// of the hours to come is known.
#include "carbon/deferral.hpp"
#include "tests/evaluation/figures.hpp"
#include "tests/evaluation/hindsight.hpp"

namespace runneriq::evaluation {
namespace {

using namespace std::chrono_literals;
using carbon::ZoneKey;

constexpr Duration kLongestShort = 2h;  // jobs up to here are of the short queue
const ZoneKey kZone{"AU-SA"};

double hours(Duration duration) {
  return std::chrono::duration<double, std::ratio<3600>>(duration).count();
}

struct Result {
  double grams = 0;  // at one watt for each core
  double wait = 0;   // mean, hours
};

class Gaia : public WithRecordings {
 protected:
  void SetUp() override {
    skip_without({kHourly2022, kGaia});
    if (IsSkipped()) return;
    truth = hourly_2022();
    const Time begin = std::chrono::sys_days{std::chrono::year{2022} / 10 / 19};
    jobs = gaia_jobs(begin);
    PerfectForecast forecast{truth, {kZone}};
    for (const RecordedJob& job : jobs) grids.push_back(forecast.at(job.started, 48h));
    mean_short = mean_length([](Duration length) { return length <= kLongestShort; });
    mean_long = mean_length([](Duration length) { return length > kLongestShort; });
  }

  [[nodiscard]] Duration mean_length(auto belongs) const {
    Duration sum{};
    int count = 0;
    for (const RecordedJob& job : jobs) {
      if (!belongs(job.length)) continue;
      sum += job.length;
      ++count;
    }
    return sum / count;
  }
  [[nodiscard]] Duration expected(const RecordedJob& job) const {
    return job.length <= kLongestShort ? mean_short : mean_long;
  }
  [[nodiscard]] static Duration longest_wait(const RecordedJob& job) {
    return job.length <= kLongestShort ? 6h : 24h;
  }

  [[nodiscard]] Result run(auto start_of) const {
    Result result;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      const Time start = start_of(i);
      result.grams += jobs[i].cpus / 1000 * grams(truth.at(kZone), start, start + jobs[i].length);
      result.wait += hours(start - jobs[i].started) / static_cast<double>(jobs.size());
    }
    return result;
  }

  // The greatest (C_now - C_start) / (wait + expected length), starts each full hour after the arrival.
  [[nodiscard]] Time carbon_time(std::size_t i) const {
    const RecordedJob& job = jobs[i];
    const Duration length = expected(job);
    const auto mean_from = [&](Duration wait) {
      return grams(truth.at(kZone), job.started + wait, job.started + wait + length);
    };
    Duration best = 0h;
    double best_rate = 0;
    for (Duration wait = 1h; wait <= longest_wait(job); wait += 1h) {
      const double rate = (mean_from(0h) - mean_from(wait)) / hours(wait + length);
      if (rate <= best_rate) continue;
      best_rate = rate;
      best = wait;
    }
    return job.started + best;
  }

  [[nodiscard]] Time ours(std::size_t i, const carbon::DeferralTerms& terms) const {
    const RecordedJob& recorded = jobs[i];
    carbon::DeferrableJob job;
    job.ready = recorded.started;
    job.expected = job.longest = expected(recorded);
    job.deadline = recorded.started + longest_wait(recorded) + job.longest;
    job.watts = recorded.cpus;
    job.zones = {kZone};
    carbon::Reservations reserved;
    return carbon::defer(job, grids[i], terms, recorded.started, reserved).start;
  }
  [[nodiscard]] Result run_ours(double grams_per_hour_waited) const {
    const carbon::DeferralTerms terms{.margin = 0h,
                                      .grid = 1h,
                                      .least_gain_share = 0,
                                      .least_gain_g_per_kwh = 0,
                                      .grams_per_hour_waited = grams_per_hour_waited,
                                      .wave_pause = 0h};
    return run([&](std::size_t i) { return ours(i, terms); });
  }
  // Ours at the lowest price of waiting at which jobs wait no longer than `wait` in the mean.
  [[nodiscard]] Result run_ours_at_wait(double wait) const {
    double low = 0, high = 1;
    for (int round = 0; round < 30; ++round) {
      const double price = (low + high) / 2;
      (run_ours(price).wait <= wait ? high : low) = price;
    }
    return run_ours(high);
  }

  Intensities truth;
  std::vector<RecordedJob> jobs;
  std::vector<carbon::GridOutlook> grids;
  Duration mean_short{}, mean_long{};
};

TEST_F(Gaia, LessCarbonThanCarbonTimeAtTheSameMeanWait) {
  ASSERT_EQ(jobs.size(), 1000U);
  const Result no_wait = run([&](std::size_t i) { return jobs[i].started; });
  const Result theirs = run([&](std::size_t i) { return carbon_time(i); });
  const Result same_wait = run_ours_at_wait(theirs.wait), any_wait = run_ours(0);
  const auto words = [&](const Result& result) {
    return decimal(result.grams / no_wait.grams, 3) + " of no wait, mean wait " + decimal(result.wait, 2) +
           " h";
  };
  print_at_the_end({"GAIA's trace, AU-SA, wait as Carbon-Time", words(same_wait),
                    words(theirs) + ": Carbon-Time (computed here); published, on another file: 0.725",
                    Knowledge::perfect});
  print_at_the_end({"GAIA's trace, AU-SA, waiting is free", words(any_wait),
                    "published, on another file: 0.684, Lowest-Window", Knowledge::perfect});
  EXPECT_LE(same_wait.wait, theirs.wait);
  EXPECT_LT(same_wait.grams, theirs.grams);
}

}  // namespace
}  // namespace runneriq::evaluation
