// Tags of the grant kind.
#include "scheduler/gate.hpp"
#include "tests/support/gate_scene.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

constexpr auto kGpu = "runneriq:preferred-gpu";

class GateGrants : public testing::Test {
 protected:
  GateGrants() {
    for (std::int64_t id = 1; id <= 3; ++id) scene.add_runner(id);
  }
  std::size_t add(std::int64_t id, std::optional<std::size_t> chosen, std::vector<std::string> tags = {},
                  std::vector<std::string> wanted = {kGpu}) {
    const std::size_t job = scene.add_job(id, std::move(tags), JobClass::high, "e2e");
    scene.fleet.jobs[job].wanted_grants = std::move(wanted);
    if (chosen)
      scene.decision_of(job).assignment.chosen = RunnerScore{.runner = *chosen, .score = 50, .factors = {}};
    return job;
  }
  // "1:runneriq:preferred-gpu>7", runner, tag, job.
  std::string words(const std::vector<Grant>& grants) {
    std::string text;
    for (const Grant& grant : grants) {
      text += (text.empty() ? "" : " ") + std::to_string(scene.id_of(grant.runner)) + ":" + grant.tag + ">" +
              std::to_string(grant.job.job.value());
    }
    return text;
  }
  std::string grants() { return words(scene.plan().grants); }
  GateScene scene;
};

TEST_F(GateGrants, TheChosenRunnerGetsTheTag) {
  add(7, 1);
  const GatePlan plan = scene.plan();
  EXPECT_EQ(words(plan.grants), "2:runneriq:preferred-gpu>7");
  EXPECT_EQ(plan.grants.front().job_class, JobClass::high);
  EXPECT_EQ(plan.grants.front().reason,
            "runner 2 is the best choice for HIGH e2e (job 7), which asks for runneriq:preferred-gpu");
}

TEST_F(GateGrants, OfSeveralJobsTheFirstIsTheReasonForARunnersTag) {
  add(9, 1);
  add(7, 1);
  add(8, 2);
  EXPECT_EQ(grants(), "2:runneriq:preferred-gpu>9 3:runneriq:preferred-gpu>8");
}

TEST_F(GateGrants, AJobWithoutAChosenRunnerGetsNone) {
  add(7, {});
  EXPECT_EQ(grants(), "");
}

TEST_F(GateGrants, NoRunnerGetsItThatIsNotOursOrNotToBeTouched) {
  const std::size_t job = add(7, 1);
  scene.runners[1].managed = false;
  EXPECT_EQ(grants(), "");
  scene.runners[1].managed = true;
  scene.runners[1].left_alone = true;
  EXPECT_EQ(grants(), "");
  scene.runners[1].left_alone = false;
  scene.fleet.runners[1].age = 61s;
  EXPECT_EQ(grants(), "");
  scene.fleet.runners[1].age = 0s;
  scene.fleet.jobs[job].age = 61s;
  EXPECT_EQ(grants(), "");
  scene.fleet.jobs[job].age = 0s;
  scene.fleet.runners[1].paused = true;
  EXPECT_EQ(grants(), "");
}

TEST_F(GateGrants, ATagThatItCarriesAtRestNeedsNoGrant) {
  add(7, 1);
  scene.runners[1].at_rest = GateScene::sorted([&] {
    auto tags = scene.runners[1].at_rest;
    tags.emplace_back(kGpu);
    return tags;
  }());
  EXPECT_EQ(grants(), "");
}

TEST_F(GateGrants, OnlyTagsOfTheGrantKindAreGranted) {
  add(7, 1, {}, {"docker", "runneriq:managed", "runneriq:preferred-"});
  EXPECT_EQ(grants(), "");
}

TEST_F(GateGrants, PermissionIsAskedAndWhatIsMissingIsListed) {
  add(7, 1);
  add(8, 1);
  scene.permitted = [](const GateAction&) { return false; };
  EXPECT_EQ(words(scene.plan().unapproved_grants), "2:runneriq:preferred-gpu>7");
  EXPECT_EQ(grants(), "");
  scene.permitted = [](const GateAction& action) { return action.job.job == JobId{8} && action.tag == kGpu; };
  EXPECT_EQ(grants(), "2:runneriq:preferred-gpu>8");
  EXPECT_EQ(words(scene.plan().unapproved_grants), "");
}

TEST_F(GateGrants, AJobThatWaitsForAGrantCutsOnlyWhereItIsGranted) {
  add(7, 1, {"runneriq:high"});
  EXPECT_EQ(scene.cuts_of(scene.plan().cuts), "2:high!");
  scene.permitted = [](const GateAction& action) { return action.tag != kGpu; };
  EXPECT_EQ(scene.cuts_of(scene.plan().cuts), "") << "nobody could take it";
}

}  // namespace
}  // namespace runneriq::scheduler
