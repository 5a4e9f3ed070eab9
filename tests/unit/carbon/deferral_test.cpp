// carbon/deferral: when a job that may wait starts, and why.
#include "carbon/deferral.hpp"

#include "carbon/starts.hpp"
#include "tests/support/outlooks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

const Time kNow{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 10h};  // 10:00 UTC

DeferrableJob job_until(Duration deadline, std::int64_t id = 1) {
  return {.gitlab = GitLabUrl{"https://gitlab.example.com"},
          .job = JobId{id},
          .name = "nightly",
          .ready = kNow,
          .deadline = kNow + deadline,
          .expected = 30min,
          .longest = 45min,
          .watts = 6,
          .zones = {ZoneKey{"DE"}}};
}

Deferral defer_alone(const DeferrableJob& job, const GridOutlook& grid, const DeferralTerms& terms = {},
                     Time now = kNow) {
  Reservations reserved;
  return defer(job, grid, terms, now, reserved);
}

TEST(LatestStart, KeepsTheDeadlineWithTheLongestDurationAndAMargin) {
  EXPECT_EQ(latest_start(job_until(8h), {}), kNow + 7h);
  EXPECT_EQ(latest_start(job_until(8h), {.margin = 0min}), kNow + 7h + 15min);
  DeferrableJob job = job_until(8h);
  job.expected = 2h;  // history is never shorter than what is expected
  EXPECT_EQ(latest_start(job, {}), kNow + 5h + 45min);
}

// Millions of quarter hours, were they all looked at.
TEST(Defer, LooksNoFurtherThanTheOutlookHoweverLateTheDeadline) {
  DeferrableJob job = job_until(0h);
  job.deadline = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};
  const GridOutlook dip = grid(kNow, {{"DE", {300, 300, 100}}});
  EXPECT_EQ(possible_starts(job, dip, {}, kNow, {}).size(), 12U);
  EXPECT_EQ(defer_alone(job, dip).start, kNow + 2h);
}

// ---- one job, one zone

struct Case {
  std::string name;
  Hours hours;
  Duration deadline;
  Duration start;  // from now on
  DeferralTerms terms = {};
};
void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

class Defer : public testing::TestWithParam<Case> {};

TEST_P(Defer, StartsAt) {
  const Case& one = GetParam();
  const Deferral deferral = defer_alone(job_until(one.deadline), grid(kNow, {{"DE", one.hours}}), one.terms);
  EXPECT_EQ(deferral.start - kNow, one.start) << deferral.why;
  EXPECT_EQ(deferral.planned, kNow);
}

INSTANTIATE_TEST_SUITE_P(
    Deferral, Defer,
    testing::Values(Case{"AFlatForecastStartsAtOnce", {300, 300, 300}, 8h, 0h},
                    Case{"TheGreenestHourIsTaken", {300, 250, 100, 200}, 8h, 2h},
                    Case{"TheLatestStartItselfIsTaken", {300, 300, 100, 300}, 3h, 2h},
                    Case{"AGreenHourBehindTheLatestStartIsNot", {300, 300, 300, 100}, 3h + 30min, 0h},
                    Case{"ALateJobStartsAtOnce", {300, 100, 100}, 50min, 0h},
                    Case{"ADeadlineThatHasPassedStartsAtOnce", {300, 100}, -1h, 0h},
                    Case{"TooSmallAShareIsNoReason", {1000, 960}, 8h, 0h},
                    Case{"TooFewGramsAreNoReason", {30, 21}, 8h, 0h},
                    Case{"JustEnoughIsOne", {200, 190}, 8h, 1h},
                    Case{"AnUnknownHourIsNoStart", {300, 0, 200}, 8h, 2h},
                    Case{"NothingKnownStartsAtOnce", {0, 0, 0}, 8h, 0h},
                    Case{"NothingKnownNowStartsAtOnce", {0, 100}, 8h, 0h},
                    Case{"NothingStartsBeyondTheHorizon", {300, 200}, 24h, 1h},
                    Case{"OnlyTheKnownPartOfTheLastCounts", {300, 310, 250}, 24h, 2h},
                    Case{"WaitingHasAPrice", {300, 200, 190}, 8h, 1h, {.grams_per_hour_waited = 0.05}},
                    Case{"WaitingMayCostTooMuch", {300, 200, 190}, 8h, 0h, {.grams_per_hour_waited = 1}},
                    Case{"OnACoarseGrid", {300, 200, 100}, 8h, 2h, {.grid = 2h}}),
    [](const auto& one) { return one.param.name; });

TEST(Deferral, AJobThatIsReadyLaterStartsNoSooner) {
  DeferrableJob job = job_until(8h);
  job.ready = kNow + 90min;
  const GridOutlook falling_now = grid(kNow, {{"DE", {100, 300, 300, 300}}});
  EXPECT_EQ(defer_alone(job, falling_now).start, kNow + 90min);
  job.ready = kNow + 30h;
  job.deadline = kNow + 40h;
  EXPECT_EQ(defer_alone(job, falling_now).start, kNow + 30h) << "beyond the horizon nothing is known";
}

TEST(Deferral, BetweenQuartersAJobStartsAtOnceOrOnTheQuarter) {
  const Time now = kNow + 7min;
  const GridOutlook green_later = grid(kNow, {{"DE", {300, 100, 300}}});
  EXPECT_EQ(defer_alone(job_until(8h), green_later, {}, now).start, kNow + 1h);
  EXPECT_EQ(defer_alone(job_until(8h), grid(kNow, {{"DE", {300}}}), {}, now).start, now);
}

TEST(Deferral, TheCleanestZoneCounts) {
  DeferrableJob job = job_until(8h);
  job.zones = {ZoneKey{"DE"}, ZoneKey{"FR"}, ZoneKey{"XX"}};
  const Deferral there = defer_alone(job, grid(kNow, {{"DE", {300, 100}}, {"FR", {60, 60}}, {"XX", {0, 9}}}));
  EXPECT_EQ(there.zone, ZoneKey{"FR"});
  EXPECT_EQ(there.start, kNow);
  EXPECT_DOUBLE_EQ(there.expected->g_per_kwh(), 60);
  EXPECT_DOUBLE_EQ(there.at_once->g_per_kwh(), 60);
}

TEST(Deferral, WithoutAKnownZoneThereIsNoZone) {
  DeferrableJob job = job_until(8h);
  job.zones = {};
  const Deferral deferral = defer_alone(job, grid(kNow, {{"DE", {300, 100}}}));
  EXPECT_EQ(deferral.start, kNow);
  EXPECT_EQ(deferral.zone, ZoneKey{});
  EXPECT_FALSE(deferral.expected || deferral.at_once);
}

TEST(Deferral, TheWholeDurationIsCompared) {
  DeferrableJob job = job_until(12h);
  job.expected = job.longest = 2h;
  const Deferral deferral = defer_alone(job, grid(kNow, {{"DE", {300, 90, 500, 200, 150, 300}}}));
  EXPECT_EQ(deferral.start, kNow + 3h);
  EXPECT_DOUBLE_EQ(deferral.expected->g_per_kwh(), 175);
  EXPECT_DOUBLE_EQ(deferral.at_once->g_per_kwh(), 195);
}

// ---- words

TEST(Deferral, SaysWhy) {
  const GridOutlook two = grid(kNow, {{"DE", {320, 320, 320, 210}}});
  EXPECT_EQ(defer_alone(job_until(8h + 40min), two).why,
            "320 g/kWh now, 210 from 13:00 UTC in DE (forecast); at the latest 17:40");
  EXPECT_EQ(defer_alone(job_until(3h), two).why,
            "320 g/kWh now in DE (forecast), nothing enough cleaner until 12:00 UTC: it starts at once");
  EXPECT_EQ(defer_alone(job_until(1h), two).why, "its latest start, 10:00 UTC, has come: it starts at once");
  EXPECT_EQ(defer_alone(job_until(8h), grid(kNow, {{"DE", {0}}})).why,
            "nothing is known of the grid of DE: it starts at once");
}

TEST(Deferral, MomentsOfAnotherDayHaveTheirDate) {
  Hours night(16, 320);
  night.back() = 100;
  EXPECT_EQ(defer_alone(job_until(20h), grid(kNow, {{"DE", night}})).why,
            "320 g/kWh now, 100 from 2025-03-02 01:00 UTC in DE (forecast); at the latest 2025-03-02 05:00");
}

// ---- many jobs

std::vector<DeferrableJob> jobs_until(Duration deadline, int count) {
  std::vector<DeferrableJob> jobs;
  for (int id = 1; id <= count; ++id) jobs.push_back(job_until(deadline, id));
  return jobs;
}

std::map<Duration, int> starts_by_step(const std::vector<Deferral>& plan) {
  std::map<Duration, int> starts;
  for (const Deferral& deferral : plan) ++starts[slot_start(deferral.start) - kNow];
  return starts;
}

TEST(Deferral, AStepTakesNoMoreThanItsLimit) {
  const GridOutlook dip = grid(kNow, {{"DE", {300, 100, 200, 300}}});
  const auto plan = plan_deferrals(jobs_until(5h, 10), {}, dip, {.grid = 1h, .starts_per_step = 4}, kNow);
  std::map<Duration, int> by_hour;
  for (const Deferral& deferral : plan) ++by_hour[(deferral.start - kNow) / 1h * 1h];
  EXPECT_EQ(by_hour, (std::map<Duration, int>{{0h, 2}, {1h, 4}, {2h, 4}}));
}

TEST(Deferral, EqualStepsAreSharedOut) {
  const GridOutlook dip = grid(kNow, {{"DE", {300, 300, 100, 300}}});
  std::vector<DeferrableJob> jobs = jobs_until(5h, 6);
  for (DeferrableJob& job : jobs) job.expected = 10min;
  EXPECT_EQ(starts_by_step(plan_deferrals(jobs, {}, dip, {}, kNow)),
            (std::map<Duration, int>{{2h, 2}, {2h + 15min, 2}, {2h + 30min, 1}, {2h + 45min, 1}}));
}

TEST(Deferral, StartsOfTheSameMomentComeInWaves) {
  const GridOutlook flat = grid(kNow, {{"DE", {300, 300}}});
  std::map<Duration, int> starts;
  for (const Deferral& deferral : plan_deferrals(jobs_until(9h, 12), {}, flat, {}, kNow)) {
    ++starts[deferral.start - kNow];
  }
  EXPECT_EQ(starts, (std::map<Duration, int>{{0min, 5}, {1min, 5}, {2min, 2}}));
}

TEST(Deferral, WavesStayWithinTheirStepAndTheLatestStart) {
  const GridOutlook flat = grid(kNow, {{"DE", {300, 300}}});
  for (const Deferral& deferral : plan_deferrals(jobs_until(9h, 200), {}, flat, {}, kNow)) {
    EXPECT_LT(deferral.start, kNow + 15min);
  }
  for (const Deferral& deferral : plan_deferrals(jobs_until(1h + 2min, 40), {}, flat, {}, kNow)) {
    EXPECT_LE(deferral.start, deferral.latest_start);
  }
}

TEST(Deferral, FullStepsGiveWayOnlyToTheLatestStart) {
  const GridOutlook flat = grid(kNow, {{"DE", {300, 300, 300}}});
  const DeferralTerms terms{.starts_per_step = 2};
  const auto plan = plan_deferrals(jobs_until(1h + 30min, 8), {}, flat, terms, kNow);
  EXPECT_EQ(starts_by_step(plan), (std::map<Duration, int>{{0min, 3}, {15min, 3}, {30min, 2}}));
  const auto late = plan_deferrals(jobs_until(10min, 8), {}, flat, terms, kNow);
  EXPECT_EQ(starts_by_step(late), (std::map<Duration, int>{{0min, 8}}));
}

TEST(Deferral, TheGreatestGainChoosesFirst) {
  std::vector<DeferrableJob> jobs = jobs_until(5h, 3);
  jobs[1].watts = 60;
  const GridOutlook dip = grid(kNow, {{"DE", {300, 300, 100, 300}}});
  const auto plan = plan_deferrals(jobs, {}, dip, {.grid = 1h, .starts_per_step = 1}, kNow);
  EXPECT_EQ(plan[1].start, kNow + 2h);
  EXPECT_NE(plan[0].start, kNow + 2h);
}

TEST(Deferral, ALateJobTakesItsPlaceBeforeAllOthers) {
  const std::vector<DeferrableJob> jobs{job_until(8h, 1), job_until(10min, 2)};
  const auto plan = plan_deferrals(jobs, {}, grid(kNow, {{"DE", {300}}}), {.starts_per_step = 1}, kNow);
  EXPECT_EQ(plan[0].start, kNow + 15min);
  EXPECT_EQ(plan[1].start, kNow);
}

TEST(Deferral, PlansAreInTheOrderOfTheJobs) {
  std::vector<DeferrableJob> jobs = jobs_until(5h, 5);
  std::reverse(jobs.begin(), jobs.end());
  const auto plan = plan_deferrals(jobs, {}, grid(kNow, {{"DE", {300, 100}}}), {}, kNow);
  ASSERT_EQ(plan.size(), 5U);
  EXPECT_EQ(plan.front().job, JobId{5});
  EXPECT_EQ(plan.back().job, JobId{1});
}

// ---- planning again

class Replanning : public testing::Test {
 protected:
  std::vector<Deferral> plan(const Hours& hours, Duration later = 0h) {
    const Time now = kNow + later;
    before = plan_deferrals(jobs, before, grid(now, {{"DE", hours}}), terms, now);
    return before;
  }
  std::vector<DeferrableJob> jobs = jobs_until(10h, 1);
  std::vector<Deferral> before;
  DeferralTerms terms;
};

TEST_F(Replanning, StaysWhereMovingGainsTooLittle) {
  EXPECT_EQ(plan({300, 300, 200, 300, 300}).front().start, kNow + 2h);
  const Deferral stayed = plan({300, 300, 200, 300, 191}).front();
  EXPECT_EQ(stayed.start, kNow + 2h);
  EXPECT_EQ(stayed.planned, kNow);
}

TEST_F(Replanning, MovesWhereItGainsEnough) {
  plan({300, 300, 200, 300, 300});
  const Deferral moved = plan({300, 200, 300, 100, 300}, 30min).front();
  EXPECT_EQ(moved.start, kNow + 3h + 30min);
  EXPECT_EQ(moved.planned, kNow + 30min);
}

TEST_F(Replanning, AtOnceWhenThatHasBecomeTheGreenest) {
  plan({300, 300, 200, 300, 300});
  EXPECT_EQ(plan({120, 300, 200, 300}, 1h).front().start, kNow + 1h);
}

TEST_F(Replanning, IsNotMovedWithinAGridStep) {
  plan({300, 300, 200, 300, 300});
  EXPECT_EQ(plan({300, 300, 300, 10}, 1h + 50min).front().start, kNow + 2h);
  EXPECT_EQ(plan({300, 300, 300, 10}, 2h + 10min).front().start, kNow + 2h) << "due, and not started yet";
}

TEST_F(Replanning, WithNothingKnownItStays) {
  plan({300, 300, 200, 300, 300});
  EXPECT_EQ(plan({0, 0, 0}, 30min).front().start, kNow + 2h);
}

TEST_F(Replanning, ALongerHistoryBringsTheStartForward) {
  plan({300, 300, 300, 300, 300, 300, 300, 300, 100});
  EXPECT_EQ(before.front().start, kNow + 8h);
  jobs.front().longest = 5h;
  EXPECT_EQ(plan({300, 300, 300, 300, 200, 300, 300, 300, 100}).front().start, kNow + 4h);
  jobs.front().longest = 11h;
  EXPECT_EQ(plan({300, 300, 300, 300, 200, 300, 300, 300, 100}).front().start, kNow);
}

TEST_F(Replanning, AZoneThatIsLeftIsPlannedAnew) {
  plan({300, 300, 200, 300, 300});
  jobs.front().zones = {ZoneKey{"FR"}};
  EXPECT_EQ(plan({300, 300, 200}).front().zone, ZoneKey{}) << "nothing is known of FR";
}

TEST_F(Replanning, WhatStandsKeepsItsPlace) {
  terms = {.grid = 1h, .starts_per_step = 1};
  plan({300, 300, 200, 300, 300});
  jobs.push_back(job_until(10h, 2));
  jobs.back().watts = 600;
  EXPECT_EQ(plan({300, 300, 200, 210, 300}).back().start, kNow + 3h);
  EXPECT_EQ(before.front().start, kNow + 2h);
}

TEST_F(Replanning, WhatStandsTakesOnePlaceOnly) {
  terms = {.grid = 1h, .starts_per_step = 2};
  plan({300, 300, 200, 300, 300});
  jobs.push_back(job_until(10h, 2));
  jobs.back().watts = 1;
  EXPECT_EQ(plan({300, 300, 200, 300, 300}).back().start, kNow + 2h);
}

TEST_F(Replanning, AJobThatIsReadyLaterIsPlannedAnew) {
  plan({300, 300, 200, 300, 300});
  jobs.front().ready = kNow + 3h;
  EXPECT_EQ(plan({300, 300, 200, 300, 300}).front().start, kNow + 3h);
}

TEST_F(Replanning, WhatWasStartedHasUsedItsStep) {
  terms = {.grid = 1h, .starts_per_step = 1};
  plan({100, 300});
  jobs = {job_until(10h, 2)};
  EXPECT_EQ(plan({100, 300}, 1min).front().start, kNow + 1h);
  before.clear();
  EXPECT_EQ(plan({100, 300}, 1min).front().start, kNow + 1min) << "nothing is known of the first";
}

// ---- minutes

struct GreenerCase {
  std::string name;
  Hours hours;
  Duration bound;
  std::optional<Duration> start;
};
void PrintTo(const GreenerCase& one, std::ostream* out) {
  *out << one.name;
}

class GreenerStart : public testing::TestWithParam<GreenerCase> {};

TEST_P(GreenerStart, IsAt) {
  const GreenerCase& one = GetParam();
  const Time now = kNow + 50min;
  const auto start = greener_start(outlook("DE", kNow, one.hours), 10min, now, now + one.bound, {});
  EXPECT_EQ(start ? std::optional{Duration{*start - kNow}} : std::nullopt, one.start);
}

INSTANTIATE_TEST_SUITE_P(Deferral, GreenerStart,
                         testing::Values(GreenerCase{"TheNextHour", {300, 200}, 15min, 1h},
                                         GreenerCase{"TheEarliestOfTheBest", {300, 200, 200}, 90min, 1h},
                                         GreenerCase{"TheBest", {300, 200, 100}, 90min, 2h},
                                         GreenerCase{"NotBeyondTheBound", {300, 200}, 9min, std::nullopt},
                                         GreenerCase{"AtTheBound", {300, 200}, 10min, 1h},
                                         GreenerCase{"NotForTooLittle", {300, 291}, 15min, std::nullopt},
                                         GreenerCase{"NotBeyondTheHorizon", {300}, 15min, std::nullopt},
                                         GreenerCase{"NotIntoTheUnknown", {300, 0}, 15min, std::nullopt},
                                         GreenerCase{"NotFromTheUnknown", {0, 200}, 15min, std::nullopt}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace runneriq::carbon
