#include "simulation/experiment.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace runneriq::simulation {
namespace {

using namespace std::chrono_literals;
using scheduler::JobClass;

Scenario scenario_of(double load, int jobs) {
  Scenario scenario;
  scenario.load.load = load;
  scenario.load.jobs = jobs;
  return scenario;
}

std::map<Policy, Measures> compared(const Scenario& scenario, int seeds = 2) {
  std::map<Policy, Measures> measures;
  for (auto& [policy, of] : compare(scenario, {Policy::fifo, Policy::strict, Policy::gate}, {1, seeds})) {
    measures.emplace(policy, of);
  }
  return measures;
}

double critical(const Measures& measures) {
  return measures.wait_by_class[static_cast<std::size_t>(JobClass::critical)].mean;
}

// Mean wait of M/M/c by Erlang's C formula.
double erlang_c_wait(int servers, double load, double mean) {
  const double offered = servers * load;
  double blocked = 1;  // Erlang B by its recursion
  for (int k = 1; k <= servers; ++k) blocked = offered * blocked / (k + offered * blocked);
  const double waits = blocked / (1 - load * (1 - blocked));
  return waits * mean / (servers * (1 - load));
}

TEST(Experiment, FifoWaitsAreThoseOfErlangsFormula) {
  for (const double load : {0.5, 0.7, 0.8}) {
    Scenario scenario = scenario_of(load, 40'000);
    scenario.load.law = LengthLaw::exponential;
    scenario.load.classes = {{JobClass::medium, 1, 300s, 0}};
    scenario.fleet.runner_poll = 0s;
    const double wait = compare(scenario, {Policy::fifo}, {11, 4})[0].second.wait.mean;
    const double expected = erlang_c_wait(10, load, 300);
    EXPECT_NEAR(wait / expected, 1, 0.12) << load << ": " << wait << " against " << expected;
  }
}

TEST(Experiment, ClassMixAndQuantilesAreThoseOfTheWaits) {
  const Spread spread = spread_of({4, 1, 3, 2});
  EXPECT_EQ(spread.count, 4U);
  EXPECT_EQ(spread.mean, 2.5);
  EXPECT_EQ(spread.p50, 2);
  EXPECT_EQ(spread.p95, 4);
  EXPECT_EQ(spread.max, 4);
  EXPECT_EQ(spread_of({}).count, 0U);
}

TEST(Experiment, TheGateComesNearToStrictPriorityAndShortensTheMean) {
  const auto measures = compared(scenario_of(0.9, 6000));
  const Measures& fifo = measures.at(Policy::fifo);
  const Measures& gate = measures.at(Policy::gate);
  EXPECT_LT(critical(gate), 0.16 * critical(fifo));
  EXPECT_LT(critical(measures.at(Policy::strict)), critical(gate));
  EXPECT_LT(gate.wait.mean, 0.7 * fifo.wait.mean);
  EXPECT_LT(gate.wait.max, 2.0 * fifo.wait.max);
  EXPECT_GT(gate.writes_per_hour, 100);
  EXPECT_EQ(fifo.writes_per_hour, 0);
}

double pipeline_time_to_fifo(Arrivals arrivals, LaneBasis basis) {
  Scenario scenario = scenario_of(0.9, 4000);
  scenario.load.arrivals = arrivals;
  scenario.lanes.basis = basis;
  const auto measures = compare(scenario, {Policy::fifo, Policy::gate}, {1, 2});
  return measures[1].second.pipeline.mean / measures[0].second.pipeline.mean;
}

// Pipelines of equal size differ less in their work: there is less to gain from doing the short ones first.
TEST(Experiment, PipelinesGainByALaneOfTheirOwnAndMostWhereTheyDifferInSize) {
  const double per_pipeline = pipeline_time_to_fifo(Arrivals::batches, LaneBasis::pipeline);
  const double per_job = pipeline_time_to_fifo(Arrivals::batches, LaneBasis::job);
  const double of_equal_size = pipeline_time_to_fifo(Arrivals::pipelines, LaneBasis::pipeline);
  EXPECT_GT(per_pipeline, 0.5);
  EXPECT_LT(per_pipeline, 0.8);
  EXPECT_GT(per_job, per_pipeline + 0.1);
  EXPECT_GT(of_equal_size, per_pipeline + 0.05);
  EXPECT_LT(of_equal_size, 0.95);
}

TEST(Experiment, APipelineLastsUntilItsLastJobEnds) {
  const auto job = [](Duration arrived, std::int64_t pipeline) {
    return SimulatedJob{.arrived = arrived, .length = 10s, .pipeline = pipeline};
  };
  const Jobs jobs{job(0s, 1), job(0s, 1), job(5s, 2)};
  RunOutcome outcome;
  for (const Duration started : {0s, 20s, 5s}) {
    outcome.jobs.push_back({.started = started, .finished = started + 10s, .host = 0, .cut = {}});
  }
  MeasuresOfSeeds measures;
  measures.add(jobs, outcome, 0);
  EXPECT_EQ(measures.measures().pipeline.count, 2U);
  EXPECT_EQ(measures.measures().pipeline.mean, 20);
}

TEST(Experiment, SingleJobsAreNoPipelines) {
  EXPECT_EQ(compare(scenario_of(0.5, 200), {Policy::fifo}, {1, 1})[0].second.pipeline.count, 0U);
}

TEST(Experiment, ASpecialPoolIsNotCutForTheSakeOfOthers) {
  Scenario scenario = scenario_of(0.8, 5000);
  scenario.fleet.special_hosts = 2;
  scenario.load.special_share = 0.1;
  const auto measures = compared(scenario);
  const Measures& fifo = measures.at(Policy::fifo);
  const Measures& gate = measures.at(Policy::gate);
  EXPECT_LT(gate.wait.mean, fifo.wait.mean);
  EXPECT_LT(gate.wait_by_pool[1].mean, 2.2 * fifo.wait_by_pool[1].mean);
}

TEST(Experiment, APhantomCostsLittle) {
  Scenario scenario = scenario_of(0.8, 8000);
  const double without = compared(scenario, 1).at(Policy::gate).wait.mean;
  scenario.phantoms = 1;
  const double with = compared(scenario, 1).at(Policy::gate).wait.mean;
  EXPECT_LT(with, 1.5 * without);
  EXPECT_NE(with, without);
}

TEST(Experiment, TheAssignerChangesNoOrderOfTheGate) {
  Scenario scenario = scenario_of(0.9, 2000);
  const double lean = critical(compared(scenario, 1).at(Policy::gate));
  scenario.steering.deciding = Deciding::assigner;
  const double full = critical(compared(scenario, 1).at(Policy::gate));
  EXPECT_NEAR(full / lean, 1, 0.25);
}

TEST(Experiment, TheSameSeedGivesTheSameNumbers) {
  const auto once = compared(scenario_of(0.8, 2000), 1), again = compared(scenario_of(0.8, 2000), 1);
  EXPECT_EQ(once.at(Policy::gate).wait.mean, again.at(Policy::gate).wait.mean);
  EXPECT_NE(compare(scenario_of(0.8, 2000), {Policy::fifo}, {2, 1})[0].second.wait.mean,
            once.at(Policy::fifo).wait.mean);
}

}  // namespace
}  // namespace runneriq::simulation
