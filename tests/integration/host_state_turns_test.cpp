// Slots that are given in the order of the scheduler service, and outcomes on their way to it.
#include "tests/support/host_state_fixture.hpp"

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

class HostStateTurns : public HostStateTest {
 protected:
  // "granted", "held" or "bypassed".
  std::string ask(HostState& state, std::int64_t job, Turn turn, Duration after = 0s,
                  JobClass job_class = JobClass::low) {
    auto answer = state.ask_in_turn(request(job, job_class), turn, now + after);
    if (!answer) return answer.error().message;
    left_to_others = answer->slot_left_to_others;
    return standing(answer->admission);
  }
  static JobOutcome outcome(std::int64_t job, Time finished) {
    return {.key = request(job).key,
            .attempt = request(job).attempt,
            .history = request(job).history,
            .job_class = JobClass::high,
            .score = 71.5,
            .queued_in_gitlab = 3s,
            .held = 4s,
            .ran = 5s,
            .cpu = job % 2 == 0 ? std::optional<Duration>(6s) : std::nullopt,
            .succeeded = job % 2 == 0,
            .exit_code = 7,
            .failed_stage = "build_script",
            .finished = finished};
  }
  static std::vector<std::int64_t> jobs_of(const std::vector<JobOutcome>& outcomes) {
    std::vector<std::int64_t> jobs;
    for (const JobOutcome& each : outcomes) jobs.push_back(each.key.job.value());
    return jobs;
  }
  bool left_to_others = false;
};

TEST_F(HostStateTurns, WhoseTurnIsLaterLeavesAFreeSlotToTheOthers) {
  HostState state = desk(1);
  EXPECT_EQ(ask(state, 1, Turn::later), "held");
  EXPECT_TRUE(left_to_others);
  EXPECT_TRUE(state.snapshot(now)->queue.running.empty());
  EXPECT_EQ(state.snapshot(now)->queue.held.size(), 1U);
  EXPECT_EQ(ask(state, 2, Turn::now), "granted");
  EXPECT_EQ(ask(state, 1, Turn::later), "held");
  EXPECT_FALSE(left_to_others);
}

TEST_F(HostStateTurns, WhoseTurnIsNowGoesBeforeThoseWhomTheHostWouldPrefer) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  EXPECT_EQ(ask(state, 2, Turn::later, 0s, JobClass::critical), "held");
  EXPECT_EQ(ask(state, 3, Turn::now), "held");
  ASSERT_TRUE(state.leave(request(1).key, request(1).attempt, now));
  EXPECT_EQ(ask(state, 3, Turn::now, 1s), "granted");
}

TEST_F(HostStateTurns, ATurnNeverGivesMoreSlotsThanThereAre) {
  HostState state = desk(2);
  EXPECT_EQ(ask(state, 1, Turn::now), "granted");
  EXPECT_EQ(ask(state, 2, Turn::now), "granted");
  EXPECT_EQ(ask(state, 3, Turn::now), "held");
  EXPECT_EQ(state.snapshot(now)->queue.running.size(), 2U);
}

TEST_F(HostStateTurns, AHoldThatIsOverEndsWhateverTheTurn) {
  HostState state = desk(1);
  EXPECT_EQ(ask(state, 1, Turn::later), "held");
  EXPECT_EQ(ask(state, 1, Turn::later, 10min), "granted");
  EXPECT_EQ(ask(state, 2, Turn::later), "held");
  EXPECT_EQ(ask(state, 2, Turn::later, 10min), "bypassed");
}

TEST_F(HostStateTurns, AHostWithoutALimitHoldsNobody) {
  HostState state = desk(0);
  EXPECT_EQ(ask(state, 1, Turn::later), "granted");
}

TEST_F(HostStateTurns, WhoHasASlotKeepsItWhateverTheTurn) {
  HostState state = desk(1);
  EXPECT_EQ(ask(state, 1, Turn::now), "granted");
  EXPECT_EQ(ask(state, 1, Turn::later), "granted");
}

TEST_F(HostStateTurns, OutcomesComeBackAsTheyWereRecordedOldestFirst) {
  HostState state = desk(1);
  for (const std::int64_t job : {4, 2, 3}) ASSERT_TRUE(state.record(outcome(job, now)));
  const auto found = state.undelivered(2);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(jobs_of(*found), (std::vector<std::int64_t>{4, 2}));
  const JobOutcome expected = outcome(4, now);
  const JobOutcome& first = found->front();
  EXPECT_EQ(first.key, expected.key);
  EXPECT_EQ(first.attempt, expected.attempt);
  EXPECT_EQ(first.history.gitlab, expected.history.gitlab);
  EXPECT_EQ(first.history.project, expected.history.project);
  EXPECT_EQ(first.history.job_name, expected.history.job_name);
  EXPECT_EQ(first.history.stage, expected.history.stage);
  EXPECT_EQ(first.job_class, expected.job_class);
  EXPECT_EQ(first.score, expected.score);
  EXPECT_EQ(first.queued_in_gitlab, expected.queued_in_gitlab);
  EXPECT_EQ(first.held, expected.held);
  EXPECT_EQ(first.ran, expected.ran);
  EXPECT_EQ(first.cpu, expected.cpu);
  EXPECT_EQ(first.succeeded, expected.succeeded);
  EXPECT_EQ(first.exit_code, expected.exit_code);
  EXPECT_EQ(first.failed_stage, expected.failed_stage);
  EXPECT_EQ(first.finished, expected.finished);
  EXPECT_FALSE(state.undelivered(100)->at(2).cpu);
}

TEST_F(HostStateTurns, WhatIsDeliveredIsNotFoundAgain) {
  HostState state = desk(1);
  for (std::int64_t job = 1; job <= 5; ++job) ASSERT_TRUE(state.record(outcome(job, now)));
  ASSERT_TRUE(state.mark_delivered(*state.undelivered(3)));
  EXPECT_EQ(jobs_of(*state.undelivered(100)), (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(state.snapshot(now)->outcomes_undelivered, 2);
  ASSERT_TRUE(state.mark_delivered(*state.undelivered(100)));
  EXPECT_TRUE(state.undelivered(100)->empty());
  ASSERT_TRUE(state.record(outcome(6, now)));
  EXPECT_EQ(jobs_of(*desk(1).undelivered(100)), (std::vector<std::int64_t>{6}));
}

TEST_F(HostStateTurns, AJobWithoutAnIdHasTheHistoryOfItsGitLab) {
  HostState state = desk(1);
  JobOutcome unknown = outcome(0, now);
  unknown.key.gitlab = GitLabUrl{"https://gitlab.example.com#attempt-0"};
  ASSERT_TRUE(state.record(unknown));
  EXPECT_EQ(state.undelivered(1)->at(0).key.gitlab, unknown.key.gitlab);
}

}  // namespace
}  // namespace runneriq::scheduler
