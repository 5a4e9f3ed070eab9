// What the simulated GitLab tells of manual jobs, their pipelines and their configuration.
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

Scenario scenario() {
  Scenario scenario;
  scenario.users = {"ann", "bob"};
  scenario.projects = {
      {.id = 7, .path = "acme/shop", .members = {{"ann", 30}, {"bob", 30}}, .ci_config = "a: {}"},
      {.id = 8, .path = "acme/bare"}};
  scenario.pipelines = {{.project = "acme/shop",
                         .user = "ann",
                         .variables = {{"RUNNERIQ_DEADLINE", "20h"}},
                         .jobs = {{.id = 1, .name = "bench", .allow_failure = true, .state = "manual"},
                                  {.id = 2, .name = "unit"}}}};
  return scenario;
}

class SimulatedManualJobs : public testing::Test {
 protected:
  void be(const std::string& user) {
    caller_.control("POST", "/tokens", {{"token", "glpat-" + user}, {"scopes", {"api"}}, {"user", user}});
    caller_.use_token("glpat-" + user);
  }
  Caller caller_{scenario()};
};

TEST_F(SimulatedManualJobs, AreListedByTheirState) {
  EXPECT_EQ(ids(caller_.json("/projects/7/jobs?scope%5B%5D=manual")), (std::vector<int>{1}));
}

TEST_F(SimulatedManualJobs, ShowThePipelinesVariablesToMaintainersAndToWhoStartedIt) {
  const std::string place = "/projects/7/pipelines/501/variables";
  const json rows = caller_.json(place);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at("key"), "RUNNERIQ_DEADLINE");
  EXPECT_EQ(rows[0].at("value"), "20h");
  be("ann");
  EXPECT_EQ(caller_.get(place).status, 200);
  be("bob");
  EXPECT_EQ(caller_.get(place).status, 403);
}

TEST_F(SimulatedManualJobs, StandInAConfiguration) {
  EXPECT_EQ(caller_.json("/projects/7/ci/lint").at("merged_yaml"), "a: {}");
  const json bare = caller_.json("/projects/8/ci/lint");
  EXPECT_FALSE(bare.at("valid"));
  EXPECT_TRUE(bare.at("merged_yaml").is_null());
}

TEST_F(SimulatedManualJobs, AreStartedOnce) {
  EXPECT_EQ(caller_.send("POST", "/projects/7/jobs/1/play", {}).status, 200);
  EXPECT_EQ(caller_.json("/projects/7/jobs/1").at("status"), "pending");
  EXPECT_EQ(caller_.send("POST", "/projects/7/jobs/1/play", {}).status, 400);
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
