#include "gitlab/simulator/scenario.hpp"

#include "core/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

TEST(Scenario, IsReadWhole) {
  const auto scenario = parse_scenario(json_in(R"({
    "start": "2026-03-01T09:00:00Z", "seed": 7, "users": ["ann"],
    "runners": [{"id": 5, "description": "a", "type": "project_type", "tags": ["x"], "run_untagged": false,
                 "protected_only": true, "paused": true, "online": false, "projects": ["g/p"], "slots": 3,
                 "speed": 1.5, "managers": 2, "copies": 1}],
    "projects": [{"id": 9, "path": "g/p", "default_branch": "trunk", "protected_branches": ["r/*"],
                  "protected_tags": ["v*"], "members": {"ann": 30}}],
    "merge_requests": [{"project": "g/p", "iid": 3, "labels": ["l"], "draft": true, "title": "t"}],
    "pipelines": [{"project": "g/p", "merge_request": 3, "user": "ann", "arrives": "2m",
                   "jobs": [{"name": "j", "takes": 90, "state": "running", "ran": "30s", "runner": "a"}]}]})"));
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->seed, 7U);
  const SimulatedRunner& runner = scenario->runners.at(0);
  EXPECT_TRUE(runner.type == RunnerType::project && !runner.run_untagged && runner.protected_only &&
              runner.paused && !runner.online && runner.slots == 3 && runner.speed == 1.5);
  EXPECT_EQ(scenario->projects.at(0).members.at("ann"), 30);
  EXPECT_EQ(scenario->pipelines.at(0).arrives, std::chrono::minutes{2});
  EXPECT_EQ(scenario->pipelines.at(0).jobs.at(0).takes, std::chrono::seconds{90});
}

struct BadCase {
  std::string name, document, message;
};
class BadScenario : public testing::TestWithParam<BadCase> {};

TEST_P(BadScenario, IsToldWithThePathOfTheKey) {
  const auto scenario = parse_scenario(json_in(GetParam().document));
  ASSERT_FALSE(scenario);
  EXPECT_EQ(scenario.error().message.substr(0, GetParam().message.size()), GetParam().message);
}

const std::string kProject = R"("projects": [{"path": "g/p"}])";

INSTANTIATE_TEST_SUITE_P(
    Documents, BadScenario,
    testing::Values(
        BadCase{"NoMapping", "[]", "the document: [] is not a mapping"},
        BadCase{"UnknownKey", R"({"runner": []})", "runner: unknown key, expected one of start, seed"},
        BadCase{"UnknownKeyDeepInside",
                "{" + kProject + R"(, "pipelines": [{"project": "g/p", "jobs": [{"name": "j", "tak": 1}]}]})",
                "pipelines[0].jobs[0].tak: unknown key"},
        BadCase{"BadDuration",
                "{" + kProject +
                    R"(, "pipelines": [{"project": "g/p", "jobs": [{"name": "j", "takes": "soon"}]}]})",
                "pipelines[0].jobs[0].takes: 'soon' is not a duration"},
        BadCase{"BadWord", R"({"runners": [{"description": "a", "type": "shared"}]})",
                "runners[0].type: 'shared' is not one of instance_type, group_type, project_type"},
        BadCase{"BadNumber", R"({"runners": [{"description": "a", "slots": -1}]})",
                "runners[0].slots: -1 is not a whole number from 0"},
        BadCase{"BadList", R"({"runners": [{"description": "a", "tags": "x,y"}]})",
                "runners[0].tags: 'x,y' is not a list of texts"},
        BadCase{"NoDescription", R"({"runners": [{}]})", "runners[0].description: is missing"},
        BadCase{"ProjectRunnerOfNoProject", R"({"runners": [{"description": "a", "type": "project_type"}]})",
                "runners[0].projects: is missing"},
        BadCase{"NoTagsAndNotUntagged", R"({"runners": [{"description": "a", "run_untagged": false}]})",
                "runners[0].tags: are missing"},
        BadCase{"UnknownProject", R"({"pipelines": [{"project": "g/x", "jobs": [{"name": "j"}]}]})",
                "pipelines[0].project: 'g/x' is no project"},
        BadCase{"UnknownRunner", "{" + kProject + R"(, "pipelines": [{"project": "g/p", "jobs":
                [{"name": "j", "state": "running", "runner": "r"}]}]})",
                "pipelines[0].jobs[0].runner: 'r' is no runner"},
        BadCase{"UnknownMergeRequest",
                "{" + kProject +
                    R"(, "pipelines": [{"project": "g/p", "merge_request": 4, "jobs": [{"name": "j"}]}]})",
                "pipelines[0].merge_request: 4 is no merge request"},
        BadCase{
            "SameJobTwice",
            "{" + kProject +
                R"(, "pipelines": [{"project": "g/p", "jobs": [{"name": "j", "id": 4}, {"name": "k", "id": 4}]}]})",
            "pipelines[0].jobs[1].id: 4 stands here for the second time"},
        BadCase{"HugeId", R"({"projects": [{"path": "a", "id": 18446744073709551615}]})",
                "projects[0].id: 18446744073709551615 is not a whole number"}),
    [](const auto& one) { return one.param.name; });

TEST(MockScenario, HoldsEightRunnersAndFourteenPendingJobs) {
  const Scenario scenario = mock_scenario();
  EXPECT_EQ(scenario.runners.size(), 8U);
  EXPECT_EQ(scenario.projects.size(), 4U);
  std::size_t pending = 0;
  for (const SimulatedPipeline& pipeline : scenario.pipelines) {
    pending += static_cast<std::size_t>(
        std::count_if(pipeline.jobs.begin(), pipeline.jobs.end(),
                      [](const SimulatedJob& job) { return job.state == "pending"; }));
  }
  EXPECT_EQ(pending, 14U);
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
