#include "alerting/outages.hpp"

#include "tests/support/job_ends.hpp"

#include <gtest/gtest.h>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

class Outages : public testing::Test {
 protected:
  // `count` ends of different jobs, `apart` from each other; gives the time of the last.
  Time ends(int count, bool failed, Duration apart = 10s, int kinds = 20) {
    for (int i = 0; i < count; ++i) {
      now += apart;
      watch.ended(static_cast<std::uint64_t>(i % kinds), failed, now);
    }
    return now;
  }

  OutageWatch watch{OutageTerms{}};
  Time now = kMorning;
};

TEST_F(Outages, ManyJobsFailingTogetherAreOneFromTheFirstOn) {
  ends(30, false);
  const Time before = now, first = now + 10s;
  const Time last = ends(10, true);
  EXPECT_FALSE(watch.holds(before));
  EXPECT_TRUE(watch.holds(first)) << "found later, it counts from its start";
  EXPECT_TRUE(watch.holds(last));
  EXPECT_FALSE(watch.holds(last + 1ms));
}

TEST_F(Outages, FewerThanTheLeastAreNone) {
  EXPECT_FALSE(watch.holds(ends(9, true)));
  EXPECT_TRUE(watch.holds(ends(1, true)));
}

TEST_F(Outages, OneJobThatFailsEverywhereIsNone) {
  EXPECT_FALSE(watch.holds(ends(100, true, 1s, 4)));
  EXPECT_TRUE(watch.holds(ends(5, true, 1s, 5)));
}

TEST_F(Outages, TheShareDecides) {
  for (int i = 0; i < 40; ++i) watch.ended(static_cast<std::uint64_t>(i), i % 4 != 0, now += 1s);
  EXPECT_FALSE(watch.holds(now)) << "three of four";
  for (int i = 0; i < 40; ++i) watch.ended(static_cast<std::uint64_t>(i), i % 5 != 0, now += 1s);
  EXPECT_TRUE(watch.holds(now)) << "four of five";
}

TEST_F(Outages, OneThatIsShorterThanTheWindowIsSeen) {
  ends(60, false);
  const Time from = now + 10s;
  const Time to = ends(12, true, 5s);
  ends(60, false);
  EXPECT_TRUE(watch.holds(from));
  EXPECT_TRUE(watch.holds(to));
  EXPECT_FALSE(watch.holds(now));
}

TEST_F(Outages, FailuresFarApartAreNone) {
  EXPECT_FALSE(watch.holds(ends(100, true, 67s))) << "nine within ten minutes";
  EXPECT_TRUE(watch.holds(ends(20, true, 60s)));
}

TEST_F(Outages, TwoApartAreTwo) {
  const Time first = ends(12, true);
  const Time between = now + 5min;
  ends(30, false);
  now += 1h;
  const Time second = ends(12, true);
  EXPECT_TRUE(watch.holds(first));
  EXPECT_FALSE(watch.holds(between));
  EXPECT_TRUE(watch.holds(second));
}

TEST_F(Outages, ALongOneIsOne) {
  const Time from = now + 10s;
  ends(2'000, true);
  EXPECT_TRUE(watch.holds(from));
  EXPECT_TRUE(watch.holds(from + (now - from) / 2));
}

TEST_F(Outages, TheOldestIsForgotten) {
  const Time first = ends(12, true);
  for (int i = 0; i < 64; ++i) {
    now += 1h;
    ends(12, true);
    EXPECT_EQ(watch.holds(first), i < 63) << i;
  }
}

TEST_F(Outages, AStormIsHeldInBounds) {
  EXPECT_TRUE(watch.holds(ends(20'000, true, 0ms, 20'000)));
}

TEST_F(Outages, WhatComesLateByMoreThanAWindowIsLeftOut) {
  ends(1, false);
  for (int i = 0; i < 20; ++i) watch.ended(static_cast<std::uint64_t>(i), true, now - 11min);
  EXPECT_FALSE(watch.holds(now - 11min));
  for (int i = 0; i < 20; ++i) watch.ended(static_cast<std::uint64_t>(i), true, now - 1min);
  EXPECT_TRUE(watch.holds(now - 1min));
}

TEST(FailureReasons, TellWhoIsToBlame) {
  for (const char* reason :
       {"runner_system_failure", "runner_interrupted", "api_failure", "stuck_or_timeout_failure",
        "stuck_pending_with_matching_runners", "scheduler_failure", "data_integrity_failure",
        "job_execution_server_timeout", "server_timeout_running", "no_updates_running",
        "missing_dependency_failure", "unmet_prerequisites", "archived_failure", "user_blocked"}) {
    EXPECT_TRUE(is_of_infrastructure(reason)) << reason;
  }
  for (const char* reason : {"", "script_failure", "job_execution_timeout", "trace_size_exceeded",
                             "a_new_word", "runner", "api_failures"}) {
    EXPECT_FALSE(is_of_infrastructure(reason)) << reason;
  }
}

}  // namespace
}  // namespace runneriq::alerting
