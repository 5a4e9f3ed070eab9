#include "scheduler/what_if.hpp"

#include "scheduler/snapshot_document.hpp"
#include "tests/support/grid_maker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <random>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

FleetSnapshot fleet_of(std::string_view json) {
  auto fleet = parse_snapshot(json, Time{Duration{1'740'798'000'000}});
  if (fleet) return std::move(*fleet);
  ADD_FAILURE() << fleet.error().message;
  return {};
}

// "change -> effect" of each alternative of the job with that id.
std::vector<std::string> for_job(const FleetSnapshot& fleet, std::int64_t job, Depth depth = Depth::full) {
  RulesAdvisor advisor;
  const TickRules rules;
  const Decisions decisions = decide(fleet, rules, depth, advisor);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < decisions.jobs.size(); ++i) {
    if (fleet.jobs[decisions.jobs[i].job].key.job != JobId{job}) continue;
    for (const Alternative& alternative : alternatives(fleet, decisions, i, rules, advisor)) {
      found.push_back(alternative.change + " -> " + alternative.effect);
    }
  }
  return found;
}

struct ClassCase {
  std::string_view job, wanted;
};

TEST(WhatIf, TheClassWouldBeAnotherWithTheSmallestChangeThatDoesIt) {
  const ClassCase cases[] = {
      {R"("name": "test", "ref": "feature/x", "role": "developer")",
       "on a branch named like 'release/*' -> HIGH (71.0) in place of MEDIUM (55.0)"},
      {R"("name": "test", "ref": "feature/x", "role": "guest")",
       "on the branch 'develop' -> MEDIUM (55.0) in place of LOW (45.0)"},
      {R"("name": "deploy", "ref": "refs/merge-requests/1/head", "role": "owner",
           "merge_request": {"target_branch": "main", "labels": ["priority::high"]})",
       "on a branch named like 'release/*' -> CRITICAL (96.0) in place of HIGH (75.0)"},
  };
  for (const ClassCase& one : cases) {
    const auto found = for_job(fleet_of(R"({"jobs": [{"id": 1, )" + std::string(one.job) + "}]}"), 1);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0], one.wanted);
  }
}

TEST(WhatIf, ACriticalJobWouldBeLessUrgentElsewhere) {
  const auto found = for_job(fleet_of(R"({"jobs": [{"id": 1, "name": "deploy", "ref": "main",
    "default_branch": "main", "protected": true, "role": "owner"}]})"),
                             1);
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found[0].find("in place of CRITICAL (100.0)"), std::string::npos) << found[0];
}

TEST(WhatIf, AJobOfNoRunnerNamesWhatKeepsIt) {
  const struct {
    std::string_view runner, wanted;
  } cases[] = {
      {R"({"id": 7, "tags": ["gpu"], "paused": true})", "runner 7 not paused"},
      {R"({"id": 7, "tags": ["gpu"], "online": false})", "runner 7 online and in contact"},
      {R"({"id": 7, "tags": ["gpu"], "recent_contact": false})", "runner 7 online and in contact"},
      {R"({"id": 7, "tags": ["docker"]})", "the tag 'gpu' on runner 7"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.runner);
    const auto found = for_job(fleet_of(R"({"runners": [)" + std::string(one.runner) +
                                        R"(], "jobs": [{"id": 1, "tags": ["gpu"]}]})"),
                               1);
    EXPECT_NE(std::ranges::find(found, std::string(one.wanted) + " -> runner 7 in place of no runner"),
              found.end());
  }
}

TEST(WhatIf, TheRunnerUpWouldWinWithOneMoreSlot) {
  const auto found =
      for_job(fleet_of(R"({"runners": [{"id": 3, "active_jobs": 1, "max_jobs": 2, "host_load": 0.9},
    {"id": 7, "active_jobs": 2, "max_jobs": 2, "host_load": 0.1}], "jobs": [{"id": 1}]})"),
              1);
  EXPECT_NE(std::ranges::find(found, "one more free slot on runner 7 -> runner 7 in place of runner 3"),
            found.end());
}

TEST(WhatIf, WhatTheJobsAheadWouldTakeIsNoAlternative) {
  // A slot more on runner 7 would be taken by the first job; the second stays where it is.
  const FleetSnapshot fleet = fleet_of(R"({"runners": [{"id": 3, "active_jobs": 0, "max_jobs": 9}],
    "jobs": [{"id": 1, "name": "deploy", "ref": "main", "default_branch": "main", "tags": ["gpu"]},
             {"id": 2}]})");
  for (const std::string& alternative : for_job(fleet, 2)) {
    EXPECT_EQ(alternative.find("runner"), std::string::npos) << alternative;
  }
}

TEST(WhatIf, WithoutAssignmentsThereIsNothingToSayOfRunners) {
  const FleetSnapshot fleet = fleet_of(R"({"runners": [{"id": 7, "paused": true}], "jobs": [{"id": 1}]})");
  for (const std::string& alternative : for_job(fleet, 1, Depth::analyze_only)) {
    EXPECT_EQ(alternative.find("runner 7"), std::string::npos) << alternative;
  }
  RulesAdvisor advisor;
  EXPECT_TRUE(alternatives(fleet, Decisions{}, 0, {}, advisor).empty());
}

// ---- law and bound ------------------------------------------------------------------------

FleetSnapshot big_fleet(int runners, int jobs) {
  std::mt19937_64 random{20250303};
  FleetSnapshot fleet;
  fleet.now = Time{Duration{1'740'798'000'000}};
  fleet.histories.push_back({.estimate = estimate({}), .fleet_average = {}, .by_runner = {}});
  for (int i = 1; i <= runners; ++i) {
    FleetRunner runner;
    runner.key.runner = RunnerId{i};
    runner.status = gitlab::RunnerStatus::online;
    runner.paused = random() % 16 == 0;
    for (const char* tag : {"a", "b", "c", "d"}) {
      if (random() % 2 == 0) runner.traits.tags.emplace_back(tag);
    }
    runner.max_jobs = static_cast<int>(1 + random() % 4);
    runner.active_jobs = static_cast<int>(random() % 5);
    fleet.runners.push_back(runner);
  }
  for (int i = 1; i <= jobs; ++i) {
    PendingJob job;
    job.key.job = JobId{i};
    job.project = job.traits.project = ProjectId{static_cast<std::int64_t>(1 + random() % 9)};
    job.facts.name = random() % 2 == 0 ? "deploy" : "test";
    job.facts.ref = random() % 2 == 0 ? "main" : "feature/x";
    for (const char* tag : {"a", "b"}) {
      if (random() % 3 == 0) job.traits.tags.emplace_back(tag);
    }
    job.queued = Duration{static_cast<std::int64_t>(random() % 600'000)};
    fleet.jobs.push_back(job);
  }
  return fleet;
}

TEST(WhatIfLaws, EveryAlternativeOfTheRunnerIsTrueWhenAllIsDecidedAnew) {
  RulesAdvisor advisor;
  int seen = 0;
  for (int size = 1; size <= 12; ++size) {
    const FleetSnapshot fleet = big_fleet(size, 15);
    const Decisions decisions = decide(fleet, {}, Depth::full, advisor);
    for (std::size_t i = 0; i < decisions.jobs.size(); ++i) {
      for (const Alternative& alternative : alternatives(fleet, decisions, i, {}, advisor)) {
        const std::string prefix = "one more free slot on runner ";
        if (!alternative.change.starts_with(prefix)) continue;
        const auto id = std::stoll(alternative.change.substr(prefix.size()));
        FleetSnapshot other = fleet;
        FleetRunner& runner = other.runners[static_cast<std::size_t>(id) - 1];
        runner.max_jobs = std::max(runner.max_jobs, runner.active_jobs) + 1;
        const Decisions anew = decide(other, {}, Depth::full, advisor);
        ASSERT_EQ(anew.jobs[i].job, decisions.jobs[i].job);
        ASSERT_TRUE(anew.jobs[i].assignment.chosen);
        const auto chosen = other.runners[anew.jobs[i].assignment.chosen->runner].key.runner.value();
        EXPECT_TRUE(alternative.effect.starts_with("runner " + std::to_string(chosen) + " in place of "))
            << alternative.change << ": " << alternative.effect;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 10);
}

TEST(WhatIfLaws, TheLastOfTenThousandJobsIsExplainedInAboutASecond) {
  const FleetSnapshot fleet = big_fleet(1000, 10'000);
  RulesAdvisor advisor;
  const Decisions decisions = decide(fleet, {}, Depth::full, advisor);
  const std::clock_t start = std::clock();
  (void)alternatives(fleet, decisions, decisions.jobs.size() - 1, {}, advisor);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  RecordProperty("milliseconds", static_cast<int>(seconds * 1000));
  EXPECT_LT(seconds, 8.0) << "also under the sanitizers";
}

TEST(WhatIf, CountsCarbonAsTheDecisionDoes) {
  const FleetSnapshot plain = fleet_of(R"({
    "runners": [{"id": 2, "max_jobs": 4}, {"id": 3, "max_jobs": 4, "paused": true}],
    "jobs": [{"id": 10, "project_id": 1, "name": "report", "ref": "topic", "role": "reporter"}]})");
  const auto has_runner_3 = [](const std::vector<std::string>& found) {
    return std::ranges::find(found, "runner 3 not paused -> runner 3 in place of runner 2") != found.end();
  };
  EXPECT_FALSE(has_runner_3(for_job(plain, 10)));
  EXPECT_TRUE(has_runner_3(for_job(on_grid(plain, {{"DE", 340}, {"FR", 58}}, {"DE", "FR"}), 10)));
  EXPECT_FALSE(has_runner_3(for_job(on_grid(plain, {{"DE", 340}, {"FR", 58}}, {"FR", "DE"}), 10)));
}

}  // namespace
}  // namespace runneriq::scheduler
