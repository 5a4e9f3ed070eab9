// Jobs that wait for each other, as GitLab's resource groups make them, and how GitLab tells of it.
#include "core/json_text.hpp"
#include "gitlab/replies.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;
using Ids = std::vector<int>;

SimulatedJob deploy(std::string group = "production") {
  return {.name = "deploy",
          .stage = "deploy",
          .tags = {"docker"},
          .takes = std::chrono::seconds{60},
          .resource_group = std::move(group)};
}

// Jobs 1001, 1002, … in g/a; one runner with two slots.
Scenario scenario(std::vector<SimulatedJob> jobs) {
  return {.runners = {{.description = "r", .tags = {"docker"}, .slots = 2}},
          .projects = {{.id = 1, .path = "g/a"}, {.id = 2, .path = "g/b"}},
          .pipelines = {{.project = "g/a", .jobs = std::move(jobs)}}};
}

Ids with_status(Caller& caller, const std::string& status) {
  return ids(caller.json("/projects/1/jobs?sort=asc&scope[]=" + status));
}

TEST(ResourceGroups, LetOneJobAtATimeIntoTheQueue) {
  Caller caller(scenario({deploy(), deploy(), deploy("staging"), deploy("")}));
  EXPECT_EQ(with_status(caller, "pending"), (Ids{1001, 1003, 1004}));
  EXPECT_EQ(with_status(caller, "waiting_for_resource"), Ids{1002});
  EXPECT_TRUE(caller.json("/projects/1/jobs/1002")["queued_duration"].is_null());
}

TEST(ResourceGroups, GoToTheNextJobWhenTheirHolderEnds) {
  Caller caller(scenario({deploy(), deploy(), deploy()}));
  caller.advance(4);
  EXPECT_EQ(with_status(caller, "running"), Ids{1001}) << "though a slot is free";
  caller.advance(62);
  EXPECT_EQ(with_status(caller, "success"), Ids{1001});
  EXPECT_EQ(with_status(caller, "running"), Ids{1002});
  EXPECT_EQ(with_status(caller, "waiting_for_resource"), Ids{1003});
  caller.send("POST", "/projects/1/jobs/1002/cancel", json::object());
  EXPECT_EQ(with_status(caller, "waiting_for_resource"), Ids{});
}

TEST(ResourceGroups, GoOnWhenAJobThatOnlyWaitsIsCanceled) {
  Caller caller(scenario({deploy(), deploy(), deploy()}));
  caller.send("POST", "/projects/1/jobs/1002/cancel", json::object());
  EXPECT_EQ(with_status(caller, "waiting_for_resource"), Ids{1003});
  caller.send("POST", "/projects/1/jobs/1001/cancel", json::object());
  EXPECT_EQ(with_status(caller, "pending"), Ids{1003});
}

TEST(ResourceGroups, AreHeldByARunningJobFromTheStart) {
  SimulatedJob running = deploy();
  running.state = "running";
  running.runner = "r";
  Caller caller(scenario({running, deploy()}));
  EXPECT_EQ(with_status(caller, "waiting_for_resource"), Ids{1002});
  EXPECT_EQ(caller.json("/projects/1/resource_groups/production/current_job")["id"], 1001);
}

TEST(ResourceGroups, OfARetriedAndOfAPlayedJobWaitAsWell) {
  SimulatedJob manual = deploy();
  manual.state = "manual";
  SimulatedJob ended = deploy();
  ended.state = "failed";
  ended.runner = "r";
  Caller caller(scenario({deploy(), manual, ended}));
  caller.send("POST", "/projects/1/jobs/1002/play", json::object());
  caller.send("POST", "/projects/1/jobs/1003/retry", json::object());
  EXPECT_EQ(with_status(caller, "waiting_for_resource"), (Ids{1002, 1004}));
}

TEST(ResourceGroups, AreToldByTheirCalls) {
  Caller caller(scenario({deploy("review/a b"), deploy("review/a b"), deploy("idle")}));
  const auto keys = parse_resource_groups(caller.get("/projects/1/resource_groups").body);
  ASSERT_TRUE(keys);
  EXPECT_EQ(*keys, (std::vector<std::string>{"idle", "review/a b"}));
  const std::string group = "/projects/1/resource_groups/review%2Fa%20b";
  EXPECT_EQ(caller.json(group)["process_mode"], "unordered");
  EXPECT_EQ(ids(caller.json(group + "/upcoming_jobs")), Ids{1002});
  const auto holder = parse_current_job(caller.get(group + "/current_job").body);
  ASSERT_TRUE(holder);
  EXPECT_EQ(*holder, JobId{1001});
  caller.send("POST", "/projects/1/jobs/1003/cancel", json::object());
  const auto nobody = parse_current_job(caller.get("/projects/1/resource_groups/idle/current_job").body);
  ASSERT_TRUE(nobody);
  EXPECT_EQ(*nobody, std::nullopt);
  EXPECT_EQ(caller.get("/projects/1/resource_groups/none/current_job").status, 404);
  EXPECT_EQ(caller.json("/projects/2/resource_groups"), json::array()) << "each project has its own";
}

TEST(ResourceGroups, AreReadFromAScenario) {
  const auto read = parse_scenario(json_in(R"({"projects": [{"path": "g/a"}], "pipelines": [{"project": "g/a",
    "jobs": [{"name": "deploy", "resource_group": "production"}]}]})"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->pipelines[0].jobs[0].resource_group, "production");
}

// ---- trouble and people --------------------------------------------------------------------

json tags_of(Caller& caller) {
  return caller.json("/runners/1")["tag_list"];
}

TEST(LateCalls, AreRefusedNowAndDoneLater) {
  Caller caller(scenario({deploy()}));
  caller.control("POST", "/faults",
                 {{"route", "PUT /api/v4/runners/*"},
                  {"kind", "late"},
                  {"status", 502},
                  {"milliseconds", 20'000},
                  {"times", 1}});
  EXPECT_EQ(caller.send("PUT", "/runners/1", {{"tag_list", {"late"}}}).status, 502);
  EXPECT_EQ(tags_of(caller), json::array({"docker"}));
  caller.advance(19);
  EXPECT_EQ(tags_of(caller), json::array({"docker"}));
  EXPECT_EQ(caller.send("PUT", "/runners/1", {{"tag_list", {"docker", "newer"}}}).status, 200);
  caller.advance(1);
  EXPECT_EQ(tags_of(caller), json::array({"late"})) << "it overwrites what was written in between";
}

TEST(LateCalls, WithALostReplyGiveNoAnswerAtAll) {
  Caller caller(scenario({deploy()}));
  for (const auto& kind : {"late", "reply_lost"})
    caller.control("POST", "/faults",
                   {{"route", "PUT *"}, {"kind", kind}, {"milliseconds", 5'000}, {"times", 1}});
  const Answered answered = caller.ask("PUT", "/api/v4/runners/1", R"({"tag_list":["late"]})");
  EXPECT_EQ(answered.reply.delivery.reset_after, 0U);
  caller.advance(5);
  EXPECT_EQ(tags_of(caller), json::array({"late"}));
}

TEST(LateCalls, StrikeBetweenTwoPollsOfAMachine) {
  Caller caller(scenario({deploy()}));
  caller.control("POST", "/faults", {{"route", "PUT *"}, {"kind", "late"}, {"milliseconds", 2'000}});
  caller.send("PUT", "/runners/1", {{"tag_list", {"other"}}});
  caller.advance(10);
  EXPECT_EQ(with_status(caller, "pending"), Ids{1001}) << "the machine asks at 3 s, with the new tags";
}

TEST(People, EditARunnersTagsAtAMoment) {
  Caller caller(scenario({deploy()}));
  const json planned = caller.control("PATCH", "/runners/1",
                                      {{"after", "30s"}, {"add_tags", {"b"}}, {"remove_tags", {"docker"}}});
  EXPECT_EQ(planned["at"], "2026-03-01T09:00:30.000Z");
  caller.advance(29);
  EXPECT_EQ(caller.send("PUT", "/runners/1", {{"tag_list", {"docker", "ours"}}}).status, 200);
  caller.advance(1);
  EXPECT_EQ(tags_of(caller), json::array({"b", "ours"})) << "of the tags that are there then";
}

TEST(People, MayEditARunnerThatIsGoneByThen) {
  Caller caller(scenario({deploy()}));
  caller.control("PATCH", "/runners/1", {{"after", "30s"}, {"tags", {"b"}}});
  caller.control("DELETE", "/runners/1");
  caller.advance(60);
  EXPECT_EQ(caller.get("/runners/1").status, 404);
  EXPECT_EQ(caller.ask("PATCH", "/sim/runners/1", R"({"after": 5})").reply.status, 404);
}

// ---- tags at the moment of the request -----------------------------------------------------

TEST(PlayedMachines, AskWithTheTagsOfTheirRecordAtThatMoment) {
  SimulatedJob longer = deploy("");
  longer.name = "long";
  longer.tags = {"docker", "runneriq:long"};
  SimulatedJob urgent = longer;
  urgent.name = "urgent";
  urgent.tags = {"docker", "runneriq:critical"};
  Scenario one_slot = scenario({longer, urgent});
  one_slot.runners[0].slots = 1;
  one_slot.runners[0].tags = {"docker", "runneriq:critical", "runneriq:long"};
  Caller caller(one_slot);
  caller.advance(2);
  caller.send("PUT", "/runners/1", {{"tag_list", {"docker", "runneriq:critical"}}});
  caller.advance(2);
  EXPECT_EQ(with_status(caller, "running"), Ids{1002}) << "the older job's lane is withheld";
  caller.send("PUT", "/runners/1", {{"tag_list", {"docker", "runneriq:critical", "runneriq:long"}}});
  caller.advance(63);
  EXPECT_EQ(with_status(caller, "running"), Ids{1001});
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
