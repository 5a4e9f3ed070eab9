// scheduler/tick: class, order, runner and expected start of every pending job.
#include "scheduler/tick.hpp"

#include "tests/support/fleet_maker.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

Decisions decide_all(const FleetSnapshot& fleet, Depth depth = Depth::full) {
  RulesAdvisor advisor;
  return decide(fleet, {}, depth, advisor);
}

std::vector<std::int64_t> ids(const FleetSnapshot& fleet, const Decisions& decisions) {
  std::vector<std::int64_t> ids;
  for (const JobDecision& decision : decisions.jobs) ids.push_back(fleet.jobs[decision.job].key.job.value());
  return ids;
}

// A deploy on the protected default branch by a maintainer: score 100.
PendingJob deploy(std::int64_t id) {
  PendingJob job = job_with(id);
  job.facts.name = "deploy";
  job.facts.ref = "main";
  job.facts.ref_protected = true;
  job.facts.role = Role::maintainer;
  return job;
}

std::size_t add_history(FleetSnapshot& fleet, Duration median) {
  fleet.histories.push_back({.estimate = {.median = median, .p90 = 2 * median, .basis = EstimateBasis::job},
                             .fleet_average = median,
                             .by_runner = {}});
  return fleet.histories.size() - 1;
}

TEST(Tick, OrdersByClassThenScoreOrDuration) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}, 0, 100)}, {});
  PendingJob high = deploy(3), higher = deploy(4), low = job_with(1), longer = job_with(2);
  high.facts.ref = higher.facts.ref = "develop";
  high.facts.role = Role::guest;  // 70.0 against 75.0
  high.facts.name = "build";
  fleet.jobs = {low, longer, high, higher, deploy(5), job_with(6)};
  fleet.jobs[0].history = add_history(fleet, 2min);
  fleet.jobs[1].history = add_history(fleet, 1min);
  fleet.jobs[5].history = fleet.jobs[1].history;
  EXPECT_EQ(ids(fleet, decide_all(fleet)), (std::vector<std::int64_t>{5, 4, 3, 2, 6, 1}));
}

TEST(Tick, WaitingRaisesTheClassAndSaysSo) {
  FleetSnapshot fleet = fleet_of({}, {job_with(1), job_with(2), deploy(3)});
  fleet.jobs[0].queued = 25min;
  fleet.jobs[1].queued = 65min;
  const Decisions decisions = decide_all(fleet);
  EXPECT_EQ(ids(fleet, decisions), (std::vector<std::int64_t>{3, 2, 1}));
  EXPECT_TRUE(decisions.jobs[0].class_reasons.empty());
  EXPECT_EQ(decisions.jobs[1].job_class, JobClass::critical);
  EXPECT_EQ(decisions.jobs[1].class_reasons,
            std::vector<std::string>{"waited 1 h 5 min: LOW becomes CRITICAL"});
  EXPECT_EQ(decisions.jobs[2].class_reasons, std::vector<std::string>{"waited 25 min: LOW becomes HIGH"});
  EXPECT_EQ(decisions.jobs[2].priority.job_class, JobClass::low);
}

TEST(Tick, CalibratesInflatedProjectsBeforeItEscalates) {
  FleetSnapshot fleet = fleet_of({}, {deploy(1), deploy(2)});
  fleet.jobs[1].queued = 61min;
  fleet.jobs[1].traits.project_path = "acme/shop";
  fleet.scores[{kGitLab, ProjectId{1}}] = {
      .jobs = 50, .critical = 25, .scores = std::vector<double>(50, 100.0)};
  fleet.scores[{kGitLab, ProjectId{2}}] = {
      .jobs = 50, .critical = 10, .scores = std::vector<double>(50, 100.0)};
  const Decisions decisions = decide_all(fleet);
  EXPECT_EQ(ids(fleet, decisions), (std::vector<std::int64_t>{2, 1}));
  const std::string calibration =
      "the project has inflated its priorities, 50 % of its 50 jobs of 7 days are CRITICAL: CRITICAL becomes "
      "HIGH";
  EXPECT_EQ(decisions.jobs[1].class_reasons, std::vector<std::string>{calibration});
  EXPECT_EQ(decisions.jobs[0].class_reasons,
            (std::vector<std::string>{calibration, "waited 1 h 1 min: HIGH becomes CRITICAL"}));
  EXPECT_EQ(decisions.flags,
            std::vector<std::string>{"project 1 (acme/shop): 50 % of its 50 jobs of 7 days are CRITICAL, so "
                                     "they are ranked against its own history"});
}

TEST(Tick, ShortestFirstIsOfMediumAndLowOnly) {
  FleetSnapshot fleet = fleet_of({}, {deploy(1), deploy(2)});
  fleet.jobs[1].history = add_history(fleet, 1s);
  EXPECT_EQ(ids(fleet, decide_all(fleet)), (std::vector<std::int64_t>{1, 2}));
}

TEST(Tick, EqualJobsGoByIdThenGitLab) {
  FleetSnapshot fleet = fleet_of({}, {job_with(7), job_with(5), job_with(5)});
  fleet.jobs[1].key.gitlab = GitLabUrl{"https://z"};
  const Decisions decisions = decide_all(fleet);
  EXPECT_EQ(ids(fleet, decisions), (std::vector<std::int64_t>{5, 5, 7}));
  EXPECT_EQ(decisions.jobs[0].job, 2U);
  EXPECT_TRUE(comes_before(fleet, decisions.jobs[0], decisions.jobs[1]));
  EXPECT_FALSE(comes_before(fleet, decisions.jobs[1], decisions.jobs[0]));
}

TEST(Tick, ExpectsStartsByTheSlotsOfTheChosenRunner) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}, 0, 2)}, {});
  for (int id = 1; id <= 4; ++id) {
    fleet.jobs.push_back(job_with(id));
    fleet.jobs.back().history = add_history(fleet, std::chrono::minutes{id});
  }
  const Decisions decisions = decide_all(fleet);
  EXPECT_EQ(decisions.jobs[0].expected_start, fleet.now);
  EXPECT_EQ(decisions.jobs[1].expected_start, fleet.now);
  EXPECT_EQ(decisions.jobs[2].expected_start, fleet.now + 1min);
  EXPECT_EQ(decisions.jobs[3].expected_start, fleet.now + 2min);
}

TEST(Tick, TakesRunningJobsToBeSpreadOverTheUsualDuration) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}, 2, 2)}, {job_with(1), job_with(2)});
  fleet.jobs[0].history = fleet.jobs[1].history = add_history(fleet, 8min);
  const Decisions decisions = decide_all(fleet);
  EXPECT_EQ(decisions.jobs[0].expected_start, fleet.now + 2min);
  EXPECT_EQ(decisions.jobs[1].expected_start, fleet.now + 6min);
}

TEST(Tick, JobsBeyondTheSlotsFreeNone) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}, 4, 2)}, {job_with(1)});
  fleet.jobs[0].history = add_history(fleet, 8min);
  EXPECT_EQ(decide_all(fleet).jobs[0].expected_start, fleet.now + 5min);
}

TEST(Tick, ExpectsNoStartWithoutARunner) {
  const FleetSnapshot fleet = fleet_of({}, {job_with(1)});
  const Decisions decisions = decide_all(fleet);
  EXPECT_FALSE(decisions.jobs[0].expected_start);
  EXPECT_EQ(decisions.split.queued, 1);
}

TEST(Tick, RefusedWishesAreAnomaliesOfTheAssignment) {
  FleetSnapshot fleet = fleet_of({}, {job_with(1)});
  fleet.jobs[0].facts.wish = "CRITICAL\n";
  EXPECT_EQ(
      decide_all(fleet).jobs[0].assignment.anomalies,
      std::vector<std::string>{"RUNNERIQ_PRIORITY counts on protected refs only; refused: 'CRITICAL\\n'"});
}

TEST(Tick, FlagsTheEffectiveClassOnAnOverloadedRunner) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}, 4, 4)}, {job_with(1)});
  fleet.jobs[0].queued = 2h;
  EXPECT_EQ(decide_all(fleet).jobs[0].assignment.anomalies,
            std::vector<std::string>{"a CRITICAL job on an overloaded runner: runner 1 is at 100 % load"});
}

TEST(Tick, DepthSaysHowFarItGoes) {
  const FleetSnapshot fleet = fleet_of({runner_with(1, {})}, {job_with(1)});
  EXPECT_TRUE(decide_all(fleet, Depth::monitor_only).jobs.empty());
  const Decisions analyzed = decide_all(fleet, Depth::analyze_only);
  ASSERT_EQ(analyzed.jobs.size(), 1U);
  EXPECT_GT(analyzed.jobs[0].priority.score, 0);
  EXPECT_FALSE(analyzed.jobs[0].assignment.chosen);
  EXPECT_EQ(analyzed.split.queued, 0);
  EXPECT_EQ(decide_all(fleet).split.direct, 1);
}

TEST(Tick, HistoryThatIsNotThereIsNone) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {})}, {job_with(1)});
  fleet.jobs[0].history = 99;
  EXPECT_EQ(decide_all(fleet).jobs.size(), 1U);
  EXPECT_EQ(history_of(fleet, fleet.jobs[0]).estimate.median, kUnknownDuration);
}

TEST(Tick, TellsTheClassBeforeEscalation) {
  FleetSnapshot fleet = fleet_of({}, {job_with(1)});
  fleet.jobs[0].queued = 65min;
  const JobDecision decision = decide_all(fleet).jobs.at(0);
  EXPECT_EQ(decision.calibrated, JobClass::low);
  EXPECT_EQ(decision.job_class, JobClass::critical);
}

TEST(Tick, ScoresWhoWaitsForAResourceAndTellsItsHolder) {
  FleetSnapshot fleet = fleet_of({}, {job_with(1)});
  PendingJob urgent = deploy(3);
  urgent.traits.tags = {"runneriq:critical"};
  PendingJob long_waiting = job_with(2);
  long_waiting.queued = 65min;
  const JobKey holder{kGitLab, JobId{1}};
  fleet.resource_waits = {{.waiter = long_waiting, .resource_group = "p", .holder = holder},
                          {.waiter = urgent, .resource_group = "p", .holder = holder}};
  const Decisions decisions = decide_all(fleet, Depth::analyze_only);
  EXPECT_EQ(decisions.jobs.size(), 1U);
  ASSERT_EQ(decisions.holders.count(holder), 2U);
  const WaitedFor& first = decisions.holders.find(holder)->second;
  EXPECT_EQ(first.waiter, long_waiting.key);
  EXPECT_EQ(first.job_class, JobClass::low) << "waiting does not escalate it";
  const WaitedFor& second = std::next(decisions.holders.find(holder))->second;
  EXPECT_EQ(second.job_class, JobClass::critical);
  EXPECT_EQ(second.tags, std::vector<std::string>{"runneriq:critical"});
  EXPECT_TRUE(decide_all(fleet, Depth::monitor_only).holders.empty());
}

TEST(Tick, CalibratesWhoWaitsForAResource) {
  FleetSnapshot fleet = fleet_of({}, {});
  fleet.resource_waits = {{.waiter = deploy(3), .resource_group = "p", .holder = {kGitLab, JobId{1}}}};
  fleet.scores[{kGitLab, ProjectId{1}}] = {
      .jobs = 60, .critical = 60, .scores = std::vector<double>(60, 100.0)};
  EXPECT_EQ(decide_all(fleet).holders.begin()->second.job_class, JobClass::high);
}

}  // namespace
}  // namespace runneriq::scheduler
