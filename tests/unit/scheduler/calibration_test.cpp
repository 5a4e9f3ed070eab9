// scheduler/calibration: CRITICAL in projects where too much is CRITICAL.
#include "scheduler/calibration.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

// Scores 1, 2, …, 100, each once.
ScoreHistory history_of(int jobs, int critical) {
  ScoreHistory history{.jobs = jobs, .critical = critical, .scores = {}};
  for (int score = 1; score <= 100; ++score) history.scores.push_back(score);
  return history;
}

TEST(Calibration, InflatedIsMoreThanAFifthOfAtLeastFiftyJobs) {
  EXPECT_FALSE(is_inflated({}));
  EXPECT_FALSE(is_inflated(history_of(49, 49)));
  EXPECT_FALSE(is_inflated(history_of(50, 10)));
  EXPECT_TRUE(is_inflated(history_of(50, 11)));
  EXPECT_FALSE(is_inflated(history_of(1000, 200)));
}

TEST(Calibration, OnlyTheBestFifthOfAnInflatedProjectStaysCritical) {
  const ScoreHistory history = history_of(100, 60);
  EXPECT_EQ(calibrated(JobClass::critical, 81, history), JobClass::critical);
  EXPECT_EQ(calibrated(JobClass::critical, 80, history), JobClass::high);
  EXPECT_EQ(calibrated(JobClass::critical, 100.5, history), JobClass::critical);
}

TEST(Calibration, LeavesOtherClassesAndOtherProjectsAlone) {
  EXPECT_EQ(calibrated(JobClass::high, 10, history_of(100, 60)), JobClass::high);
  EXPECT_EQ(calibrated(JobClass::low, 10, history_of(100, 60)), JobClass::low);
  EXPECT_EQ(calibrated(JobClass::critical, 10, history_of(100, 20)), JobClass::critical);
}

TEST(Calibration, WithoutScoresRanksNobody) {
  EXPECT_EQ(calibrated(JobClass::critical, 10, {.jobs = 100, .critical = 90, .scores = {}}),
            JobClass::critical);
}

}  // namespace
}  // namespace runneriq::scheduler
