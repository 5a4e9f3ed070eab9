// The open runners of the pools, walked by hand.
#include "scheduler/gate_cover.hpp"

#include "tests/support/gate_scene.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using Ids = std::set<std::int64_t>;

class GateCover : public testing::Test {
 protected:
  void add_runners(std::int64_t from, std::int64_t to, const std::vector<std::string>& tags = {}) {
    for (std::int64_t id = from; id <= to; ++id) scene.add_runner(id, tags);
  }
  void add_pool(std::vector<std::string> tags) {
    scene.pools.push_back(pool_of(kGitLab, job_with(1, GateScene::sorted(std::move(tags))).traits));
  }
  void critical_job_waits() { scene.add_job(1, {"runneriq:critical"}, JobClass::critical); }
  Ids open() { return scene.open_ids(scene.plan()); }
  GateScene scene;
};

TEST_F(GateCover, APoolIsWhatTheMatcherSeesWithoutOurTags) {
  const auto job = job_with(1, {"docker", "runneriq:preferred-x", "runneriq:short"}).traits;
  EXPECT_EQ(pool_of(kGitLab, job).traits.tags, std::vector<std::string>{"docker"});
  EXPECT_EQ(pool_of(kGitLab, job).traits.project, ProjectId{1});
}

TEST_F(GateCover, APoolOfOneRecordIsNeverCut) {
  scene.add_runner(1);
  critical_job_waits();
  EXPECT_EQ(scene.cuts_of(scene.plan().cuts), "");
  EXPECT_EQ(open(), Ids{1});
}

TEST_F(GateCover, EachOfTwoPoolsKeepsAnOpenRunner) {
  add_runners(1, 3, {"arm"});
  add_runners(4, 6, {"gpu"});
  scene.add_job(1, {"arm", "runneriq:critical"}, JobClass::critical);
  scene.add_job(2, {"gpu", "runneriq:critical"}, JobClass::critical);
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.open_ids(plan), (Ids{1, 4}));
  EXPECT_EQ(scene.cuts_of(plan.cuts), "2:critical! 3:critical! 5:critical! 6:critical!");
}

TEST_F(GateCover, OneRunnerThatServesAllPoolsIsEnough) {
  add_runners(1, 3, {"arm"});
  add_runners(4, 6, {"gpu"});
  scene.add_runner(9, {"arm", "gpu"});
  add_pool({"arm"});
  add_pool({"gpu"});
  add_pool({});
  EXPECT_EQ(open(), Ids{9});
}

TEST_F(GateCover, PoolsOfTheLastDaysCountWhileNothingOfThemWaits) {
  add_runners(1, 3);
  scene.add_runner(4, {"gpu"});
  add_pool({"gpu"});
  critical_job_waits();
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.open_ids(plan), Ids{4});
  EXPECT_EQ(scene.cuts_of(plan.cuts), "1:critical! 2:critical! 3:critical!");
}

TEST_F(GateCover, WhoAloneServesAPoolIsEnoughForTheOthersToo) {
  scene.add_runner(1, {"gpu"});
  add_runners(2, 3);
  add_pool({"gpu"});
  add_pool({});
  scene.memory.open = {{kGitLab, RunnerId{2}}};
  EXPECT_EQ(open(), Ids{1});
}

TEST_F(GateCover, OpenRunnersStayTheSame) {
  add_runners(1, 4);
  add_pool({});
  scene.memory.open = {{kGitLab, RunnerId{3}}};
  EXPECT_EQ(open(), Ids{3});
  scene.fleet.runners[2].paused = true;
  EXPECT_EQ(open(), Ids{1});
  scene.fleet.runners[2].paused = false;
  EXPECT_EQ(open(), Ids{1}) << "no back and forth";
}

TEST_F(GateCover, WithoutMemoryWhoIsNotCutIsLeftOpen) {
  add_runners(1, 4);
  critical_job_waits();
  for (const std::size_t cut : {0U, 1U, 3U}) scene.runners[cut].cut = 0;
  EXPECT_EQ(open(), Ids{3});
  EXPECT_EQ(scene.cuts_of(scene.plan().cuts), "1:critical 2:critical 4:critical");
}

TEST_F(GateCover, AnElasticRunnerIsTheNaturalOpenOne) {
  add_runners(1, 3);
  scene.fleet.runners[2].managers = 5;
  critical_job_waits();
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.open_ids(plan), Ids{3});
  EXPECT_EQ(scene.cuts_of(plan.cuts), "1:critical! 2:critical!");
}

TEST_F(GateCover, UnmanagedOnesAndThoseOutOfContactAreNoCover) {
  scene.add_unmanaged(1);
  scene.fleet.runners[scene.add_runner(2)].recent_contact = false;
  add_runners(3, 4);
  critical_job_waits();
  EXPECT_EQ(open(), Ids{3});
}

TEST_F(GateCover, ARunnerThatLacksALaneAtRestIsNoCoverForAPoolThatOthersServe) {
  add_runners(1, 3);
  std::erase(scene.runners[0].at_rest, "runneriq:long");
  critical_job_waits();
  EXPECT_EQ(open(), Ids{2});
}

TEST_F(GateCover, WhereNobodyCarriesAllLanesEachLaneIsCovered) {
  add_runners(1, 4);
  for (const std::size_t i : {0U, 1U}) std::erase(scene.runners[i].at_rest, "runneriq:long");
  for (const std::size_t i : {2U, 3U}) std::erase(scene.runners[i].at_rest, "runneriq:medium");
  critical_job_waits();
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.open_ids(plan), (Ids{1, 3}));
  EXPECT_EQ(scene.cuts_of(plan.cuts), "2:critical! 4:critical!");
  ASSERT_EQ(plan.sentences.size(), 1U);
  EXPECT_EQ(plan.sentences.front(),
            "no managed runner in contact carries all lanes for jobs of project 1 (no other tags): none is "
            "kept open for them");
}

TEST_F(GateCover, RunnersThatRefuseUntaggedJobsCoverThoseWithALane) {
  add_runners(1, 3, {"docker"});
  for (FleetRunner& runner : scene.fleet.runners) runner.traits.run_untagged = false;
  critical_job_waits();
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.open_ids(plan), Ids{1});
  EXPECT_EQ(scene.cuts_of(plan.cuts), "2:critical! 3:critical!");
}

TEST_F(GateCover, UnprotectedJobsNeedARunnerThatIsNotForProtectedRefsOnly) {
  add_runners(1, 4);
  for (const std::size_t i : {0U, 1U}) scene.fleet.runners[i].traits.protected_only = true;
  critical_job_waits();
  EXPECT_EQ(open(), Ids{3});
}

TEST_F(GateCover, WithoutManagedRunnersThereIsNothingToSay) {
  scene.add_unmanaged(1);
  critical_job_waits();
  const GatePlan plan = scene.plan();
  EXPECT_TRUE(plan.sentences.empty());
  EXPECT_TRUE(plan.open_runners.empty());
  EXPECT_EQ(plan.open_because.front(), OpenBecause::not_managed);
}

}  // namespace
}  // namespace runneriq::scheduler
