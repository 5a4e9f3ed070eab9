#include "scheduler/history.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(History, NeverRanIsTakenForFiveMinutes) {
  const DurationEstimate found = estimate({});
  EXPECT_EQ(found.basis, EstimateBasis::none);
  EXPECT_EQ(found.median, 5min);
  EXPECT_EQ(found.p90, 5min);
}

TEST(History, FirstListThatIsNotEmptyDecides) {
  DurationSamples samples{.of_job = {}, .of_stage = {}, .of_project = {}, .of_all = {4s}};
  EXPECT_EQ(estimate(samples).basis, EstimateBasis::all);
  samples.of_project = {3s};
  EXPECT_EQ(estimate(samples).basis, EstimateBasis::project);
  samples.of_stage = {2s};
  EXPECT_EQ(estimate(samples).basis, EstimateBasis::stage);
  samples.of_job = {1s};
  EXPECT_EQ(estimate(samples).basis, EstimateBasis::job);
  EXPECT_EQ(estimate(samples).median, 1s);
}

struct EstimateCase {
  const char* name;
  std::vector<Duration> newest_first;
  Duration median;
  Duration p90;
};

class Estimate : public testing::TestWithParam<EstimateCase> {};

TEST_P(Estimate, HasMedianAndNearestRankP90) {
  const DurationEstimate found =
      estimate({.of_job = GetParam().newest_first, .of_stage = {}, .of_project = {}, .of_all = {}});
  EXPECT_EQ(found.median, GetParam().median);
  EXPECT_EQ(found.p90, GetParam().p90);
}

INSTANTIATE_TEST_SUITE_P(
    History, Estimate,
    testing::Values(
        EstimateCase{"OneRunIsBoth", {7s}, 7s, 7s},
        EstimateCase{"OfTwoTheMeanAndTheLonger", {10s, 20s}, 15s, 20s},
        EstimateCase{"OrderDoesNotMatter", {30s, 10s, 20s}, 20s, 30s},
        EstimateCase{"OfNineTheFifthAndTheNinth", {9s, 8s, 7s, 6s, 5s, 4s, 3s, 2s, 1s}, 5s, 9s},
        EstimateCase{"OfTenTheMiddleTwoAndTheNinth", {1s, 2s, 3s, 4s, 5s, 6s, 7s, 8s, 9s, 10s}, 5500ms, 9s},
        EstimateCase{"OneOutlierMovesNeither", {10s, 10s, 10s, 10s, 10s, 10s, 10s, 10s, 10s, 1h}, 10s, 10s},
        EstimateCase{
            "OlderThanTheLastTenIsForgotten", {1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1h, 1h, 1h}, 1s, 1s}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace runneriq::scheduler
