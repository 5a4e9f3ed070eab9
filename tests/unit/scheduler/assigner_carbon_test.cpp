// scheduler/assigner with carbon: what it weighs, what it may cost, and what is told of it.
#include "scheduler/assigner.hpp"
#include "tests/support/fleet_maker.hpp"
#include "tests/support/grid_maker.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

const std::vector<std::pair<std::string, double>> kGrid{{"DE", 340}, {"DK-DK1", 95}, {"FR", 58}};

Assignment assign_one(const FleetSnapshot& fleet, JobClass job_class,
                      DecisionMode mode = DecisionMode::hybrid) {
  RulesAdvisor advisor;
  const RankedJob job{0, job_class};
  AssignerOptions options;
  options.mode = mode;
  return assign(fleet, {&job, 1}, options, advisor).front();
}

std::int64_t chosen_id(const FleetSnapshot& fleet, const Assignment& assignment) {
  return assignment.chosen ? fleet.runners[assignment.chosen->runner].key.runner.value() : 0;
}

std::int64_t chosen_for(const FleetSnapshot& fleet, JobClass job_class) {
  return chosen_id(fleet, assign_one(fleet, job_class));
}

// Two runners that are equal but for their zones, with the durations of the job on them.
FleetSnapshot two_runners(const std::string& zone_of_1, const std::string& zone_of_2,
                          Duration duration_on_1 = 100s, Duration duration_on_2 = 100s) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}), runner_with(2, {})}, {job_with(10)});
  fleet.jobs[0].history = 1;
  fleet.histories.push_back(
      {.estimate = {.median = 100s, .p90 = 150s, .basis = EstimateBasis::job},
       .fleet_average = 100s,
       .by_runner = {{fleet.runners[0].key, duration_on_1}, {fleet.runners[1].key, duration_on_2}}});
  return on_grid(std::move(fleet), kGrid, {zone_of_1, zone_of_2});
}

double weight_of(const RunnerScore& score, RunnerFactor factor) {
  for (const ScoredFactor& scored : score.factors) {
    if (scored.factor == factor) return scored.weight;
  }
  return -1;
}

// ---- weights and values -------------------------------------------------------------------

TEST(CarbonWeights, HaveTheSharesOfTheArchitecture) {
  const CarbonWeights weights;
  EXPECT_DOUBLE_EQ(carbon_share(weights, JobClass::critical), 0.05);
  EXPECT_DOUBLE_EQ(carbon_share(weights, JobClass::high), 0.20);
  EXPECT_DOUBLE_EQ(carbon_share(weights, JobClass::medium), 0.35);
  EXPECT_DOUBLE_EQ(carbon_share(weights, JobClass::low), 0.50);
  const RunnerWeights others = beside_carbon(weights);
  EXPECT_DOUBLE_EQ(others.utilisation, 0);
  EXPECT_DOUBLE_EQ(others.capacity, 0.4);
  EXPECT_DOUBLE_EQ(others.tag_match, 0.25 / 0.75);
  EXPECT_DOUBLE_EQ(others.history, 0.2 / 0.75);
}

TEST(CarbonWeights, ThatAreNoneAreTheDefaultsOrNothing) {
  CarbonWeights weights{.capacity = 0, .tag_match = -1, .history = 0};
  weights.classes = {-1, std::numeric_limits<double>::quiet_NaN(), 7, 1};
  EXPECT_DOUBLE_EQ(beside_carbon(weights).capacity, 0.4);
  EXPECT_DOUBLE_EQ(carbon_share(weights, JobClass::critical), 0);
  EXPECT_DOUBLE_EQ(carbon_share(weights, JobClass::high), 0);
  EXPECT_DOUBLE_EQ(carbon_share(weights, JobClass::medium), 1);
}

TEST(CarbonValue, IsAHundredAtTheCleanestAndNothingAtTheDirtiest) {
  EXPECT_DOUBLE_EQ(carbon_value(95, 95, 340), 100);
  EXPECT_DOUBLE_EQ(carbon_value(340, 95, 340), 0);
  EXPECT_DOUBLE_EQ(carbon_value(200, 100, 300), 50);
  EXPECT_DOUBLE_EQ(carbon_value(95, 95, 95), 100);
}

TEST(AssignerCarbon, WeighsByClass) {
  const FleetSnapshot fleet = two_runners("DE", "DK-DK1");
  for (const auto& [job_class, share] : {std::pair{JobClass::critical, 0.05},
                                         {JobClass::high, 0.2},
                                         {JobClass::medium, 0.35},
                                         {JobClass::low, 0.5}}) {
    SCOPED_TRACE(to_text(job_class));
    const Assignment assignment = assign_one(fleet, job_class);
    EXPECT_EQ(chosen_id(fleet, assignment), 2);
    EXPECT_DOUBLE_EQ(weight_of(*assignment.chosen, RunnerFactor::carbon), share);
    EXPECT_DOUBLE_EQ(value_of(*assignment.chosen, RunnerFactor::carbon), 100);
    EXPECT_DOUBLE_EQ(value_of(*assignment.runner_up, RunnerFactor::carbon), 0);
    const double rest = job_class == JobClass::critical ? 0.2 : 0.4;
    EXPECT_DOUBLE_EQ(weight_of(*assignment.chosen, RunnerFactor::capacity), rest * (1 - share));
  }
}

TEST(AssignerCarbon, OffIsAsIfThereWasNone) {
  FleetSnapshot fleet = two_runners("DE", "DK-DK1");
  const auto is_plain = [](const Assignment& assignment) {
    return !assignment.carbon && assignment.chosen->factors.size() == 4 &&
           assignment.reason == "both within 0 %; runner 1 has the lower id";
  };
  fleet.carbon->zones.clear();
  EXPECT_TRUE(is_plain(assign_one(fleet, JobClass::low))) << assign_one(fleet, JobClass::low).reason;
  fleet.carbon.reset();
  EXPECT_TRUE(is_plain(assign_one(fleet, JobClass::low)));
  EXPECT_TRUE(is_plain(assign_one(two_runners("", "??"), JobClass::low)));
}

// ---- without data -------------------------------------------------------------------------

TEST(AssignerCarbon, NoDataIsLeftOutOfTheScoreAndNeverReadsAsClean) {
  for (const JobClass job_class : kJobClasses) {
    SCOPED_TRACE(to_text(job_class));
    const FleetSnapshot fleet = two_runners("", "DE");
    for (const DecisionMode mode : {DecisionMode::hybrid, DecisionMode::rules_only}) {
      const Assignment assignment = assign_one(fleet, job_class, mode);
      EXPECT_EQ(chosen_id(fleet, assignment), 2) << assignment.reason;
      EXPECT_DOUBLE_EQ(weight_of(*assignment.runner_up, RunnerFactor::carbon), -1);
    }
  }
}

TEST(AssignerCarbon, TheOthersWeighAllWhereDataIsMissing) {
  FleetSnapshot fleet =
      fleet_of({runner_with(1, {}), runner_with(2, {}), runner_with(3, {})}, {job_with(10)});
  fleet = on_grid(std::move(fleet), kGrid, {"DE", "", "FR"});
  const Assignment assignment = assign_one(fleet, JobClass::low);
  EXPECT_EQ(chosen_id(fleet, assignment), 3);
  ASSERT_TRUE(assignment.runner_up);
  EXPECT_EQ(assignment.runner_up->runner, 1U);
  EXPECT_DOUBLE_EQ(weight_of(*assignment.runner_up, RunnerFactor::capacity), 0.4);
}

// ---- speed limits -------------------------------------------------------------------------

struct SpeedCase {
  std::string name;
  JobClass job_class;
  Duration on_greener;
  std::int64_t chosen;
};
void PrintTo(const SpeedCase& c, std::ostream* out) {
  *out << c.name;
}
class AssignerSpeed : public testing::TestWithParam<SpeedCase> {};

TEST_P(AssignerSpeed, BoundsWhatAGreenerRunnerCosts) {
  const FleetSnapshot fleet = two_runners("DE", "FR", 100s, GetParam().on_greener);
  const Assignment assignment = assign_one(fleet, GetParam().job_class);
  EXPECT_EQ(chosen_id(fleet, assignment), GetParam().chosen) << assignment.reason;
}

INSTANTIATE_TEST_SUITE_P(Classes, AssignerSpeed,
                         testing::Values(SpeedCase{"CriticalEqual", JobClass::critical, 100s, 2},
                                         SpeedCase{"CriticalSlower", JobClass::critical, 101s, 1},
                                         SpeedCase{"HighAtTheLimit", JobClass::high, 110s, 2},
                                         SpeedCase{"HighBeyond", JobClass::high, 111s, 1},
                                         SpeedCase{"MediumAtTheLimit", JobClass::medium, 120s, 2},
                                         SpeedCase{"MediumBeyond", JobClass::medium, 121s, 1},
                                         SpeedCase{"LowWithoutLimit", JobClass::low, 200s, 2}),
                         [](const auto& test) { return test.param.name; });

TEST(AssignerCarbon, BeyondTheLimitItIsStillACandidateWithoutThePoints) {
  const FleetSnapshot fleet = two_runners("DE", "FR", 100s, 150s);
  const Assignment assignment = assign_one(fleet, JobClass::medium);
  EXPECT_EQ(assignment.candidates, 2);
  ASSERT_TRUE(assignment.runner_up);
  EXPECT_EQ(assignment.runner_up->runner, 1U);
  EXPECT_DOUBLE_EQ(value_of(*assignment.runner_up, RunnerFactor::carbon), 100);
  EXPECT_DOUBLE_EQ(weight_of(*assignment.runner_up, RunnerFactor::carbon), 0);
}

TEST(AssignerCarbon, SaysWhenTheSpeedLimitDecided) {
  FleetSnapshot fleet = two_runners("DE", "FR", 100s, 150s);
  fleet.runners[0].active_jobs = 2;
  fleet.runners[1].active_jobs = 7;
  fleet.runners[0].traits.tags = {"a"};
  fleet.runners[0].max_jobs = 3;
  fleet.runners[1].max_jobs = 9;
  fleet.runners[0].host_load = 0;
  const Assignment assignment = assign_one(fleet, JobClass::high);
  EXPECT_EQ(chosen_id(fleet, assignment), 1) << assignment.reason;
  EXPECT_EQ(assignment.path, DecisionPath::rules);
  EXPECT_NE(assignment.reason.find("would delay a HIGH job more than carbon may"), std::string::npos)
      << assignment.reason;
}

TEST(AssignerCarbon, AFullRunnerWinsByCarbonForLowJobsOnly) {
  FleetSnapshot fleet = two_runners("DE", "FR");
  fleet.runners[1].active_jobs = 4;
  for (const JobClass job_class : {JobClass::critical, JobClass::high, JobClass::medium}) {
    EXPECT_EQ(chosen_for(fleet, job_class), 1) << to_text(job_class);
  }
  fleet.runners[0].active_jobs = 3;
  fleet.runners[0].max_jobs = 40;
  fleet.runners[0].traits.tags = {"a", "b", "c", "d", "e", "f"};
  for (const JobClass job_class : {JobClass::critical, JobClass::high, JobClass::medium}) {
    EXPECT_EQ(chosen_for(fleet, job_class), 1) << to_text(job_class);
  }
  fleet.histories[1].by_runner = {{fleet.runners[0].key, 400s}, {fleet.runners[1].key, 50s}};
  EXPECT_EQ(chosen_for(fleet, JobClass::low), 2);
}

TEST(AssignerCarbon, CriticalFollowsTheScoreWithoutCarbon) {
  FleetSnapshot fleet = two_runners("DE", "FR");
  fleet.runners[1].traits.tags = {"gpu"};
  const Assignment assignment = assign_one(fleet, JobClass::critical);
  EXPECT_EQ(chosen_id(fleet, assignment), 1);
  FleetSnapshot plain = fleet;
  plain.carbon.reset();
  EXPECT_DOUBLE_EQ(assignment.chosen->score, assign_one(plain, JobClass::critical).chosen->score);
  EXPECT_EQ(chosen_for(fleet, JobClass::low), 2);
}

// ---- what is told -------------------------------------------------------------------------

TEST(AssignerCarbon, TellsGramsOfAllAndFifosExpectation) {
  const FleetSnapshot fleet = two_runners("DE", "DK-DK1", 600s, 600s);
  const Assignment assignment = assign_one(fleet, JobClass::low);
  ASSERT_TRUE(assignment.carbon);
  const AssignmentCarbon& carbon = *assignment.carbon;
  EXPECT_DOUBLE_EQ(carbon.chosen.intensity->g_per_kwh(), 95);
  EXPECT_NEAR(carbon.chosen.grams, 0.095, 1e-9);  // 6 W × 600 s = 1 Wh
  ASSERT_EQ(carbon.candidates.size(), 2U);
  EXPECT_EQ(carbon.candidates[0].runner, 1U);
  EXPECT_NEAR(carbon.candidates[1].grams, 0.34, 1e-9);
  EXPECT_NEAR(carbon.fifo.intensity->g_per_kwh(), 217.5, 1e-9);
  EXPECT_NEAR(carbon.fifo.grams, (0.095 + 0.34) / 2, 1e-9);
  EXPECT_EQ(carbon.fifo.known, 2);
  EXPECT_NEAR(*carbon.saved_percent, 100 * (1 - 0.095 / 0.2175), 1e-6);
  EXPECT_TRUE(
      assignment.reason.ends_with("; 95 g/kWh in DK-DK1 (live), 0.10 g; FIFO's expectation 218 g/kWh, "
                                  "0.22 g: 56 % saved"))
      << assignment.reason;
}

TEST(AssignerCarbon, DurationsAreOfTheJobInQuestion) {
  FleetSnapshot fleet = two_runners("DE", "FR", 100s, 300s);
  fleet.jobs.push_back(job_with(11));
  const std::vector<RankedJob> both{{0, JobClass::low}, {1, JobClass::low}};
  RulesAdvisor advisor;
  const Assignment second = assign(fleet, both, {}, advisor).back();
  for (const RunnerCarbon& candidate : second.carbon->candidates) {
    EXPECT_NEAR(candidate.grams, candidate.intensity->g_per_kwh() / 1000, 1e-9) << "10 min at 6 W: 1 Wh";
  }
}

TEST(AssignerCarbon, FifoTakesAnyFreeRunnerAsOften) {
  FleetSnapshot fleet = fleet_of(
      {runner_with(1, {}), runner_with(2, {}), runner_with(3, {}, 4), runner_with(4, {})}, {job_with(10)});
  fleet = on_grid(std::move(fleet), kGrid, {"DE", "DK-DK1", "FR", ""});
  EXPECT_EQ(assign_one(fleet, JobClass::low).carbon->fifo.known, 2);
  for (FleetRunner& runner : fleet.runners) runner.active_jobs = 4;
  EXPECT_EQ(assign_one(fleet, JobClass::low).carbon->fifo.known, 3);
}

TEST(AssignerCarbon, DirtierThanFifoIsToldAsSuch) {
  FleetSnapshot fleet = two_runners("DE", "FR", 100s, 300s);
  const Assignment assignment = assign_one(fleet, JobClass::critical);
  EXPECT_LT(*assignment.carbon->saved_percent, 0);
  EXPECT_TRUE(assignment.reason.ends_with("% more")) << assignment.reason;
}

TEST(AssignerCarbon, OneCandidateHasItsCarbonToo) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {})}, {job_with(10)});
  const Assignment assignment = assign_one(on_grid(std::move(fleet), kGrid, {"FR"}), JobClass::high);
  ASSERT_TRUE(assignment.carbon);
  EXPECT_EQ(assignment.reason,
            "runner 1 is the only one that can take it; 58 g/kWh in FR (live), 0.06 g; FIFO's expectation "
            "58 g/kWh, 0.06 g: as much");
}

TEST(AssignerCarbon, ListsTheTwentyCleanest) {
  FleetSnapshot fleet = fleet_of({}, {job_with(10)});
  std::vector<std::string> zones;
  for (int id = 1; id <= 30; ++id) {
    fleet.runners.push_back(runner_with(id, {}));
    zones.emplace_back(id == 5 ? "" : id > 28 ? "FR" : id % 2 == 0 ? "DK-DK1" : "DE");
  }
  fleet = on_grid(std::move(fleet), kGrid, zones);
  const AssignmentCarbon carbon = *assign_one(fleet, JobClass::low).carbon;
  ASSERT_EQ(carbon.candidates.size(), kCandidatesShown);
  EXPECT_EQ(carbon.further_candidates, 10);
  EXPECT_EQ(carbon.candidates[0].runner, 28U);
  EXPECT_EQ(carbon.candidates[1].runner, 29U);
  EXPECT_EQ(carbon.candidates[2].runner, 1U);
  EXPECT_EQ(carbon.candidates[19].runner, 8U);
}

TEST(AssignerCarbon, CloseCallsGoToTheCleanerRunner) {
  FleetSnapshot fleet =
      fleet_of({runner_with(1, {"a"}, 1), runner_with(2, {"a"}), runner_with(3, {})}, {job_with(10, {"a"})});
  fleet = on_grid(std::move(fleet), {{"A", 100}, {"B", 90}, {"C", 600}}, {"B", "A", "C"});
  const Assignment assignment = assign_one(fleet, JobClass::high);
  EXPECT_EQ(chosen_id(fleet, assignment), 1) << assignment.reason;
  EXPECT_EQ(assignment.path, DecisionPath::advisor);
  EXPECT_NE(assignment.reason.find("runner 1 is cleaner (90 against 100 g/kWh)"), std::string::npos)
      << assignment.reason;
}

}  // namespace
}  // namespace runneriq::scheduler
