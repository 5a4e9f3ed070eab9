#include "executor/service_desk.hpp"

#include "executor/admission_wait.hpp"
#include "tests/support/fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;
using scheduler::Admission;
using scheduler::AdmissionStanding;
using scheduler::Bypassed;
using scheduler::Granted;
using scheduler::Held;
using scheduler::JobClass;
using scheduler::Turn;
using Kind = AdmissionStanding::Kind;

const Time kNow{std::chrono::milliseconds{1'700'000'000'000}};

Held no_slot_free() {
  return {.position = 1,
          .queue_length = 1,
          .effective_class = JobClass::high,
          .reason = "1 of 1 slots busy",
          .expected_start = std::nullopt,
          .hold_until = kNow + 10min};
}

AdmissionStanding standing(Kind kind, std::size_t position, std::int64_t version) {
  return {.kind = kind,
          .position = position,
          .queue_length = 3,
          .score = 82.5,
          .job_class = JobClass::high,
          .expected = std::nullopt,
          .expected_start = std::nullopt,
          .reason = "two deploys go first",
          .version = version};
}

class ServiceDeskTest : public testing::Test {
 protected:
  ServiceDeskTest() {
    request.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{4711}};
    request.attempt = AttemptId{"/tmp/custom-executor1"};
    request.score = 40;
    request.queued_in_gitlab = 10s;
  }
  Admission ask(Duration after = 0s) {
    auto answer = desk.ask(request, kNow + after);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer.value_or(Admission{Bypassed{"failed"}});
  }
  [[nodiscard]] std::ptrdiff_t times(const std::string& what) const {
    return std::ranges::count(journal, what);
  }

  Journal journal;
  scheduler::ScriptedService service{journal};
  scheduler::ScriptedDesk host{journal};
  scheduler::HostReport report{.host = "abc", .slots = 1, .runner = RunnerId{5}};
  RecordingLog log;
  scheduler::AdmissionRequest request;
  ServiceDesk desk{service, host, report, log};
};

TEST_F(ServiceDeskTest, WhoIsNextTakesTheHostsSlotWithTheServicesScoreAndClass) {
  service.standing = standing(Kind::next, 1, 7);
  EXPECT_TRUE(std::holds_alternative<Granted>(ask()));
  ASSERT_EQ(host.requests.size(), 1U);
  EXPECT_EQ(host.requests[0].score, 82.5);
  EXPECT_EQ(host.requests[0].job_class, JobClass::high);
  EXPECT_EQ(host.turns, std::vector{Turn::now});
  EXPECT_EQ(journal, (Journal{"submit", "ask", "leave service"}));
  EXPECT_EQ(service.questions[0].host.host, "abc");
  EXPECT_EQ(service.questions[0].request.score, 40);
  EXPECT_TRUE(log.lines.empty());
  EXPECT_FALSE(desk.service_is_given_up());
}

TEST_F(ServiceDeskTest, WhoIsHeldByTheServiceLeavesAFreeSlotToTheOthers) {
  service.standing = standing(Kind::held, 2, 7);
  const Admission answer = ask();
  const auto* held = std::get_if<Held>(&answer);
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->position, 2U);
  EXPECT_EQ(held->queue_length, 3U);
  EXPECT_EQ(held->reason, "two deploys go first");
  EXPECT_EQ(times("leave service"), 0);
}

TEST_F(ServiceDeskTest, ItsTurnIsSeenInTheNextLook) {
  service.standing = standing(Kind::held, 2, 7);
  (void)ask();
  service.standing = standing(Kind::next, 1, 8);
  EXPECT_TRUE(std::holds_alternative<Granted>(ask(1s)));
  EXPECT_EQ(host.turns, (std::vector{Turn::later, Turn::now}));
  EXPECT_EQ(service.questions.size(), 1U);
}

TEST_F(ServiceDeskTest, WithoutAFreeSlotTheHostsReasonIsToldWithTheServicesPosition) {
  service.standing = standing(Kind::next, 1, 7);
  host.stands({{kNow, no_slot_free()}});
  const Admission answer = ask();
  const auto* held = std::get_if<Held>(&answer);
  ASSERT_NE(held, nullptr);
  EXPECT_EQ(held->reason, "1 of 1 slots busy");
  EXPECT_EQ(held->queue_length, 3U);
}

TEST_F(ServiceDeskTest, AnExpectedStartIsNeverPromisedAfterTheBoundOfTheHold) {
  service.standing = standing(Kind::next, 1, 7);
  service.standing->expected_start = kNow + 3h;
  host.stands({{kNow, no_slot_free()}});
  const Admission answer = ask();
  EXPECT_EQ(std::get<Held>(answer).expected_start, kNow + 10min);
}

TEST_F(ServiceDeskTest, ASlotThatNobodyTakesIsTheJobsAfterAWhile) {
  service.standing = standing(Kind::held, 2, 7);
  EXPECT_TRUE(std::holds_alternative<Held>(ask()));
  EXPECT_TRUE(std::holds_alternative<Held>(ask(kSlotLeftToOthers - 1ms)));
  EXPECT_TRUE(std::holds_alternative<Granted>(ask(kSlotLeftToOthers)));
}

TEST_F(ServiceDeskTest, ASlotThatWasTakenInBetweenIsWaitedForAnew) {
  service.standing = standing(Kind::held, 2, 7);
  host.stands({{kNow, Granted{"a slot is free"}},
               {kNow + 3s, no_slot_free()},
               {kNow + 4s, Granted{"a slot is free"}}});
  (void)ask();
  (void)ask(3s);
  EXPECT_TRUE(std::holds_alternative<Held>(ask(4s)));
  EXPECT_TRUE(std::holds_alternative<Held>(ask(4s + kSlotLeftToOthers - 1ms)));
  EXPECT_TRUE(std::holds_alternative<Granted>(ask(4s + kSlotLeftToOthers)));
}

TEST_F(ServiceDeskTest, AServiceThatDoesNotAnswerIsGivenUpInOneLineAndTheHostDecides) {
  service.standing = Result<AdmissionStanding>{fail(Errc::timed_out, "the scheduler service: no answer")};
  host.stands({{kNow, no_slot_free()}});
  for (int look = 0; look < 5; ++look) (void)ask(look * 1s);
  EXPECT_EQ(times("submit"), 1);
  EXPECT_EQ(times("changed?"), 0);
  EXPECT_TRUE(host.turns.empty());
  EXPECT_EQ(host.requests[0].score, 40);
  ASSERT_EQ(log.lines.size(), 1U);
  EXPECT_EQ(log.lines[0], "the scheduler service: no answer; this host decides alone");
  EXPECT_TRUE(desk.service_is_given_up());
}

TEST_F(ServiceDeskTest, AMissingSocketIsNoNews) {
  service.standing = Result<AdmissionStanding>{fail(Errc::not_found, "no socket")};
  EXPECT_TRUE(std::holds_alternative<Granted>(ask()));
  EXPECT_TRUE(log.lines.empty());
}

TEST_F(ServiceDeskTest, AServiceThatDiesInTheMiddleIsSaidOnceAndTheHostsOwnOrderGoesOn) {
  service.standing = standing(Kind::held, 2, 7);
  (void)ask();
  service.standing = Result<AdmissionStanding>{fail(Errc::unavailable, "the scheduler service: gone")};
  EXPECT_TRUE(std::holds_alternative<Granted>(ask(1s)));
  EXPECT_EQ(host.requests.back().score, 40);
  EXPECT_EQ(log.lines.size(), 1U);
  EXPECT_TRUE(desk.service_is_given_up());
}

TEST_F(ServiceDeskTest, AServiceThatWasStartedAnewIsToldAgainHowLongTheJobHasWaited) {
  service.standing = standing(Kind::held, 2, 7);
  (void)ask();
  service.broken = Error{Errc::not_found, "it does not know the job"};
  (void)ask(4s);
  ASSERT_EQ(service.questions.size(), 2U);
  EXPECT_EQ(service.questions[1].request.queued_in_gitlab, 14s);
  EXPECT_TRUE(log.lines.empty());
  EXPECT_FALSE(desk.service_is_given_up());
}

TEST_F(ServiceDeskTest, AServiceThatLosesTheJobAgainAndAgainIsGivenUp) {
  service.standing = standing(Kind::held, 2, 7);
  host.stands({{kNow, no_slot_free()}});
  for (int look = 0; look < 10; ++look) {
    service.broken = Error{Errc::not_found, "it does not know the job"};
    (void)ask(look * 1s);
  }
  EXPECT_EQ(service.questions.size(), static_cast<std::size_t>(kMostSubmissions));
  EXPECT_TRUE(desk.service_is_given_up());
  EXPECT_EQ(log.lines.size(), 1U);
}

TEST_F(ServiceDeskTest, APollThatIsNeverAnsweredIsNotTriedAgain) {
  service.standing = standing(Kind::held, 2, 7);
  (void)ask();
  service.broken = Error{Errc::timed_out, "no answer in time"};
  (void)ask(1s);
  EXPECT_EQ(service.questions.size(), 1U);
  EXPECT_TRUE(desk.service_is_given_up());
}

TEST_F(ServiceDeskTest, WhoGivesUpWaitingLeavesBothQueues) {
  service.standing = standing(Kind::held, 2, 7);
  (void)ask();
  ASSERT_TRUE(desk.leave(request.key, request.attempt, kNow + 1s));
  EXPECT_EQ(times("leave"), 1);
  EXPECT_EQ(times("leave service"), 1);
}

TEST_F(ServiceDeskTest, AHostThatCannotGiveSlotsEndsTheWaitInTheServicesQueueToo) {
  host.answer = [](Time) -> Result<Admission> { return fail(Errc::unavailable, "the disk is full"); };
  EXPECT_FALSE(desk.ask(request, kNow));
  EXPECT_EQ(times("leave service"), 1);
}

TEST_F(ServiceDeskTest, AServiceThatDiesAfterTheSlotWasTakenCostsTheJobNothing) {
  service.leave_fails = Error{Errc::timed_out, "the scheduler service: no answer"};
  EXPECT_TRUE(std::holds_alternative<Granted>(ask()));
  EXPECT_TRUE(desk.service_is_given_up());
  EXPECT_EQ(log.lines.size(), 1U);
}

TEST_F(ServiceDeskTest, TheJobLogFollowsTheServicesPositions) {
  service.standing = standing(Kind::held, 3, 1);
  FakeWaiter waiter{kNow};
  host.answer = [&](Time now) -> Result<Admission> {
    if (now >= kNow + 2s) service.standing = standing(Kind::held, 2, 2);
    if (now >= kNow + 4s) service.standing = standing(Kind::next, 1, 3);
    return Admission{no_slot_free()};
  };
  waiter.report(Waiter::Woken::by_stop, kNow + 8s);
  (void)wait_for_admission(desk, request, waiter, log);
  ASSERT_EQ(log.lines.size(), 3U);
  EXPECT_NE(log.lines[0].find("position 3 of 3"), std::string::npos) << log.lines[0];
  EXPECT_NE(log.lines[1].find("position 2 of 3"), std::string::npos) << log.lines[1];
  EXPECT_NE(log.lines[2].find("position 1 of 3"), std::string::npos) << log.lines[2];
}

}  // namespace
}  // namespace runneriq::executor
