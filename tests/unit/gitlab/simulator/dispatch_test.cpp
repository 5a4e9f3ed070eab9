// Which runner gets which job, and when: GitLab's rules, asked through POST /jobs/request and played.
#include "core/json_text.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

SimulatedRunner silent(std::string description, RunnerType type = RunnerType::instance) {
  SimulatedRunner runner{.description = std::move(description), .type = type, .tags = {"docker"}, .slots = 0};
  if (type == RunnerType::project) runner.projects = {"g/a"};
  if (type == RunnerType::group) runner.groups = {"g"};
  return runner;
}

Scenario two_projects() {
  return {.projects = {{.id = 1, .path = "g/a"}, {.id = 2, .path = "g/b"}, {.id = 3, .path = "h/c"}}};
}

SimulatedPipeline pipeline(std::string project, std::vector<SimulatedJob> jobs, std::string ref = "main") {
  return {.project = std::move(project), .ref = std::move(ref), .jobs = std::move(jobs)};
}

SimulatedJob job(std::string name, std::vector<std::string> tags = {"docker"}) {
  return {
      .name = std::move(name), .stage = "test", .tags = std::move(tags), .takes = std::chrono::seconds{60}};
}

// The name of the job that the runner gets; "" for none.
std::string next_for(Caller& caller, int runner, json more = json::object()) {
  more["token"] = "glrt-simulated-" + std::to_string(runner);
  const ServedReply reply = caller.send("POST", "/jobs/request", more);
  return reply.status == 201 ? json_in(reply.body).at("job_info").at("name").get<std::string>() : "";
}

TEST(Dispatch, GivesAProjectRunnerTheOldestJobFirst) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("r", RunnerType::project)};
  scenario.pipelines = {pipeline("g/b", {job("other")}), pipeline("g/a", {job("first"), job("second")})};
  Caller caller(scenario);
  EXPECT_EQ(next_for(caller, 1), "first");
  EXPECT_EQ(next_for(caller, 1), "second");
  EXPECT_EQ(next_for(caller, 1), "");
}

TEST(Dispatch, GivesAGroupRunnerTheJobsOfItsGroupOnly) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("r", RunnerType::group)};
  scenario.pipelines = {pipeline("h/c", {job("elsewhere")}), pipeline("g/b", {job("inside")})};
  Caller caller(scenario);
  EXPECT_EQ(next_for(caller, 1), "inside");
  EXPECT_EQ(next_for(caller, 1), "");
}

TEST(Dispatch, IsFairBetweenProjectsOnInstanceRunners) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("r")};
  scenario.pipelines = {pipeline("g/a", {job("a1"), job("a2"), job("a3")}), pipeline("g/b", {job("b1")})};
  Caller caller(scenario);
  EXPECT_EQ(next_for(caller, 1), "a1");
  EXPECT_EQ(next_for(caller, 1), "b1");  // g/a has one running, g/b none
  EXPECT_EQ(next_for(caller, 1), "a2");
}

TEST(Dispatch, CountsOnlyInstanceRunnersForFairness) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("own", RunnerType::project), silent("shared")};
  scenario.pipelines = {pipeline("g/a", {job("a1"), job("a2")}), pipeline("g/b", {job("b1")})};
  Caller caller(scenario);
  EXPECT_EQ(next_for(caller, 1), "a1");
  EXPECT_EQ(next_for(caller, 2), "a2");
}

struct FitCase {
  std::string name;
  std::vector<std::string> runner_tags;
  bool run_untagged, protected_only;
  std::vector<std::string> job_tags;
  std::string ref;
  bool taken;
};
class Fit : public testing::TestWithParam<FitCase> {};

TEST_P(Fit, FollowsTagsAndProtection) {
  Scenario scenario = two_projects();
  SimulatedRunner runner = silent("r");
  runner.tags = GetParam().runner_tags;
  runner.run_untagged = GetParam().run_untagged;
  runner.protected_only = GetParam().protected_only;
  scenario.runners = {runner};
  scenario.pipelines = {pipeline("g/a", {job("j", GetParam().job_tags)}, GetParam().ref)};
  Caller caller(scenario);
  EXPECT_EQ(next_for(caller, 1) == "j", GetParam().taken);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Fit,
    testing::Values(FitCase{"Subset", {"a", "b"}, false, false, {"b"}, "x", true},
                    FitCase{"OneTagMissing", {"a"}, false, false, {"a", "b"}, "x", false},
                    FitCase{"UntaggedTaken", {"a"}, true, false, {}, "x", true},
                    FitCase{"UntaggedRefused", {"a"}, false, false, {}, "x", false},
                    FitCase{"TagsMatchCase", {"A"}, true, false, {"a"}, "x", false},
                    FitCase{"ProtectedRunnerProtectedRef", {"a"}, true, true, {"a"}, "main", true},
                    FitCase{"ProtectedRunnerOtherRef", {"a"}, true, true, {"a"}, "x", false}),
    [](const auto& one) { return one.param.name; });

TEST(RunnerQueue, AnswersAtOnceWhileNothingHasChanged) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("r")};
  scenario.runners[0].tags = {"gpu"};
  scenario.pipelines = {pipeline("g/a", {job("j")})};
  Caller caller(scenario);
  const auto ask = [&](const std::string& last) {
    return caller.send("POST", "/jobs/request", {{"token", "glrt-simulated-1"}, {"last_update", last}});
  };
  const ServedReply nothing = ask("");
  EXPECT_EQ(nothing.status, 204);
  const std::string value = header(nothing, "X-GitLab-Last-Update");
  EXPECT_EQ(header(ask(value), "X-GitLab-Last-Update"), value);
  EXPECT_EQ(caller.send("PUT", "/runners/1", {{"tag_list", {"docker"}}}).status, 200);
  EXPECT_EQ(ask(value).status, 201) << "a change of the runner ticks its queue";
}

TEST(RunnerQueue, IsTickedByANewJobAndSilentWhilePaused) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("r")};
  Caller caller(scenario);
  const std::string value =
      header(caller.send("POST", "/jobs/request", {{"token", "glrt-simulated-1"}}), "X-GitLab-Last-Update");
  caller.control("POST", "/pipelines", {{"project", "g/a"}, {"jobs", {{{"name", "j"}}}}});
  caller.send("PUT", "/runners/1", {{"paused", true}});
  EXPECT_EQ(next_for(caller, 1, {{"last_update", value}}), "");
  caller.send("PUT", "/runners/1", {{"paused", false}});
  EXPECT_EQ(next_for(caller, 1, {{"last_update", value}}), "j");
}

TEST(Machines, TakeJobsAtTheirPollsAndEndThem) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("r")};
  scenario.runners[0].slots = 1;
  scenario.runners[0].speed = 2;
  scenario.pipelines = {pipeline("g/a", {job("one"), job("two")})};
  scenario.pipelines[0].jobs[0].ends = "failed";
  Caller caller(scenario);
  const auto status = [&](int id) {
    return caller.json("/projects/1/jobs/" + std::to_string(id)).at("status").get<std::string>();
  };
  EXPECT_EQ(status(1001), "pending");
  caller.advance(2);
  EXPECT_EQ(status(1001), "pending");
  caller.advance(1);
  EXPECT_EQ(status(1001), "running");
  caller.advance(29);
  EXPECT_EQ(status(1001), "running");
  EXPECT_EQ(status(1002), "pending");
  caller.advance(2);
  EXPECT_EQ(status(1001), "failed");
  EXPECT_EQ(caller.json("/projects/1/jobs/1001").at("failure_reason"), "script_failure");
  EXPECT_EQ(caller.json("/projects/1/jobs/1001").at("duration"), 30.0);
  caller.advance(60);
  EXPECT_EQ(status(1002), "success");
}

TEST(Machines, DoTheSameInOneStepAsInMany) {
  Scenario scenario = mock_scenario();
  Caller one(scenario), many(scenario);
  one.advance(3600);
  for (int step = 0; step < 360; ++step) many.advance(10);
  EXPECT_EQ(one.control("GET", "/state").at("jobs"), many.control("GET", "/state").at("jobs"));
  for (const int project : {101, 102, 103}) {
    const std::string path = "/projects/" + std::to_string(project) + "/jobs?per_page=100";
    EXPECT_EQ(one.json(path), many.json(path));
  }
}

TEST(Machines, NeverRunMoreThanTheirSlots) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("r")};
  scenario.runners[0].slots = 2;
  scenario.pipelines = {pipeline("g/a", {job("j")})};
  scenario.pipelines[0].jobs[0].parallel = 20;
  Caller caller(scenario);
  for (int step = 0; step < 200; ++step) {
    caller.advance(4);
    EXPECT_LE(caller.control("GET", "/state").at("runners").at(0).at("running"), 2);
  }
  EXPECT_EQ(caller.control("GET", "/state").at("jobs"), (json{{"success", 20}}));
}

TEST(Machines, OfAnOfflineOrPausedRunnerTakeNothing) {
  Scenario scenario = two_projects();
  scenario.runners = {silent("off"), silent("paused")};
  scenario.runners[0].slots = scenario.runners[1].slots = 1;
  scenario.runners[0].online = false;
  scenario.runners[1].paused = true;
  scenario.pipelines = {pipeline("g/a", {job("j")})};
  Caller caller(scenario);
  caller.advance(600);
  EXPECT_EQ(caller.json("/projects/1/jobs/1001").at("status"), "pending");
  EXPECT_EQ(caller.json("/runners/1").at("status"), "offline");
  caller.control("PATCH", "/runners/1", {{"online", true}});
  caller.advance(4);
  EXPECT_EQ(caller.json("/projects/1/jobs/1001").at("status"), "running");
}

TEST(Arrivals, HappenAtTheirTime) {
  Scenario scenario = two_projects();
  scenario.pipelines = {pipeline("g/a", {job("later")})};
  scenario.pipelines[0].arrives = std::chrono::minutes{5};
  Caller caller(scenario);
  caller.advance(299);
  EXPECT_TRUE(caller.json("/projects/1/jobs").empty());
  caller.advance(31);
  const json job = caller.json("/projects/1/jobs").at(0);
  EXPECT_EQ(job.at("created_at"), "2026-03-01T09:05:00.000Z");
  EXPECT_EQ(job.at("queued_duration"), 30.0);
}

// A runner of its own: takes a job, sends its log, ends it.
class RunnerProtocol : public testing::Test {
 protected:
  static Scenario scenario() {
    Scenario scenario = two_projects();
    scenario.runners = {silent("r", RunnerType::project)};
    scenario.pipelines = {pipeline("g/a", {job("j")})};
    return scenario;
  }
  void take() {
    job_ = json_in(
        caller_.send("POST", "/jobs/request", {{"token", "glrt-simulated-1"}, {"system_id", "s_1"}}).body);
  }
  ServedReply patch(const std::string& text, const std::string& range) {
    return caller_
        .ask("PATCH", "/api/v4/jobs/1001/trace", text,
             {{"job-token", job_.at("token").get<std::string>()}, {"content-range", range}})
        .reply;
  }
  ServedReply put(json body) {
    body["token"] = job_.at("token");
    return caller_.send("PUT", "/jobs/1001", body);
  }
  std::string status() { return caller_.json("/projects/1/jobs/1001").at("status").get<std::string>(); }

  Caller caller_{scenario()};
  json job_;
};

TEST_F(RunnerProtocol, RunsAJobFromItsRequestToItsEnd) {
  take();
  EXPECT_EQ(status(), "running");
  const ServedReply first = patch("hello ", "0-5");
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(header(first, "Range"), "0-6");
  EXPECT_EQ(header(first, "Job-Status"), "running");
  EXPECT_EQ(patch("world", "6-10").status, 202);
  EXPECT_EQ(caller_.get("/projects/1/jobs/1001/trace").body, "hello world");
  EXPECT_EQ(put({{"state", "running"}}).status, 200);
  EXPECT_EQ(put({{"state", "success"}}).status, 200);
  EXPECT_EQ(status(), "success");
  EXPECT_EQ(caller_.json("/runners/1/managers").back().at("system_id"), "s_1");
}

TEST_F(RunnerProtocol, RefusesAGapInTheLogAndTellsWhereToGoOn) {
  take();
  patch("hello", "0-4");
  const ServedReply gap = patch("x", "9-9");
  EXPECT_EQ(gap.status, 416);
  EXPECT_EQ(header(gap, "Range"), "0-5");
  EXPECT_EQ(patch("x", "").status, 400);
  EXPECT_EQ(caller_.get("/projects/1/jobs/1001/trace").body, "hello");
}

TEST_F(RunnerProtocol, KeepsTheReasonOfAFailure) {
  take();
  put({{"state", "failed"}, {"failure_reason", "runner_system_failure"}});
  EXPECT_EQ(status(), "failed");
  EXPECT_EQ(caller_.json("/projects/1/jobs/1001").at("failure_reason"), "runner_system_failure");
}

TEST_F(RunnerProtocol, TellsTheRunnerOfACancellation) {
  take();
  EXPECT_EQ(caller_.send("POST", "/projects/1/jobs/1001/cancel", json::object()).status, 201);
  EXPECT_EQ(header(put({{"state", "running"}}), "Job-Status"), "canceling");
  put({{"state", "failed"}});
  EXPECT_EQ(status(), "canceled");
  const ServedReply late = put({{"state", "running"}});
  EXPECT_EQ(late.status, 403);
  EXPECT_EQ(header(late, "Job-Status"), "canceled");
}

TEST_F(RunnerProtocol, RefusesWrongTokens) {
  take();
  job_["token"] = "wrong";
  EXPECT_EQ(put({{"state", "success"}}).status, 403);
  EXPECT_EQ(patch("x", "0-0").status, 403);
  EXPECT_EQ(caller_.send("POST", "/jobs/request", {{"token", "wrong"}}).status, 403);
  EXPECT_EQ(caller_.send("POST", "/runners/verify", {{"token", ""}}).status, 403);
  EXPECT_EQ(caller_.send("POST", "/runners/verify", {{"token", "glrt-simulated-1"}}).status, 200);
}

TEST_F(RunnerProtocol, HandsOutAllThatARunnerNeeds) {
  take();
  for (const char* const key :
       {"id", "token", "allow_git_fetch", "job_info", "git_info", "runner_info", "variables", "steps",
        "image", "services", "artifacts", "cache", "credentials", "dependencies", "features"})
    EXPECT_TRUE(job_.contains(key)) << key;
  EXPECT_EQ(job_.at("git_info").at("protected"), true);
  std::map<std::string, std::size_t> places;
  for (const json& variable : job_.at("variables")) places[variable.at("key")] = places.size();
  EXPECT_LT(places.at("CI_JOB_ID"), places.at("CI_PROJECT_ID"));
  EXPECT_LT(places.at("CI_COMMIT_REF_PROTECTED"), places.at("CI_RUNNER_ID"));
}

TEST_F(RunnerProtocol, IsNoMutatingCall) {
  take();
  put({{"state", "success"}});
  EXPECT_EQ(caller_.control("GET", "/calls").at("mutating"), 0);
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
