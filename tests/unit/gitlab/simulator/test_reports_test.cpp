// The logs and test reports of a simulated GitLab, read as a client reads them.
#include "gitlab/test_reports.hpp"

#include "core/json_text.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/webhook.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

SimulatedJob ended(std::string name, std::string state, std::vector<SimulatedTest> tests) {
  return {.name = std::move(name),
          .stage = "test",
          .ends = "success",
          .state = std::move(state),
          .runner = "r",
          .trace = "line 1\nline 2\n",
          .tests = std::move(tests)};
}

Scenario with_jobs(std::vector<SimulatedJob> jobs) {
  return {.runners = {{.description = "r"}},
          .projects = {{.id = 1, .path = "g/a"}},
          .pipelines = {{.project = "g/a", .jobs = std::move(jobs)}}};
}

TestReport report_in(Caller& caller) {
  const auto report = parse_test_report(caller.get("/projects/1/pipelines/501/test_report").body);
  EXPECT_TRUE(report) << report.error().message;
  return report.value_or(TestReport{});
}

TEST(TestReportFace, TellsTheTestsOfEndedJobsByTheNameOfTheirJob) {
  Caller caller(with_jobs({ended("unit 1/2", "failed", {{.name = "a", .classname = "C", .status = "failed"}}),
                           ended("unit 2/2", "success", {{.name = "b"}, {.name = "b", .status = "error"}}),
                           ended("smoke", "success", {{.name = "a"}}),
                           {.name = "later", .stage = "test", .tags = {"none"}, .tests = {{.name = "z"}}}}));
  const TestReport report = report_in(caller);
  ASSERT_EQ(report.cases.size(), 3U);
  EXPECT_EQ(report.cases[0].suite, "smoke");
  EXPECT_EQ(report.cases[1].suite, "unit");
  EXPECT_EQ(report.cases[1].classname, "C");
  EXPECT_EQ(report.cases[1].status, TestStatus::failed);
  EXPECT_EQ(report.cases[2].status, TestStatus::success) << "the first of two of one name";
  const json shown = caller.json("/projects/1/pipelines/501/test_report");
  EXPECT_EQ(shown["total_count"], 3);
  EXPECT_EQ(shown["failed_count"], 1);
}

TEST(TestReportFace, TellsThatOfTheLatestAttempt) {
  Caller caller(with_jobs({ended("unit", "failed", {{.name = "a", .status = "failed"}})}));
  const json again = json_in(caller.send("POST", "/projects/1/jobs/1001/retry", json::object()).body);
  caller.control("PATCH", "/jobs/" + json_line(again["id"]),
                 {{"tests", {{{"name", "a"}}}}, {"trace", "fine\n"}});
  EXPECT_TRUE(report_in(caller).cases.empty()) << "that has not ended";
  caller.advance(600);
  const TestReport report = report_in(caller);
  ASSERT_EQ(report.cases.size(), 1U);
  EXPECT_EQ(report.cases[0].status, TestStatus::success);
  EXPECT_EQ(caller.get("/projects/1/jobs/" + json_line(again["id"]) + "/trace").body, "fine\n");
  EXPECT_EQ(caller.json("/projects/1/jobs/" + json_line(again["id"]))["status"], "success");
}

TEST(TestReportFace, IsEmptyWithoutTestsAndNotThereForOthers) {
  Caller caller(with_jobs({ended("unit", "success", {})}));
  EXPECT_TRUE(report_in(caller).cases.empty());
  EXPECT_EQ(caller.get("/projects/1/pipelines/7/test_report").status, 404);
  EXPECT_EQ(caller.get("/projects/9/pipelines/501/test_report").status, 404);
}

TEST(Trace, IsWhatTheScenarioTellsOnceTheJobHasBegun) {
  SimulatedJob waits = ended("later", "pending", {});
  waits.runner = "";
  Caller caller(with_jobs({ended("unit", "failed", {}), waits}));
  EXPECT_EQ(caller.get("/projects/1/jobs/1001/trace").body, "line 1\nline 2\n");
  EXPECT_EQ(caller.get("/projects/1/jobs/1002/trace").body, "");
  caller.advance(10);
  EXPECT_EQ(caller.get("/projects/1/jobs/1002/trace").body, "line 1\nline 2\n");
}

TEST(JobControl, PlansHowAJobEndsAndLeavesTheRest) {
  Caller caller(with_jobs({{.name = "unit", .stage = "test", .trace = "kept"}}));
  caller.control("PATCH", "/jobs/1001", {{"ends", "failed"}, {"failure_reason", "runner_system_failure"}});
  caller.advance(600);
  const json job = caller.json("/projects/1/jobs/1001");
  EXPECT_EQ(job["status"], "failed");
  EXPECT_EQ(job["failure_reason"], "runner_system_failure");
  EXPECT_EQ(caller.get("/projects/1/jobs/1001/trace").body, "kept");
}

TEST(JobControl, RefusesWhatItDoesNotKnow) {
  Caller caller(with_jobs({{.name = "unit", .stage = "test"}}));
  const auto status = [&](const std::string& path, const json& body) {
    return caller.ask("PATCH", "/sim/jobs/" + path, json_line(body)).reply.status;
  };
  EXPECT_EQ(status("9", json::object()), 404);
  EXPECT_EQ(status("1001", {{"ends", "maybe"}}), 400);
  EXPECT_EQ(status("1001", {{"tests", {{{"status", "failed"}}}}}), 400);
  EXPECT_EQ(status("1001", {{"colour", "red"}}), 400);
}

TEST(JobRows, TellWhatAnAlertNeeds) {
  Caller caller(with_jobs({ended("unit", "failed", {})}));
  const auto jobs = parse_jobs(caller.get("/projects/1/jobs").body, ProjectId{1});
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 1U);
  EXPECT_EQ(jobs->front().sha.size(), 40U);
  EXPECT_EQ(jobs->front().user_name, "root");
  EXPECT_EQ(jobs->front().url, "http://gitlab.test/g/a/-/jobs/1001");
}

TEST(JobHook, TellsWhatAnAlertNeeds) {
  Caller caller(with_jobs({ended("unit", "failed", {})}));
  caller.send("POST", "/projects/1/hooks", {{"url", "http://127.0.0.1:9/"}, {"job_events", true}});
  caller.send("POST", "/projects/1/jobs/1001/retry", json::object());
  caller.control("PATCH", "/jobs/1002", {{"ends", "failed"}});
  caller.advance(600);
  const auto sent = caller.site().take_deliveries();
  ASSERT_FALSE(sent.empty());
  const auto hook = parse_webhook(sent.back().body, sent.back().instance);
  ASSERT_TRUE(hook && hook->job_facts);
  EXPECT_EQ(hook->status, JobStatus::failed);
  EXPECT_EQ(hook->project_path, "g/a");
  EXPECT_EQ(hook->job_facts->default_branch, "main");
  EXPECT_EQ(hook->job_facts->sha, parse_job(caller.get("/projects/1/jobs/1002").body, {})->sha);
  EXPECT_EQ(hook->job_facts->failure_reason, "script_failure");
  EXPECT_EQ(hook->job_facts->runner_description, "r");
  EXPECT_EQ(hook->job_facts->user_name, "root");
  EXPECT_EQ(hook->job_facts->retries, 1);
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
