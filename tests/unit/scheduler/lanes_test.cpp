#include "scheduler/lanes.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

Lanes lanes_named(std::vector<std::string> names) {
  return Lanes::make(std::move(names)).value();
}

TEST(Lanes, TheDefaultOnesAreFiveAndTheFirstGoesFirst) {
  const Lanes lanes;
  EXPECT_EQ(lanes.tags(), (std::vector<std::string>{"runneriq:critical", "runneriq:high", "runneriq:short",
                                                    "runneriq:medium", "runneriq:long"}));
  EXPECT_EQ(lanes.name(2), "short");
  EXPECT_EQ(lanes.with_tag("runneriq:high"), 1U);
  EXPECT_FALSE(lanes.with_tag("high"));
  EXPECT_FALSE(lanes.with_tag("runneriq:managed"));
}

TEST(Lanes, OfSeveralTagsTheLastLaneCountsWhateverTheirOrder) {
  const Lanes lanes;
  const std::vector<std::string> tags{"docker", "runneriq:long", "runneriq:short"};
  EXPECT_EQ(lanes.of(tags), 4U);
  const std::vector<std::string> none{"docker", "runneriq:preferred-gpu", "short"};
  EXPECT_FALSE(lanes.of(none));
  EXPECT_FALSE(lanes.rank(none, JobClass::critical));
}

struct BadNames {
  std::vector<std::string> names;
  std::string message;
};
class LaneNames : public testing::TestWithParam<BadNames> {};

TEST_P(LaneNames, WhatIsNoLaneIsRefusedByName) {
  const Result<Lanes> lanes = Lanes::make(GetParam().names);
  ASSERT_FALSE(lanes);
  EXPECT_EQ(lanes.error().code, Errc::invalid_argument);
  EXPECT_NE(lanes.error().message.find(GetParam().message), std::string::npos) << lanes.error().message;
}

INSTANTIATE_TEST_SUITE_P(Texts, LaneNames,
                         testing::Values(BadNames{{}, "at least one"},
                                         BadNames{{"a", "b", "a"}, "'a' is a lane twice"},
                                         BadNames{{"Short"}, "'Short' is no name"},
                                         BadNames{{""}, "'' is no name"},
                                         BadNames{{"runneriq:short"}, "is no name"},
                                         BadNames{{std::string(33, 'a')}, "is no name"},
                                         BadNames{{"managed"}, "means something else"},
                                         BadNames{{"steered"}, "means something else"},
                                         BadNames{{"preferred-"}, "means something else"},
                                         BadNames{{"preferred-gpu"}, "means something else"}));

TEST(LaneNames, ThirtyTwoCharactersAndDigitsAreFine) {
  EXPECT_TRUE(Lanes::make({std::string(32, 'a')}));
  EXPECT_TRUE(Lanes::make({"lane-1", "preferred"}));
}

struct Claim {
  std::vector<std::string> lanes;
  JobClass job_class;
  std::size_t first;
};
class PermittedLane : public testing::TestWithParam<Claim> {};

TEST_P(PermittedLane, GoesByClass) {
  EXPECT_EQ(lanes_named(GetParam().lanes).permitted(GetParam().job_class), GetParam().first);
}

const std::vector<std::string> kFive{"critical", "high", "short", "medium", "long"};
INSTANTIATE_TEST_SUITE_P(Classes, PermittedLane,
                         testing::Values(Claim{kFive, JobClass::critical, 0}, Claim{kFive, JobClass::high, 1},
                                         Claim{kFive, JobClass::medium, 2}, Claim{kFive, JobClass::low, 2},
                                         Claim{{"critical", "rest"}, JobClass::high, 1},
                                         Claim{{"critical", "rest"}, JobClass::low, 1},
                                         Claim{{"critical"}, JobClass::high, 0},
                                         Claim{{"critical", "high"}, JobClass::low, 1},
                                         Claim{{"short", "long"}, JobClass::low, 0},
                                         Claim{{"short", "critical"}, JobClass::high, 0},
                                         Claim{{"short", "critical"}, JobClass::critical, 0}));

TEST(Lanes, RankIsTheLaterOfTagAndClass) {
  const Lanes lanes;
  const std::vector<std::string> critical{"runneriq:critical"}, longest{"runneriq:long"};
  EXPECT_EQ(lanes.rank(critical, JobClass::critical), 0U);
  EXPECT_EQ(lanes.rank(critical, JobClass::low), 2U) << "any branch can write any tag";
  EXPECT_EQ(lanes.rank(longest, JobClass::critical), 4U);
  EXPECT_TRUE(lanes.goes_by_class(0) && lanes.goes_by_class(1));
  EXPECT_FALSE(lanes.goes_by_class(2));
}

}  // namespace
}  // namespace runneriq::scheduler
