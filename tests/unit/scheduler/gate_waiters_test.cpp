// When the duration lanes are silent.
#include "scheduler/gate_waiters.hpp"

#include "tests/support/gate_scene.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

class GateWaiters : public testing::Test {
 protected:
  void add(std::int64_t id, std::string lane, std::optional<Duration> starts_in,
           JobClass job_class = JobClass::low) {
    const std::size_t job = scene.add_job(id, {"runneriq:" + lane}, job_class);
    if (starts_in) scene.decision_of(job).expected_start = scene.fleet.now + *starts_in;
  }
  Urge urge_of(std::int64_t id) {
    const Waiters waiters = waiters_of({.fleet = scene.fleet,
                                        .decisions = scene.decisions,
                                        .runners = scene.runners,
                                        .pools = scene.pools,
                                        .permitted = scene.permitted},
                                       scene.options);
    for (const Waiter& waiter : waiters.jobs) {
      if (scene.fleet.jobs[waiter.job].key.job == JobId{id}) return waiter.urge;
    }
    ADD_FAILURE() << "no waiter " << id;
    return Urge::acts;
  }
  GateScene scene;
};

TEST_F(GateWaiters, ADurationLaneIsSilentWhileItsJobStartsSoonAnyway) {
  add(1, "short", 29s);
  EXPECT_EQ(urge_of(1), Urge::soon_anyway);
}

TEST_F(GateWaiters, FromThirtySecondsOnItActs) {
  add(1, "short", 30s);
  EXPECT_EQ(urge_of(1), Urge::acts);
}

TEST_F(GateWaiters, AnUnknownStartCountsAsLong) {
  add(1, "short", {});
  EXPECT_EQ(urge_of(1), Urge::acts);
}

TEST_F(GateWaiters, CriticalAndHighAlwaysAct) {
  add(1, "critical", 0s, JobClass::critical);
  add(2, "high", 0s, JobClass::high);
  add(3, "critical", 0s, JobClass::low);
  EXPECT_EQ(urge_of(1), Urge::acts);
  EXPECT_EQ(urge_of(2), Urge::acts);
  EXPECT_EQ(urge_of(3), Urge::soon_anyway) << "it counts as short";
}

TEST_F(GateWaiters, ASlotThatFallsFreeSoonGoesToTheOldestJobUnlessSomethingIsCut) {
  add(50, "short", 5s);
  for (std::int64_t id = 1; id <= 3; ++id) add(id, "long", id * 5min);
  EXPECT_EQ(urge_of(50), Urge::acts) << "three older jobs would go first";
  EXPECT_EQ(urge_of(1), Urge::acts) << "RunnerIQ would let it wait";
}

TEST_F(GateWaiters, TheOldestJobGetsTheNextSlotByItself) {
  add(1, "short", 5s);
  for (std::int64_t id = 2; id <= 4; ++id) add(id, "long", id * 5min);
  EXPECT_EQ(urge_of(1), Urge::soon_anyway);
}

TEST_F(GateWaiters, JobsOfAnotherGitLabAreNotInTheWay) {
  add(50, "short", 5s);
  add(1, "long", 10min);
  scene.fleet.jobs.back().key.gitlab = GitLabUrl{"https://other"};
  EXPECT_EQ(urge_of(50), Urge::soon_anyway);
}

TEST_F(GateWaiters, AFreeSlotIsNotBelievedForAJobThatDoesNotGetIt) {
  add(1, "short", 0s);
  EXPECT_EQ(urge_of(1), Urge::soon_anyway);
  scene.fleet.jobs[0].queued = 30s;
  EXPECT_EQ(urge_of(1), Urge::acts);
}

TEST_F(GateWaiters, OldDataIsSaidFirst) {
  add(1, "critical", 0s, JobClass::critical);
  scene.fleet.jobs[0].age = 61s;
  EXPECT_EQ(urge_of(1), Urge::old_data);
}

TEST_F(GateWaiters, AWaitThatIsShortIsTheReasonForAnOpenRunner) {
  for (std::int64_t id = 1; id <= 2; ++id) scene.add_runner(id);
  add(1, "short", 5s);
  const GatePlan plan = scene.plan();
  EXPECT_TRUE(plan.cuts.empty());
  EXPECT_EQ(plan.open_because[1], OpenBecause::short_wait);
}

TEST_F(GateWaiters, JobsOfEqualTraitsAreOneKind) {
  add(1, "short", {});
  add(2, "long", {});
  add(3, "short", {});
  const Waiters waiters = waiters_of({.fleet = scene.fleet,
                                      .decisions = scene.decisions,
                                      .runners = scene.runners,
                                      .pools = scene.pools,
                                      .permitted = scene.permitted},
                                     scene.options);
  EXPECT_EQ(waiters.kinds.size(), 2U);
  EXPECT_EQ(waiters.jobs[0].kind, waiters.jobs[2].kind);
  EXPECT_NE(waiters.jobs[0].kind, waiters.jobs[1].kind);
}

}  // namespace
}  // namespace runneriq::scheduler
