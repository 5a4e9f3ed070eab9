// scheduler/runner_score: the value of each factor, and the weights.
#include "scheduler/runner_score.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace runneriq::scheduler {
namespace {

TEST(RunnerScore, UtilisationIsTheFreeShare) {
  EXPECT_DOUBLE_EQ(utilisation_value(0), 100);
  EXPECT_DOUBLE_EQ(utilisation_value(0.25), 75);
  EXPECT_DOUBLE_EQ(utilisation_value(1), 0);
  EXPECT_DOUBLE_EQ(utilisation_value(1.5), 0);
  EXPECT_DOUBLE_EQ(utilisation_value(-1), 100);
}

TEST(RunnerScore, CapacityIsRelativeToTheMostFreeCandidate) {
  EXPECT_DOUBLE_EQ(capacity_value(4, 4), 100);
  EXPECT_DOUBLE_EQ(capacity_value(1, 4), 25);
  EXPECT_DOUBLE_EQ(capacity_value(0, 4), 0);
  EXPECT_DOUBLE_EQ(capacity_value(0, 0), 0);
}

TEST(RunnerScore, EachFurtherTagCostsTenDownToForty) {
  EXPECT_DOUBLE_EQ(tag_match_value(0), 100);
  EXPECT_DOUBLE_EQ(tag_match_value(1), 90);
  EXPECT_DOUBLE_EQ(tag_match_value(6), 40);
  EXPECT_DOUBLE_EQ(tag_match_value(50), 40);
}

TEST(RunnerScore, HistoryComparesWithTheFleet) {
  EXPECT_DOUBLE_EQ(history_value(60, 60), 50);
  EXPECT_DOUBLE_EQ(history_value(60, 120), 25);
  EXPECT_DOUBLE_EQ(history_value(60, 40), 75);
  EXPECT_DOUBLE_EQ(history_value(60, 10), 100);
}

TEST(RunnerScore, HistoryWithoutDataIsFifty) {
  EXPECT_DOUBLE_EQ(history_value(0, 60), 50);
  EXPECT_DOUBLE_EQ(history_value(60, 0), 50);
  EXPECT_DOUBLE_EQ(history_value(-1, 5), 50);
}

TEST(RunnerScore, WeightsCountInProportion) {
  const RunnerWeights used = in_proportion({.utilisation = 1, .capacity = 1, .tag_match = 2, .history = 0});
  EXPECT_DOUBLE_EQ(used.utilisation, 0.25);
  EXPECT_DOUBLE_EQ(used.capacity, 0.25);
  EXPECT_DOUBLE_EQ(used.tag_match, 0.5);
  EXPECT_DOUBLE_EQ(used.history, 0);
}

TEST(RunnerScore, WeightsThatAreNoneAreTheDefaults) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const RunnerWeights used =
      in_proportion({.utilisation = 0, .capacity = -1, .tag_match = nan, .history = 0});
  EXPECT_DOUBLE_EQ(used.utilisation, 0.40);
  EXPECT_DOUBLE_EQ(used.history, 0.20);
}

TEST(RunnerScore, FactorsHaveTheirNames) {
  EXPECT_EQ(to_text(RunnerFactor::utilisation), "utilisation");
  EXPECT_EQ(to_text(RunnerFactor::capacity), "capacity");
  EXPECT_EQ(to_text(RunnerFactor::tag_match), "tag_match");
  EXPECT_EQ(to_text(RunnerFactor::history), "history");
  EXPECT_EQ(to_text(RunnerFactor::carbon), "carbon");
}

}  // namespace
}  // namespace runneriq::scheduler
