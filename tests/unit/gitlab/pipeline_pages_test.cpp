// What is made of GitLab's words about pipelines, jobs, changes and merge requests.
#include "gitlab/pipeline_pages.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t at = 0; at < times; ++at) all += text;
  return all;
}

TEST(ProjectPage, IsReadByWhatItIsKnownBy) {
  const auto page = parse_project_page(
      R"({"id": 7, "path_with_namespace": "acme/shop", "default_branch": "main", "web_url": "https://h/acme/shop"})");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->id, ProjectId{7});
  EXPECT_EQ(page->path, "acme/shop");
  EXPECT_EQ(page->default_branch, "main");
  EXPECT_EQ(page->page, "https://h/acme/shop");
}

TEST(ProjectPage, OfAnEmptyRepositoryHasNoBranch) {
  EXPECT_EQ(parse_project_page(R"({"id": 7, "default_branch": null})")->default_branch, "");
}

TEST(Pages, OfNothingThatIsMeantAreCorrupt) {
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("{}"), std::string("null"), std::string("<html>"),
        std::string(R"({"id": -1})"), std::string(R"({"id": "x"})"), std::string(R"({"id": 1)")}) {
    SCOPED_TRACE(body);
    EXPECT_EQ(parse_project_page(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_pipeline_page(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_pipeline_job(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_merge_request_page(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_comparison(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_ci_check(body).error().code, Errc::corrupt);
  }
  for (const std::string_view body : {"", "{}", "[1, 2]", "[{}]", R"([{"id": 1})"}) {
    SCOPED_TRACE(body);
    EXPECT_EQ(parse_pipelines(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_pipeline_jobs(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_merge_request_pages(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_project_variables(body).error().code, Errc::corrupt);
  }
}

TEST(PipelinePage, IsReadWhole) {
  const auto page = parse_pipeline_page(R"({"id": 31, "project_id": 7, "sha": "abc", "before_sha": "000",
      "ref": "refs/merge-requests/3/head", "source": "merge_request_event", "status": "failed", "tag": false,
      "web_url": "https://h/p/31", "created_at": "2025-03-01T10:00:00.000Z",
      "yaml_errors": "jobs:a config is bad\n\njobs:b config is worse"})");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->id, PipelineId{31});
  EXPECT_EQ(page->project, ProjectId{7});
  EXPECT_EQ(page->sha, "abc");
  EXPECT_EQ(page->before_sha, "000");
  EXPECT_EQ(page->ref, "refs/merge-requests/3/head");
  EXPECT_EQ(page->source, "merge_request_event");
  EXPECT_EQ(page->status, "failed");
  EXPECT_FALSE(page->tag);
  EXPECT_EQ(page->page, "https://h/p/31");
  EXPECT_TRUE(page->created_at);
  EXPECT_EQ(page->yaml_errors, (std::vector<std::string>{"jobs:a config is bad", "jobs:b config is worse"}));
}

TEST(PipelinePage, TakesErrorsOfTheConfigurationAsAListToo) {
  EXPECT_EQ(parse_pipeline_page(R"({"id": 1, "yaml_errors": ["a", 7, "b"]})")->yaml_errors,
            (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(parse_pipeline_page(R"({"id": 1, "yaml_errors": null})")->yaml_errors.empty());
  const std::string many = "{\"id\": 1, \"yaml_errors\": \"" + repeated("x\\n", 500) + "\"}";
  EXPECT_EQ(parse_pipeline_page(many)->yaml_errors.size(), 100U);
}

TEST(PipelinePage, NeverLinksToWhatIsNoPage) {
  EXPECT_EQ(parse_pipeline_page(R"({"id": 1, "web_url": "javascript:alert"})")->page, "");
}

TEST(PipelineJobs, TellWhyOnlyWhenTheyFailed) {
  const auto jobs = parse_pipeline_jobs(R"([
      {"id": 5, "name": "unit", "stage": "test", "ref": "main", "status": "failed", "allow_failure": true,
       "failure_reason": "script_failure", "web_url": "https://h/j/5", "commit": {"id": "c0"},
       "pipeline": {"id": 31, "sha": "abc"}, "started_at": "2025-03-01T10:00:00Z", "finished_at": null},
      {"id": 6, "name": "lint", "status": "success", "failure_reason": "unknown_failure", "commit": {"id": "c1"}}
    ])");
  ASSERT_TRUE(jobs) << jobs.error().message;
  ASSERT_EQ(jobs->size(), 2U);
  const PipelineJob& failed = jobs->at(0);
  EXPECT_EQ(failed.id, JobId{5});
  EXPECT_EQ(failed.pipeline, PipelineId{31});
  EXPECT_EQ(failed.name, "unit");
  EXPECT_EQ(failed.stage, "test");
  EXPECT_EQ(failed.ref, "main");
  EXPECT_EQ(failed.sha, "abc");
  EXPECT_EQ(failed.failure_reason, "script_failure");
  EXPECT_TRUE(failed.allow_failure);
  EXPECT_EQ(failed.page, "https://h/j/5");
  EXPECT_TRUE(failed.started_at);
  EXPECT_FALSE(failed.finished_at);
  EXPECT_EQ(jobs->at(1).failure_reason, "");
  EXPECT_EQ(jobs->at(1).sha, "c1");
}

PipelineJob named(int id, std::string name) {
  return {.id = JobId{id}, .name = std::move(name)};
}

TEST(Attempts, AreInOrderAndMarkedUpToTheLatestOfTheirName) {
  const auto jobs =
      in_order_of_attempts({named(9, "unit"), named(4, "lint"), named(7, "unit"), named(2, "unit")});
  ASSERT_EQ(jobs.size(), 4U);
  const std::vector<std::pair<int, bool>> want{{2, true}, {4, false}, {7, true}, {9, false}};
  for (std::size_t at = 0; at < jobs.size(); ++at) {
    EXPECT_EQ(jobs[at].id, JobId{want[at].first});
    EXPECT_EQ(jobs[at].retried, want[at].second) << want[at].first;
  }
}

TEST(Attempts, OfMoreThanAThousandAreTheNewest) {
  std::vector<PipelineJob> many;
  for (int id = 1; id <= 1'050; ++id) many.push_back(named(id, "job " + std::to_string(id)));
  const auto jobs = in_order_of_attempts(many);
  ASSERT_EQ(jobs.size(), 1'000U);
  EXPECT_EQ(jobs.front().id, JobId{51});
  EXPECT_EQ(jobs.back().id, JobId{1'050});
}

TEST(Comparison, TellsFilesAndTheNewestCommitFirst) {
  const auto comparison = parse_comparison(R"({"commit": {"id": "c3"},
      "commits": [{"id": "c1"}, {"id": "c2"}, {"id": "c3"}],
      "diffs": [{"old_path": "a.c", "new_path": "a.c", "diff": "@@ -1 +1 @@\n-x\n+y\n"},
                {"old_path": "old.c", "new_path": "new.c", "renamed_file": true, "diff": ""}],
      "compare_timeout": false, "compare_same_ref": false})");
  ASSERT_TRUE(comparison) << comparison.error().message;
  EXPECT_EQ(comparison->commits, (std::vector<std::string>{"c3", "c2", "c1"}));
  ASSERT_EQ(comparison->files.size(), 2U);
  EXPECT_EQ(comparison->files[0].hunks, "@@ -1 +1 @@\n-x\n+y\n");
  EXPECT_EQ(comparison->files[1].old_path, "old.c");
  EXPECT_EQ(comparison->files[1].new_path, "new.c");
  EXPECT_TRUE(comparison->whole);
}

TEST(Comparison, ThatListsTheNewestFirstStaysSo) {
  EXPECT_EQ(
      parse_comparison(R"({"commit": {"id": "c2"}, "commits": [{"id": "c2"}, {"id": "c1"}], "diffs": []})")
          ->commits,
      (std::vector<std::string>{"c2", "c1"}));
}

TEST(Comparison, KeepsTheNewestHundredCommits) {
  std::string commits;
  for (int at = 1; at <= 250; ++at)
    commits += (at > 1 ? "," : "") + (R"({"id": "c)" + std::to_string(at) + "\"}");
  const auto comparison = parse_comparison(R"({"commits": [)" + commits + R"(], "diffs": []})");
  ASSERT_EQ(comparison->commits.size(), 100U);
  EXPECT_EQ(comparison->commits.front(), "c250");
  EXPECT_EQ(comparison->commits.back(), "c151");
}

TEST(Comparison, IsNotWholeWhereGitLabHeldBack) {
  const std::string file = R"({"old_path": "a", "new_path": "a", "diff": "@@ -1 +1 @@\n-a\n+b\n")";
  EXPECT_TRUE(parse_comparison(R"({"diffs": [)" + file + "}]}")->whole);
  EXPECT_FALSE(parse_comparison(R"({"diffs": [)" + file + R"(, "collapsed": true}]})")->whole);
  EXPECT_FALSE(parse_comparison(R"({"diffs": [)" + file + R"(, "too_large": true}]})")->whole);
  EXPECT_FALSE(parse_comparison(R"({"diffs": [)" + file + R"(}], "compare_timeout": true})")->whole);
}

TEST(Comparison, OfAsManyFilesAsGitLabTellsAtMostIsNotWhole) {
  const std::string file = R"({"old_path": "a", "new_path": "a", "diff": ""})";
  EXPECT_TRUE(parse_comparison(R"({"diffs": [)" + repeated(file + ",", 998) + file + "]}")->whole);
  const auto many = parse_comparison(R"({"diffs": [)" + repeated(file + ",", 1'400) + file + "]}");
  EXPECT_EQ(many->files.size(), kMostDiffFiles);
  EXPECT_FALSE(many->whole);
}

TEST(Comparison, OfABinaryFileHasNoHunks) {
  EXPECT_EQ(
      parse_comparison(
          R"({"diffs": [{"new_path": "a", "old_path": "a", "diff": "Binary files a/a and b/a differ\n"}]})")
          ->files[0]
          .hunks,
      "");
}

TEST(Comparison, BeginsWithTheFirstHunkAlsoWhereTheFilesAreNamedBefore) {
  EXPECT_EQ(
      parse_comparison(
          R"({"diffs": [{"new_path": "a", "old_path": "a", "diff": "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-@@ x\n"}]})")
          ->files[0]
          .hunks,
      "@@ -1 +1 @@\n-@@ x\n");
}

bool is_whole(std::string_view diff) {
  return parse_comparison(R"({"diffs": [{"new_path": "a", "old_path": "a", "diff": ")" + std::string(diff) +
                          "\"}]}")
      ->whole;
}

TEST(Comparison, OfALongDiffIsCutAndNotWhole) {
  const std::string diff = "@@ -0,0 +1,100000 @@" + repeated("\\n+x", 100'000);
  const auto comparison =
      parse_comparison(R"({"diffs": [{"new_path": "a", "old_path": "a", "diff": ")" + diff + "\"}]}");
  EXPECT_LT(comparison->files[0].hunks.size(), 64U * 1024);
  EXPECT_GT(comparison->files[0].hunks.size(), 40U * 1024);
  EXPECT_FALSE(comparison->whole);
}

TEST(Comparison, IsNotWholeWhereALineOfAHunkIsMissing) {
  EXPECT_TRUE(is_whole("@@ -1 +1 @@\\n-a\\n+b\\n"));
  EXPECT_TRUE(is_whole("@@ -1 +1 @@ int main()\\n-a\\n+b\\n\\\\ No newline at end of file\\n"));
  EXPECT_TRUE(is_whole("@@ -1,2 +1,3 @@\\n a\\n b\\n+c"));
  EXPECT_TRUE(is_whole("@@ -1 +1 @@\\n-a\\n+b\\n@@ -9,2 +9 @@\\n a\\n-b\\n"));
  EXPECT_TRUE(is_whole("@@ -0,0 +1,2 @@\\n+a\\n+b\\n"));
  EXPECT_FALSE(is_whole("@@ -1,2 +1,3 @@\\n a\\n b\\n"));
  EXPECT_FALSE(is_whole("@@ -1,3 +1,2 @@\\n a\\n b\\n"));
  EXPECT_FALSE(is_whole("@@ -1 +1 @@\\n-a\\n+b\\n@@ -9,2 +9 @@\\n a\\n"));
  EXPECT_FALSE(is_whole("@@ -1"));
}

TEST(Comparison, LeavesOutFilesWhosePathsAreNone) {
  const auto comparison =
      parse_comparison(R"({"diffs": [{"new_path": ")" + std::string(5'000, 'x') +
                       R"("}, {"diff": ""}, 7, {"new_path": "b"}, {"old_path": "gone"}]})");
  ASSERT_EQ(comparison->files.size(), 2U);
  EXPECT_EQ(comparison->files[0].old_path, "b");
  EXPECT_EQ(comparison->files[1].new_path, "gone");
  EXPECT_FALSE(comparison->whole);
}

TEST(MergeRequestPage, IsReadWhole) {
  const auto page =
      parse_merge_request_page(R"({"iid": 3, "state": "opened", "labels": ["bug", {"name": "x"}, 7],
      "sha": "abc", "source_branch": "fix", "target_branch": "main", "head_pipeline": {"id": 31},
      "web_url": "https://h/m/3", "source_project_id": 7, "target_project_id": 7})");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->iid, MergeRequestIid{3});
  EXPECT_EQ(page->state, "opened");
  EXPECT_EQ(page->labels, (std::vector<std::string>{"bug", "x"}));
  EXPECT_EQ(page->sha, "abc");
  EXPECT_EQ(page->source_branch, "fix");
  EXPECT_EQ(page->target_branch, "main");
  EXPECT_EQ(page->head_pipeline, PipelineId{31});
  EXPECT_EQ(page->page, "https://h/m/3");
  EXPECT_FALSE(page->from_fork);
}

TEST(MergeRequestPage, IsFromAForkWhereItsSourceIsAnotherProjectOrGone) {
  EXPECT_TRUE(
      parse_merge_request_page(R"({"iid": 3, "source_project_id": 8, "target_project_id": 7})")->from_fork);
  EXPECT_TRUE(parse_merge_request_page(R"({"iid": 3, "source_project_id": null, "target_project_id": 7})")
                  ->from_fork);
  EXPECT_FALSE(parse_merge_request_page(R"({"iid": 3, "head_pipeline": null})")->from_fork);
}

MergeRequestPage request(int iid, std::string state, std::string sha, std::string branch) {
  return {.iid = MergeRequestIid{iid},
          .state = std::move(state),
          .sha = std::move(sha),
          .source_branch = std::move(branch)};
}

TEST(OpenMergeRequest, IsTheOneWhoseHeadTheCommitIs) {
  const Pipeline pipeline{.sha = "abc", .ref = "fix"};
  EXPECT_FALSE(open_one_with_head({}, pipeline));
  EXPECT_FALSE(open_one_with_head({request(1, "merged", "abc", "fix"), request(2, "closed", "abc", "fix"),
                                   request(3, "opened", "older", "fix")},
                                  pipeline));
  EXPECT_FALSE(
      open_one_with_head({request(1, "opened", "abc", "x"), request(2, "opened", "abc", "y")}, pipeline))
      << "another branch at the same commit";
  EXPECT_EQ(
      open_one_with_head({request(1, "opened", "abc", "fix"), request(2, "opened", "abc", "fix")}, pipeline)
          ->iid,
      MergeRequestIid{2});
  EXPECT_EQ(
      open_one_with_head({request(1, "opened", "abc", "fix"), request(2, "opened", "abc", "y")}, pipeline)
          ->iid,
      MergeRequestIid{1});
  EXPECT_FALSE(open_one_with_head({request(1, "opened", "", "fix")}, Pipeline{.ref = "fix"}));
}

TEST(OpenMergeRequest, OfAForkIsNotThatOfABranchOfTheSameName) {
  MergeRequestPage fork = request(9, "opened", "abc", "fix");
  fork.from_fork = true;
  EXPECT_FALSE(open_one_with_head({fork}, {.sha = "abc", .ref = "fix"}));
  EXPECT_EQ(open_one_with_head({fork, request(2, "opened", "abc", "fix")}, {.sha = "abc", .ref = "fix"})->iid,
            MergeRequestIid{2});
}

TEST(OpenMergeRequest, IsNotOfATagNorOfAChildPipeline) {
  const std::vector<MergeRequestPage> open{request(1, "opened", "abc", "fix")};
  EXPECT_TRUE(open_one_with_head(open, {.sha = "abc", .ref = "fix", .source = "push"}));
  EXPECT_FALSE(open_one_with_head(open, {.sha = "abc", .ref = "fix", .source = "push", .tag = true}));
  EXPECT_FALSE(open_one_with_head(open, {.sha = "abc", .ref = "fix", .source = "parent_pipeline"}));
}

TEST(MergeRequestPipelines, AreBelievedWhereTheMergeRequestAgrees) {
  struct Row {
    const char* ref;
    const char* source;
    const char* sha;
    std::int64_t head_pipeline;
    bool believed;
  };
  const Row table[] = {
      {"refs/merge-requests/3/head", "merge_request_event", "abc", 0, true},
      {"refs/merge-requests/3/head", "merge_request_event", "abc", 41, true},
      {"refs/merge-requests/3/head", "merge_request_event", "newer", 40, true},
      {"refs/merge-requests/3/head", "merge_request_event", "newer", 41, false},
      {"refs/merge-requests/3/head", "merge_request_event", "newer", 0, false},
      {"refs/merge-requests/3/head", "merge_request_event", "", 0, true},
      {"refs/merge-requests/3/merge", "merge_request_event", "other", 0, true},
      {"refs/merge-requests/3/train", "merge_request_event", "other", 40, true},
      {"refs/merge-requests/3/head", "push", "abc", 40, false},
      {"refs/merge-requests/3/head", "parent_pipeline", "abc", 40, false},
      {"refs/merge-requests/3/head", "external_pull_request_event", "abc", 40, false},
      {"refs/merge-requests/3/head", "", "abc", 40, false},
      {"refs/merge-requests/4/head", "merge_request_event", "abc", 40, false},
      {"fix", "merge_request_event", "abc", 40, false},
  };
  for (const Row& row : table) {
    MergeRequestPage page = request(3, "opened", row.sha, "fix");
    page.head_pipeline = PipelineId{row.head_pipeline};
    const Pipeline pipeline{.id = PipelineId{40}, .sha = "abc", .ref = row.ref, .source = row.source};
    EXPECT_EQ(is_pipeline_of(page, pipeline), row.believed)
        << row.ref << " " << row.source << " " << row.sha << " " << row.head_pipeline;
    page.state = "closed";
    EXPECT_FALSE(is_pipeline_of(page, pipeline));
  }
}

TEST(ProjectVariables, KeepTheValuesOfMaskedOnesOnly) {
  const auto variables = parse_project_variables(R"([
      {"key": "A", "value": "masked-value", "masked": true, "environment_scope": "*"},
      {"key": "A", "value": "other-value", "masked": true, "environment_scope": "prod"},
      {"key": "B", "value": "plain-value", "masked": false},
      {"key": "C", "value": null, "masked": true, "hidden": true}])");
  ASSERT_TRUE(variables) << variables.error().message;
  ASSERT_EQ(variables->size(), 4U);
  EXPECT_EQ(variables->at(0).masked_value, "masked-value");
  EXPECT_EQ(variables->at(1).masked_value, "other-value");
  EXPECT_NE(variables->at(0).id, variables->at(1).id);
  EXPECT_EQ(variables->at(2).masked_value, "");
  EXPECT_EQ(variables->at(3).masked_value, "");
}

TEST(CiCheck, TellsErrorsAndWarnings) {
  const auto check = parse_ci_check(R"({"valid": false, "errors": ["jobs:a: bad", 7], "warnings": ["w"]})");
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_FALSE(check->valid);
  EXPECT_EQ(check->errors, std::vector<std::string>{"jobs:a: bad"});
  EXPECT_EQ(check->warnings, std::vector<std::string>{"w"});
  EXPECT_TRUE(parse_ci_check(R"({"valid": true})")->valid);
}

TEST(CiCheck, HoldsTheWholeConfigurationUnlessItIsTooLarge) {
  const auto merged = [](const std::string& json) {
    const auto check = parse_ci_check(R"({"valid": true, "merged_yaml": )" + json + "}");
    return check ? check->merged_yaml : check.error().message;
  };
  EXPECT_EQ(merged(R"("unit:\n  script: make\n")"), "unit:\n  script: make\n");
  EXPECT_EQ(merged("null"), "");
  EXPECT_EQ(merged(R"({"merged_yaml": "x"})"), "");
  EXPECT_EQ(merged(R"("a", "jobs": [{"merged_yaml": "x"}], "n": {"merged_yaml": "y"})"), "a");
  EXPECT_EQ(merged(std::string(200, '[') + std::string(200, ']')).find("x"), std::string::npos);
  EXPECT_EQ(merged("7"), "");
  EXPECT_EQ(merged('"' + std::string(1 << 20, 'x') + '"').size(), std::size_t{1} << 20);
  EXPECT_EQ(merged('"' + std::string((1 << 20) + 1, 'x') + '"'), "");
}

}  // namespace
}  // namespace runneriq::gitlab
