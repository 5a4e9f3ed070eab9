// The rules of slots, held jobs and builds directories, on a real file.
#include "platform/unique_fd.hpp"
#include "tests/support/host_state_fixture.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <ostream>
#include <tuple>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

std::tuple<off_t, time_t, long> state_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return {status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

TEST_F(HostStateTest, AJobOnAHostWithoutALimitIsAdmittedAtOnceAndRecorded) {
  HostState state = desk(0);
  for (int job = 1; job <= 5; ++job) EXPECT_EQ(standing(state.ask(request(job), now)), "granted");
  EXPECT_EQ(desk(0).snapshot(now)->queue.running.size(), 5U);
}

TEST_F(HostStateTest, AJobAfterTheLastSlotIsHeldUntilASlotFallsFree) {
  HostState state = desk(1);
  EXPECT_EQ(standing(state.ask(request(1), now)), "granted");
  EXPECT_EQ(standing(state.ask(request(2), now)), "held");
  ASSERT_TRUE(state.leave(request(1).key, request(1).attempt, now + 1s));
  EXPECT_EQ(standing(state.ask(request(2), now + 1s)), "granted");
  EXPECT_EQ(state.snapshot(now + 1s)->queue.running.size(), 1U);
}

TEST_F(HostStateTest, AFreeSlotGoesToTheMoreUrgentJobWhoeverAsksFirst) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  EXPECT_EQ(standing(state.ask(request(2, JobClass::low), now)), "held");
  EXPECT_EQ(standing(state.ask(request(3, JobClass::critical, 95), now)), "held");
  ASSERT_TRUE(state.leave(request(1).key, request(1).attempt, now));
  EXPECT_EQ(standing(state.ask(request(2, JobClass::low), now)), "held");
  EXPECT_EQ(standing(state.ask(request(3, JobClass::critical, 95), now)), "granted");
}

TEST_F(HostStateTest, AskingAgainForARunningJobChangesNothing) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  const auto before = state_of(path() + "-wal");
  EXPECT_EQ(standing(state.ask(request(1), now + 5s)), "granted");
  EXPECT_EQ(state_of(path() + "-wal"), before);
  EXPECT_EQ(state.snapshot(now)->queue.running.at(0).started, now);
}

TEST_F(HostStateTest, ARoundOfAHeldJobNeitherWritesNorTakesTheLock) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  (void)*state.ask(request(2), now);
  const auto before = state_of(path() + "-wal");
  const platform::UniqueFd lock{::open((path() + "-lock").c_str(), O_RDWR | O_CLOEXEC)};
  ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  for (int round = 1; round <= 10; ++round) {
    EXPECT_EQ(standing(state.ask(request(2), now + round * 1s)), "held");
  }
  EXPECT_EQ(state_of(path() + "-wal"), before);
}

TEST_F(HostStateTest, AHeldJobBesideADeadOneWritesNothingEither) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  (void)*desk(1, 1002, 200).ask(request(2), now);
  (void)*state.ask(request(3), now);
  host.dead_processes.insert(200);
  const auto before = state_of(path() + "-wal");
  EXPECT_EQ(standing(state.ask(request(3), now + 1s)), "held");
  EXPECT_EQ(state_of(path() + "-wal"), before);
}

TEST_F(HostStateTest, AChangeOfClassOrScoreIsStored) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  (void)*state.ask(request(2, JobClass::low, 10), now);
  (void)*state.ask(request(2, JobClass::high, 77.5), now);
  const auto held = state.snapshot(now)->queue.held;
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].job_class, JobClass::high);
  EXPECT_EQ(held[0].score, 77.5);
}

TEST_F(HostStateTest, AHoldEndsAtItsBoundInRunningBesideTheSlots) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  EXPECT_EQ(standing(state.ask(request(2), now)), "held");
  EXPECT_EQ(standing(state.ask(request(2), now + 10min - 1ms)), "held");
  EXPECT_EQ(standing(state.ask(request(2), now + 10min)), "bypassed");
  EXPECT_EQ(state.snapshot(now + 10min)->queue.running.size(), 2U);
}

TEST_F(HostStateTest, AJobThatMayNotBeHeldRunsAtOnce) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  AdmissionRequest impatient = request(2);
  impatient.max_hold = 0ms;
  EXPECT_EQ(standing(state.ask(impatient, now)), "bypassed");
}

TEST_F(HostStateTest, AClockSetBackKeepsTheHoldBounded) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  (void)*state.ask(request(2), now);
  const Time earlier = now - 24h;
  EXPECT_EQ(standing(state.ask(request(2), earlier)), "held");
  EXPECT_EQ(standing(state.ask(request(2), earlier + 10min)), "bypassed");
}

TEST_F(HostStateTest, TwoGitLabsWithTheSameJobIdShareNothing) {
  HostState state = desk(2);
  AdmissionRequest other = request(1);
  other.key.gitlab = GitLabUrl{"https://gitlab.example.org"};
  other.attempt = AttemptId{"/tmp/other"};
  EXPECT_EQ(standing(state.ask(request(1), now)), "granted");
  EXPECT_EQ(standing(state.ask(other, now)), "granted");
  ASSERT_TRUE(state.leave(other.key, other.attempt, now));
  const auto running = state.snapshot(now)->queue.running;
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(running[0].key, request(1).key);
}

TEST_F(HostStateTest, LeavingTwiceOrForAnOldAttemptIsHarmless) {
  HostState state = desk(1);
  AdmissionRequest again = request(1);
  again.attempt = AttemptId{"/tmp/second"};
  (void)*state.ask(request(1), now);
  (void)*state.ask(again, now);
  ASSERT_TRUE(state.leave(request(1).key, request(1).attempt, now));
  EXPECT_EQ(state.snapshot(now)->queue.running.size(), 1U)
      << "the late cleanup of the old attempt took the slot";
  ASSERT_TRUE(state.leave(again.key, again.attempt, now));
  ASSERT_TRUE(state.leave(again.key, again.attempt, now));
  EXPECT_EQ(state.snapshot(now)->queue.running.size(), 0U);
}

TEST_F(HostStateTest, ANewAttemptGivesUpTheSlotOfTheOldOne) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  AdmissionRequest again = request(1);
  again.attempt = AttemptId{"/tmp/second"};
  EXPECT_EQ(standing(state.ask(again, now + 1s)), "granted");
  const auto running = state.snapshot(now + 1s)->queue.running;
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(running[0].started, now + 1s);
}

struct OwnerDeath {
  const char* name;
  void (*kill)(FakeHost&);
};
void PrintTo(const OwnerDeath& value, std::ostream* out) {
  *out << value.name;
}

class DeadOwner : public HostStateTest, public testing::WithParamInterface<OwnerDeath> {};

TEST_P(DeadOwner, FreesItsSlotWithoutAnyonesHelp) {
  (void)*desk(1, 1001, 200).ask(request(1), now);
  EXPECT_EQ(standing(desk(1).ask(request(2), now)), "held");
  GetParam().kill(host);
  EXPECT_EQ(standing(desk(1).ask(request(2), now)), "granted");
  EXPECT_EQ(desk(1).snapshot(now)->queue.running.size(), 1U);
}

TEST_P(DeadOwner, IsNoCandidateForASlot) {
  (void)*desk(1, 1001).ask(request(1), now);
  (void)*desk(1, 1002, 200).ask(request(2, JobClass::critical, 99), now);
  EXPECT_EQ(standing(desk(1, 1003).ask(request(3), now)), "held");
  GetParam().kill(host);
  host.dead_attempts.insert("/tmp/attempt-2");
  ASSERT_TRUE(desk(1).leave(request(1).key, request(1).attempt, now));
  EXPECT_EQ(standing(desk(1, 1003).ask(request(3), now)), "granted");
}

TEST_P(DeadOwner, GivesBackItsBuildsDirectory) {
  const GitLabUrl gitlab{"https://gitlab.example.com"};
  EXPECT_EQ(*desk(0, 1001, 200).reserve(gitlab, ProjectId{7}, AttemptId{"/tmp/attempt-1"}), 0);
  EXPECT_EQ(*desk(0).reserve(gitlab, ProjectId{7}, AttemptId{"/tmp/a"}), 1);
  GetParam().kill(host);
  EXPECT_EQ(*desk(0).reserve(gitlab, ProjectId{7}, AttemptId{"/tmp/b"}), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Owner, DeadOwner,
    testing::Values(OwnerDeath{"WhoseRunnerDied", [](FakeHost& host) { host.dead_processes.insert(200); }},
                    OwnerDeath{"WhoseAttemptIsOver",
                               [](FakeHost& host) { host.dead_attempts.insert("/tmp/attempt-1"); }}),
    [](const auto& test) { return test.param.name; });

TEST_F(HostStateTest, ARebootFreesAllSlotsAndBuildsDirectories) {
  const GitLabUrl gitlab{"https://gitlab.example.com"};
  (void)*desk(1).ask(request(1), now);
  EXPECT_EQ(*desk(1).reserve(gitlab, ProjectId{7}, AttemptId{"/tmp/a"}), 0);
  host.boot = "boot-2";
  EXPECT_EQ(standing(desk(1).ask(request(2), now)), "granted");
  EXPECT_EQ(*desk(1).reserve(gitlab, ProjectId{7}, AttemptId{"/tmp/b"}), 0);
}

TEST_F(HostStateTest, AHeldJobWhosePrepareDiedIsPassedBy) {
  (void)*desk(1, 1001).ask(request(1), now);
  (void)*desk(1, 1002).ask(request(2, JobClass::critical, 99), now);
  (void)*desk(1, 1003).ask(request(3), now);
  ASSERT_TRUE(desk(1).leave(request(1).key, request(1).attempt, now));
  EXPECT_EQ(standing(desk(1, 1003).ask(request(3), now)), "held");
  host.dead_processes.insert(1002);
  EXPECT_EQ(standing(desk(1, 1003).ask(request(3), now)), "granted");
}

struct OldAttempt {
  const char* name;
  void (*end)(HostState&, FakeHost&, const AdmissionRequest&, Time);
};
void PrintTo(const OldAttempt& value, std::ostream* out) {
  *out << value.name;
}

class RetriedPrepare : public HostStateTest, public testing::WithParamInterface<OldAttempt> {
 protected:
  // Job 2 is held behind job 1 at `now`, its attempt ends a second later.
  void hold_and_end() {
    (void)*desk(1).ask(request(1), now);
    HostState first = desk(1, 1002);
    ASSERT_EQ(standing(first.ask(request(2), now)), "held");
    GetParam().end(first, host, request(2), now + 1s);
    // Someone else's round comes in between and reaps.
    ASSERT_EQ(standing(desk(1, 1003).ask(request(3), now + 2s)), "held");
  }
  static AdmissionRequest retry() {
    AdmissionRequest again = request(2);
    again.attempt = AttemptId{"/tmp/retried"};
    return again;
  }
};

TEST_P(RetriedPrepare, KeepsItsArrivalAndItsBound) {
  hold_and_end();
  const auto answer = desk(1, 1004).ask(retry(), now + 5s);
  ASSERT_EQ(standing(answer), "held");
  EXPECT_EQ(std::get<Held>(*answer).hold_until, now + 10min);
  EXPECT_EQ(held_job(2, now + 5s).arrived, now);
}

TEST_P(RetriedPrepare, HasOneRow) {
  hold_and_end();
  (void)*desk(1, 1004).ask(retry(), now + 5s);
  EXPECT_EQ(desk(1).snapshot(now + 5s)->queue.held.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(
    OfAnAttempt, RetriedPrepare,
    testing::Values(
        OldAttempt{"ThatIsStillHeld", [](HostState&, FakeHost&, const AdmissionRequest&, Time) {}},
        OldAttempt{"ThatLeft", [](HostState& state, FakeHost&, const AdmissionRequest& old,
                                  Time at) { ASSERT_TRUE(state.leave(old.key, old.attempt, at)); }},
        OldAttempt{"WhosePrepareDied", [](HostState&, FakeHost& host, const AdmissionRequest&,
                                          Time) { host.dead_processes.insert(1002); }},
        OldAttempt{"WhoseFolderIsGone",
                   [](HostState&, FakeHost& host, const AdmissionRequest& old, Time) {
                     host.dead_processes.insert(1002);
                     host.dead_attempts.insert(old.attempt.value());
                   }}),
    [](const auto& test) { return test.param.name; });

TEST_F(HostStateTest, AnAttemptThatFailedAfterItsAdmissionIsRetriedAtItsPlace) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  ASSERT_TRUE(state.leave(request(1).key, request(1).attempt, now + 1s));
  (void)*state.ask(request(2), now + 2s);
  AdmissionRequest again = request(1);
  again.attempt = AttemptId{"/tmp/retried"};
  const auto answer = state.ask(again, now + 4s);
  ASSERT_EQ(standing(answer), "held");
  EXPECT_EQ(std::get<Held>(*answer).hold_until, now + 10min);
}

TEST_F(HostStateTest, APlaceIsKeptForTwoMinutesOnly) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  (void)*state.ask(request(2), now);
  ASSERT_TRUE(state.leave(request(2).key, request(2).attempt, now));
  const auto answer = state.ask(request(2), now + kPlaceKept + 1ms);
  ASSERT_EQ(standing(answer), "held");
  EXPECT_EQ(std::get<Held>(*answer).hold_until, now + kPlaceKept + 1ms + 10min);
}

TEST_F(HostStateTest, AJobThatGaveUpIsNoCandidate) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  (void)*state.ask(request(2, JobClass::critical, 99), now);
  ASSERT_TRUE(state.leave(request(2).key, request(2).attempt, now));
  ASSERT_TRUE(state.leave(request(1).key, request(1).attempt, now));
  EXPECT_EQ(standing(state.ask(request(3), now)), "granted");
}

TEST_F(HostStateTest, BuildsDirectoriesAreTheSmallestFreeNumbers) {
  HostState state = desk(0);
  const GitLabUrl here{"https://gitlab.example.com"};
  const GitLabUrl there{"https://gitlab.example.org"};
  const ProjectId project{7};
  EXPECT_EQ(*state.reserve(here, project, AttemptId{"/tmp/a"}), 0);
  EXPECT_EQ(*state.reserve(here, project, AttemptId{"/tmp/b"}), 1);
  EXPECT_EQ(*state.reserve(here, project, AttemptId{"/tmp/c"}), 2);
  EXPECT_EQ(*state.reserve(here, project, AttemptId{"/tmp/b"}), 1) << "once per attempt";
  EXPECT_EQ(*state.reserve(here, ProjectId{8}, AttemptId{"/tmp/d"}), 0) << "each project counts for itself";
  EXPECT_EQ(*state.reserve(there, project, AttemptId{"/tmp/e"}), 3)
      << "two GitLabs share the folders, never a number";
  ASSERT_TRUE(state.leave(request(1).key, AttemptId{"/tmp/b"}, now));
  EXPECT_EQ(*state.reserve(here, project, AttemptId{"/tmp/f"}), 1) << "the gap is filled";
  EXPECT_EQ(*state.reserve(here, project, AttemptId{"/tmp/g"}), 4);
}

TEST_F(HostStateTest, ASnapshotCountsEverything) {
  HostState state = desk(2);
  (void)*state.ask(request(1), now);
  (void)*state.ask(request(2), now);
  (void)*state.ask(request(3, JobClass::medium, 60), now);
  (void)*state.reserve(GitLabUrl{"https://gitlab.example.com"}, ProjectId{7}, AttemptId{"/tmp/a"});
  JobOutcome outcome;
  outcome.finished = now;
  ASSERT_TRUE(state.record(outcome));
  const auto seen = state.snapshot(now);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->queue.slots, 2);
  EXPECT_EQ(seen->queue.running.size(), 2U);
  ASSERT_EQ(seen->queue.held.size(), 1U);
  EXPECT_EQ(seen->queue.held[0].job_name, "job-3");
  EXPECT_EQ(seen->outcomes, 1);
  EXPECT_EQ(seen->outcomes_undelivered, 1);
  EXPECT_EQ(seen->builds_directories, 1);
}

TEST_F(HostStateTest, JobNamesOfAnyBytesAreKept) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  AdmissionRequest odd = request(2);
  odd.history.job_name = std::string("a'b\n\xff\0c", 7);
  (void)*state.ask(odd, now);
  EXPECT_EQ(state.snapshot(now)->queue.held.at(0).job_name, odd.history.job_name);
}

}  // namespace
}  // namespace runneriq::scheduler
