// Phantom waiters, walked by hand.
#include "scheduler/gate.hpp"
#include "tests/support/gate_scene.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

class GatePhantoms : public testing::Test {
 protected:
  GatePhantoms() {
    for (std::int64_t id = 1; id <= 3; ++id) scene.add_runner(id);
    scene.fleet.runners[1].description = "docker-2";
    scene.add_job(7, {"runneriq:critical"}, JobClass::critical, "deploy");
    scene.enforce(scene.plan());
    scene.fleet.runners[1].active_jobs = 0;
  }
  GatePlan after(Duration passed) {
    scene.fleet.now += passed;
    GatePlan plan = scene.plan();
    scene.enforce(plan);
    return plan;
  }
  std::string cuts_after(Duration passed) { return scene.cuts_of(after(passed).cuts); }
  GateScene scene;
};

TEST_F(GatePhantoms, ACutRunnerKeepsItsCutWhenItsSlotFallsFree) {
  EXPECT_EQ(cuts_after(0s), "2:critical 3:critical");
  EXPECT_EQ(cuts_after(29s), "2:critical 3:critical");
}

TEST_F(GatePhantoms, AfterThirtySecondsItIsOpenedAndThePairDoesNotRecur) {
  after(0s);
  const GatePlan plan = after(30s);
  EXPECT_EQ(scene.cuts_of(plan.cuts), "3:critical");
  EXPECT_EQ(plan.open_because[1], OpenBecause::phantom);
  ASSERT_EQ(plan.sentences.size(), 1U);
  EXPECT_EQ(plan.sentences.front(),
            "runner 2 (docker-2) had a free slot for 30 s and was not given deploy (job 7) for which it is "
            "cut: it is opened, and not cut for this job again");
  scene.fleet.runners[1].active_jobs = 1;  // busy again, with an older job
  EXPECT_EQ(cuts_after(1s), "3:critical");
  EXPECT_EQ(after(1s).open_because[1], OpenBecause::phantom);
  EXPECT_TRUE(after(1h).sentences.empty());
}

TEST_F(GatePhantoms, ThatRunnerMayBeCutForOtherJobs) {
  after(0s);
  after(30s);
  scene.add_job(8, {"runneriq:high"}, JobClass::high);
  EXPECT_EQ(cuts_after(1s), "3:critical") << "it is free still";
  scene.fleet.runners[1].active_jobs = 1;
  EXPECT_EQ(cuts_after(1s), "3:critical 2:high!");
}

TEST_F(GatePhantoms, ASlotThatWasTakenInBetweenBeginsAnew) {
  after(0s);
  scene.fleet.runners[1].active_jobs = 1;
  after(20s);
  scene.fleet.runners[1].active_jobs = 0;
  EXPECT_EQ(cuts_after(20s), "2:critical 3:critical");
  EXPECT_EQ(cuts_after(29s), "2:critical 3:critical");
  EXPECT_EQ(cuts_after(1s), "3:critical");
}

TEST_F(GatePhantoms, AStreamOfJobsThatOthersTakeKeepsNoRunnerIdle) {
  after(0s);
  scene.remove_jobs();
  scene.add_job(8, {"runneriq:critical"}, JobClass::critical);
  EXPECT_EQ(cuts_after(20s), "2:critical 3:critical");
  scene.remove_jobs();
  scene.add_job(9, {"runneriq:critical"}, JobClass::critical);
  EXPECT_EQ(cuts_after(10s), "3:critical");
  EXPECT_TRUE(scene.memory.phantoms.empty()) << "no pair is proven: job 8 is gone";
}

TEST_F(GatePhantoms, ARevertThatDidNotHappenIsWantedAgain) {
  after(0s);
  const auto in_force = scene.runners;
  after(30s);
  scene.runners = in_force;
  scene.add_job(8, {"runneriq:critical"}, JobClass::critical);
  EXPECT_EQ(cuts_after(1s), "3:critical");
}

TEST_F(GatePhantoms, AClockThatWasSetBackDelaysTheRuleByNoMoreThanItself) {
  after(0s);
  EXPECT_EQ(cuts_after(-1h), "2:critical 3:critical");
  EXPECT_EQ(cuts_after(30s), "3:critical");
}

TEST_F(GatePhantoms, WhatIsGoneIsForgotten) {
  after(0s);
  after(30s);
  EXPECT_EQ(scene.memory.phantoms.size(), 1U);
  scene.remove_jobs();
  after(1s);
  EXPECT_TRUE(scene.memory.phantoms.empty());
  scene.memory.free_since.emplace(RunnerKey{kGitLab, RunnerId{99}}, scene.fleet.now);
  scene.memory.open.insert(RunnerKey{kGitLab, RunnerId{99}});
  scene.memory.phantoms.insert({RunnerKey{kGitLab, RunnerId{99}}, JobKey{kGitLab, JobId{7}}});
  after(1s);
  EXPECT_TRUE(scene.memory.free_since.empty());
  EXPECT_FALSE(scene.memory.open.contains(RunnerKey{kGitLab, RunnerId{99}}));
  EXPECT_TRUE(scene.memory.phantoms.empty());
}

}  // namespace
}  // namespace runneriq::scheduler
