#include "scheduler/fleet_watch.hpp"

#include "tests/support/fleet_fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

const GitLabUrl kUrl{"https://gitlab.example.com"};
const Time kNow{Duration{1'740'798'000'000}};

gitlab::Runner runner(std::int64_t id, gitlab::RunnerStatus status = gitlab::RunnerStatus::online) {
  gitlab::Runner made;
  made.id = RunnerId{id};
  made.description = "docker-" + std::to_string(id);
  made.status = status;
  made.contacted_at = kNow;
  made.traits = gitlab::RunnerTraits{};
  made.traits->tags = {"docker"};
  return made;
}

gitlab::Job pending(std::int64_t id, std::string ref = "main") {
  gitlab::Job made;
  made.id = JobId{id};
  made.project = ProjectId{42};
  made.pipeline = PipelineId{1};
  made.name = "deploy";
  made.stage = "deploy";
  made.status = gitlab::JobStatus::pending;
  made.ref = std::move(ref);
  made.created_at = kNow;
  made.queued = 20s;
  return made;
}

gitlab::FleetReading reading(const GitLabUrl& url = kUrl) {
  gitlab::FleetReading made;
  made.gitlab = url;
  made.runners = {runner(3)};
  gitlab::Project project;
  project.id = ProjectId{42};
  project.path = "acme/shop";
  project.default_branch = "main";
  made.projects = {project};
  made.pending = {pending(10)};
  made.calls = {.calls = 4, .failed = 1, .retried = 2, .mutating = 0, .bytes = 100};
  return made;
}

class FleetWatchTest : public testing::Test {
 protected:
  FleetWatchTest() {
    first.reading = reading();
    second.reading = reading(GitLabUrl{"https://other.example.com"});
  }

  FleetPorts ports() { return {.fleets = {&first}, .memory = &memory, .advisor = &advisor}; }

  Tick tick(FleetPorts with, Time now = kNow, Depth depth = Depth::full) {
    FleetWatch watch{std::move(with), {}, {}, depth};
    auto done = watch.tick(now);
    if (done) return std::move(*done);
    ADD_FAILURE() << done.error().message;
    return {};
  }

  gitlab::ScriptedFleet first, second;
  ForgetfulMemory memory;
  RulesAdvisor advisor;
};

bool any_has(const std::vector<std::string>& sentences, std::string_view part) {
  return std::ranges::any_of(sentences,
                             [&](const std::string& s) { return s.find(part) != std::string::npos; });
}

TEST_F(FleetWatchTest, AGoodTickDecidesRemembersAndIsNotDegraded) {
  const Tick done = tick(ports());
  EXPECT_EQ(done.now, kNow);
  ASSERT_EQ(done.decisions.jobs.size(), 1U);
  EXPECT_EQ(done.decisions.split.direct, 1);
  EXPECT_TRUE(done.degraded.empty()) << done.degraded.front();
  EXPECT_EQ(done.calls.calls, 4);
  EXPECT_EQ(done.calls.bytes, 100);
  ASSERT_EQ(memory.observations.size(), 1U);
  const Observation& kept = memory.observations[0];
  ASSERT_EQ(kept.scored.size(), 1U);
  EXPECT_EQ(kept.scored[0].key, (JobKey{kUrl, JobId{10}}));
  EXPECT_EQ(kept.scored[0].project, ProjectId{42});
  EXPECT_EQ(kept.scored[0].score, done.decisions.jobs[0].priority.score);
  EXPECT_EQ(kept.scored[0].critical, class_of_score(kept.scored[0].score) == JobClass::critical);
  EXPECT_EQ(memory.remembered_at, std::vector<Time>{kNow});
}

TEST_F(FleetWatchTest, AJobThatOnlyWaitedLongIsNotCountedAsCritical) {
  first.reading.pending = {pending(10, "feature/x")};
  first.reading.pending[0].name = "lint";
  first.reading.pending[0].stage = "lint";
  first.reading.pending[0].queued = 2h;
  const Tick done = tick(ports());
  EXPECT_EQ(done.decisions.jobs[0].job_class, JobClass::critical);
  EXPECT_FALSE(memory.observations[0].scored[0].critical);
}

TEST_F(FleetWatchTest, DurationsThatAreRememberedReachTheDecisions) {
  memory.known.estimate = {7min, 9min, EstimateBasis::job};
  const Tick done = tick(ports());
  EXPECT_EQ(done.snapshot.histories[done.snapshot.jobs[0].history].estimate.median, 7min);
}

TEST_F(FleetWatchTest, NoMemoryIsAsGoodAsAnEmptyOne) {
  const Tick with = tick(ports());
  FleetPorts without = ports();
  without.memory = nullptr;
  const Tick none = tick(without);
  EXPECT_EQ(none.decisions.jobs[0].assignment.reason, with.decisions.jobs[0].assignment.reason);
  EXPECT_TRUE(none.degraded.empty());
}

TEST_F(FleetWatchTest, EachPartOfTheMemoryMayFailAndTheTickGoesOn) {
  struct Case {
    std::optional<Error> ForgetfulMemory::*fails;
    std::string_view words;
  };
  for (const Case& one :
       {Case{&ForgetfulMemory::recall_fails,
             "nothing is known of earlier ticks and nothing is kept of this one: disk"},
        Case{&ForgetfulMemory::histories_fail, "durations of earlier jobs are not known: disk"},
        Case{&ForgetfulMemory::remember_fails, "this tick is not remembered: disk"}}) {
    SCOPED_TRACE(one.words);
    memory = {};
    memory.*one.fails = Error{Errc::unavailable, "disk"};
    const Tick done = tick(ports());
    EXPECT_EQ(done.decisions.split.direct, 1);
    EXPECT_EQ(done.degraded, std::vector<std::string>{std::string(one.words)});
  }
}

TEST_F(FleetWatchTest, EachReadingIsHeardOnceAlsoAHintedOne) {
  first.reading.finished = {pending(9)};
  second.outage = Error{Errc::unavailable, "down"};
  std::vector<gitlab::FleetReading> heard;
  FleetPorts with = ports();
  with.fleets = {&first, &second};
  with.heard = [&](const gitlab::FleetReading& one) {
    EXPECT_TRUE(memory.observations.empty()) << "before anything is decided on it";
    heard.push_back(one);
  };
  FleetWatch watch{std::move(with), {}, {}, Depth::full};
  ASSERT_TRUE(watch.tick(kNow));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].gitlab, kUrl);
  EXPECT_EQ(heard[0].read_at, kNow);
  ASSERT_EQ(heard[0].finished.size(), 1U);
  memory.observations.clear();
  second.outage.reset();
  ASSERT_TRUE(watch.tick(kNow + 30s, {{kUrl, {ProjectId{42}}}}));
  EXPECT_EQ(heard.size(), 3U);
}

TEST_F(FleetWatchTest, AMemoryThatForgotWhatItWasAskedIsTakenForOneThatKnowsNothing) {
  memory.answer_too_short = true;
  const Tick done = tick(ports());
  EXPECT_EQ(done.snapshot.histories[done.snapshot.jobs[0].history].estimate.basis, EstimateBasis::none);
}

TEST_F(FleetWatchTest, AFleetThatFailsLeavesTheOthers) {
  FleetPorts both = ports();
  both.fleets = {&first, &second};
  first.outage = Error{Errc::permission, "https://gitlab.example.com: the token is refused"};
  const Tick done = tick(both);
  ASSERT_EQ(done.snapshot.runners.size(), 1U);
  EXPECT_EQ(done.snapshot.runners[0].key.gitlab, GitLabUrl{"https://other.example.com"});
  ASSERT_FALSE(done.degraded.empty());
  EXPECT_EQ(done.degraded[0], "a GitLab is left out: https://gitlab.example.com: the token is refused");
  first.outage.reset();
  const Tick again = tick(both);
  EXPECT_EQ(again.snapshot.runners.size(), 2U);
  EXPECT_TRUE(again.degraded.empty());
  EXPECT_EQ(again.calls.calls, 8);
}

TEST_F(FleetWatchTest, WithoutAnyFleetThereIsOnlyTheFirstError) {
  FleetPorts both = ports();
  both.fleets = {&first, &second};
  first.outage = Error{Errc::permission, "first"};
  second.outage = Error{Errc::unavailable, "second"};
  FleetWatch watch{both, {}, {}, Depth::full};
  const auto done = watch.tick(kNow);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::permission);
  EXPECT_EQ(done.error().message, "first");
  EXPECT_TRUE(memory.recalled_at.empty());
  FleetWatch nothing{{.fleets = {}, .memory = &memory, .advisor = &advisor}, {}, {}, Depth::full};
  EXPECT_FALSE(nothing.tick(kNow));
}

TEST_F(FleetWatchTest, WhatIsStaleIsSaidWithItsAgeEssentialThingsFirst) {
  first.reading.stale = {{"labels of merge request 12", "404 Not Found", std::nullopt, false},
                         {"jobs of project acme/shop", "503 Service Unavailable", 130s, true}};
  const Tick done = tick(ports());
  ASSERT_GE(done.degraded.size(), 2U);
  EXPECT_EQ(done.degraded[0], "jobs of project acme/shop are 2 min 10 s old: 503 Service Unavailable");
  EXPECT_TRUE(any_has(done.degraded, "labels of merge request 12"));
  EXPECT_FALSE(any_has({done.degraded[0]}, "labels"));
  EXPECT_EQ(std::ranges::count_if(
                done.degraded, [](const std::string& s) { return s.find("acme/shop") != std::string::npos; }),
            1)
      << "said once";
}

TEST_F(FleetWatchTest, WordsOfARemoteMachineCannotMoveTheCursor) {
  first.reading.stale = {{"jobs of project \x1b[2J", "500\n\x1b[31m<html>", 1s, true}};
  const Tick done = tick(ports());
  for (const std::string& sentence : done.degraded) {
    EXPECT_EQ(sentence.find('\x1b'), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
  }
}

TEST_F(FleetWatchTest, ASingleLookRecallsAndLeavesNoTrace) {
  FleetPorts looking = ports();
  looking.memory_use = MemoryUse::recall_only;
  memory.remember_fails = Error{Errc::unavailable, "disk"};
  const Tick done = tick(looking);
  EXPECT_EQ(memory.recalled_at.size(), 1U);
  EXPECT_TRUE(memory.remembered_at.empty());
  EXPECT_TRUE(done.degraded.empty());
}

TEST_F(FleetWatchTest, TheFirstTickKnowsTheDurationsThatItHasJustRead) {
  gitlab::Job ended = pending(9);
  ended.status = gitlab::JobStatus::success;
  ended.ran = 42s;
  ended.finished_at = kNow;
  first.reading.finished = {ended};
  const Tick done = tick(ports());
  const PendingJob& job = done.snapshot.jobs.at(0);
  EXPECT_EQ(done.snapshot.histories.at(job.history).estimate.median, 42s);
}

TEST_F(FleetWatchTest, AClockThatJumpsBackBreaksNothing) {
  FleetWatch watch{ports(), {}, {}, Depth::full};
  for (const Time now : {kNow, kNow - std::chrono::days{365}, kNow + 30s, kNow - 10min, Time{}, kNow}) {
    const auto done = watch.tick(now);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->now, now);
    EXPECT_EQ(done->snapshot.now, now);
    EXPECT_EQ(done->decisions.jobs.size(), 1U);
  }
  EXPECT_EQ(memory.remembered_at.size(), 6U);
}

TEST_F(FleetWatchTest, DepthLimitsWhatIsDecided) {
  EXPECT_TRUE(tick(ports(), kNow, Depth::monitor_only).decisions.jobs.empty());
  const Tick analyzed = tick(ports(), kNow, Depth::analyze_only);
  ASSERT_EQ(analyzed.decisions.jobs.size(), 1U);
  EXPECT_FALSE(analyzed.decisions.jobs[0].assignment.chosen);
}

TEST_F(FleetWatchTest, AFleetThatWasNotReadFromGitLabIsDecidedAlike) {
  const Tick read = tick(ports());
  const Tick on = tick_on(read.snapshot, {}, Depth::full, advisor);
  EXPECT_EQ(on.now, kNow);
  ASSERT_EQ(on.decisions.jobs.size(), 1U);
  EXPECT_EQ(on.decisions.jobs[0].assignment.reason, read.decisions.jobs[0].assignment.reason);
  FleetSnapshot old = read.snapshot;
  old.degraded = {"old"};
  EXPECT_EQ(tick_on(old, {}, Depth::full, advisor).degraded, old.degraded);
}

}  // namespace
}  // namespace runneriq::scheduler
