#include "scheduler/lane_rules.hpp"

#include "tests/support/lane_planner.hpp"

#include <vector>

namespace runneriq::scheduler {
namespace {

using std::chrono::minutes;

struct LaneRules : testing::Test {
  LanePlanner planner;
  std::vector<LaneRule> rules(std::string_view text) {
    return lane_rules(LanePlanner::config_of(text).jobs(), {&planner.lanes, &planner.rules}, planner.history);
  }
  std::string lane_of(const LaneRule& rule) const { return std::string(planner.lanes.name(rule.lane)); }
};

TEST_F(LaneRules, ProductionGoesByItsMostUrgentJob) {
  const auto of_deploy = rules("lint: {script: x}\ndeploy: {stage: deploy, script: x}\n");
  ASSERT_EQ(of_deploy.size(), 7U);
  for (std::size_t at = 0; at < 5; ++at)
    EXPECT_EQ(lane_of(of_deploy[at]), "critical") << of_deploy[at].condition;
  EXPECT_NE(of_deploy[1].reason.find("job 'deploy' is CRITICAL there (95.0)"), std::string::npos)
      << of_deploy[1].reason;
  EXPECT_EQ(lane_of(rules("rspec: {script: x}\n")[1]), "high");
}

TEST_F(LaneRules, AreMadeOfTheProductionRefsThatAreConfigured) {
  planner.rules.production_refs = {"live", "stable?", "v1.x"};
  const auto all = rules("a: {script: x}\n");
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[2].condition, "$CI_COMMIT_BRANCH =~ /^(live|v1\\.x)$/");
  EXPECT_EQ(all[3].condition, "$CI_COMMIT_BRANCH =~ /^stable.$/");
}

TEST_F(LaneRules, OthersGoByTheTercilesOfTheFleet) {
  for (int at = 1; at <= 9; ++at) planner.history.pipelines.push_back(minutes{at});
  const std::vector<std::pair<int, std::string>> rows{{1, "short"},  {3, "short"}, {4, "medium"},
                                                      {6, "medium"}, {7, "long"},  {60, "long"}};
  for (const auto& [work, lane] : rows) {
    planner.history.medians = {{"a", minutes{work}}};
    EXPECT_EQ(lane_of(rules("a: {script: x}\n").back()), lane) << work;
  }
  planner.history.pipelines.resize(8);
  EXPECT_EQ(lane_of(rules("a: {script: x}\n").back()), "medium");
}

TEST_F(LaneRules, CountTheJobsThatSuchPipelinesHad) {
  for (int at = 1; at <= 9; ++at) planner.history.pipelines.push_back(minutes{at});
  planner.history.medians = {{"quick", minutes{2}}, {"slow", minutes{30}}};
  planner.history.past = {{"quick", "refs/merge-requests/1/head", RefKind::merge_request},
                          {"slow", "main", RefKind::branch},
                          {"slow", "feature/x", RefKind::branch}};
  const auto all = rules("quick: {script: x}\nslow: {script: x}\n");
  const LaneRule& reviewed = all[5];
  EXPECT_EQ(lane_of(reviewed), "short");
  EXPECT_EQ(reviewed.work, Duration{minutes{2}});
  EXPECT_EQ(reviewed.past_jobs, 1U);
  EXPECT_EQ(all[1].past_jobs, 1U);
  EXPECT_EQ(all[2].past_jobs, 0U);
  EXPECT_EQ(lane_of(all[6]), "long");
  EXPECT_EQ(all[6].past_jobs, 1U);
}

TEST_F(LaneRules, SayWhereThereIsNoHistory) {
  EXPECT_NE(rules("a: {script: x}\n").back().reason.find("no history"), std::string::npos);
  planner.history.medians = {{"a", minutes{2}}};
  EXPECT_NE(rules("a: {script: x}\nb: {script: x}\n").back().reason.find("in the 1 of 2 jobs with history"),
            std::string::npos);
}

TEST_F(LaneRules, UseTheLanesThatThereAre) {
  planner.lanes = *Lanes::make({"critical", "rest"});
  const auto all = rules("deploy: {stage: deploy, script: x}\n");
  EXPECT_EQ(lane_of(all[0]), "critical");
  EXPECT_EQ(lane_of(all.back()), "rest");
  planner.lanes = *Lanes::make({"critical"});
  EXPECT_EQ(lane_of(rules("rspec: {script: x}\n").back()), "critical");
}

TEST(PipelineHistory, AddsUpTheJobsOfEachPipeline) {
  gitlab::FleetReading reading;
  const auto add = [&](std::int64_t project, std::int64_t pipeline, std::string ref, int ran) {
    reading.finished.push_back({.project = ProjectId{project},
                                .pipeline = PipelineId{pipeline},
                                .name = "a",
                                .ref = std::move(ref),
                                .ran = minutes{ran}});
  };
  add(1, 10, "main", 2);
  add(1, 10, "main", 3);
  add(1, 11, "refs/merge-requests/4/head", 1);
  add(2, 10, "main", 9);
  reading.projects.push_back({.id = ProjectId{1}, .default_branch = "trunk"});
  const std::vector<gitlab::FleetReading> readings{reading};
  const PipelineHistory history = pipeline_history(readings, ProjectId{1});
  EXPECT_EQ(history.pipelines, (std::vector<Duration>{minutes{1}, minutes{5}, minutes{9}}));
  EXPECT_EQ(history.jobs.size(), 4U);
  ASSERT_EQ(history.past.size(), 3U);
  EXPECT_EQ(history.past[2].ref_kind, RefKind::merge_request);
  EXPECT_EQ(history.default_branch, "trunk");
}

}  // namespace
}  // namespace runneriq::scheduler
