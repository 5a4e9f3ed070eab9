// Runners that could take a job must be able to take it with a lane, and no others.
#include "core/joined.hpp"
#include "core/tag_names.hpp"
#include "tests/support/lane_planner.hpp"

#include <algorithm>
#include <vector>

namespace runneriq::scheduler {
namespace {

gitlab::Runner runner(std::int64_t id, std::vector<std::string> tags, bool run_untagged) {
  gitlab::Runner one;
  one.id = RunnerId{id};
  one.description = "r" + std::to_string(id);
  one.traits = gitlab::RunnerTraits{.tags = std::move(tags), .run_untagged = run_untagged};
  std::ranges::sort(one.traits->tags);
  return one;
}

std::vector<std::string> with_lanes(std::vector<std::string> tags) {
  const Lanes lanes;
  tags.insert(tags.end(), lanes.tags().begin(), lanes.tags().end());
  return tags;
}

struct Reach : testing::Test {
  LanePlanner planner;
  std::vector<gitlab::Runner> runners;
  std::string refusals(std::string_view tags) {
    auto planned = planner.plan("a:\n  script: x\n  tags: " + std::string(tags) + "\n");
    check_reach(planned.plan, runners, {}, planner.lanes);
    return joined(planned.plan.refusals, "\n");
  }
};

TEST_F(Reach, IsTheSameWhereAllRunnersHaveAllLanes) {
  runners = {runner(1, with_lanes({"docker"}), true), runner(2, with_lanes({"docker", "gpu"}), true)};
  EXPECT_EQ(refusals("[docker]"), "");
  EXPECT_EQ(refusals("[]"), "");
}

TEST_F(Reach, RefusesARunnerWithoutLanes) {
  runners = {runner(1, with_lanes({"docker"}), true), runner(2, {"docker"}, true)};
  EXPECT_NE(refusals("[docker]").find("job 'a': runner 2 (r2) could take it today"), std::string::npos);
  EXPECT_NE(refusals("[]").find("runner 2 (r2) could take it today"), std::string::npos);
}

TEST_F(Reach, RefusesARunnerWithSomeOfTheLanes) {
  runners = {runner(1, {"docker", "runneriq:high", "runneriq:long", "runneriq:short"}, true)};
  EXPECT_NE(refusals("[docker]"), "");
}

TEST_F(Reach, LeavesOutRunnersThatNeverTookTheJob) {
  runners = {runner(1, with_lanes({"docker"}), true), runner(2, {"windows"}, false)};
  EXPECT_EQ(refusals("[docker]"), "");
}

TEST_F(Reach, CountsTheLanesThatALeaseWithholdsForNow) {
  runners = {runner(1, {"docker", std::string(kManagedTag), std::string(kSteeredTag)}, true)};
  EXPECT_EQ(refusals("[docker]"), "");
}

TEST_F(Reach, RefusesThatAJobWithoutTagsGetsToASpecialRunner) {
  runners = {runner(1, with_lanes({"docker"}), true), runner(2, with_lanes({"gpu"}), false)};
  EXPECT_NE(refusals("[]").find("runner 2 (r2) takes no jobs without tags today"), std::string::npos);
  EXPECT_EQ(refusals("[docker]"), "");
}

TEST_F(Reach, SaysWhatItCouldNotCheck) {
  runners = {runner(1, {"docker"}, true)};
  auto planned = planner.plan("a:\n  script: x\n  tags: [$WHERE]\n");
  check_reach(planned.plan, runners, {}, planner.lanes);
  EXPECT_EQ(joined(planned.plan.refusals, "\n"), "");
  EXPECT_NE(joined(planned.plan.notes, "\n").find("tags from variables"), std::string::npos);
}

TEST_F(Reach, AsksOnlyForTheLaneOfTheJobWithOneLanePerJob) {
  planner.scope = LaneScope::job;
  runners = {runner(1, {"docker", "runneriq:medium"}, true)};
  EXPECT_EQ(refusals("[docker]"), "");
}

}  // namespace
}  // namespace runneriq::scheduler
