#include "simulation/load.hpp"

#include "simulation/lane_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace runneriq::simulation {
namespace {

using scheduler::JobClass;

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000;
}

LoadModel model_of(Arrivals arrivals, int jobs) {
  LoadModel model;
  model.arrivals = arrivals;
  model.jobs = jobs;
  return model;
}

TEST(SimulatedLoad, BringsTheLoadTheMixAndTheErrorThatWereAskedFor) {
  const Jobs jobs = make_load(model_of(Arrivals::poisson, 60'000), 1);
  std::map<JobClass, double> count, work;
  double all = 0, error = 0;
  for (const SimulatedJob& job : jobs) {
    ++count[job.job_class];
    work[job.job_class] += seconds(job.length);
    all += seconds(job.length);
    error += std::pow(std::log(seconds(job.expected) / seconds(job.length)), 2);
  }
  EXPECT_NEAR(count[JobClass::critical] / 60'000, 0.1, 0.005);
  EXPECT_NEAR(count[JobClass::low] / 60'000, 0.3, 0.01);
  EXPECT_NEAR(work[JobClass::critical] / count[JobClass::critical], 240, 12);
  EXPECT_NEAR(work[JobClass::medium] / count[JobClass::medium], 300, 12);
  EXPECT_NEAR(work[JobClass::low] / count[JobClass::low], 480, 40);
  EXPECT_NEAR(all / (10 * seconds(jobs.back().arrived)), 0.8, 1e-5);
  EXPECT_NEAR(std::sqrt(error / 60'000), 0.35, 0.01);
}

TEST(SimulatedLoad, ArrivesInOrderWhateverTheProcess) {
  for (const Arrivals arrivals :
       {Arrivals::poisson, Arrivals::batches, Arrivals::pipelines, Arrivals::diurnal, Arrivals::day}) {
    const Jobs jobs = make_load(model_of(arrivals, 5000), 3);
    ASSERT_EQ(jobs.size(), 5000U);
    for (std::size_t i = 1; i < jobs.size(); ++i) ASSERT_GE(jobs[i].arrived, jobs[i - 1].arrived);
  }
}

TEST(SimulatedLoad, PipelinesHaveOneClassAndOneMoment) {
  const Jobs jobs = make_load(model_of(Arrivals::pipelines, 600), 3);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const SimulatedJob& first = jobs[i - i % 6];
    EXPECT_EQ(jobs[i].arrived, first.arrived);
    EXPECT_EQ(jobs[i].job_class, first.job_class);
    EXPECT_EQ(jobs[i].pipeline, first.pipeline);
  }
  EXPECT_NE(jobs[0].pipeline, jobs[6].pipeline);
}

TEST(SimulatedLoad, DiurnalRateSwingsBySixtyPercent) {
  const Jobs jobs = make_load(model_of(Arrivals::diurnal, 100'000), 3);
  std::array<double, 4> quarters{};
  for (const SimulatedJob& job : jobs) {
    const double day = seconds(job.arrived) / 86'400;
    ++quarters[static_cast<std::size_t>((day - std::floor(day)) * 4)];
  }
  // Of 1 + 0.6 sin: a quarter of the day has 1 ± 1.2 / π of the mean.
  EXPECT_NEAR(quarters[0] / 25'000, 1.382, 0.06);
  EXPECT_NEAR(quarters[2] / 25'000, 0.618, 0.06);
}

TEST(SimulatedLoad, AWorkingDayHasNineHoursAndTwoHundredJobs) {
  const Jobs jobs = make_load(model_of(Arrivals::day, 40'000), 3);
  for (const SimulatedJob& job : jobs) EXPECT_LE(job.arrived % std::chrono::hours{24}, std::chrono::hours{9});
  EXPECT_NEAR(40'000 / (seconds(jobs.back().arrived) / 86'400), 200, 12);
}

TEST(SimulatedLoad, SpecialJobsAreTheShareThatWasAskedFor) {
  LoadModel model = model_of(Arrivals::poisson, 20'000);
  model.special_share = 0.1;
  double special = 0;
  for (const SimulatedJob& job : make_load(model, 3)) special += job.pool == PoolKind::special ? 1 : 0;
  EXPECT_NEAR(special / 20'000, 0.1, 0.01);
}

// ---- lanes ----------------------------------------------------------------------------------

TEST(SimulatedLanes, CarryTheNamesThatPeopleKnow) {
  EXPECT_EQ(lanes_of({.duration_lanes = 1}).tags().back(), "runneriq:ordinary");
  EXPECT_EQ(lanes_of({.duration_lanes = 3}).tags(), scheduler::Lanes{}.tags());
  EXPECT_EQ(lanes_of({.duration_lanes = 6}).size(), 8U);
}

TEST(SimulatedLanes, CriticalGoesByClassAndTheRestInEqualPartsByWork) {
  Jobs jobs = make_load(model_of(Arrivals::poisson, 9000), 3);
  const LaneModel model;
  give_lanes(jobs, model, lanes_of(model), 1);
  std::map<std::size_t, double> count;
  std::map<std::size_t, Duration> longest;
  std::map<std::size_t, Duration> shortest;
  for (const SimulatedJob& job : jobs) {
    ASSERT_TRUE(job.lane);
    ASSERT_EQ(job.job_class == JobClass::critical, *job.lane == 0);
    if (*job.lane == 0) continue;
    ++count[*job.lane];
    longest[*job.lane] = std::max(longest[*job.lane], job.expected);
    shortest.try_emplace(*job.lane, job.expected);
    shortest[*job.lane] = std::min(shortest[*job.lane], job.expected);
  }
  EXPECT_EQ(count.size(), 3U);
  for (const auto& [lane, jobs_of_lane] : count) EXPECT_NEAR(jobs_of_lane, 2700, 120);
  EXPECT_LE(longest[2], shortest[3]);
  EXPECT_LE(longest[3], shortest[4]);
}

TEST(SimulatedLanes, AllJobsOfAPipelineShareOneByItsWholeWork) {
  Jobs jobs = make_load(model_of(Arrivals::pipelines, 6000), 3);
  const LaneModel model{.basis = LaneBasis::pipeline};
  give_lanes(jobs, model, lanes_of(model), 1);
  std::map<std::int64_t, std::set<std::optional<std::size_t>>> lanes;
  for (const SimulatedJob& job : jobs) lanes[job.pipeline].insert(job.lane);
  for (const auto& [pipeline, of] : lanes) EXPECT_EQ(of.size(), 1U);
}

// Pipelines differ in their number of jobs: a third of the jobs would be far more than a third of them.
TEST(SimulatedLanes, EqualPartsAreOfPipelinesWherePipelinesHaveLanes) {
  Jobs jobs = make_load(model_of(Arrivals::batches, 12'000), 3);
  const LaneModel model{.basis = LaneBasis::pipeline};
  give_lanes(jobs, model, lanes_of(model), 1);
  std::map<std::size_t, std::set<std::int64_t>> pipelines;
  double ordinary = 0;
  for (const SimulatedJob& job : jobs) {
    if (*job.lane > 0) ordinary += pipelines[*job.lane].insert(job.pipeline).second ? 1 : 0;
  }
  ASSERT_EQ(pipelines.size(), 3U);
  for (const auto& [lane, of] : pipelines) EXPECT_NEAR(static_cast<double>(of.size()), ordinary / 3, 1);
}

TEST(SimulatedLanes, AShareOfTheOrdinaryJobsCarriesNone) {
  Jobs jobs = make_load(model_of(Arrivals::poisson, 10'000), 3);
  const LaneModel model{.unlaned = 0.5};
  give_lanes(jobs, model, lanes_of(model), 1);
  double without = 0, ordinary = 0;
  for (const SimulatedJob& job : jobs) {
    if (job.job_class == JobClass::critical) {
      EXPECT_TRUE(job.lane);
      continue;
    }
    ++ordinary;
    without += job.lane ? 0 : 1;
  }
  EXPECT_NEAR(without / ordinary, 0.5, 0.03);
}

}  // namespace
}  // namespace runneriq::simulation
