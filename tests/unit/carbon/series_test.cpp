#include "carbon/series.hpp"

#include "tests/support/intensities.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using namespace support;

const Time kNoon = utc("2025-03-01T12:00:00Z");

// "12:00-13:00=300 …", minutes from noon.
std::string written(const Series& series) {
  std::string text;
  for (const Step& step : series.steps()) {
    const auto minutes = [](Time time) { return std::to_string((time - kNoon) / 1min); };
    text += (text.empty() ? "" : " ") + minutes(step.from) + "-" + minutes(step.to) + "=" +
            std::to_string(static_cast<int>(step.intensity.g_per_kwh()));
  }
  return text;
}

struct OverlapCase {
  std::string name;
  std::vector<Step> given;
  std::string expected;
};

class Overlap : public testing::TestWithParam<OverlapCase> {};

TEST_P(Overlap, IsSettled) {
  EXPECT_EQ(written(Series{GetParam().given}), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Series, Overlap,
    testing::Values(
        OverlapCase{"NothingIsEmpty", {}, ""},
        OverlapCase{"NeighboursStay", steps(kNoon, 30min, {1, 2}), "0-30=1 30-60=2"},
        OverlapCase{"AnyOrderIsPutInOrder", {step(kNoon + 1h, 1h, 2), step(kNoon, 1h, 1)}, "0-60=1 60-120=2"},
        OverlapCase{"TheShorterOneCounts",
                    {step(kNoon, 1h, 1), step(kNoon + 15min, 15min, 2)},
                    "0-15=1 15-30=2 30-60=1"},
        OverlapCase{"WhateverTheirOrder",
                    {step(kNoon + 15min, 15min, 2), step(kNoon, 1h, 1)},
                    "0-15=1 15-30=2 30-60=1"},
        OverlapCase{
            "OfEquallyLongOnesTheLaterOneOfTheList", {step(kNoon, 1h, 1), step(kNoon, 1h, 2)}, "0-60=2"},
        OverlapCase{"AndWhatIsLeftOfTheOtherStays",
                    {step(kNoon + 30min, 1h, 1), step(kNoon, 1h, 2)},
                    "0-60=2 60-90=1"},
        OverlapCase{"ThreeLengthsAreMixed",
                    {step(kNoon, 1h, 1), step(kNoon, 30min, 2), step(kNoon + 15min, 15min, 3),
                     step(kNoon + 1h, 30min, 4)},
                    "0-15=2 15-30=3 30-60=1 60-90=4"},
        OverlapCase{"ALongStepFillsTheGapsBetweenShortOnes",
                    {step(kNoon + 10min, 5min, 1), step(kNoon + 30min, 5min, 2), step(kNoon, 1h, 3)},
                    "0-10=3 10-15=1 15-30=3 30-35=2 35-60=3"},
        OverlapCase{"AStepWithoutLengthIsLeftOut", {step(kNoon, 0min, 1), step(kNoon, 1h, 2)}, "0-60=2"},
        OverlapCase{"AStepThatEndsBeforeItBeginsIsLeftOut",
                    {step(kNoon, 1h, 2), step(kNoon + 30min, -10min, 1)},
                    "0-60=2"}),
    [](const auto& row) { return row.param.name; });

TEST(Series, KeepsTheEstimatedFlagOfEachPart) {
  Step guessed = step(kNoon, 1h, 1);
  guessed.estimated = true;
  const Series series{{guessed, step(kNoon + 15min, 15min, 2)}};
  ASSERT_EQ(series.steps().size(), 3U);
  EXPECT_TRUE(series.steps()[0].estimated);
  EXPECT_FALSE(series.steps()[1].estimated);
  EXPECT_TRUE(series.steps()[2].estimated);
}

TEST(Series, AStepHoldsFromItsStartToJustBeforeItsEnd) {
  const Series series{{step(kNoon, 1h, 1), step(kNoon + 2h, 1h, 2)}};
  EXPECT_EQ(series.at(kNoon - 1ms), nullptr);
  ASSERT_NE(series.at(kNoon), nullptr);
  EXPECT_EQ(series.at(kNoon)->intensity, g(1));
  EXPECT_EQ(series.at(kNoon + 1h - 1ms)->intensity, g(1));
  EXPECT_EQ(series.at(kNoon + 1h), nullptr);
  EXPECT_EQ(series.at(kNoon + 2h)->intensity, g(2));
  EXPECT_EQ(series.at(kNoon + 3h), nullptr);
  EXPECT_EQ(Series{}.at(kNoon), nullptr);
}

TEST(Series, TheMeanIsOverTheKnownTime) {
  const Series series{{step(kNoon, 1h, 100), step(kNoon + 1h, 30min, 400), step(kNoon + 2h, 1h, 50)}};
  EXPECT_EQ(series.mean(kNoon, kNoon + 90min), g(200));
  EXPECT_EQ(series.mean(kNoon + 45min, kNoon + 75min), g(250));
  EXPECT_EQ(series.mean(kNoon + 1h, kNoon + 150min), g(225));
  EXPECT_EQ(series.mean(kNoon - 1h, kNoon + 1h), g(100));
  EXPECT_EQ(series.mean(kNoon, kNoon), g(100));
  EXPECT_FALSE(series.mean(kNoon + 95min, kNoon + 95min));
  EXPECT_FALSE(series.mean(kNoon + 90min, kNoon + 2h));
  EXPECT_FALSE(series.mean(kNoon + 1h, kNoon));
}

TEST(Series, TheMeanOfTheDirtiestIsNoDirtier) {
  const Series series{steps(kNoon, 7min, std::vector<double>(99, 2000))};
  EXPECT_EQ(series.mean(kNoon + 1min, kNoon + 600min), g(2000));
}

TEST(Series, TellsWhatPartIsKnown) {
  const Series series{{step(kNoon, 1h, 100), step(kNoon + 2h, 1h, 50)}};
  EXPECT_DOUBLE_EQ(series.covered(kNoon, kNoon + 1h), 1);
  EXPECT_DOUBLE_EQ(series.covered(kNoon, kNoon + 4h), 0.5);
  EXPECT_DOUBLE_EQ(series.covered(kNoon + 30min, kNoon + 90min), 0.5);
  EXPECT_DOUBLE_EQ(series.covered(kNoon + 1h, kNoon + 2h), 0);
  EXPECT_DOUBLE_EQ(series.covered(kNoon, kNoon), 1);
  EXPECT_DOUBLE_EQ(series.covered(kNoon + 1h, kNoon + 1h), 0);
  EXPECT_DOUBLE_EQ(series.covered(kNoon + 1h, kNoon), 0);
}

}  // namespace
}  // namespace runneriq::carbon
