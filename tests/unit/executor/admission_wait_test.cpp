#include "executor/admission_wait.hpp"

#include "tests/support/fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;
using scheduler::Admission;
using scheduler::Bypassed;
using scheduler::Granted;
using scheduler::Held;
using Woken = Waiter::Woken;

const Time kNow{std::chrono::milliseconds{1'700'000'000'000}};

Held at_position(std::size_t position) {
  return {.position = position,
          .queue_length = 3,
          .effective_class = scheduler::JobClass::high,
          .reason = "2 of 2 slots busy",
          .expected_start = kNow + 4min,
          .hold_until = kNow + 10min};
}

class AdmissionWait : public testing::Test {
 protected:
  AdmissionWait() {
    request.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{4711}};
    request.attempt = AttemptId{"/tmp/custom-executor1"};
    request.score = 71;
  }

  std::variant<Admitted, GaveUp> wait() { return wait_for_admission(desk, request, waiter, log); }
  // Null when it gave up.
  std::optional<Admitted> admitted() {
    const auto end = wait();
    const auto* found = std::get_if<Admitted>(&end);
    return found == nullptr ? std::nullopt : std::optional(*found);
  }

  Journal journal;
  FakeWaiter waiter{kNow};
  RecordingLog log{&waiter};
  scheduler::ScriptedDesk desk{journal};
  scheduler::AdmissionRequest request;
};

TEST_F(AdmissionWait, AFreeSlotIsTakenAtOnce) {
  const auto end = admitted();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->at, kNow);
  EXPECT_EQ(end->held, 0s);
  EXPECT_EQ(desk.requests.size(), 1U);
  EXPECT_TRUE(waiter.waits.empty());
  ASSERT_EQ(log.lines.size(), 1U);
  EXPECT_NE(log.lines[0].find("a slot is free"), std::string::npos) << log.lines[0];
}

TEST_F(AdmissionWait, WhoRunsWithoutASlotIsToldSoAndWhy) {
  desk.stands({{kNow, Bypassed{"the state file is locked"}}});
  ASSERT_TRUE(admitted());
  ASSERT_EQ(log.lines.size(), 1U);
  EXPECT_NE(log.lines[0].find("the state file is locked"), std::string::npos) << log.lines[0];
  EXPECT_NE(log.lines[0].find("without a slot"), std::string::npos) << log.lines[0];
}

TEST_F(AdmissionWait, TheLineOnEntrySaysPositionClassReasonAndExpectedStart) {
  desk.stands({{kNow, at_position(2)}, {kNow + 5s, Granted{"a slot is free"}}});
  ASSERT_TRUE(admitted());
  ASSERT_EQ(log.lines.size(), 2U);
  for (const char* part : {"position 2 of 3", "HIGH", "2 of 2 slots busy", "4 min"}) {
    EXPECT_NE(log.lines[0].find(part), std::string::npos) << part << " in " << log.lines[0];
  }
  EXPECT_NE(log.lines[1].find("5 s"), std::string::npos) << log.lines[1];
}

TEST_F(AdmissionWait, SaysWhereTheJobStandsEvery30SecondsAndNothingBetween) {
  desk.stands({{kNow, at_position(2)}, {kNow + 95s, Granted{"a slot is free"}}});
  const auto end = admitted();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->held, 95s);
  EXPECT_EQ(end->at, kNow + 95s);
  EXPECT_EQ(log.times, (std::vector<Time>{kNow, kNow + 30s, kNow + 60s, kNow + 90s, kNow + 95s}));
}

TEST_F(AdmissionWait, TheReminderIsInTimeWhereverTheLooksFall) {
  desk.stands({{kNow, at_position(2)}, {kNow + 31s, Granted{"a slot is free"}}});
  waiter.report(Woken::by_change, kNow + 550ms);
  ASSERT_TRUE(admitted());
  ASSERT_EQ(log.times.size(), 3U);
  EXPECT_EQ(log.times[1], kNow + 30s);
}

TEST_F(AdmissionWait, SaysEachChangeOfPosition) {
  Held longer_queue = at_position(3);
  longer_queue.queue_length = 9;
  longer_queue.expected_start = kNow + 7min;
  desk.stands({{kNow, at_position(3)},
               {kNow + 3s, longer_queue},
               {kNow + 5s, at_position(2)},
               {kNow + 9s, at_position(1)},
               {kNow + 12s, at_position(2)},
               {kNow + 14s, Granted{"a slot is free"}}});
  ASSERT_TRUE(admitted());
  EXPECT_EQ(log.times, (std::vector<Time>{kNow, kNow + 5s, kNow + 9s, kNow + 12s, kNow + 14s}));
}

TEST_F(AdmissionWait, TheJobIsNeverSilentForLongerThan30Seconds) {
  desk.stands({{kNow, at_position(3)},
               {kNow + 29s, at_position(2)},
               {kNow + 61s, at_position(1)},
               {kNow + 200s, Granted{"a slot is free"}}});
  ASSERT_TRUE(admitted());
  for (std::size_t at = 1; at < log.times.size(); ++at) {
    EXPECT_LE(log.times[at] - log.times[at - 1], kReminder);
  }
  EXPECT_EQ(log.lines.size(), 9U);
}

TEST_F(AdmissionWait, TheNextInLineLooksMoreOftenThanTheOthers) {
  desk.stands({{kNow, at_position(2)}, {kNow + 10s, at_position(1)}, {kNow + 12s, Granted{"free"}}});
  ASSERT_TRUE(admitted());
  for (std::size_t at = 1; at < desk.asked_at.size(); ++at) {
    const Duration poll = desk.asked_at[at - 1] < kNow + 10s ? kOthersPoll : kNextInLinePoll;
    EXPECT_EQ(desk.asked_at[at] - desk.asked_at[at - 1], poll) << at;
  }
}

TEST_F(AdmissionWait, LooksAgainAtTheVeryEndOfTheHold) {
  Held standing = at_position(2);
  standing.hold_until = kNow + 2300ms;
  desk.stands({{kNow, standing}, {standing.hold_until, Bypassed{"held for its bound of 2 s"}}});
  const auto end = admitted();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->held, 2300ms);
  EXPECT_EQ(desk.asked_at.back(), standing.hold_until);
}

TEST_F(AdmissionWait, LooksAgainAsSoonAsSomethingChanges) {
  desk.stands({{kNow, at_position(2)}, {kNow + 1ms, Granted{"a slot is free"}}});
  waiter.report(Woken::by_change, kNow + 250ms);
  const auto end = admitted();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->at, kNow + 250ms);
  EXPECT_EQ(desk.requests.size(), 2U);
}

TEST_F(AdmissionWait, AChangeThatChangesNothingIsNotWorthALine) {
  desk.stands({{kNow, at_position(2)}, {kNow + 10s, Granted{"a slot is free"}}});
  for (int at = 1; at < 9; ++at) waiter.report(Woken::by_change, kNow + at * 1s + 17ms);
  ASSERT_TRUE(admitted());
  EXPECT_EQ(log.lines.size(), 2U);
}

TEST_F(AdmissionWait, AsksTheSameEachTimeAndLeavesNothing) {
  desk.stands({{kNow, at_position(1)}, {kNow + 1s, Granted{"a slot is free"}}});
  ASSERT_TRUE(admitted());
  for (const scheduler::AdmissionRequest& asked : desk.requests) {
    EXPECT_EQ(asked.key, request.key);
    EXPECT_EQ(asked.attempt, request.attempt);
    EXPECT_EQ(asked.score, 71);
  }
  EXPECT_TRUE(desk.left.empty());
}

TEST_F(AdmissionWait, AStopEndsTheWaitAtOnceAndLeavesTheQueue) {
  for (const Woken cause : {Woken::by_stop, Woken::by_orphaning}) {
    for (const bool leaving_fails : {false, true}) {
      waiter = FakeWaiter{kNow};
      waiter.report(cause, kNow + 12'345ms);
      desk.stands({{kNow, at_position(2)}});
      desk.left.clear();
      log.lines.clear();
      if (leaving_fails) desk.leave_fails = Error{Errc::unavailable, "locked"};
      EXPECT_TRUE(std::holds_alternative<GaveUp>(wait()));
      EXPECT_EQ(waiter.now(), kNow + 12'345ms);
      ASSERT_EQ(desk.left.size(), 1U);
      EXPECT_EQ(desk.left.front(), std::pair(request.key, request.attempt));
      EXPECT_EQ(log.lines.size(), 1U) << "the line on entry";
    }
  }
}

TEST_F(AdmissionWait, ADeskThatFailsLetsTheJobRun) {
  for (const Errc code : {Errc::unavailable, Errc::timed_out, Errc::corrupt, Errc::newer_schema,
                          Errc::permission, Errc::not_found, Errc::conflict, Errc::invalid_argument}) {
    log.lines.clear();
    desk.answer = [&](Time) { return fail(code, "the state file is locked"); };
    const auto end = admitted();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->held, 0s);
    ASSERT_EQ(log.lines.size(), 1U);
    EXPECT_NE(log.lines[0].find("the state file is locked"), std::string::npos) << log.lines[0];
  }
}

TEST_F(AdmissionWait, ADeskThatFailsWhileTheJobIsHeldEndsTheHold) {
  desk.answer = [](Time now) -> Result<Admission> {
    if (now < kNow + 3s) return Admission{at_position(2)};
    return fail(Errc::unavailable, "disk full");
  };
  const auto end = admitted();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->held, 3s);
  EXPECT_EQ(log.count("disk full"), 1U);
}

class ClockSetBack : public AdmissionWait {
 protected:
  // Held for 19 looks; something sets the clock at the fifth.
  void expect_a_bounded_wait(const std::function<void()>& set_the_clock) {
    int asked = 0;
    desk.answer = [&](Time) {
      if (++asked == 5) set_the_clock();
      return asked < 20 ? Admission{at_position(2)} : Admission{Granted{"a slot is free"}};
    };
    const auto end = admitted();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->held, 0s) << "never negative";
    for (const Duration wait : waiter.waits) EXPECT_LE(wait, kOthersPoll);
  }
};

TEST_F(ClockSetBack, BetweenTwoLooksMakesNoLongWait) {
  expect_a_bounded_wait([&] { waiter.move_asleep(-1h); });
}

TEST_F(ClockSetBack, DuringALookMakesNoLongWait) {
  expect_a_bounded_wait([&] { waiter.move(-1h); });
}

}  // namespace
}  // namespace runneriq::executor
