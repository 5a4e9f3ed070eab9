#include "scheduler/admission.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

const Time kNow = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 12h;

JobKey key_of(std::int64_t job, std::string gitlab = "https://gitlab.example.com") {
  return {GitLabUrl{std::move(gitlab)}, JobId{job}};
}

// Arrived a moment ago, may be held for ten minutes.
HeldJob waiting(std::int64_t id, JobClass job_class, double score = 50, Duration expected = 60s) {
  HeldJob job;
  job.key = key_of(id);
  job.attempt = AttemptId{"/tmp/attempt" + std::to_string(id)};
  job.job_name = "job-" + std::to_string(id);
  job.job_class = job_class;
  job.score = score;
  job.expected = expected;
  job.arrived = kNow - 1s;
  job.hold_until = job.arrived + 10min;
  return job;
}

HeldJob waiting_since(HeldJob job, Duration ago) {
  const Duration bound = job.hold_until - job.arrived;
  job.arrived = kNow - ago;
  job.hold_until = job.arrived + bound;
  return job;
}

RunningJob running(std::int64_t id, Duration ago = 0s, Duration median = 60s, Duration p90 = 90s) {
  return {key_of(id), kNow - ago, {median, p90, EstimateBasis::job}};
}

HostQueue queue_of(int slots, std::vector<RunningJob> running, std::vector<HeldJob> held) {
  return {.slots = slots, .running = std::move(running), .held = std::move(held)};
}

std::vector<std::int64_t> ids(const std::vector<HeldJob>& jobs) {
  std::vector<std::int64_t> result;
  for (const HeldJob& job : jobs) result.push_back(job.key.job.value());
  return result;
}

using Ids = std::vector<std::int64_t>;

// ---- order --------------------------------------------------------------------------------

TEST(Order, HigherClassGoesFirst) {
  EXPECT_EQ(ids(in_order({waiting(1, JobClass::low, 99), waiting(2, JobClass::medium, 98),
                          waiting(3, JobClass::high, 97), waiting(4, JobClass::critical, 96)},
                         kNow)),
            (Ids{4, 3, 2, 1}));
}

TEST(Order, WithinCriticalAndHighTheScoreDecidesThenTheId) {
  for (const JobClass job_class : {JobClass::critical, JobClass::high}) {
    SCOPED_TRACE(to_text(job_class));
    EXPECT_EQ(ids(in_order({waiting(3, job_class, 80, 1s), waiting(2, job_class, 80, 9s),
                            waiting(1, job_class, 79.9, 1s), waiting(4, job_class, 80.1, 99s)},
                           kNow)),
              (Ids{4, 2, 3, 1}));
  }
}

TEST(Order, WithinMediumAndLowTheShortestGoesFirstThenTheId) {
  for (const JobClass job_class : {JobClass::medium, JobClass::low}) {
    SCOPED_TRACE(to_text(job_class));
    EXPECT_EQ(ids(in_order({waiting(3, job_class, 10, 30s), waiting(2, job_class, 1, 30s),
                            waiting(1, job_class, 60, 31s), waiting(4, job_class, 1, 29s)},
                           kNow)),
              (Ids{4, 2, 3, 1}));
  }
}

TEST(Order, WaitingRaisesTheClass) {
  EXPECT_EQ(ids(in_order({waiting(1, JobClass::medium), waiting(2, JobClass::high, 80),
                          waiting_since(waiting(3, JobClass::low), 60min)},
                         kNow)),
            (Ids{3, 2, 1}));
}

TEST(Order, QueueTimeInGitLabCountsAsWaiting) {
  HeldJob patient = waiting_since(waiting(2, JobClass::low), 5min);
  patient.queued_in_gitlab = 15min;
  EXPECT_EQ(ids(in_order({waiting(1, JobClass::medium), patient}, kNow)), (Ids{2, 1}));
}

TEST(Order, JobFromTheFutureHasNotWaited) {
  EXPECT_EQ(
      ids(in_order({waiting_since(waiting(1, JobClass::low), -3h), waiting(2, JobClass::medium)}, kNow)),
      (Ids{2, 1}));
}

TEST(Order, ClockSetBackTakesNothingFromTheQueueTimeInGitLab) {
  HeldJob patient = waiting_since(waiting(2, JobClass::low), -3h);
  patient.queued_in_gitlab = 2h;
  EXPECT_EQ(ids(in_order({waiting(1, JobClass::high), patient}, kNow)), (Ids{2, 1}));
}

TEST(Order, EqualIdsOfTwoGitLabsAreOrderedByGitLab) {
  HeldJob a = waiting(7, JobClass::high);
  HeldJob b = a;
  a.key.gitlab = GitLabUrl{"https://a.example.com"};
  b.key.gitlab = GitLabUrl{"https://b.example.com"};
  const auto ordered = in_order({b, a}, kNow);
  EXPECT_EQ(ordered[0].key.gitlab.value(), "https://a.example.com");
}

TEST(Order, DamagedNumbersDoNotBreakIt) {
  HeldJob nan = waiting(1, JobClass::high, std::numeric_limits<double>::quiet_NaN());
  HeldJob negative = waiting(4, JobClass::low, 1, Duration::min());
  HeldJob endless = waiting(3, JobClass::low, 1, Duration::max());
  endless.queued_in_gitlab = Duration::min();
  EXPECT_EQ(ids(in_order({endless, negative, nan, waiting(2, JobClass::high, 1)}, kNow)), (Ids{2, 1, 4, 3}));
}

// ---- decide -------------------------------------------------------------------------------

template <class Kind>
bool is(const Admission& admission) {
  return std::holds_alternative<Kind>(admission);
}

TEST(Decide, WithoutALimitEverythingRuns) {
  for (const int slots : {0, -1}) {
    const auto admission =
        decide(queue_of(slots, {running(1), running(2)}, {waiting(3, JobClass::low)}), key_of(3), kNow);
    ASSERT_TRUE(is<Granted>(admission)) << describe(admission, kNow);
    EXPECT_EQ(std::get<Granted>(admission).reason, "no limit on this host");
  }
}

TEST(Decide, FirstGetsTheFreeSlotTheNextIsHeld) {
  const HostQueue queue =
      queue_of(2, {running(1)}, {waiting(3, JobClass::low), waiting(4, JobClass::critical)});
  EXPECT_TRUE(is<Granted>(decide(queue, key_of(4), kNow)));
  EXPECT_TRUE(is<Held>(decide(queue, key_of(3), kNow)));
}

TEST(Decide, AsManyAsSlotsAreFree) {
  const HostQueue queue = queue_of(
      3, {running(1)},
      {waiting(2, JobClass::low, 1, 1s), waiting(3, JobClass::low, 1, 2s), waiting(4, JobClass::low, 1, 3s)});
  EXPECT_TRUE(is<Granted>(decide(queue, key_of(2), kNow)));
  EXPECT_TRUE(is<Granted>(decide(queue, key_of(3), kNow)));
  EXPECT_TRUE(is<Held>(decide(queue, key_of(4), kNow)));
}

TEST(Decide, MoreRunningThanSlotsLeavesNoneFree) {
  const auto admission =
      decide(queue_of(1, {running(1), running(2), running(3)}, {waiting(4, JobClass::low)}), key_of(4), kNow);
  ASSERT_TRUE(is<Held>(admission));
  EXPECT_EQ(std::get<Held>(admission).reason, "3 jobs on 1 slot, next in line");
}

TEST(Decide, HeldJobIsToldItsStanding) {
  HeldJob first = waiting(4711, JobClass::critical, 95, 100s);
  first.job_name = "deploy\nprod";
  const HostQueue queue =
      queue_of(2, {running(1, 30s, 60s), running(2, 0s, 10min)},
               {waiting(5, JobClass::low), first, waiting_since(waiting(3, JobClass::medium), 21min)});
  HostQueue patient = queue;
  for (HeldJob& job : patient.held) job.hold_until = kNow + 9min;
  const auto admission = decide(patient, key_of(3), kNow);
  ASSERT_TRUE(is<Held>(admission)) << describe(admission, kNow);
  const Held held = std::get<Held>(admission);
  EXPECT_EQ(held.position, 2U);
  EXPECT_EQ(held.queue_length, 3U);
  EXPECT_EQ(held.effective_class, JobClass::high);
  EXPECT_EQ(held.reason, "2 of 2 slots busy, 1 job ahead (CRITICAL deploy\\nprod, job 4711)");
  EXPECT_EQ(held.hold_until, kNow + 9min);
  EXPECT_EQ(held.expected_start, kNow + 30s + 100s);
}

TEST(Decide, SeveralAheadNameTheFirst) {
  const HostQueue queue =
      queue_of(1, {running(1)},
               {waiting(2, JobClass::high), waiting(3, JobClass::critical), waiting(4, JobClass::low)});
  EXPECT_EQ(std::get<Held>(decide(queue, key_of(4), kNow)).reason,
            "the only slot is busy, 2 jobs ahead (first CRITICAL job-3, job 3)");
}

TEST(Decide, FreeSlotsThatOthersGetFirstAreNotCalledBusy) {
  const HostQueue queue = queue_of(1, {}, {waiting(2, JobClass::high), waiting(3, JobClass::low)});
  EXPECT_EQ(std::get<Held>(decide(queue, key_of(3), kNow)).reason,
            "0 of 1 slot busy, 1 job ahead (HIGH job-2, job 2)");
}

TEST(Decide, HoldEndsInRunningAtItsBound) {
  const HeldJob job = waiting(2, JobClass::low);
  const HostQueue queue = queue_of(1, {running(1)}, {job});
  EXPECT_TRUE(is<Held>(decide(queue, job.key, job.hold_until - 1ms)));
  const auto admission = decide(queue, job.key, job.hold_until);
  ASSERT_TRUE(is<Bypassed>(admission));
  EXPECT_EQ(std::get<Bypassed>(admission).reason, "held for its bound of 10 min");
}

TEST(Decide, FreeSlotIsBetterThanAHoldThatIsOver) {
  const HeldJob job = waiting_since(waiting(2, JobClass::low), 1h);
  EXPECT_TRUE(is<Granted>(decide(queue_of(1, {}, {job}), job.key, kNow)));
}

TEST(Decide, BoundOfZeroNeverHolds) {
  HeldJob job = waiting(2, JobClass::low);
  job.hold_until = job.arrived;
  const auto admission = decide(queue_of(1, {running(1)}, {job}), job.key, kNow);
  ASSERT_TRUE(is<Bypassed>(admission));
  EXPECT_EQ(std::get<Bypassed>(admission).reason, "no slot is free and it is not to be held");
}

TEST(Decide, BoundOfZeroNeverHoldsEvenWithTheClockSetBack) {
  HeldJob job = waiting(2, JobClass::low);
  job.arrived = job.hold_until = kNow + 1s;
  EXPECT_TRUE(is<Bypassed>(decide(queue_of(1, {running(1)}, {job}), job.key, kNow)));
}

TEST(Decide, ClockSetBackALittleHoldsForTheBoundFromNow) {
  const HeldJob job = waiting_since(waiting(2, JobClass::low), -2min);
  const auto admission = decide(queue_of(1, {running(1)}, {job}), job.key, kNow);
  ASSERT_TRUE(is<Held>(admission));
  EXPECT_EQ(std::get<Held>(admission).hold_until, kNow + 10min);
}

TEST(Decide, ClockSetBackFurtherThanTheBoundEndsTheHold) {
  const HeldJob job = waiting_since(waiting(2, JobClass::low), -3h);
  const auto admission = decide(queue_of(1, {running(1)}, {job}), job.key, kNow);
  ASSERT_TRUE(is<Bypassed>(admission));
  EXPECT_EQ(std::get<Bypassed>(admission).reason, "the clock was set back while it was held");
}

TEST(Decide, RunningJobKeepsItsSlot) {
  const auto admission = decide(queue_of(1, {running(1), running(2)}, {}), key_of(2), kNow);
  ASSERT_TRUE(is<Granted>(admission));
  EXPECT_EQ(std::get<Granted>(admission).reason, "it has its slot already");
}

TEST(Decide, JobThatTheQueueDoesNotKnowJustRuns) {
  EXPECT_TRUE(is<Bypassed>(decide(queue_of(1, {}, {waiting(2, JobClass::low)}), key_of(9), kNow)));
}

TEST(Decide, SameIdOfAnotherGitLabIsAnotherJob) {
  const HostQueue queue = queue_of(1, {running(1)}, {waiting(7, JobClass::low)});
  EXPECT_TRUE(is<Bypassed>(decide(queue, key_of(7, "https://other.example.com"), kNow)));
  EXPECT_TRUE(is<Held>(decide(queue, key_of(7), kNow)));
}

// ---- expected start -----------------------------------------------------------------------

TEST(ExpectedStart, IsNowWithAFreeSlot) {
  EXPECT_EQ(expected_start(queue_of(1, {}, {waiting(1, JobClass::low)}), 1, kNow), kNow);
}

TEST(ExpectedStart, IsTheEndOfTheRunningJobThatEndsFirst) {
  EXPECT_EQ(
      expected_start(queue_of(2, {running(1, 10s, 5min), running(2, 10s, 60s)}, {waiting(3, JobClass::low)}),
                     1, kNow),
      kNow + 50s);
}

TEST(ExpectedStart, WaitsForThoseAheadOnTheirSlots) {
  const HostQueue queue = queue_of(2, {running(1, 0s, 60s), running(2, 0s, 100s)},
                                   {waiting(3, JobClass::high, 9, 30s), waiting(4, JobClass::high, 8, 200s),
                                    waiting(5, JobClass::high, 7, 10s)});
  EXPECT_EQ(expected_start(queue, 1, kNow), kNow + 60s);
  EXPECT_EQ(expected_start(queue, 2, kNow), kNow + 90s);
  EXPECT_EQ(expected_start(queue, 3, kNow), kNow + 100s);
  EXPECT_EQ(expected_start(queue, 4, kNow), kNow + 110s);
}

TEST(ExpectedStart, JobThatOutlivesItsMedianEndsAtItsP90ThenAtAnyMoment) {
  const auto start_after = [](Duration ran) {
    return expected_start(queue_of(1, {running(1, ran, 60s, 90s)}, {waiting(2, JobClass::low)}), 1, kNow);
  };
  EXPECT_EQ(start_after(59s), kNow + 1s);
  EXPECT_EQ(start_after(60s), kNow + 30s);
  EXPECT_EQ(start_after(89s), kNow + 1s);
  EXPECT_EQ(start_after(3h), kNow);
}

TEST(ExpectedStart, FirstEndsOfTooManyRunningJobsFreeNoSlot) {
  const HostQueue queue = queue_of(1, {running(1, 0s, 10s), running(2, 0s, 20s), running(3, 0s, 30s)},
                                   {waiting(4, JobClass::low)});
  EXPECT_EQ(expected_start(queue, 1, kNow), kNow + 30s);
}

TEST(ExpectedStart, JobStartedInTheFutureEndsOneMedianFromNow) {
  EXPECT_EQ(expected_start(queue_of(1, {running(1, -1h, 60s)}, {waiting(2, JobClass::low)}), 1, kNow),
            kNow + 60s);
}

TEST(ExpectedStart, IsUnknownWithoutSlotsOrOffTheQueue) {
  EXPECT_FALSE(expected_start(queue_of(0, {}, {waiting(1, JobClass::low)}), 1, kNow));
  EXPECT_FALSE(expected_start(queue_of(-1, {}, {waiting(1, JobClass::low)}), 1, kNow));
  EXPECT_FALSE(expected_start(queue_of(1, {}, {waiting(1, JobClass::low)}), 0, kNow));
  EXPECT_FALSE(expected_start(queue_of(1, {}, {waiting(1, JobClass::low)}), 3, kNow));
  EXPECT_TRUE(expected_start(queue_of(1, {}, {waiting(1, JobClass::low)}), 2, kNow));
}

TEST(ExpectedStart, OfAHeldJobIsNotAfterItsHold) {
  const HeldJob job = waiting(2, JobClass::low);
  const auto held = std::get<Held>(decide(queue_of(1, {running(1, 0s, 1h)}, {job}), job.key, kNow));
  EXPECT_EQ(held.expected_start, job.hold_until);
}

// ---- bound of the hold --------------------------------------------------------------------

TEST(HoldBound, IsTheSmallerOfMaxHoldAndAQuarterOfTheTimeout) {
  EXPECT_EQ(hold_bound(10min, std::nullopt), 10min);
  EXPECT_EQ(hold_bound(10min, 3600s), 10min);
  EXPECT_EQ(hold_bound(10min, 600s), 150s);
  EXPECT_EQ(hold_bound(10min, 1s), 250ms);
  EXPECT_EQ(hold_bound(0s, 3600s), 0s);
}

TEST(HoldBound, DoesNotBelieveImpossibleValues) {
  EXPECT_EQ(hold_bound(10min, 0s), 10min);
  EXPECT_EQ(hold_bound(10min, -60s), 10min);
  EXPECT_EQ(hold_bound(-5s, 3600s), 0s);
  EXPECT_EQ(hold_bound(10min, std::chrono::seconds::max()), 10min);
}

// ---- sentences ----------------------------------------------------------------------------

TEST(Describe, GrantedAndBypassedSayWhy) {
  EXPECT_EQ(describe(Granted{"a slot is free"}, kNow), "admitted: a slot is free");
  EXPECT_EQ(describe(Bypassed{"held for its bound of 10 min"}, kNow),
            "runs without a slot: held for its bound of 10 min");
}

TEST(Describe, HeldGivesPositionClassReasonAndStart) {
  Held held{.position = 2,
            .queue_length = 3,
            .effective_class = JobClass::high,
            .reason = "2 of 2 slots busy, 1 job ahead (CRITICAL deploy, job 4711)",
            .expected_start = kNow + 250s,
            .hold_until = kNow + 9min};
  const std::string standing =
      "position 2 of 3, HIGH, 2 of 2 slots busy, 1 job ahead (CRITICAL deploy, job 4711), ";
  EXPECT_EQ(describe(held, kNow), standing + "expected start in 4 min 10 s, at the latest in 9 min");
  held.expected_start = kNow;
  EXPECT_EQ(describe(held, kNow), standing + "expected start at any moment, at the latest in 9 min");
  held.expected_start = held.hold_until;
  EXPECT_EQ(describe(held, kNow), standing + "starts at the latest in 9 min");
  held.expected_start.reset();
  EXPECT_EQ(describe(held, kNow), standing + "starts at the latest in 9 min");
}

TEST(Describe, TextOfOtherJobsStaysOnTheLine) {
  HeldJob hostile = waiting(1, JobClass::critical);
  hostile.job_name = "\n/close\n\x1b[2JRunnerIQ: " + std::string(5000, 'x');
  const auto admission =
      decide(queue_of(1, {running(3)}, {hostile, waiting(2, JobClass::low)}), key_of(2), kNow);
  const std::string sentence = describe(admission, kNow);
  EXPECT_EQ(sentence.find_first_of("\n\x1b"), std::string::npos) << sentence;
  EXPECT_LT(sentence.size(), 250U);
}

// ---- waiting for cleaner power ---------------------------------------------------------------

HeldJob waiting_for_green(std::int64_t id, JobClass job_class, Duration until = 5min) {
  HeldJob job = waiting(id, job_class);
  job.green = GreenWait{.until = kNow + until, .why = "waits until 12:05 UTC for cleaner power"};
  return job;
}

TEST(GreenWait, OnlyMediumAndLowWaitThoughASlotIsFree) {
  for (const JobClass job_class : kJobClasses) {
    SCOPED_TRACE(to_text(job_class));
    const Admission admission = decide(queue_of(2, {}, {waiting_for_green(1, job_class)}), key_of(1), kNow);
    EXPECT_EQ(std::holds_alternative<Held>(admission), job_class >= JobClass::medium);
  }
}

TEST(GreenWait, TheReasonAndTheExpectedStartAreThoseOfTheWait) {
  const Admission admission = decide(queue_of(2, {}, {waiting_for_green(1, JobClass::low)}), key_of(1), kNow);
  const Held* held = std::get_if<Held>(&admission);
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->reason, "waits until 12:05 UTC for cleaner power");
  EXPECT_EQ(held->expected_start, kNow + 5min);
}

TEST(GreenWait, NobodyWaitsBehindIt) {
  const HostQueue queue =
      queue_of(1, {}, {waiting_for_green(1, JobClass::medium), waiting(2, JobClass::low)});
  EXPECT_TRUE(std::holds_alternative<Granted>(decide(queue, key_of(2), kNow)));
}

TEST(GreenWait, EndsWithItsTimeAndWithTheHold) {
  const HostQueue soon = queue_of(1, {}, {waiting_for_green(1, JobClass::low, 5min)});
  EXPECT_TRUE(std::holds_alternative<Held>(decide(soon, key_of(1), kNow + 5min - 1ms)));
  EXPECT_TRUE(std::holds_alternative<Granted>(decide(soon, key_of(1), kNow + 5min)));
  const HostQueue beyond = queue_of(1, {}, {waiting_for_green(1, JobClass::low, 1h)});
  EXPECT_TRUE(std::holds_alternative<Held>(decide(beyond, key_of(1), kNow + 9min)));
  EXPECT_TRUE(std::holds_alternative<Granted>(decide(beyond, key_of(1), kNow + 10min)));
}

TEST(GreenWait, AJobThatEscalatesToHighWaitsNoMore) {
  HeldJob job = waiting_for_green(1, JobClass::low);
  job.queued_in_gitlab = 20min;
  EXPECT_TRUE(std::holds_alternative<Granted>(decide(queue_of(1, {}, {job}), key_of(1), kNow)));
}

TEST(GreenWait, AClockThatWasSetBackHoldsNobody) {
  EXPECT_FALSE(waits_for_green(waiting_for_green(1, JobClass::low), kNow - 1h));
}

}  // namespace
}  // namespace runneriq::scheduler
