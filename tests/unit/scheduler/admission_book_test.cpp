#include "scheduler/admission_book.hpp"

#include "tests/support/admission_maker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using Kind = AdmissionStanding::Kind;

constexpr Time kStart = Time{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};

class AdmissionBookTest : public testing::Test {
 protected:
  BookChanges submit(const AdmissionQuestion& question) {
    auto changes = book.submit(question, now);
    EXPECT_TRUE(changes) << changes.error().message;
    return changes ? *changes : BookChanges{};
  }
  AdmissionStanding standing(std::int64_t job, const std::string& attempt = "") {
    const auto found = book.standing(admission_key(job, attempt), now);
    EXPECT_TRUE(found) << "job " << job << " does not wait";
    return found.value_or(AdmissionStanding{});
  }
  bool waits(std::int64_t job, const std::string& attempt = "") {
    return book.standing(admission_key(job, attempt), now).has_value();
  }
  bool has_changed(std::int64_t job) {
    const auto changed = book.take_changed(now);
    return std::ranges::find(changed, admission_key(job)) != changed.end();
  }

  std::map<std::int64_t, KnownJob> known;
  Time now = kStart;
  AdmissionBook book{[this](const AdmissionRequest& request) -> std::optional<KnownJob> {
                       const auto found = known.find(request.key.job.value());
                       return found == known.end() ? std::nullopt : std::optional{found->second};
                     },
                     kStart};
};

TEST_F(AdmissionBookTest, TheFirstJobIsNext) {
  const BookChanges changes = submit(question_of(1));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_FALSE(changes[0].before);
  EXPECT_EQ(changes[0].after->arrived, now);
  EXPECT_EQ(standing(1).kind, Kind::next);
  EXPECT_EQ(standing(1).position, 1U);
  EXPECT_GT(standing(1).version, kStart.time_since_epoch().count());
}

TEST_F(AdmissionBookTest, TheMoreUrgentJobOfAHostIsNextWhateverCameFirst) {
  submit(question_of(1, 50));
  submit(question_of(2, 95));
  EXPECT_EQ(standing(2).kind, Kind::next);
  EXPECT_EQ(standing(1).kind, Kind::held);
  EXPECT_EQ(standing(1).position, 2U);
  EXPECT_EQ(standing(1).queue_length, 2U);
}

TEST_F(AdmissionBookTest, TheReasonNamesTheJobAhead) {
  submit(question_of(9));
  book.leave(admission_key(9), now);
  submit(question_of(1, 50));
  submit(question_of(2, 95));
  EXPECT_EQ(standing(1).reason, "the only slot is busy, 1 job ahead (CRITICAL job 2, job 2)");
}

TEST_F(AdmissionBookTest, HostsHaveTheirOwnQueues) {
  submit(question_of(1, 50, "host-1"));
  submit(question_of(2, 95, "host-2"));
  EXPECT_EQ(standing(1).kind, Kind::next);
  EXPECT_EQ(standing(2).kind, Kind::next);
}

TEST_F(AdmissionBookTest, AsManyAreNextAsSlotsAreFree) {
  for (const std::int64_t job : {1, 2, 3}) submit(question_of(job, 50, "host-1", 2));
  EXPECT_EQ(standing(2).kind, Kind::next);
  EXPECT_EQ(standing(3).kind, Kind::held);
}

TEST_F(AdmissionBookTest, WithoutALimitEveryJobIsNext) {
  for (const std::int64_t job : {1, 2, 3}) submit(question_of(job, 50, "host-1", 0));
  EXPECT_EQ(standing(3).kind, Kind::next);
}

TEST_F(AdmissionBookTest, ASlotThatWasTakenIsNotFreeUntilItsOutcome) {
  for (const std::int64_t job : {1, 2, 3}) submit(question_of(job, 50, "host-1", 2));
  book.leave(admission_key(1), now);
  EXPECT_EQ(standing(2).kind, Kind::next);
  EXPECT_EQ(standing(3).kind, Kind::held);
  EXPECT_EQ(book.running(), 1U);
  book.finish(admission_key(1));
  EXPECT_EQ(standing(3).kind, Kind::next);
  EXPECT_EQ(book.running(), 0U);
}

TEST_F(AdmissionBookTest, TheFirstIsNextEvenWhenAllSlotsSeemTaken) {
  submit(question_of(1));
  book.leave(admission_key(1), now);
  submit(question_of(2));
  EXPECT_EQ(standing(2).kind, Kind::next);
}

TEST_F(AdmissionBookTest, WhoGivesUpWaitingTakesNoSlot) {
  submit(question_of(1, 95));
  submit(question_of(2, 50));
  const BookChanges changes = book.leave(admission_key(2), now);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_FALSE(changes[0].after);
  EXPECT_EQ(book.running(), 0U);
}

TEST_F(AdmissionBookTest, LeavingTwiceGivesTheSlotBack) {
  submit(question_of(1));
  book.leave(admission_key(1), now);
  book.leave(admission_key(1), now);
  EXPECT_EQ(book.running(), 0U);
  EXPECT_TRUE(book.leave(admission_key(1), now).empty());
}

TEST_F(AdmissionBookTest, TheSameQuestionAgainChangesNothing) {
  submit(question_of(1));
  const auto version = standing(1).version;
  now += 1min;
  AdmissionQuestion again = question_of(1);
  EXPECT_TRUE(submit(again).empty());
  EXPECT_EQ(standing(1).version, version);
  EXPECT_EQ(book.held(), 1U);
}

TEST_F(AdmissionBookTest, AChangedQuestionKeepsItsArrival) {
  submit(question_of(1, 50));
  now += 1min;
  const BookChanges changes = submit(question_of(1, 95));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].after->arrived, kStart);
  EXPECT_EQ(standing(1).score, 95);
}

TEST_F(AdmissionBookTest, ANewAttemptTakesThePlaceOfTheOneBefore) {
  submit(question_of(1));
  now += 1min;
  AdmissionQuestion retry = question_of(1);
  retry.request.attempt = admission_key(1, "-b").attempt;
  const BookChanges changes = submit(retry);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_FALSE(waits(1));
  EXPECT_TRUE(waits(1, "-b"));
  EXPECT_EQ(changes[1].after->arrived, kStart);
}

TEST_F(AdmissionBookTest, AnAttemptOnAnotherHostBeginsAnew) {
  submit(question_of(1));
  now += 1min;
  const BookChanges changes = submit(question_of(1, 50, "host-2"));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].after->arrived, now);
  EXPECT_EQ(book.held(), 1U);
}

TEST_F(AdmissionBookTest, WhatTheLoopKnowsReplacesWhatTheHostSays) {
  known[1] = {
      .score = 92, .job_class = JobClass::high, .expected = DurationEstimate{40s, 60s, EstimateBasis::job}};
  submit(question_of(1, 10));
  EXPECT_EQ(standing(1).score, 92);
  EXPECT_EQ(standing(1).job_class, JobClass::high);
  EXPECT_EQ(standing(1).expected, 40s);
}

TEST_F(AdmissionBookTest, NewKnowledgeChangesTheOrder) {
  submit(question_of(1, 60));
  submit(question_of(2, 56));
  EXPECT_EQ(standing(1).position, 1U);
  known[2] = {.score = 95, .job_class = JobClass::critical, .expected = std::nullopt};
  book.renew_order(now);
  EXPECT_EQ(standing(2).position, 1U);
  EXPECT_EQ(standing(1).position, 2U);
}

TEST_F(AdmissionBookTest, WaitingRaisesAJob) {
  AdmissionQuestion old = question_of(1, 10);
  old.request.queued_in_gitlab = 59min + 30s;
  submit(old);
  submit(question_of(2, 75));
  EXPECT_EQ(standing(2).position, 1U);
  now += 31s;
  book.renew_order(now);
  EXPECT_EQ(standing(1).position, 1U);
}

TEST_F(AdmissionBookTest, BecomingNextIsToldAtOnce) {
  submit(question_of(1));
  submit(question_of(2, 40));
  const auto before = standing(2).version;
  (void)book.take_changed(now);
  book.leave(admission_key(1), now);
  EXPECT_TRUE(has_changed(2));
  EXPECT_GT(standing(2).version, before);
  EXPECT_FALSE(has_changed(2)) << "told twice";
}

TEST_F(AdmissionBookTest, AMereMoveIsToldWithinFiveSeconds) {
  submit(question_of(1, 60));
  submit(question_of(2, 50));
  (void)book.take_changed(now);
  now += 1s;
  submit(question_of(3, 95));
  EXPECT_FALSE(has_changed(2));
  EXPECT_EQ(standing(2).position, 3U);
  now += kMovesTold;
  EXPECT_TRUE(has_changed(2));
}

TEST_F(AdmissionBookTest, OthersBehindAJobAreNoChangeForIt) {
  submit(question_of(1, 60));
  (void)book.take_changed(now);
  now += 1min;
  submit(question_of(2, 50));
  EXPECT_FALSE(has_changed(1));
}

TEST_F(AdmissionBookTest, WhoIsNotHeardOfForTwoMinutesIsDropped) {
  submit(question_of(1));
  submit(question_of(2));
  now += kSilenceKept - 1s;
  EXPECT_TRUE(book.expire(now).empty());
  book.hear(admission_key(1), now);
  now += 1s;
  const BookChanges changes = book.expire(now);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].key, admission_key(2));
  EXPECT_TRUE(waits(1));
  EXPECT_FALSE(waits(2));
}

TEST_F(AdmissionBookTest, AHoldThatIsOverIsNextAndThenDropped) {
  submit(question_of(1, 95));
  submit(question_of(2, 50));
  now += 10min;
  book.hear(admission_key(1), now);
  book.hear(admission_key(2), now);
  book.renew_order(now);
  EXPECT_EQ(standing(2).kind, Kind::next);
  now += kSilenceKept;
  book.hear(admission_key(2), now);
  EXPECT_EQ(book.expire(now).size(), 2U);
}

TEST_F(AdmissionBookTest, ASlotWithoutOutcomeIsCountedForADay) {
  submit(question_of(1));
  book.leave(admission_key(1), now);
  now += kLongestRun - 1s;
  EXPECT_TRUE(book.expire(now).empty());
  now += 1s;
  EXPECT_EQ(book.expire(now).size(), 1U);
}

TEST_F(AdmissionBookTest, AClockSetBackDropsNobody) {
  submit(question_of(1));
  now -= 1h;
  EXPECT_TRUE(book.expire(now).empty());
  now += kSilenceKept - 1s;
  EXPECT_TRUE(book.expire(now).empty());
}

TEST_F(AdmissionBookTest, AJobThatGitLabHasEndedIsGoneWithAllAttempts) {
  submit(question_of(1));
  EXPECT_TRUE(book.has(admission_key(1).job));
  EXPECT_EQ(book.end(admission_key(1).job).size(), 1U);
  EXPECT_FALSE(book.has(admission_key(1).job));
}

TEST_F(AdmissionBookTest, WhatIsTakenBackIsAsBefore) {
  submit(question_of(1, 60));
  BookChanges changes = submit(question_of(2, 95));
  const BookChanges left = book.leave(admission_key(1), now);
  changes.insert(changes.end(), left.begin(), left.end());
  book.take_back(changes, now);
  EXPECT_FALSE(waits(2));
  EXPECT_EQ(standing(1).position, 1U);
  EXPECT_EQ(book.running(), 0U);
}

TEST_F(AdmissionBookTest, ARestartGoesOnWhereItWas) {
  for (const std::int64_t job : {1, 2, 3}) submit(question_of(job, 50 + 10.0 * static_cast<double>(job)));
  book.leave(admission_key(3), now);
  now += 1min;
  AdmissionBook later{[](const AdmissionRequest&) { return std::nullopt; }, now};
  later.restore(book.bookings(), now);
  EXPECT_EQ(later.held(), 2U);
  EXPECT_EQ(later.running(), 1U);
  const auto standing = later.standing(admission_key(1), now);
  ASSERT_TRUE(standing);
  EXPECT_EQ(standing->position, 2U);
  EXPECT_GT(standing->version, this->standing(1).version);
}

TEST_F(AdmissionBookTest, AFullBookRefusesTheNextJob) {
  for (std::size_t job = 1; job <= kMostBooked; ++job) {
    submit(question_of(static_cast<std::int64_t>(job), 50, "host-" + std::to_string(job % 997)));
  }
  const auto refused = book.submit(question_of(1'000'000), now);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_TRUE(book.submit(question_of(1, 90, "host-1"), now)) << "a known job is no further one";
}

// The law: whatever happens, positions are those of decide() on the jobs that wait, and at least one of
// each host's jobs is next.
TEST_F(AdmissionBookTest, StandingsAgreeWithTheQueueOfTheHost) {
  std::mt19937 random{20'250'301};
  const auto roll = [&](int most) { return std::uniform_int_distribution{0, most}(random); };
  for (int round = 0; round < 3000; ++round) {
    const std::int64_t job = 1 + roll(40);
    const std::string host = "host-" + std::to_string(job % 3);
    switch (roll(5)) {
      case 0:
        book.leave(admission_key(job), now);
        break;
      case 1:
        book.finish(admission_key(job));
        break;
      case 2:
        book.expire(now);
        book.renew_order(now);
        break;
      default:
        submit(question_of(job, roll(100), host, static_cast<int>(job % 3)));
    }
    now += std::chrono::seconds{roll(3)};
    book.renew_order(now);
    std::map<std::string, std::vector<HeldJob>> held;
    std::map<std::string, int> next;
    for (const Booking& booking : book.bookings()) {
      if (booking.started) continue;
      const AdmissionRequest& request = booking.request;
      held[booking.host].push_back({.key = request.key,
                                    .attempt = request.attempt,
                                    .job_name = "",
                                    .score = request.score,
                                    .job_class = request.job_class,
                                    .queued_in_gitlab = request.queued_in_gitlab,
                                    .expected = kUnknownDuration,
                                    .arrived = booking.arrived,
                                    .hold_until = booking.arrived + 10min});
    }
    for (const auto& [name, jobs] : held) {
      const auto ordered = in_order(jobs, now);
      for (std::size_t at = 0; at < ordered.size(); ++at) {
        const auto told = book.standing({ordered[at].key, ordered[at].attempt}, now);
        ASSERT_TRUE(told) << "round " << round;
        ASSERT_EQ(told->position, at + 1) << "round " << round;
        ASSERT_EQ(told->queue_length, ordered.size()) << "round " << round;
        next[name] += told->kind == Kind::next ? 1 : 0;
      }
      ASSERT_GE(next[name], 1) << "round " << round;
    }
  }
}

TEST_F(AdmissionBookTest, WhoShouldWaitForCleanerPowerIsNotNext) {
  std::optional<Time> until = now + 4min;
  AdmissionBook green{[](const AdmissionRequest&) { return std::nullopt; }, now,
                      [&](const Booking&, std::optional<Duration>, Time) -> std::optional<GreenWait> {
                        if (!until) return std::nullopt;
                        return GreenWait{.until = *until, .why = "waits for cleaner power"};
                      }};
  ASSERT_TRUE(green.submit(question_of(1, 50), now));
  const auto waiting = green.standing(admission_key(1), now);
  ASSERT_TRUE(waiting);
  EXPECT_EQ(waiting->kind, Kind::held);
  EXPECT_EQ(waiting->reason, "waits for cleaner power");
  EXPECT_EQ(waiting->expected_start, until);

  (void)green.take_changed(now);
  green.renew_order(*until);
  EXPECT_EQ(green.take_changed(*until), std::vector{admission_key(1)});
  EXPECT_EQ(green.standing(admission_key(1), *until)->kind, Kind::next);

  until.reset();  // the outlook has changed: there is nothing to wait for
  green.renew_order(now);
  EXPECT_EQ(green.standing(admission_key(1), now)->kind, Kind::next);
}

}  // namespace
}  // namespace runneriq::scheduler
