// scheduler/advisor: how the rules decide between two runners.
#include "scheduler/advisor.hpp"

#include "tests/support/fleet_maker.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace runneriq::scheduler {
namespace {

RunnerScore score_of(std::size_t runner, double capacity) {
  return {
      .runner = runner,
      .score = 50,
      .factors = {
          {.factor = RunnerFactor::capacity, .value = capacity, .weight = 0.2, .points = capacity * 0.2}}};
}

struct Question {
  std::optional<double> reliability_of_3 = {}, reliability_of_7 = {};
  double capacity_of_3 = 100, capacity_of_7 = 100;
  bool is_close = true;
  std::optional<CarbonOfTwo> carbon = {};
  double margin = 0.04;

  // Runner 7 has the better score.
  [[nodiscard]] AdvisorAnswer answer() const {
    FleetSnapshot fleet = fleet_of({runner_with(3, {}), runner_with(7, {})}, {job_with(1)});
    fleet.runners[0].reliability = reliability_of_3;
    fleet.runners[1].reliability = reliability_of_7;
    const RunnerScore better = score_of(1, capacity_of_7);
    const RunnerScore second = score_of(0, capacity_of_3);
    RulesAdvisor advisor;
    return advisor
        .choose({.fleet = &fleet,
                 .job = fleet.jobs.data(),
                 .better = &better,
                 .second = &second,
                 .margin = margin,
                 .is_close = is_close,
                 .carbon = carbon})
        .value();
  }
};

TEST(RulesAdvisor, TakesTheMoreReliableRunner) {
  const AdvisorAnswer answer = Question{.reliability_of_3 = 0.93, .reliability_of_7 = 0.99}.answer();
  EXPECT_EQ(answer.runner, 1U);
  EXPECT_EQ(answer.reason, "both within 4 %; runner 7 is more reliable (99 % against 93 %)");
  EXPECT_EQ((Question{.reliability_of_3 = 0.99, .reliability_of_7 = 0.93}.answer().runner), 0U);
}

TEST(RulesAdvisor, TakesTheLowerIdWhereReliabilityIsAlikeOrNotKnown) {
  EXPECT_EQ(Question{}.answer().runner, 0U);
  EXPECT_EQ(Question{}.answer().reason, "both within 4 %; runner 3 has the lower id");
  EXPECT_EQ((Question{.reliability_of_3 = 0.9001, .reliability_of_7 = 0.9002}.answer().runner), 0U);
  EXPECT_EQ((Question{.reliability_of_3 = {}, .reliability_of_7 = 0.99}.answer().runner), 0U);
}

TEST(RulesAdvisor, PrefersAFreeSlotToReliability) {
  const AdvisorAnswer answer =
      Question{.reliability_of_3 = 0.99, .reliability_of_7 = 0.5, .capacity_of_3 = 0, .capacity_of_7 = 5}
          .answer();
  EXPECT_EQ(answer.runner, 1U);
  EXPECT_EQ(answer.reason, "both within 4 %; runner 7 has a free slot");
}

TEST(RulesAdvisor, LeavesItToTheScoreWhenItIsNotClose) {
  const AdvisorAnswer answer =
      Question{.reliability_of_3 = 0.99, .reliability_of_7 = 0.5, .is_close = false}.answer();
  EXPECT_EQ(answer.runner, 1U);
  EXPECT_EQ(answer.reason, "runner 7 scores better by 4 %");
}

CarbonOfTwo carbon_of(double of_7, double of_3) {
  return {.better = carbon::Intensity::of(of_7), .second = carbon::Intensity::of(of_3)};
}

TEST(RulesAdvisor, TakesTheCleanerRunnerBeforeTheMoreReliableOne) {
  Question question{.reliability_of_3 = 0.99, .reliability_of_7 = 0.93, .carbon = carbon_of(95, 340)};
  EXPECT_EQ(question.answer().runner, 1U);
  EXPECT_EQ(question.answer().reason, "both within 4 %; runner 7 is cleaner (95 against 340 g/kWh)");
  question.carbon = carbon_of(95.4, 95.2);
  EXPECT_EQ(question.answer().reason, "both within 4 %; runner 3 is cleaner (95.2 against 95.4 g/kWh)");
  question.carbon = carbon_of(95, 95);
  EXPECT_EQ(question.answer().reason, "both within 4 %; runner 3 is more reliable (99 % against 93 %)");
}

TEST(RulesAdvisor, PrefersAFreeSlotToCarbon) {
  EXPECT_EQ((Question{.capacity_of_7 = 0, .carbon = carbon_of(95, 340)}.answer().runner), 0U);
}

TEST(RulesAdvisor, PrefersKnownCarbonUnlessTheOtherScoresBetter) {
  Question question{.carbon = carbon_of(95, 0)};
  EXPECT_EQ(question.answer().runner, 1U);
  EXPECT_EQ(question.answer().reason, "both within 4 %; only of runner 7 the carbon is known (95 g/kWh)");
  question.reliability_of_3 = 0.5;
  question.reliability_of_7 = 0.9;
  question.carbon = carbon_of(0, 95);
  EXPECT_EQ(question.answer().runner, 1U);
  question.margin = 0;
  EXPECT_EQ(question.answer().runner, 0U);
}

}  // namespace
}  // namespace runneriq::scheduler
