#include "advisor/breaker.hpp"

#include <gtest/gtest.h>

namespace runneriq::advisor {
namespace {

using namespace std::chrono_literals;

const Time kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 22h;

class Breakers : public testing::Test {
 protected:
  void fail(int times, Failure failure = Failure::overloaded) {
    for (int at = 0; at < times; ++at) breaker.failed(failure, std::nullopt, now);
  }
  bool lets() { return breaker.lets_through(now); }
  Breaker breaker;
  Time now = kNow;
};

TEST_F(Breakers, OpensAfterThreeFailuresInARow) {
  fail(2);
  EXPECT_TRUE(lets());
  fail(1);
  EXPECT_FALSE(lets());
  EXPECT_EQ(breaker.open_until(), now + 30s);
}

TEST_F(Breakers, StartsToCountAnewAfterAnAnswer) {
  fail(2);
  breaker.succeeded();
  fail(2);
  EXPECT_TRUE(lets());
}

TEST_F(Breakers, LetsOneThroughAfterTheRest) {
  fail(3);
  now += 29s;
  EXPECT_FALSE(lets());
  now += 1s;
  EXPECT_TRUE(lets());
  EXPECT_FALSE(lets());
  breaker.succeeded();
  EXPECT_TRUE(lets());
  EXPECT_TRUE(lets());
  EXPECT_FALSE(breaker.open_until());
}

TEST_F(Breakers, RestsTwiceAsLongEachTimeUpToHalfAnHour) {
  fail(3);
  for (const Duration rest : {60s, 120s, 240s, 480s, 960s, 1800s, 1800s}) {
    now = *breaker.open_until();
    ASSERT_TRUE(lets());
    fail(1);
    EXPECT_EQ(*breaker.open_until() - now, rest);
  }
}

TEST_F(Breakers, RestsAtOnceForAsLongAsTheProviderAsksButADayAtMost) {
  breaker.failed(Failure::throttled, 90s, now);
  EXPECT_FALSE(lets());
  EXPECT_EQ(breaker.open_until(), now + 90s);
  breaker.failed(Failure::throttled, std::chrono::hours{24 * 365}, now);
  EXPECT_EQ(breaker.open_until(), now + 24h);
  Breaker other;
  other.failed(Failure::throttled, -5s, now);
  EXPECT_TRUE(other.lets_through(now));
}

TEST_F(Breakers, StaysOpenForABadKeyAndAModelThatIsGone) {
  for (const Failure failure : {Failure::unauthorised, Failure::no_such_model}) {
    breaker = {};
    fail(1, failure);
    now += std::chrono::hours{24 * 365};
    EXPECT_FALSE(lets());
    EXPECT_TRUE(breaker.open_for_good());
    breaker.succeeded();  // of a question that was under way
    EXPECT_FALSE(lets());
  }
}

TEST_F(Breakers, RestsUntilTheNextDayForASpendLimit) {
  fail(1, Failure::spend_limit);
  EXPECT_EQ(breaker.open_until(), kNow + 2h);
  now += 2h;
  EXPECT_TRUE(lets());
}

TEST_F(Breakers, DoesNotCountWhatTheModelRefusesOrGetsWrong) {
  for (const Failure failure :
       {Failure::refused, Failure::cut, Failure::malformed, Failure::too_large, Failure::invalid}) {
    fail(5, failure);
    EXPECT_TRUE(lets());
    fail(2);
    fail(1, failure);  // the provider is there
    fail(2);
    EXPECT_TRUE(lets());
    breaker = {};
  }
}

TEST_F(Breakers, LetsAnotherTryWhereTheFirstWasNeverSent) {
  fail(3);
  now += 30s;
  EXPECT_TRUE(lets());
  fail(1, Failure::over_budget);
  EXPECT_TRUE(lets());
  fail(1, Failure::stopped);
  EXPECT_TRUE(lets());
}

}  // namespace
}  // namespace runneriq::advisor
