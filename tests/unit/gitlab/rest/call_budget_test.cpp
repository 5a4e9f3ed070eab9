#include "gitlab/rest/call_budget.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using Charge = CallBudget::Charge;

constexpr Time kStart{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};

int taken(CallBudget& budget, Time now, Charge charge = Charge::ordinary) {
  int count = 0;
  while (count < 10'000 && budget.take(charge, now)) ++count;
  return count;
}

platform::HttpReply with_limits(std::string remaining, std::string reset, std::string date = "") {
  platform::HttpReply reply{.status = 200, .headers = {}, .body = {}};
  reply.headers.push_back({"ratelimit-remaining", std::move(remaining)});
  reply.headers.push_back({"ratelimit-reset", std::move(reset)});
  if (!date.empty()) reply.headers.push_back({"date", std::move(date)});
  return reply;
}

std::string epoch(Time time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

struct RateCase {
  std::string name;
  int per_minute;
  Duration poll;
  int at_start;
  int later;  // after a minute of rest
};
class Rates : public testing::TestWithParam<RateCase> {};

TEST_P(Rates, AreAMinutesCallsAtTheStartAndOnePollsLater) {
  CallBudget budget{GetParam().per_minute, GetParam().poll};
  EXPECT_EQ(taken(budget, kStart), GetParam().at_start);
  EXPECT_EQ(taken(budget, kStart + 1min), GetParam().later);
}

INSTANTIATE_TEST_SUITE_P(Options, Rates,
                         testing::Values(RateCase{"Default", 60, 30s, 60, 30},
                                         RateCase{"Generous", 600, 30s, 600, 300},
                                         RateCase{"FastPollsNeedMore", 60, 10s, 180, 30},
                                         RateCase{"SlowPollsStayWithinTheMinute", 60, 5min, 60, 60},
                                         RateCase{"NeverUnderOnePoll", 1, 30s, 60, 30},
                                         RateCase{"NoIntervalAtAll", 60, 0s, 1800, 30}),
                         [](const auto& given) { return given.param.name; });

TEST(CallBudget, FillsByTheTimeThatPasses) {
  CallBudget budget{60, 30s};
  taken(budget, kStart);
  EXPECT_EQ(taken(budget, kStart + 10s), 10);
  EXPECT_EQ(budget.left(kStart + 15s), 5);
}

TEST(CallBudget, KeepsWhatTheStartHasLeftOver) {
  CallBudget budget{60, 30s};
  for (int at = 0; at < 5; ++at) budget.take(Charge::ordinary, kStart);
  EXPECT_EQ(budget.left(kStart + 10s), 55);
}

TEST(CallBudget, AClockSetBackGivesNothingAndTakesNothing) {
  CallBudget budget{60, 30s};
  taken(budget, kStart);
  EXPECT_EQ(taken(budget, kStart - 24h), 0);
  EXPECT_EQ(taken(budget, kStart - 24h + 5s), 5);
}

TEST(CallBudget, LendsTheNextPollsCallsButForAFewToListsThatHaveBegun) {
  CallBudget budget{60, 30s};
  taken(budget, kStart);
  EXPECT_EQ(taken(budget, kStart, Charge::credit), 20);
  EXPECT_EQ(budget.left(kStart), 0);
  EXPECT_EQ(taken(budget, kStart + 20s), 0) << "the loan is paid back first";
  EXPECT_EQ(taken(budget, kStart + 30s), 10) << "each poll can ask for something else";
}

TEST(CallBudget, ExemptCallsAreNeverRefused) {
  CallBudget budget{60, 30s};
  taken(budget, kStart);
  EXPECT_TRUE(budget.take(Charge::exempt, kStart));
  EXPECT_EQ(taken(budget, kStart + 1s), 1);
}

TEST(CallBudget, NeverTakesMoreThanGitLabSaysIsLeft) {
  CallBudget budget{600, 30s};
  budget.learn(with_limits("3", epoch(kStart + 60s)), kStart);
  EXPECT_EQ(budget.held_until(kStart), std::nullopt);
  EXPECT_EQ(taken(budget, kStart), 3);
}

TEST(CallBudget, SaysWhoseCallsAreTooFew) {
  CallBudget budget{60, 30s};
  EXPECT_EQ(budget.shortage(kStart), "over the budget of 60 calls a minute");
  budget.learn(with_limits("5", epoch(kStart + 20s)), kStart);
  EXPECT_EQ(budget.shortage(kStart), "GitLab allows 5 more calls until 2025-03-01T00:00:20Z");
  EXPECT_EQ(budget.left(kStart), 5);
  EXPECT_EQ(budget.to_spare(0, 0s, kStart), 5);
  EXPECT_EQ(taken(budget, kStart, Charge::credit), 5);
  EXPECT_EQ(budget.shortage(kStart), "GitLab allows no more calls until 2025-03-01T00:00:20Z");
}

TEST(CallBudget, CountsGitLabsCallsAndOwnOnesEachByItself) {
  CallBudget budget{60, 30s};
  budget.learn(with_limits("5", epoch(kStart + 20s)), kStart);
  EXPECT_EQ(taken(budget, kStart), 5);
  budget.learn(with_limits("3", epoch(kStart + 20s)), kStart + 1s);
  EXPECT_EQ(taken(budget, kStart + 1s), 0) << "an answer that was under way says nothing new";
  EXPECT_EQ(budget.left(kStart + 20s), 55);
}

TEST(CallBudget, HoldsUntilTheResetWhenNothingIsLeft) {
  CallBudget budget{60, 30s};
  budget.learn(with_limits("0", epoch(kStart + 20s)), kStart);
  EXPECT_EQ(budget.held_until(kStart), kStart + 20s);
  EXPECT_EQ(budget.held_until(kStart + 20s), std::nullopt);
  EXPECT_EQ(budget.left(kStart + 20s), 60) << "what is held was not spent";
}

TEST(CallBudget, ReadsTheResetByGitLabsClock) {
  CallBudget budget{60, 30s};
  budget.learn(with_limits("0", epoch(kStart + 1h + 20s), "Sat, 01 Mar 2025 01:00:00 GMT"), kStart);
  EXPECT_EQ(budget.held_until(kStart), kStart + 20s);
}

TEST(CallBudget, IgnoresHeadersThatAreNoNumbers) {
  for (const char* text : {"", "-1", "many", "12x", "99999999999999999999"}) {
    SCOPED_TRACE(text);
    CallBudget budget{60, 30s};
    budget.learn(with_limits(text, text), kStart);
    EXPECT_EQ(budget.held_until(kStart), std::nullopt);
    EXPECT_EQ(taken(budget, kStart), 60);
  }
}

TEST(CallBudget, HoldsForAnHourAtMost) {
  CallBudget budget{60, 30s};
  budget.hold(kStart + 24h, kStart);
  EXPECT_EQ(budget.held_until(kStart), kStart + 1h);
  EXPECT_EQ(budget.held_until(kStart - 2h), std::nullopt) << "the clock was set back";
  budget.learn(with_limits("0", "253402300799"), kStart);
  EXPECT_EQ(budget.held_until(kStart), kStart + 1h);
}

TEST(CallBudget, AShorterHoldDoesNotEndALongerOne) {
  CallBudget budget{60, 30s};
  budget.hold(kStart + 60s, kStart);
  budget.hold(kStart + 1s, kStart);
  EXPECT_EQ(budget.held_until(kStart), kStart + 60s);
}

}  // namespace
}  // namespace runneriq::gitlab
