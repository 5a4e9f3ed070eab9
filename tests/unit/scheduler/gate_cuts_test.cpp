// The cut of each runner, walked by hand.
#include "scheduler/gate.hpp"
#include "tests/support/gate_scene.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

constexpr auto kCritical = "runneriq:critical";
constexpr auto kHigh = "runneriq:high";
constexpr auto kShort = "runneriq:short";
constexpr auto kMedium = "runneriq:medium";
constexpr auto kLong = "runneriq:long";

class GateCuts : public testing::Test {
 protected:
  void add_runners(std::int64_t from, std::int64_t to, const std::vector<std::string>& tags = {}) {
    for (std::int64_t id = from; id <= to; ++id) scene.add_runner(id, tags);
  }
  std::string cuts() { return scene.cuts_of(scene.plan().cuts); }
  OpenBecause because(std::size_t runner) { return scene.plan().open_because[runner]; }
  GateScene scene;
};

TEST_F(GateCuts, OneCriticalAmongTwentyLintJobsCutsAllRunnersButTheOpenOne) {
  add_runners(1, 10);
  for (std::int64_t id = 1; id <= 20; ++id) scene.add_job(id, {kLong}, JobClass::low);
  scene.add_job(4711, {kCritical}, JobClass::critical, "deploy");
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.cuts_of(plan.cuts),
            "2:critical! 3:critical! 4:critical! 5:critical! 6:critical! 7:critical! 8:critical! 9:critical! "
            "10:critical!");
  EXPECT_EQ(plan.cuts.front().reason, "CRITICAL deploy (job 4711) waits in lane critical");
  EXPECT_EQ(plan.cuts.front().cause.job, JobId{4711});
  EXPECT_EQ(plan.cuts.front().cause_class, JobClass::critical);
  EXPECT_EQ(scene.open_ids(plan), (std::set<std::int64_t>{1}));
  EXPECT_EQ(plan.open_because[0], OpenBecause::covers_a_pool);
}

TEST_F(GateCuts, WhenTheCriticalJobIsTakenTheTagsGoBackAtOnce) {
  add_runners(1, 3);
  scene.add_job(4711, {kCritical}, JobClass::critical);
  scene.enforce(scene.plan());
  EXPECT_EQ(cuts(), "2:critical 3:critical");
  scene.remove_jobs();
  scene.add_job(1, {kLong}, JobClass::low);
  EXPECT_EQ(cuts(), "");
  EXPECT_EQ(because(1), OpenBecause::nothing_waits);
}

TEST_F(GateCuts, JobsWithoutALaneCutNothing) {
  add_runners(1, 3);
  scene.add_job(1, {}, JobClass::critical, "deploy");
  scene.add_job(2, {"runneriq:unknown"}, JobClass::critical, "deploy");
  EXPECT_EQ(cuts(), "");
}

TEST_F(GateCuts, TheClassBoundsTheLaneAndEscalationIsNoClass) {
  add_runners(1, 2);
  scene.add_job(1, {kCritical}, JobClass::medium);
  EXPECT_EQ(cuts(), "2:short!") << "the decision's escalated class is CRITICAL";
}

TEST_F(GateCuts, TheFirstLaneOfEachRunnerCounts) {
  add_runners(1, 2);
  add_runners(3, 4, {"gpu"});
  scene.add_job(1, {kMedium}, JobClass::low);
  scene.add_job(2, {kHigh, "gpu"}, JobClass::high);
  EXPECT_EQ(cuts(), "4:high! 1:medium! 2:medium!") << "3 covers both pools";
}

TEST_F(GateCuts, TheLastLaneOfARunnerWithholdsNothing) {
  add_runners(1, 3);
  for (GateRunner& runner : scene.runners) {
    runner.at_rest = GateScene::sorted({"runneriq:critical", "runneriq:managed", "runneriq:short"});
  }
  scene.add_job(1, {kShort}, JobClass::low);
  EXPECT_EQ(cuts(), "");
  EXPECT_EQ(because(2), OpenBecause::nothing_waits);
}

TEST_F(GateCuts, WhatARunnerCouldTakeGoesByItsTagsAtRest) {
  add_runners(1, 3);
  for (FleetRunner& runner : scene.fleet.runners) runner.traits.tags = {kCritical};
  scene.add_job(1, {kMedium}, JobClass::low);
  EXPECT_EQ(cuts(), "2:medium! 3:medium!");
}

// ---- special runners ------------------------------------------------------------------------

TEST_F(GateCuts, OnlyConstrainedJobsSetTheDurationCutsOfSpecialRunners) {
  add_runners(1, 8);
  add_runners(9, 10, {"gpu"});
  scene.add_job(1, {kShort}, JobClass::low);
  scene.add_job(2, {kMedium, "gpu"}, JobClass::low);
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.open_ids(plan), (std::set<std::int64_t>{9}));
  EXPECT_EQ(scene.cuts_of(plan.cuts),
            "1:short! 2:short! 3:short! 4:short! 5:short! 6:short! 7:short! 8:short! 10:medium!");
}

TEST_F(GateCuts, CriticalJobsCountOnSpecialRunnersToo) {
  add_runners(1, 2);
  add_runners(3, 4, {"gpu"});
  scene.add_job(1, {kMedium, "gpu"}, JobClass::low);
  scene.add_job(2, {kCritical}, JobClass::critical);
  EXPECT_EQ(cuts(), "1:critical! 2:critical! 4:critical!");
}

TEST_F(GateCuts, WithoutASpecialJobTheGeneralOnesSetAllCuts) {
  add_runners(1, 2);
  add_runners(3, 4, {"gpu"});
  scene.add_job(1, {kShort}, JobClass::low);
  EXPECT_EQ(cuts(), "2:short! 3:short! 4:short!");
}

TEST_F(GateCuts, ARunnerOutOfContactOrUnmanagedMakesNoJobConstrained) {
  add_runners(1, 3);
  scene.add_job(1, {kMedium}, JobClass::low);
  scene.add_job(2, {kShort}, JobClass::low);
  scene.fleet.runners[scene.add_runner(7)].paused = true;
  scene.add_unmanaged(8);
  EXPECT_EQ(cuts(), "2:short! 3:short!");
}

// ---- runners that are not cut ---------------------------------------------------------------

struct Spared {
  std::string name;
  void (*change)(GateScene&);
  OpenBecause because;
  bool also_in_force = false;  // a cut in force ends, too
};
void PrintTo(const Spared& spared, std::ostream* out) {
  *out << spared.name;
}

class SparedRunner : public testing::TestWithParam<Spared> {};

TEST_P(SparedRunner, IsNotCutAnewAndSaysWhy) {
  GateScene scene;
  for (std::int64_t id = 1; id <= 3; ++id) scene.add_runner(id);
  scene.memory.open = {{kGitLab, RunnerId{1}}};
  scene.add_job(1, {kCritical}, JobClass::critical);
  GetParam().change(scene);
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.cuts_of(plan.cuts), "3:critical!");
  EXPECT_EQ(to_text(plan.open_because[1]), to_text(GetParam().because));
}

TEST_P(SparedRunner, KeepsOrLosesACutInForce) {
  GateScene scene;
  for (std::int64_t id = 1; id <= 3; ++id) scene.add_runner(id);
  scene.add_job(1, {kCritical}, JobClass::critical);
  scene.enforce(scene.plan());
  GetParam().change(scene);
  EXPECT_EQ(scene.cuts_of(scene.plan().cuts),
            GetParam().also_in_force ? "3:critical" : "2:critical 3:critical");
}

TEST_P(SparedRunner, IsNotCutDeeper) {
  GateScene scene;
  for (std::int64_t id = 1; id <= 3; ++id) scene.add_runner(id);
  scene.add_job(1, {kMedium}, JobClass::low);
  scene.enforce(scene.plan());
  scene.add_job(2, {kCritical}, JobClass::critical);
  GetParam().change(scene);
  EXPECT_EQ(scene.cuts_of(scene.plan().cuts),
            GetParam().also_in_force ? "3:critical!" : "3:critical! 2:medium");
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, SparedRunner,
    testing::Values(
        Spared{"Free", [](GateScene& s) { s.fleet.runners[1].active_jobs = 0; },
               OpenBecause::free_or_elastic},
        Spared{"Elastic", [](GateScene& s) { s.options.elastic = {"2"}; }, OpenBecause::free_or_elastic},
        Spared{"ElasticByName",
               [](GateScene& s) {
                 s.options.elastic = {"auto*"};
                 s.fleet.runners[1].description = "autoscaler";
               },
               OpenBecause::free_or_elastic},
        Spared{"SeveralManagers", [](GateScene& s) { s.fleet.runners[1].managers = 2; },
               OpenBecause::free_or_elastic},
        Spared{"LeftAlone", [](GateScene& s) { s.runners[1].left_alone = true; }, OpenBecause::left_alone},
        Spared{"NotManaged", [](GateScene& s) { s.runners[1].managed = false; }, OpenBecause::not_managed,
               true},
        Spared{"Offline", [](GateScene& s) { s.fleet.runners[1].status = gitlab::RunnerStatus::offline; },
               OpenBecause::not_in_contact, true},
        Spared{"Paused", [](GateScene& s) { s.fleet.runners[1].paused = true; }, OpenBecause::not_in_contact,
               true},
        Spared{"Silent", [](GateScene& s) { s.fleet.runners[1].recent_contact = false; },
               OpenBecause::not_in_contact, true},
        Spared{"OldData", [](GateScene& s) { s.fleet.runners[1].age = 61s; }, OpenBecause::old_data, true}),
    [](const auto& spared) { return spared.param.name; });

TEST_F(GateCuts, DataOfTwoPollsIsYoungEnough) {
  add_runners(1, 2);
  scene.fleet.jobs[scene.add_job(1, {kCritical}, JobClass::critical)].age = 60s;
  scene.fleet.runners[1].age = 60s;
  EXPECT_EQ(cuts(), "2:critical!");
}

TEST_F(GateCuts, AJobOfAnOldListNeitherCausesNorRenewsACut) {
  add_runners(1, 2);
  const std::size_t job = scene.add_job(1, {kCritical}, JobClass::critical);
  scene.enforce(scene.plan());
  scene.fleet.jobs[job].age = 61s;
  EXPECT_EQ(cuts(), "");
  EXPECT_EQ(because(1), OpenBecause::old_data);
}

TEST_F(GateCuts, ACutInForceGivesWayToALaterLaneOnAFreeRunner) {
  add_runners(1, 2);
  scene.add_job(1, {kMedium}, JobClass::low);
  scene.runners[1].cut = 0;
  scene.fleet.runners[1].active_jobs = 0;
  EXPECT_EQ(cuts(), "2:medium") << "it gives tags back: nothing new";
}

TEST_F(GateCuts, TheCauseOfACutInForceStaysWhileItWaits) {
  add_runners(1, 2);
  scene.add_job(1, {kHigh}, JobClass::high);
  scene.enforce(scene.plan());
  scene.add_job(2, {kHigh}, JobClass::high);
  std::swap(scene.decisions.jobs[0], scene.decisions.jobs[1]);
  EXPECT_EQ(scene.plan().cuts.front().cause.job, JobId{1});
  scene.decisions.jobs.erase(scene.decisions.jobs.begin() + 1);
  EXPECT_EQ(scene.plan().cuts.front().cause.job, JobId{2});
}

// ---- permission -----------------------------------------------------------------------------

TEST_F(GateCuts, AnUnapprovedCriticalLaneFallsBackToTheNextPermittedOne) {
  add_runners(1, 3);
  scene.add_job(1, {kCritical}, JobClass::critical, "deploy");
  scene.add_job(2, {kShort}, JobClass::low);
  scene.permitted = [](const GateAction& action) { return action.job_class > JobClass::high; };
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.cuts_of(plan.cuts), "2:short! 3:short!");
  EXPECT_EQ(scene.cuts_of(plan.unapproved), "2:critical! 3:critical!");
  EXPECT_EQ(plan.unapproved.front().reason, "CRITICAL deploy (job 1) waits in lane critical");
}

TEST_F(GateCuts, NothingIsCutWhereNothingIsPermitted) {
  add_runners(1, 3);
  scene.add_job(1, {kCritical}, JobClass::critical);
  scene.permitted = [](const GateAction&) { return false; };
  EXPECT_EQ(cuts(), "");
  EXPECT_EQ(because(1), OpenBecause::not_approved);
  scene.permitted = nullptr;
  EXPECT_EQ(cuts(), "") << "nobody to ask";
}

TEST_F(GateCuts, APermissionIsAskedForRunnerLaneAndJob) {
  add_runners(1, 3);
  scene.add_job(1, {kHigh}, JobClass::high);
  scene.add_job(2, {kHigh}, JobClass::high);
  scene.permitted = [](const GateAction& action) {
    return action.runner.key.runner == RunnerId{3} && action.tag == kHigh && action.job.job == JobId{2} &&
           action.job_class == JobClass::high;
  };
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.cuts_of(plan.cuts), "3:high!");
  EXPECT_EQ(plan.cuts.front().cause.job, JobId{2});
  EXPECT_EQ(scene.cuts_of(plan.unapproved), "2:high!") << "3 has what it needs";
}

// ---- holders of resources -------------------------------------------------------------------

TEST_F(GateCuts, TheHolderOfAResourceKeepsItsLaneOpenWhileAnEarlierOneWaitsForIt) {
  add_runners(1, 3);
  const std::size_t holder = scene.add_job(1, {kMedium}, JobClass::low);
  scene.add_job(2, {kCritical}, JobClass::critical);
  scene.decisions.holders.emplace(
      scene.fleet.jobs[holder].key,
      WaitedFor{.waiter = {kGitLab, JobId{9}}, .tags = {kHigh}, .job_class = JobClass::high});
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.cuts_of(plan.cuts), "2:medium! 3:medium!");
  EXPECT_EQ(plan.cuts.front().reason,
            "CRITICAL lint (job 2) waits in lane critical; the lanes up to medium stay");
}

TEST_F(GateCuts, AHolderForWhichOnlyALaterLaneWaitsKeepsNothingOpen) {
  add_runners(1, 3);
  const std::size_t holder = scene.add_job(1, {kShort}, JobClass::low);
  scene.add_job(2, {kCritical}, JobClass::critical);
  scene.decisions.holders.emplace(
      scene.fleet.jobs[holder].key,
      WaitedFor{.waiter = {kGitLab, JobId{9}}, .tags = {kLong}, .job_class = JobClass::low});
  EXPECT_EQ(cuts(), "2:critical! 3:critical!");
}

TEST_F(GateCuts, AHolderInTheLastLaneKeepsItsRunnersOpen) {
  add_runners(1, 3);
  const std::size_t holder = scene.add_job(1, {kLong}, JobClass::low);
  scene.add_job(2, {kCritical}, JobClass::critical);
  scene.decisions.holders.emplace(
      scene.fleet.jobs[holder].key,
      WaitedFor{.waiter = {kGitLab, JobId{9}}, .tags = {kCritical}, .job_class = JobClass::critical});
  EXPECT_EQ(cuts(), "");
}

// ---- order and limit ------------------------------------------------------------------------

TEST_F(GateCuts, EarlierLanesGoFirstThenCutsInForceThenWhoFallsFreeFirst) {
  add_runners(1, 5);
  add_runners(6, 7, {"gpu"});
  scene.add_job(1, {kShort}, JobClass::low);
  scene.add_job(2, {kCritical, "gpu"}, JobClass::critical);
  scene.runners[4].cut = 2;
  scene.fleet.histories.push_back({.estimate = {.median = 10min, .p90 = 20min, .basis = EstimateBasis::job},
                                   .fleet_average = {},
                                   .by_runner = {}});
  const auto runs = [&](std::int64_t job, std::int64_t runner, Duration since) {
    scene.fleet.running.push_back({.key = {kGitLab, JobId{job}},
                                   .runner = RunnerKey{kGitLab, RunnerId{runner}},
                                   .running = since,
                                   .history = 1});
  };
  runs(101, 1, 1min);
  runs(102, 2, 2min);
  runs(103, 3, 9min);
  runs(104, 4, 15min);
  scene.options.most_cut = 100;
  scene.memory.open = {{kGitLab, RunnerId{6}}};
  EXPECT_EQ(cuts(), "7:critical! 5:short 4:short! 3:short! 2:short! 1:short!");
}

TEST_F(GateCuts, WhereNothingIsKnownOfItsJobsTheBusierRunnerFallsFreeFirst) {
  scene.add_runner(1);
  scene.add_runner(2, {}, 1);
  scene.add_runner(3, {}, 8);
  scene.add_job(1, {kCritical}, JobClass::critical);
  EXPECT_EQ(cuts(), "3:critical! 2:critical!");
}

TEST_F(GateCuts, NoMoreAreCutThanTheLimitAndTheRestSaysSo) {
  add_runners(1, 6);
  scene.add_job(1, {kHigh}, JobClass::high);
  scene.options.most_cut = 2;
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.cuts_of(plan.cuts), "2:high! 3:high!");
  EXPECT_EQ(plan.open_because[5], OpenBecause::most_are_cut);
  scene.options.most_cut = 0;
  EXPECT_EQ(cuts(), "");
}

TEST_F(GateCuts, AJobOfAnotherGitLabCutsNothingHere) {
  add_runners(1, 3);
  add_runners(4, 6);
  for (std::size_t i = 3; i < 6; ++i) scene.fleet.runners[i].key.gitlab = GitLabUrl{"https://other"};
  scene.fleet.jobs[scene.add_job(1, {kCritical}, JobClass::critical)].key.gitlab = GitLabUrl{"https://other"};
  EXPECT_EQ(cuts(), "5:critical! 6:critical!");
}

TEST_F(GateCuts, ReasonsAreOnePrintableLine) {
  add_runners(1, 2);
  scene.add_job(1, {kCritical}, JobClass::critical, "x\n\x1b[2Jy");
  EXPECT_EQ(scene.plan().cuts.front().reason, "CRITICAL x\\n\\x1b[2Jy (job 1) waits in lane critical");
}

TEST_F(GateCuts, ManyRefusedJobsOfALaneDoNotHideTheNextLane) {
  add_runners(1, 2);
  for (std::int64_t id = 1; id <= 100; ++id) scene.add_job(id, {kHigh}, JobClass::high);
  scene.add_job(200, {kShort}, JobClass::low);
  int asked = 0;
  scene.permitted = [&](const GateAction& action) { return ++asked, action.job_class == JobClass::low; };
  const GatePlan plan = scene.plan();
  EXPECT_EQ(scene.cuts_of(plan.cuts), "2:short!");
  EXPECT_EQ(scene.cuts_of(plan.unapproved), "2:high!");
  EXPECT_EQ(asked, 33);
}

}  // namespace
}  // namespace runneriq::scheduler
