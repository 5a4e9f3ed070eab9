// Laws of the fleet gate on generated fleets, each followed over several plans that are carried out. The
// seed is fixed and printed with every counter-example.
#include "gitlab/matcher.hpp"
#include "scheduler/gate.hpp"
#include "tests/support/gate_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <tuple>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using gitlab::Match;

constexpr std::uint64_t kSeed = 4711;
constexpr int kRounds = 200;
constexpr int kSteps = 10;

class GateLaws : public testing::Test {
 protected:
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }
  bool often() { return between(0, 1) == 1; }
  bool rarely() { return between(0, 9) == 0; }
  template <class Choices>
  auto one_of(const Choices& choices) {
    return choices[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(std::size(choices)) - 1))];
  }
  GitLabUrl any_gitlab() { return rarely() ? GitLabUrl{"https://z"} : kGitLab; }

  std::vector<std::string> user_tags() {
    std::vector<std::string> tags;
    for (const char* tag : {"arm", "gpu"}) {
      if (rarely() || rarely()) tags.emplace_back(tag);
    }
    return tags;
  }

  void add_runner(GateScene& scene, std::int64_t id) {
    const std::size_t index = scene.add_runner(id, user_tags(), static_cast<int>(between(1, 3)));
    FleetRunner& runner = scene.fleet.runners[index];
    runner.key.gitlab = any_gitlab();
    runner.traits.run_untagged = !rarely();
    runner.traits.protected_only = rarely();
    if (rarely()) runner.managers = 3;
    GateRunner& gate = scene.runners[index];
    gate.managed = !rarely();
    if (rarely()) std::erase(gate.at_rest, one_of(scene.options.lanes.tags()));
    unsettle(scene, index);
  }

  // What changes from look to look.
  void unsettle(GateScene& scene, std::size_t index) {
    FleetRunner& runner = scene.fleet.runners[index];
    runner.active_jobs = static_cast<int>(between(often() ? runner.max_jobs : 0, runner.max_jobs));
    runner.paused = rarely();
    runner.recent_contact = !rarely();
    runner.age = rarely() ? 90s : 0s;
    scene.runners[index].left_alone = rarely();
  }

  void add_job(GateScene& scene, std::int64_t id) {
    std::vector<std::string> tags = user_tags();
    if (!rarely()) tags.push_back(one_of(scene.options.lanes.tags()));
    const std::size_t index = scene.add_job(id, std::move(tags), one_of(kJobClasses));
    PendingJob& job = scene.fleet.jobs[index];
    job.key.gitlab = any_gitlab();
    job.project = job.traits.project = ProjectId{between(1, 2)};
    job.traits.ref_protected = often();
    job.queued = std::chrono::seconds{between(0, 90)};
    if (rarely()) job.age = 90s;
    if (rarely()) job.wanted_grants = {"runneriq:preferred-x"};
    JobDecision& decision = scene.decisions.jobs.back();
    if (often()) decision.expected_start = scene.fleet.now + std::chrono::seconds{between(0, 120)};
    if (often() && !scene.fleet.runners.empty()) {
      const auto runner = static_cast<std::size_t>(between(0, std::ssize(scene.fleet.runners) - 1));
      decision.assignment.chosen = RunnerScore{.runner = runner, .score = 1, .factors = {}};
    }
  }

  GateScene any_scene() {
    GateScene scene;
    if (often()) scene.options.lanes = Lanes::make({"critical", "rest", "last"}).value();
    scene.options.most_cut = static_cast<std::size_t>(between(0, 8));
    for (std::int64_t id = between(0, 12); id > 0; --id) add_runner(scene, id);
    for (std::int64_t id = between(0, 12); id > 0; --id) add_job(scene, id);
    for (const char* tag : {"arm", "gpu"}) {
      if (often()) scene.pools.push_back(pool_of(kGitLab, job_with(1, {tag}).traits));
    }
    if (rarely()) add_holder(scene);
    if (rarely()) scene.permitted = [](const GateAction& action) { return action.job.job.value() % 3 != 0; };
    return scene;
  }

  void add_holder(GateScene& scene) {
    if (scene.fleet.jobs.empty()) return;
    scene.decisions.holders.emplace(one_of(scene.fleet.jobs).key, WaitedFor{.waiter = {kGitLab, JobId{500}},
                                                                            .tags = {"runneriq:critical"},
                                                                            .job_class = JobClass::critical});
  }

  void move_on(GateScene& scene) {
    scene.fleet.now += std::chrono::seconds{between(1, 20)};
    for (std::size_t i = 0; i < scene.fleet.runners.size(); ++i) {
      if (often()) unsettle(scene, i);
    }
    if (rarely()) scene.remove_jobs();
    if (often()) add_job(scene, next_id_++);
  }

  // `check` sees the scene as it was before the plan, with the memory after it.
  template <class Check>
  void follow(Check check) {
    for (int round = 0; round < kRounds; ++round) {
      GateScene scene = any_scene();
      for (int step = 0; step < kSteps; ++step) {
        SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round) + ", step " +
                     std::to_string(step));
        const GatePlan plan = scene.plan();
        check(scene, plan);
        if (HasFailure()) return;
        scene.enforce(plan);
        move_on(scene);
      }
    }
  }

  static bool could_take(const GateScene& scene, std::size_t runner, const Pool& kind) {
    const FleetRunner& of = scene.fleet.runners[runner];
    gitlab::RunnerTraits traits = of.traits;
    traits.tags = scene.runners[runner].at_rest;
    return of.key.gitlab == kind.gitlab && takes_jobs(of) &&
           gitlab::could_take(traits, kind.traits) == Match::takes;
  }

  static bool carries_all_lanes(const GateScene& scene, std::size_t runner) {
    const auto& lanes = scene.options.lanes.tags();
    return std::all_of(lanes.begin(), lanes.end(), [&](const std::string& tag) {
      const auto& tags = scene.runners[runner].at_rest;
      return std::find(tags.begin(), tags.end(), tag) != tags.end();
    });
  }

  static Pool with_lane(Pool pool, const std::string& lane) {
    pool.traits.tags.push_back(lane);
    std::sort(pool.traits.tags.begin(), pool.traits.tags.end());
    return pool;
  }

  static const PendingJob& job_named(const GateScene& scene, const JobKey& key) {
    return *std::find_if(scene.fleet.jobs.begin(), scene.fleet.jobs.end(),
                         [&](const PendingJob& job) { return job.key == key; });
  }

  std::mt19937_64 random_{kSeed};
  std::int64_t next_id_ = 1000;
};

std::set<std::size_t> cut_runners(const GatePlan& plan) {
  std::set<std::size_t> runners;
  for (const Cut& cut : plan.cuts) runners.insert(cut.runner);
  return runners;
}

// By keys, so that scenes in another order compare.
auto essence(const GateScene& scene, const GatePlan& plan) {
  std::vector<std::tuple<RunnerKey, std::size_t, JobKey, bool, std::string>> cuts;
  for (const Cut& cut : plan.cuts) {
    cuts.emplace_back(scene.fleet.runners[cut.runner].key, cut.lane, cut.cause, cut.is_new, cut.reason);
  }
  std::vector<std::tuple<RunnerKey, std::string, JobKey>> grants;
  for (const Grant& grant : plan.grants) {
    grants.emplace_back(scene.fleet.runners[grant.runner].key, grant.tag, grant.job);
  }
  std::map<RunnerKey, OpenBecause> because;
  for (std::size_t i = 0; i < plan.open_because.size(); ++i) {
    because[scene.fleet.runners[i].key] = plan.open_because[i];
  }
  return std::tuple{cuts,
                    grants,
                    because,
                    scene.cuts_of(plan.unapproved),
                    plan.sentences,
                    scene.memory.open,
                    scene.memory.phantoms,
                    scene.memory.free_since};
}

TEST_F(GateLaws, TheScenesReachAllOfTheGate) {
  int cuts = 0, renewed = 0, grants = 0, unapproved = 0, phantoms = 0;
  std::set<OpenBecause> reasons;
  follow([&](const GateScene& scene, const GatePlan& plan) {
    for (const Cut& cut : plan.cuts) ++(cut.is_new ? cuts : renewed);
    grants += static_cast<int>(plan.grants.size());
    unapproved += static_cast<int>(plan.unapproved.size());
    phantoms += static_cast<int>(scene.memory.phantoms.size());
    reasons.insert(plan.open_because.begin(), plan.open_because.end());
  });
  EXPECT_GT(cuts, 300);
  EXPECT_GT(renewed, 300);
  EXPECT_GT(grants, 30);
  EXPECT_GT(unapproved, 10);
  EXPECT_GT(phantoms, 10);
  EXPECT_EQ(reasons.size(), 11U);
}

TEST_F(GateLaws, NoOpenRunnerIsCutAndNoRunnerTwice) {
  follow([](const GateScene&, const GatePlan& plan) {
    const std::set<std::size_t> cut = cut_runners(plan);
    EXPECT_EQ(cut.size(), plan.cuts.size());
    for (const std::size_t open : plan.open_runners) EXPECT_FALSE(cut.contains(open));
  });
}

TEST_F(GateLaws, EachLaneOfEachPoolThatAManagedRunnerInContactServesHasOneThatIsNotCut) {
  follow([](const GateScene& scene, const GatePlan& plan) {
    std::vector<Pool> pools = scene.pools;
    for (const PendingJob& job : scene.fleet.jobs) pools.push_back(pool_of(job.key.gitlab, job.traits));
    const std::set<std::size_t> cut = cut_runners(plan);
    for (const Pool& pool : pools) {
      for (const std::string& lane : scene.options.lanes.tags()) {
        const Pool kind = with_lane(pool, lane);
        int serving = 0, open = 0;
        for (std::size_t i = 0; i < scene.runners.size(); ++i) {
          if (!scene.runners[i].managed || !could_take(scene, i, kind)) continue;
          ++serving;
          open += cut.contains(i) ? 0 : 1;
        }
        EXPECT_TRUE(serving == 0 || open > 0) << lane;
      }
    }
  });
}

TEST_F(GateLaws, APoolThatHasCompleteRunnersKeepsACompleteOneOpen) {
  follow([](const GateScene& scene, const GatePlan& plan) {
    for (const PendingJob& job : scene.fleet.jobs) {
      const Pool kind = with_lane(pool_of(job.key.gitlab, job.traits), scene.options.lanes.tag(0));
      const auto serves = [&](std::size_t i) {
        return scene.runners[i].managed && could_take(scene, i, kind) && carries_all_lanes(scene, i);
      };
      std::vector<std::size_t> all(scene.runners.size());
      std::iota(all.begin(), all.end(), 0U);
      if (std::none_of(all.begin(), all.end(), serves)) continue;
      EXPECT_TRUE(std::any_of(plan.open_runners.begin(), plan.open_runners.end(), serves));
    }
  });
}

TEST_F(GateLaws, ACutLeavesTheLaneOfItsCauseAndTheRunnerCouldTakeIt) {
  follow([](const GateScene& scene, const GatePlan& plan) {
    for (const Cut& cut : plan.cuts) {
      const PendingJob& cause = job_named(scene, cut.cause);
      ASSERT_TRUE(scene.options.lanes.of(cause.traits.tags));
      EXPECT_LE(*scene.options.lanes.of(cause.traits.tags), cut.lane);
      EXPECT_LE(*scene.options.lanes.rank(cause.traits.tags, cut.cause_class), cut.lane);
      EXPECT_TRUE(could_take(scene, cut.runner, {cause.key.gitlab, cause.traits}));
      EXPECT_LE(cause.age, scene.options.oldest_data);
    }
  });
}

TEST_F(GateLaws, OnlyManagedRunnersInContactWithYoungDataAreCutAndSomethingIsWithheld) {
  follow([](const GateScene& scene, const GatePlan& plan) {
    for (const Cut& cut : plan.cuts) {
      EXPECT_TRUE(scene.runners[cut.runner].managed);
      EXPECT_TRUE(takes_jobs(scene.fleet.runners[cut.runner]));
      EXPECT_LE(scene.fleet.runners[cut.runner].age, scene.options.oldest_data);
      EXPECT_GT(*scene.options.lanes.of(scene.runners[cut.runner].at_rest), cut.lane);
    }
  });
}

TEST_F(GateLaws, NoRunnerThatIsFreeElasticOrLeftAloneIsCutAnewOrDeeper) {
  follow([](const GateScene& scene, const GatePlan& plan) {
    for (const Cut& cut : plan.cuts) {
      const FleetRunner& runner = scene.fleet.runners[cut.runner];
      const bool spared =
          runner.active_jobs < runner.max_jobs || runner.managers > 1 || scene.runners[cut.runner].left_alone;
      const auto& in_force = scene.runners[cut.runner].cut;
      if (spared) {
        EXPECT_TRUE(in_force && *in_force <= cut.lane);
        EXPECT_FALSE(cut.is_new);
      }
      EXPECT_EQ(cut.is_new, !in_force || cut.lane < *in_force);
    }
  });
}

TEST_F(GateLaws, NoMoreAreCutThanTheLimitAndEarlierLanesGoFirst) {
  follow([](const GateScene& scene, const GatePlan& plan) {
    EXPECT_LE(plan.cuts.size(), scene.options.most_cut);
    const auto before = [](const Cut& a, const Cut& b) {
      return std::tuple{a.lane, a.is_new} < std::tuple{b.lane, b.is_new};
    };
    EXPECT_TRUE(std::is_sorted(plan.cuts.begin(), plan.cuts.end(), before));
  });
}

TEST_F(GateLaws, WithoutJobsThatHaveALaneNothingIsCut) {
  follow([](GateScene scene, const GatePlan&) {
    for (PendingJob& job : scene.fleet.jobs) {
      std::erase_if(job.traits.tags, [](const std::string& tag) { return tag.starts_with("runneriq:"); });
    }
    const GatePlan plan = scene.plan();
    EXPECT_TRUE(plan.cuts.empty());
    EXPECT_TRUE(plan.unapproved.empty());
  });
}

TEST_F(GateLaws, WhatIsNotPermittedIsNotDone) {
  follow([](GateScene scene, const GatePlan&) {
    scene.permitted = [](const GateAction&) { return false; };
    const GatePlan plan = scene.plan();
    EXPECT_TRUE(plan.cuts.empty());
    EXPECT_TRUE(plan.grants.empty());
  });
}

TEST_F(GateLaws, PhantomPairsNeverRecurWhileTheJobWaits) {
  follow([](const GateScene& scene, const GatePlan& plan) {
    const std::set<std::pair<RunnerKey, JobKey>>& now = scene.memory.phantoms;
    for (const auto& [runner, job] : now) {
      EXPECT_TRUE(std::any_of(scene.fleet.jobs.begin(), scene.fleet.jobs.end(),
                              [key = job](const PendingJob& pending) { return pending.key == key; }));
    }
    for (const Cut& cut : plan.cuts) {
      EXPECT_FALSE(now.contains({scene.fleet.runners[cut.runner].key, cut.cause}));
    }
  });
}

TEST_F(GateLaws, NoRunnerThatStaysFreeStaysCutForLongerThanThePhantomRuleSays) {
  std::map<RunnerKey, Time> idle_since;
  follow([&](const GateScene& scene, const GatePlan& plan) {
    const std::set<std::size_t> cut = cut_runners(plan);
    std::map<RunnerKey, Time> still;
    for (std::size_t i = 0; i < scene.runners.size(); ++i) {
      const FleetRunner& runner = scene.fleet.runners[i];
      if (!cut.contains(i) || runner.active_jobs >= runner.max_jobs) continue;
      const auto known = idle_since.find(runner.key);
      const bool is_same = known != idle_since.end() && known->second <= scene.fleet.now;
      still[runner.key] = is_same ? known->second : scene.fleet.now;
      EXPECT_LT(scene.fleet.now - still[runner.key], scene.options.phantom_after);
    }
    idle_since = std::move(still);
  });
}

TEST_F(GateLaws, TheSameInputGivesTheSamePlan) {
  follow([](GateScene scene, const GatePlan&) {
    GateScene twin = scene;
    EXPECT_EQ(essence(scene, scene.plan()), essence(twin, twin.plan()));
  });
}

TEST_F(GateLaws, TheOrderOfTheInputChangesNothing) {
  follow([&](GateScene scene, const GatePlan&) {
    GateScene other = scene;
    std::vector<std::size_t> order(scene.fleet.runners.size()), place(order.size());
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), random_);
    for (std::size_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      other.fleet.runners[i] = scene.fleet.runners[order[i]];
      other.runners[i] = scene.runners[order[i]];
    }
    std::reverse(other.fleet.jobs.begin(), other.fleet.jobs.end());
    std::reverse(other.pools.begin(), other.pools.end());
    for (JobDecision& decision : other.decisions.jobs) {
      decision.job = scene.fleet.jobs.size() - 1 - decision.job;
      if (decision.assignment.chosen) {
        decision.assignment.chosen->runner = place[decision.assignment.chosen->runner];
      }
    }
    const GatePlan plan = scene.plan(), other_plan = other.plan();
    EXPECT_EQ(essence(scene, plan), essence(other, other_plan));
  });
}

TEST_F(GateLaws, AnUnmanagedRunnerMoreChangesNoCut) {
  follow([&](GateScene scene, const GatePlan&) {
    GateScene more = scene;
    add_runner(more, 77);
    more.runners.back().managed = false;
    EXPECT_EQ(scene.cuts_of(scene.plan().cuts), more.cuts_of(more.plan().cuts));
    EXPECT_EQ(scene.memory.open, more.memory.open);
  });
}

TEST_F(GateLaws, EverySentenceIsThereAndOnOneLine) {
  follow([](const GateScene&, const GatePlan& plan) {
    for (const Cut& cut : plan.cuts) EXPECT_FALSE(cut.reason.empty());
    for (const Grant& grant : plan.grants) EXPECT_FALSE(grant.reason.empty());
    for (const Cut& cut : plan.unapproved) EXPECT_FALSE(cut.reason.empty());
    for (const std::string& sentence : plan.sentences) EXPECT_EQ(sentence.find('\n'), std::string::npos);
  });
}

}  // namespace
}  // namespace runneriq::scheduler
