// What is asked of GitLab about pipelines, and what is made of the answers.
#include "gitlab/rest/rest_pipelines.hpp"

#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using platform::HttpReply;

const std::string kProject = "https://h/api/v4/projects/7";

HttpReply refused(int status) {
  return {.status = status, .headers = {}, .body = R"({"message":"no"})"};
}

class PipelinesOverRest : public testing::Test {
 protected:
  static RestSettings settings(Time& clock) {
    RestSettings settings;
    settings.fleet.url = "https://h";
    settings.token = Secret{"glpat-very-secret"};
    settings.now = [&clock] { return clock; };
    settings.wait_until = [&clock](Time when) { clock = std::max(clock, when); };
    return settings;
  }
  void page(const std::string& path, std::string body, const std::string& next = "") {
    HttpReply reply{.status = 200, .headers = {}, .body = std::move(body)};
    if (!next.empty()) reply.headers.push_back({"link", "<" + next + ">; rel=\"next\""});
    transport.route(path, reply);
  }
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  platform::ScriptedTransport transport{clock};
  RestPipelines pipelines{settings(clock), transport};
};

TEST_F(PipelinesOverRest, FindAProjectByItsPath) {
  page("https://h/api/v4/projects/acme%2Fshop", R"({"id": 7, "path_with_namespace": "acme/shop"})");
  const auto project = pipelines.project("acme/shop");
  ASSERT_TRUE(project) << project.error().message;
  EXPECT_EQ(project->id, ProjectId{7});
  EXPECT_EQ(transport.calls[0].method, "GET");
}

TEST_F(PipelinesOverRest, NeverAskForAProjectThatWouldLeadElsewhere) {
  for (const std::string_view bad : {"", ".", ".."})
    EXPECT_EQ(pipelines.project(bad).error().code, Errc::not_found) << bad;
  EXPECT_TRUE(transport.calls.empty());
  page("https://h/api/v4/projects/..%2Fuser", R"({"id": 7})");
  EXPECT_TRUE(pipelines.project("../user"));
}

TEST_F(PipelinesOverRest, TellWhichPipelineCouldNotBeRead) {
  transport.route(kProject + "/pipelines/31", refused(403));
  const auto pipeline = pipelines.pipeline(ProjectId{7}, PipelineId{31});
  EXPECT_EQ(pipeline.error().code, Errc::permission);
  EXPECT_TRUE(pipeline.error().message.starts_with("pipeline 31: ")) << pipeline.error().message;
  EXPECT_EQ(pipeline.error().message.find("glpat"), std::string::npos);
}

TEST_F(PipelinesOverRest, BelieveNoAnswerAboutAnother) {
  page(kProject + "/pipelines/31", R"({"id": 32})");
  page(kProject + "/jobs/5", R"({"id": 6})");
  page(kProject + "/merge_requests/3", R"({"iid": 4, "state": "opened"})");
  EXPECT_EQ(pipelines.pipeline(ProjectId{7}, PipelineId{31}).error().code, Errc::corrupt);
  EXPECT_EQ(pipelines.job(ProjectId{7}, JobId{5}).error().code, Errc::corrupt);
  EXPECT_EQ(pipelines.merge_request(ProjectId{7}, MergeRequestIid{3}).error().code, Errc::corrupt);
}

TEST_F(PipelinesOverRest, KnowTheProjectWhereGitLabDoesNotTellIt) {
  page(kProject + "/pipelines/31", R"({"id": 31})");
  EXPECT_EQ(pipelines.pipeline(ProjectId{7}, PipelineId{31})->project, ProjectId{7});
}

TEST_F(PipelinesOverRest, ListAllAttemptsOfAllPages) {
  const std::string jobs = kProject + "/pipelines/31/jobs";
  page(jobs, R"([{"id": 9, "name": "unit"}, {"id": 8, "name": "lint"}])", jobs + "?page=2");
  page(jobs + "?page=2", R"([{"id": 8, "name": "lint"}, {"id": 2, "name": "unit"}])");
  const auto listed = pipelines.jobs(ProjectId{7}, PipelineId{31});
  ASSERT_TRUE(listed) << listed.error().message;
  ASSERT_EQ(listed->size(), 3U);
  EXPECT_EQ(listed->front().id, JobId{2});
  EXPECT_TRUE(listed->front().retried);
  EXPECT_EQ(listed->back().id, JobId{9});
  EXPECT_FALSE(listed->back().retried);
  EXPECT_EQ(listed->back().pipeline, PipelineId{31});
  EXPECT_NE(transport.calls[0].url.find("include_retried=true"), std::string::npos);
}

TEST_F(PipelinesOverRest, ListNoMoreThanAThousandJobs) {
  const std::string jobs = kProject + "/pipelines/31/jobs";
  int id = 100'000;
  transport.route(jobs, [&](const platform::HttpCall&) {
    std::string body = "[";
    for (int at = 0; at < 100; ++at, --id)
      body += (at > 0 ? "," : "") +
              (R"({"id": )" + std::to_string(id) + R"(, "name": "n)" + std::to_string(id) + "\"}");
    HttpReply reply{.status = 200, .headers = {}, .body = body + "]"};
    reply.headers.push_back({"link", "<" + jobs + "?page=" + std::to_string(id) + ">; rel=\"next\""});
    return reply;
  });
  EXPECT_EQ(pipelines.jobs(ProjectId{7}, PipelineId{31})->size(), 1'000U);
  EXPECT_EQ(transport.calls.size(), 10U);
}

TEST_F(PipelinesOverRest, FindTheNewestGreenPipelineBeforeOne) {
  page(kProject + "/pipelines", R"([
      {"id": 40, "status": "success", "ref": "a/b"}, {"id": 31, "status": "success", "ref": "a/b"},
      {"id": 29, "status": "failed", "ref": "a/b"}, {"id": 28, "status": "success", "ref": "other"},
      {"id": 27, "status": "success", "ref": "a/b", "sha": "abc"},
      {"id": 26, "status": "success", "ref": "a/b"}])");
  const auto green = pipelines.last_green(ProjectId{7}, "a/b", PipelineId{31});
  ASSERT_TRUE(green) << green.error().message;
  ASSERT_TRUE(*green);
  EXPECT_EQ((*green)->id, PipelineId{27});
  EXPECT_EQ((*green)->sha, "abc");
  EXPECT_EQ((*green)->project, ProjectId{7});
  const std::string& url = transport.calls[0].url;
  EXPECT_NE(url.find("ref=a%2Fb&status=success&order_by=id&sort=desc"), std::string::npos) << url;
}

TEST_F(PipelinesOverRest, LookForTheLastGreenOneOnFurtherPages) {
  const std::string list = kProject + "/pipelines";
  page(list, R"([{"id": 40, "status": "success"}])", list + "?page=2");
  page(list + "?page=2", R"([{"id": 20, "status": "success"}])", list + "?page=3");
  EXPECT_EQ((*pipelines.last_green(ProjectId{7}, "main", PipelineId{31}))->id, PipelineId{20});
  EXPECT_EQ(transport.calls.size(), 2U) << "one that fits is enough";
}

TEST_F(PipelinesOverRest, FindNoGreenOneWhereThereIsNone) {
  page(kProject + "/pipelines", "[]");
  const auto green = pipelines.last_green(ProjectId{7}, "main", PipelineId{31});
  ASSERT_TRUE(green) << green.error().message;
  EXPECT_FALSE(*green);
}

TEST_F(PipelinesOverRest, CompareFromWhereTheTwoParted) {
  page(kProject + "/repository/compare", R"({"commits": [{"id": "c1"}], "diffs": []})");
  EXPECT_EQ(pipelines.compare(ProjectId{7}, "main&x=1", "abc")->commits, std::vector<std::string>{"c1"});
  EXPECT_EQ(transport.calls[0].url, kProject + "/repository/compare?from=main%26x%3D1&to=abc&straight=false");
}

TEST_F(PipelinesOverRest, FindTheMergeRequestByItsRef) {
  page(kProject + "/merge_requests/12", R"({"iid": 12, "state": "opened", "sha": "abc"})");
  const auto found = pipelines.merge_request_of(
      ProjectId{7}, {.sha = "abc", .ref = "refs/merge-requests/12/head", .source = "merge_request_event"});
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->iid, MergeRequestIid{12});
  EXPECT_FALSE(*pipelines.merge_request_of(
      ProjectId{7}, {.sha = "older", .ref = "refs/merge-requests/12/head", .source = "merge_request_event"}));
}

// Anybody who may push can name a branch like that.
TEST_F(PipelinesOverRest, DoNotTakeABranchForAnothersMergeRequest) {
  page(kProject + "/merge_requests/3",
       R"({"iid": 3, "state": "opened", "sha": "abc", "source_branch": "fix"})");
  page(kProject + "/repository/commits/abc/merge_requests",
       R"([{"iid": 3, "state": "opened", "sha": "abc", "source_branch": "fix"}])");
  for (const std::string source : {"push", "web", "schedule", "external_pull_request_event", ""}) {
    const Pipeline forged{.sha = "abc", .ref = "refs/merge-requests/3/head", .source = source};
    EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, forged)) << source;
  }
  EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, {.sha = "abc", .ref = "other", .source = "push"}));
}

TEST_F(PipelinesOverRest, AskForNoMergeRequestOfATagOrAChild) {
  for (const std::string ref : {"fix", "refs/merge-requests/3/head"}) {
    EXPECT_FALSE(
        *pipelines.merge_request_of(ProjectId{7}, {.sha = "abc", .ref = ref, .source = "parent_pipeline"}));
    EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, {.sha = "abc", .ref = ref, .tag = true}));
  }
  EXPECT_TRUE(transport.calls.empty());
}

TEST_F(PipelinesOverRest, FindNoMergeRequestThatIsNotOpenOrGone) {
  const Pipeline pipeline{
      .sha = "abc", .ref = "refs/merge-requests/12/head", .source = "merge_request_event"};
  page(kProject + "/merge_requests/12", R"({"iid": 12, "state": "merged"})");
  EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, pipeline));
  transport.route(kProject + "/merge_requests/12", refused(404));
  EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, pipeline));
  transport.route(kProject + "/merge_requests/12", refused(403));
  EXPECT_EQ(pipelines.merge_request_of(ProjectId{7}, pipeline).error().code, Errc::permission);
}

TEST_F(PipelinesOverRest, FindTheMergeRequestOfABranchByItsCommit) {
  const std::string list = kProject + "/repository/commits/abc/merge_requests";
  page(list, R"([{"iid": 2, "state": "merged", "sha": "abc", "source_branch": "fix"},
                 {"iid": 3, "state": "opened", "sha": "abc", "source_branch": "fix"}])");
  const std::string one = kProject + "/merge_requests/3";
  page(one, R"({"iid": 3, "state": "opened", "sha": "abc", "head_pipeline": {"id": 31}})");
  const Pipeline pipeline{.sha = "abc", .ref = "fix"};
  const auto found = *pipelines.merge_request_of(ProjectId{7}, pipeline);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->iid, MergeRequestIid{3});
  EXPECT_EQ(found->head_pipeline, PipelineId{31}) << "which lists do not tell";
  page(one, R"({"iid": 3, "state": "merged"})");
  EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, pipeline));
  transport.route(one, refused(403));
  EXPECT_EQ(pipelines.merge_request_of(ProjectId{7}, pipeline).error().code, Errc::permission);
  page(list, "[]");
  EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, pipeline));
  transport.route(list, refused(404));
  EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, pipeline));
  transport.route(list, refused(403));
  EXPECT_EQ(pipelines.merge_request_of(ProjectId{7}, pipeline).error().code, Errc::permission);
}

TEST_F(PipelinesOverRest, AskForNoMergeRequestOfNoCommit) {
  for (const std::string sha : {"", ".."})
    EXPECT_FALSE(*pipelines.merge_request_of(ProjectId{7}, {.sha = sha, .ref = "fix"}));
  EXPECT_TRUE(transport.calls.empty());
}

TEST_F(PipelinesOverRest, GatherTheMaskedValuesOfAllPagesOnceEach) {
  const std::string list = kProject + "/variables";
  page(list, R"([{"key": "A", "value": "plain", "masked": false}])", list + "?page=2");
  page(list + "?page=2",
       R"([{"key": "B", "value": "two-two-2", "masked": true, "environment_scope": "*"},
           {"key": "B", "value": "one-one-1", "masked": true, "environment_scope": "prod"},
           {"key": "C", "value": "two-two-2", "masked": true}])");
  const auto values = pipelines.masked_values(ProjectId{7});
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(*values, (std::vector<std::string>{"one-one-1", "two-two-2"}));
}

TEST_F(PipelinesOverRest, KnowNoMaskedValuesWithoutTheRight) {
  transport.route(kProject + "/variables", refused(403));
  EXPECT_EQ(pipelines.masked_values(ProjectId{7}).value(), std::vector<std::string>{});
  for (const auto& [status, kind] : {std::pair{401, Errc::permission}, {404, Errc::not_found}}) {
    transport.route(kProject + "/variables", refused(status));
    EXPECT_EQ(pipelines.masked_values(ProjectId{7}).error().code, kind) << status;
  }
}

TEST_F(PipelinesOverRest, CheckTheConfigurationOfACommit) {
  page(kProject + "/ci/lint", R"({"valid": false, "errors": ["bad"], "warnings": []})");
  EXPECT_EQ(pipelines.ci_check(ProjectId{7}, "abc")->errors, std::vector<std::string>{"bad"});
  EXPECT_EQ(transport.calls[0].url, kProject + "/ci/lint?sha=abc&dry_run=false");
}

TEST_F(PipelinesOverRest, AskAgainWhenThatMayHelp) {
  transport.once(kProject + "/pipelines/31", refused(502));
  page(kProject + "/pipelines/31", R"({"id": 31})");
  EXPECT_TRUE(pipelines.pipeline(ProjectId{7}, PipelineId{31}));
  EXPECT_EQ(pipelines.count().calls, 2);
  EXPECT_EQ(pipelines.count().mutating, 0);
}

}  // namespace
}  // namespace runneriq::gitlab
