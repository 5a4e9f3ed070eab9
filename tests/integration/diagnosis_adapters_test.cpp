// What diagnosis reads and writes, from end to end: the adapters against the simulated GitLab over real
// sockets.
#include "core/json_text.hpp"
#include "gitlab/rest/rest_discussions.hpp"
#include "gitlab/rest/rest_job_logs.hpp"
#include "gitlab/rest/rest_pipelines.hpp"
#include "gitlab/simulator/simulator.hpp"
#include "gitlab/webhook.hpp"
#include "platform/http_client.hpp"
#include "platform/http_server.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/poll.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <mutex>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

const std::string kMarker = "<!-- runneriq:diagnosis:0a1b2c3d4e5f -->";
constexpr std::string_view kToken = "glpat-test";

simulator::SimulatedPipeline pipeline(std::string sha, std::string state, std::string trace) {
  return {.project = "g/a",
          .merge_request = 3,
          .sha = std::move(sha),
          .jobs = {{.name = "unit",
                    .stage = "test",
                    .attempts_before = state == "failed" ? 1 : 0,
                    .state = std::move(state),
                    .runner = "r",
                    .trace = std::move(trace)}}};
}

simulator::Scenario scenario() {
  simulator::SimulatedProject project{
      .id = 1, .path = "g/a", .members = {{"bot", 30}}, .ci_config = "unit: {}"};
  project.variables = {{.key = "A", .value = "masked-value", .masked = true}, {.key = "B", .value = "plain"}};
  project.comparisons = {
      {.from = "green", .to = "red", .files = {{.new_path = "a.c", .diff = "@@ -1 +1 @@\n-a\n+b\n"}}}};
  return {
      .users = {"bot"},
      .runners = {{.description = "r"}},
      .projects = {project},
      .merge_requests = {{.project = "g/a", .iid = 3, .source_branch = "fix", .labels = {"bug"}}},
      .pipelines = {pipeline("green", "success", "fine\n"), pipeline("red", "failed", "a.c:1: error: b\n")}};
}

class AgainstTheSimulatedGitLab : public testing::Test {
 protected:
  void SetUp() override {
    gitlab = *simulator::Simulator::start(scenario(), {.token = Secret(std::string(kToken))});
    client = *platform::HttpClient::make({});
  }
  [[nodiscard]] RestSettings settings(std::string token = std::string(kToken)) const {
    RestSettings settings;
    settings.fleet.url = gitlab->url();
    settings.token = Secret{std::move(token)};
    settings.now = platform::wall_clock;
    return settings;
  }
  nlohmann::json call(std::string method, const std::string& path, const nlohmann::json& body) {
    Result<platform::HttpReply> answer = fail(Errc::unavailable, "not called");
    platform::HttpCall one{.method = std::move(method), .url = gitlab->url() + path};
    one.headers = {{"Content-Type", "application/json"}};
    one.secret_header = "PRIVATE-TOKEN";
    one.secret = Secret{std::string(kToken)};
    one.body = json_line(body);
    client->begin(std::move(one), [&](Result<platform::HttpReply> given) { answer = std::move(given); });
    client->run_until(platform::wall_clock() + 20s);
    EXPECT_TRUE(answer && answer->status < 300) << (answer ? answer->body : answer.error().message);
    return answer && !answer->body.empty() ? json_in(answer->body) : nlohmann::json();
  }
  std::unique_ptr<simulator::Simulator> gitlab;
  std::unique_ptr<platform::HttpClient> client;
};

TEST_F(AgainstTheSimulatedGitLab, AFailureIsReadWithAllThatExplainsIt) {
  RestPipelines pipelines{settings(), *client};
  const auto project = pipelines.project("g/a");
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_EQ(pipelines.project("1")->path, "g/a");
  const auto red = pipelines.pipeline(project->id, PipelineId{502});
  ASSERT_TRUE(red) << red.error().message;
  EXPECT_EQ(red->status, "failed");
  EXPECT_EQ(red->sha, "red");
  EXPECT_TRUE(red->created_at);
  const auto jobs = pipelines.jobs(project->id, red->id);
  ASSERT_TRUE(jobs) << jobs.error().message;
  ASSERT_EQ(jobs->size(), 2U);
  EXPECT_TRUE(jobs->at(0).retried);
  EXPECT_FALSE(jobs->at(1).retried);
  EXPECT_EQ(jobs->at(1).failure_reason, "script_failure");
  EXPECT_EQ(pipelines.job(project->id, jobs->at(1).id)->name, "unit");
  const auto green = pipelines.last_green(project->id, red->ref, red->id);
  ASSERT_TRUE(green) << green.error().message;
  ASSERT_TRUE(*green);
  EXPECT_EQ((*green)->sha, "green");
  const auto changes = pipelines.compare(project->id, (*green)->sha, red->sha);
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_EQ(changes->files.at(0).new_path, "a.c");
  EXPECT_EQ(changes->commits, std::vector<std::string>{"red"});
  EXPECT_TRUE(changes->whole);
  const auto request = pipelines.merge_request_of(project->id, *red);
  ASSERT_TRUE(request) << request.error().message;
  ASSERT_TRUE(*request);
  EXPECT_EQ((*request)->iid, MergeRequestIid{3});
  EXPECT_EQ((*request)->head_pipeline, red->id);
  EXPECT_EQ((*request)->labels, std::vector<std::string>{"bug"});
  EXPECT_EQ(pipelines.masked_values(project->id).value(), std::vector<std::string>{"masked-value"});
  const auto check = pipelines.ci_check(project->id, red->sha);
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_TRUE(check->valid);
  EXPECT_EQ(check->merged_yaml, "unit: {}");
  EXPECT_EQ(gitlab->mutating_calls(), 0);
}

TEST_F(AgainstTheSimulatedGitLab, WhatMayNotBeSeenIsToldAsSuch) {
  call("POST", "/sim/tokens", {{"token", "of-bot"}, {"user", "bot"}});
  call("POST", "/sim/tokens",
       {{"token", "of-nobody"}, {"user", "root"}, {"scopes", nlohmann::json::array()}});
  RestPipelines pipelines{settings("of-bot"), *client};
  EXPECT_EQ(pipelines.masked_values(ProjectId{1}).value(), std::vector<std::string>{});
  EXPECT_EQ(pipelines.project("g/none").error().code, Errc::not_found);
  EXPECT_EQ(pipelines.compare(ProjectId{1}, "none", "red").error().code, Errc::not_found);
  RestPipelines refused{settings("of-nobody"), *client};
  EXPECT_EQ(refused.project("g/a").error().code, Errc::permission);
  RestDiscussions reader{settings("of-bot"), *client};
  EXPECT_EQ(reader.add_note(ProjectId{1}, MergeRequestIid{3}, "x").error().code, Errc::permission)
      << "read_api";
}

TEST_F(AgainstTheSimulatedGitLab, AConfigurationThatIsWrongIsToldAsSuch) {
  call("PATCH", "/sim/projects/1", {{"ci_errors", {"jobs:unit config is bad"}}});
  const auto check = RestPipelines(settings(), *client).ci_check(ProjectId{1}, "red");
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_FALSE(check->valid);
  EXPECT_EQ(check->errors, std::vector<std::string>{"jobs:unit config is bad"});
}

TEST_F(AgainstTheSimulatedGitLab, ANoteIsWrittenFoundAndEdited) {
  call("POST", "/sim/tokens", {{"token", "of-bot"}, {"user", "bot"}, {"scopes", {"api"}}});
  RestDiscussions discussions{settings("of-bot"), *client};
  EXPECT_EQ(discussions.own_user()->name, "bot");
  const ProjectId project{1};
  const MergeRequestIid request{3};
  call("POST", "/sim/notes", {{"project", "g/a"}, {"merge_request", 3}, {"user", "ann"}, {"body", kMarker}});
  EXPECT_TRUE(discussions.own_notes(project, request, kMarker)->empty()) << "another's";
  const auto note = discussions.add_note(project, request, "It failed.\n" + kMarker);
  ASSERT_TRUE(note) << note.error().message;
  const auto found = discussions.own_notes(project, request, kMarker);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->at(0).id, note->id);
  ASSERT_TRUE(discussions.edit_note(project, request, note->id, "It works.\n" + kMarker));
  EXPECT_EQ(discussions.own_notes(project, request, kMarker)->at(0).body, "It works.\n" + kMarker);
  EXPECT_EQ(discussions.edit_note(project, request, 999, "x").error().code, Errc::not_found);
  EXPECT_EQ(gitlab->mutating_calls(), 3);
}

TEST_F(AgainstTheSimulatedGitLab, AnIssueIsWrittenOnceAndFoundOpenAndClosed) {
  RestDiscussions discussions{settings(), *client};
  EXPECT_FALSE(*discussions.own_issue(ProjectId{1}, kMarker));
  const std::array<std::string, 2> labels{"ci", "flaky"};
  const auto issue = discussions.create_issue(ProjectId{1}, "It fails", "Why\n" + kMarker, labels);
  ASSERT_TRUE(issue) << issue.error().message;
  EXPECT_EQ((*discussions.own_issue(ProjectId{1}, kMarker))->iid, issue->iid);
  call("PUT", "/api/v4/projects/1/issues/1", {{"state_event", "close"}});
  EXPECT_EQ((*discussions.own_issue(ProjectId{1}, kMarker))->state, "closed");
  EXPECT_FALSE(*discussions.own_issue(ProjectId{1}, "<!-- runneriq:diagnosis:another -->"));
}

TEST_F(AgainstTheSimulatedGitLab, ALogIsReadAndARefusedOneIsNone) {
  RestJobLogs logs{settings(), *client};
  std::string text;
  const auto take = [&](std::string_view piece) { text += piece; };
  RestPipelines pipelines{settings(), *client};
  const JobId job = pipelines.jobs(ProjectId{1}, PipelineId{502})->back().id;
  ASSERT_TRUE(logs.read(ProjectId{1}, job, 1 << 20, take));
  EXPECT_EQ(text, "a.c:1: error: b\n");
  call("POST", "/sim/faults",
       {{"route", "GET /api/v4/projects/*/jobs/*/trace"}, {"kind", "status"}, {"status", 403}});
  EXPECT_EQ(logs.read(ProjectId{1}, job, 1 << 20, take).error().code, Errc::permission);
  EXPECT_EQ(logs.tail(ProjectId{1}, job, 100).error().code, Errc::permission);
}

TEST_F(AgainstTheSimulatedGitLab, HooksTellOfTheFailedPipelineAndOfTheComment) {
  std::mutex mutex;
  std::vector<Webhook> received;
  auto receiver = platform::HttpServer::start(
      {}, [&](const platform::ServedRequest& request, const platform::HttpServer::Answer& answer) {
        const std::lock_guard lock(mutex);
        if (auto hook = parse_webhook(request.body, request.header("x-gitlab-instance")))
          received.push_back(*std::move(hook));
        answer({.status = 200});
      });
  ASSERT_TRUE(receiver) << receiver.error().message;
  call("POST", "/api/v4/projects/1/hooks",
       {{"url", (*receiver)->address() + "/hook"}, {"pipeline_events", true}, {"note_events", true}});
  const auto job =
      call("POST", "/sim/pipelines",
           {{"project", "g/a"},
            {"merge_request", 3},
            {"sha", "redder"},
            {"jobs", {{{"name", "unit"}, {"state", "failed"}, {"runner", "r"}, {"trace", "error"}}}}});
  call("POST", "/sim/notes",
       {{"project", "g/a"}, {"merge_request", 3}, {"user", "ann"}, {"body", "@bot diagnose"}});
  ASSERT_TRUE(wait_until([&] {
    const std::lock_guard lock(mutex);
    return received.size() >= 2;
  }));
  const std::lock_guard lock(mutex);
  const Webhook& failed = received.front();
  EXPECT_EQ(failed.kind, WebhookKind::pipeline);
  EXPECT_EQ(failed.status, JobStatus::failed);
  EXPECT_EQ(failed.pipeline.value(), job["id"].get<std::int64_t>());
  EXPECT_EQ(failed.pipeline_facts->merge_request, 3);
  EXPECT_EQ(failed.pipeline_facts->sha, "redder");
  const Webhook& comment = received.back();
  ASSERT_TRUE(comment.note);
  EXPECT_EQ(comment.project, ProjectId{1});
  EXPECT_EQ(comment.note->body, "@bot diagnose");
  EXPECT_EQ(comment.note->merge_request, 3);
  EXPECT_EQ(comment.note->noteable_type, "MergeRequest");
  EXPECT_EQ(comment.note->author_name, "ann");
  EXPECT_FALSE(comment.note->is_system);
  EXPECT_FALSE(comment.note->by_bot);
}

}  // namespace
}  // namespace runneriq::gitlab
