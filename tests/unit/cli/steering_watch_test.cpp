// `run --execute` and `run --listen`: what the loop does with its steering and its face.
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <chrono>
#include <deque>
#include <memory>

namespace runneriq::cli {
namespace {

using namespace std::chrono_literals;
using Woken = Waiter::Woken;
using scheduler::SteeringReport;

struct SteeringLog {
  std::vector<std::string> calls;
  SteeringReport report;
};

class ScriptedSteering final : public scheduler::Steering {
 public:
  explicit ScriptedSteering(SteeringLog& log) : log_(log) { log_.calls.emplace_back("opened"); }
  ~ScriptedSteering() override { log_.calls.emplace_back("closed"); }
  void put_at_rest(scheduler::FleetSnapshot&) override { log_.calls.emplace_back("rest"); }
  SteeringReport step(const scheduler::Tick&) override {
    return log_.calls.emplace_back("step"), log_.report;
  }
  SteeringReport step_without_tick() override { return log_.calls.emplace_back("blind"), log_.report; }
  SteeringReport revert_all(std::string_view) override {
    return log_.calls.emplace_back("revert"), SteeringReport{};
  }

 private:
  SteeringLog& log_;
};

struct FaceLog {
  int published = 0, failures = 0;
  std::deque<scheduler::Hints> hints;
};

class ScriptedFace final : public FleetFace {
 public:
  explicit ScriptedFace(FaceLog& log) : log_(log) {}
  [[nodiscard]] std::string address() const override { return "unix:/run/x"; }
  void publish(const scheduler::Tick&, const SteeringReport*, Duration) override { ++log_.published; }
  void publish_failure(const Error&, Time) override { ++log_.failures; }
  void complete(scheduler::FleetSnapshot&) override {}
  [[nodiscard]] scheduler::Hints take_hints() override {
    if (log_.hints.empty()) return {};
    scheduler::Hints hints = std::move(log_.hints.front());
    log_.hints.pop_front();
    return hints;
  }

 private:
  FaceLog& log_;
};

struct SteeringWatch : testing::Test {
  FakeSession fake{kSampleNow};
  SteeringLog steering;
  FaceLog face;
  SteeringWatch() {
    fake.source.ticks = {sample_tick()};
    fake.session.open_steering = [this](TickSource&) -> Result<std::unique_ptr<scheduler::Steering>> {
      return std::unique_ptr<scheduler::Steering>(std::make_unique<ScriptedSteering>(steering));
    };
    fake.session.open_face = [this](const std::string&) -> Result<std::unique_ptr<FleetFace>> {
      return std::unique_ptr<FleetFace>(std::make_unique<ScriptedFace>(face));
    };
  }
};

TEST_F(SteeringWatch, WithoutExecuteNothingThatCouldSteerIsEvenMade) {
  EXPECT_EQ(run_words(fake, {"run"}), Exit::fine);
  EXPECT_TRUE(steering.calls.empty());
  EXPECT_EQ(fake.source.opened.front().writes, SourceRequest::Writes::nothing);
}

TEST_F(SteeringWatch, StepsOncePerTickAndRevertsAtTheEnd) {
  fake.waiter.causes = {Woken::at_deadline};
  EXPECT_EQ(run_words(fake, {"run", "--execute"}), Exit::fine);
  EXPECT_EQ(steering.calls, (std::vector<std::string>{"opened", "step", "step", "revert", "closed"}));
  EXPECT_EQ(fake.source.opened.front().writes, SourceRequest::Writes::tags);
}

TEST_F(SteeringWatch, GoesOnBlindlyWhenGitLabGivesNothing) {
  fake.source.ticks = {fail(Errc::unavailable, "503"), sample_tick()};
  fake.waiter.causes = {Woken::at_deadline};
  EXPECT_EQ(run_words(fake, {"run", "--execute", "--listen", "unix:/run/x"}), Exit::fine);
  EXPECT_EQ(steering.calls, (std::vector<std::string>{"opened", "blind", "step", "revert", "closed"}));
  EXPECT_EQ(face.failures, 1);
  EXPECT_EQ(face.published, 1);
}

TEST_F(SteeringWatch, AReloadOpensItAnewBeforeTheOldSourceIsGone) {
  fake.waiter.causes = {Woken::by_reload};
  EXPECT_EQ(run_words(fake, {"run", "--execute"}), Exit::fine);
  EXPECT_EQ(steering.calls, (std::vector<std::string>{"opened", "step", "blind", "opened", "closed", "step",
                                                      "revert", "closed"}));
}

TEST_F(SteeringWatch, AStopBeforeTheFirstTickStillReverts) {
  fake.source.meanwhile = [this] { fake.waiter.meanwhile = Woken::by_stop; };
  EXPECT_EQ(run_words(fake, {"run", "--execute"}), Exit::fine);
  EXPECT_EQ(steering.calls, (std::vector<std::string>{"opened", "revert", "closed"}));
}

TEST_F(SteeringWatch, WhatItDoesIsInTheLogAndInTheTrailsTrust) {
  steering.report.mode = scheduler::TrustMode::supervised;
  steering.report.steps.push_back({.kind = scheduler::SteeringStep::Kind::applied,
                                   .runner = {kSampleGitLab, RunnerId{7}},
                                   .description = "build-1",
                                   .removed = {"runneriq:long"},
                                   .added = {"runneriq:steered"},
                                   .job = scheduler::JobKey{kSampleGitLab, JobId{1}},
                                   .reason = "x"});
  EXPECT_EQ(run_words(fake, {"run", "--execute"}), Exit::fine);
  EXPECT_EQ(fake.log.count("steered"), 1U);
  EXPECT_EQ(fake.trail.records.back().entry.trust, "advisory") << "the revert's report says so";
  EXPECT_EQ(fake.trail.records[1].entry.trust, "supervised");
}

TEST_F(SteeringWatch, OurOwnTagsAreNoChangeOfTheRunner) {
  scheduler::Tick tick = sample_tick();
  tick.monitor.changes = {{.runner = {kSampleGitLab, RunnerId{7}},
                           .description = "a",
                           .kind = scheduler::ChangeKind::tags_changed,
                           .tags_added = {"runneriq:steered"},
                           .tags_removed = {"runneriq:long"}},
                          {.runner = {kSampleGitLab, RunnerId{8}},
                           .description = "b",
                           .kind = scheduler::ChangeKind::tags_changed,
                           .tags_added = {"gpu", "runneriq:long"},
                           .tags_removed = {}}};
  fake.source.ticks = {tick};
  EXPECT_EQ(run_words(fake, {"run", "--execute"}), Exit::fine);
  EXPECT_EQ(fake.log.count("runner_change"), 1U);
}

TEST_F(SteeringWatch, HintsLeadToALookWithinASecondAndDoNotMoveThePoll) {
  face.hints = {{{kSampleGitLab, {ProjectId{7}}}}, {{kSampleGitLab, {ProjectId{8}}}}};
  fake.waiter.until_change = 200ms;
  fake.waiter.causes = {Woken::by_change, Woken::by_change, Woken::at_deadline, Woken::at_deadline};
  EXPECT_EQ(run_words(fake, {"run", "--listen", "unix:/run/x"}), Exit::fine);
  EXPECT_EQ(fake.source.ticked, 3U);
  ASSERT_EQ(fake.source.hints.size(), 1U) << "those of a second are one look";
  EXPECT_EQ(fake.source.hints[0].at(kSampleGitLab), (std::set{ProjectId{7}, ProjectId{8}}));
  EXPECT_EQ(fake.waiter.waits, (std::vector<Duration>{30s, 800ms, 600ms, 29s, 30s}));
  EXPECT_EQ(face.published, 3);
}

TEST_F(SteeringWatch, ContradictionsAreRefused) {
  for (const std::vector<std::string_view>& words :
       {std::vector<std::string_view>{"run", "--execute", "--dry-run"},
        {"run", "--execute", "--once", "--snapshot", "f.json"},
        {"run", "--execute", "--mode", "monitor-only"},
        {"run", "--once", "--listen", "unix:/run/x"}}) {
    EXPECT_EQ(run_words(fake, words), Exit::usage);
  }
  EXPECT_TRUE(steering.calls.empty());
}

TEST_F(SteeringWatch, OnceStepsOnceAndPrintsWhatItDid) {
  steering.report.steps.push_back({.kind = scheduler::SteeringStep::Kind::applied,
                                   .runner = {kSampleGitLab, RunnerId{7}},
                                   .description = "build-1",
                                   .removed = {"runneriq:long"},
                                   .added = {},
                                   .job = std::nullopt,
                                   .reason = "a deploy waits"});
  EXPECT_EQ(run_words(fake, {"run", "--execute", "--once"}), Exit::fine);
  EXPECT_EQ(steering.calls, (std::vector<std::string>{"opened", "step", "closed"}));
  EXPECT_NE(fake.out.results.find("steered    runner 7 'build-1': -runneriq:long, a deploy waits"),
            std::string::npos)
      << fake.out.results;
  EXPECT_EQ(fake.claims, 1);
}

}  // namespace
}  // namespace runneriq::cli
