// Deferred manual jobs over real sockets, against the simulated GitLab: a day and a night on a clock that the
// test moves.
#include "config/yaml/ci_config_document.hpp"
#include "gitlab/rest/rest_manual_jobs.hpp"
#include "scheduler/action_bridge/job_plays.hpp"
#include "tests/support/faulty_wire.hpp"
#include "tests/support/fleet_maker.hpp"
#include "tests/support/steering_fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const Time kStart{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 9h};
constexpr Duration kStep = 5min;

gitlab::simulator::Scenario scenario() {
  gitlab::simulator::Scenario scenario{.start = kStart};
  scenario.projects = {{.id = 7,
                        .path = "acme/shop",
                        .ci_config = "bench: {when: manual, variables: {RUNNERIQ_DEADLINE: 20h}}\n"
                                     "publish: {when: manual, variables: {RUNNERIQ_DEADLINE: 20h}}\n"
                                     "clean: {when: manual}\n"}};
  scenario.pipelines = {{.project = "acme/shop",
                         .ref = "topic",
                         .jobs = {{.id = 1, .name = "bench", .allow_failure = true, .state = "manual"},
                                  {.id = 2, .name = "publish", .state = "manual"},
                                  {.id = 3, .name = "clean", .allow_failure = true, .state = "manual"}}},
                        {.project = "acme/shop",
                         .ref = "topic",
                         .variables = {{"RUNNERIQ_DEADLINE", "2h"}},
                         .jobs = {{.id = 4, .name = "clean", .allow_failure = true, .state = "manual"}}}};
  return scenario;
}

// 400 g/kWh by day, 100 from six hours on.
carbon::GridOutlook grid(Time now, double later) {
  carbon::Outlook zone;
  zone.zone = carbon::ZoneKey{"DE"};
  zone.begin = carbon::slot_start(now);
  zone.sources = {"forecast"};
  for (Time at = zone.begin; at < now + 24h; at += carbon::kSlot) {
    zone.slots.push_back(
        {.intensity = carbon::Intensity::of(at < kStart + 6h ? 400 : later), .rung = carbon::Rung::forecast});
  }
  carbon::GridOutlook all;
  all.now = now;
  all.zones.emplace(zone.zone, std::move(zone));
  return all;
}

Result<gitlab::CiConfig> read_ci(std::string_view text) {
  auto root = config::parse_ci_config(text);
  if (!root) return fail(root.error());
  return gitlab::CiConfig{*std::move(root)};
}

class DeferredPlay : public testing::Test {
 protected:
  DeferredPlay() {
    gitlab_ = gitlab::simulator::Simulator::start(scenario(), {.time_factor = 0}).value();
    wire_ = std::make_unique<FaultyWire>(gitlab_->url(), clock_);
    gitlab::RestSettings rest;
    rest.fleet.url = gitlab_->url();
    rest.fleet.project = "7";
    rest.token = Secret{std::string("glpat-simulator")};
    rest.client.call_limit = 5s;
    rest.now = [this] { return clock_.now(); };
    jobs_ = std::make_unique<gitlab::RestManualJobs>(rest, *wire_, read_ci);
    settings_.trust = {.options = {.mode = TrustMode::supervised}, .execute = true};
    settings_.digest = [](std::string_view text) { return std::string(text); };
  }
  PlayPorts ports() {
    return {.gitlabs = {{kGitLab, jobs_.get()}}, .store = &store_, .audit = &audit_, .now = [this] {
              return Moment{.wall = clock_.now(), .steady = clock_.now() - kStart};
            }};
  }
  // When jobs were started, in steps; by job.
  std::map<std::int64_t, Duration> run(Duration span, TrustMode mode = TrustMode::supervised) {
    JobPlays plays{settings_, ports()};
    std::map<std::int64_t, Duration> started;
    for (Duration passed{}; passed < span; passed += kStep) {
      FleetSnapshot fleet = fleet_of({runner_with(1, {})}, {});
      fleet.runners[0].zone = carbon::ZoneKey{"DE"};
      fleet.carbon = grid(clock_.now(), later_);
      const PlayReport report = plays.step(fleet, mode);
      for (const PlayStep& step : report.steps) {
        if (step.kind == PlayStep::Kind::applied) started.emplace(step.job.key.job.value(), passed);
      }
      sentences_.insert(sentences_.end(), report.sentences.begin(), report.sentences.end());
      clock_.move(kStep);
      wire_->steer("POST", "/sim/advance", {{"seconds", 300}});
    }
    return started;
  }
  std::string status(int job) {
    return std::string(gitlab::to_text(
        jobs_->status(ProjectId{7}, JobId{job}, clock_.now() + 20s).value_or(gitlab::JobStatus::unknown)));
  }

  ShiftedClock clock_{kStart};
  SteeringJournal journal_;
  MemoryStore store_{journal_};
  MemoryAudit audit_{journal_};
  PlaySettings settings_;
  double later_ = 100;
  std::vector<std::string> sentences_;
  std::unique_ptr<gitlab::simulator::Simulator> gitlab_;
  std::unique_ptr<FaultyWire> wire_;
  std::unique_ptr<gitlab::RestManualJobs> jobs_;
};

TEST_F(DeferredPlay, StartsEachMarkedJobInItsTimeAndNoOther) {
  const auto started = run(12h);
  ASSERT_EQ(started.size(), 2U);
  EXPECT_GE(started.at(1), 6h);  // the green hour
  EXPECT_LE(started.at(1), 6h + 30min);
  EXPECT_LE(started.at(4), 2h - 15min);  // has no time for it
  EXPECT_EQ(status(1), "pending");
  EXPECT_EQ(status(2), "manual");  // its pipeline waits for it
  EXPECT_EQ(status(3), "manual");  // nobody marked it
  EXPECT_EQ(gitlab_->mutating_calls(), 2);
  EXPECT_EQ(audit_.count("play"), 2);
  EXPECT_EQ(audit_.count("play_applied"), 2);
  const auto blocking = [](const std::string& one) {
    return one.find("pipeline waits for it") != std::string::npos;
  };
  EXPECT_EQ(std::ranges::count_if(sentences_, blocking), 1);
}

TEST_F(DeferredPlay, StartsAtOnceWhereItNeverGetsGreener) {
  later_ = 500;
  const auto started = run(10min);
  EXPECT_TRUE(started.contains(1));
  EXPECT_TRUE(started.contains(4));
}

TEST_F(DeferredPlay, ChangesNothingInAdvisoryMode) {
  EXPECT_TRUE(run(12h, TrustMode::advisory).empty());
  EXPECT_EQ(gitlab_->mutating_calls(), 0);
  EXPECT_EQ(status(1), "manual");
}

TEST_F(DeferredPlay, SendsOneCallWhoseReplyIsLost) {
  wire_->steer("POST", "/sim/faults",
               {{"route", "POST /api/v4/projects/*/play"}, {"kind", "reply_lost"}, {"times", 1}});
  run(12h);
  EXPECT_EQ(gitlab_->mutating_calls(), 2);
  EXPECT_EQ(audit_.count("play_unknown"), 1);
  EXPECT_EQ(audit_.count("play_applied"), 2);
}

TEST_F(DeferredPlay, TakesARefusalOfTheTokenForOne) {
  wire_->steer("POST", "/sim/faults",
               {{"route", "POST /api/v4/projects/*/play"}, {"kind", "status"}, {"status", 403}});
  EXPECT_TRUE(run(2h).empty());
  EXPECT_EQ(audit_.count("play_applied"), 0);
  EXPECT_GE(audit_.count("play_refused"), 1);
  EXPECT_LE(gitlab_->mutating_calls(), 9);  // no more than one each quarter of an hour
}

}  // namespace
}  // namespace runneriq::scheduler
