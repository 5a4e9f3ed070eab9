#include "gitlab/webhook.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

const std::string kPipeline = R"({
  "object_kind": "pipeline",
  "object_attributes": {
    "id": 31, "iid": 3, "name": "Nightly", "ref": "main", "tag": false, "sha": "bcbb5ec3", "status": "pending",
    "detailed_status": "pending", "stages": ["build", "test"], "created_at": "2016-08-12 15:23:28 UTC",
    "finished_at": "2016-08-12 17:26:29 +0200", "duration": 63,
    "variables": [{"key": "PASSWORD", "value": "do-not-keep"}]
  },
  "merge_request": {"id": 1, "iid": 12, "state": "opened"},
  "user": {"id": 1, "username": "root"},
  "project": {"id": 7, "web_url": "https://gitlab.example.com/gitlab-org/gitlab-test",
              "path_with_namespace": "gitlab-org/gitlab-test"},
  "commit": {"id": "bcbb5ec396a2c0f828686f14fac9b80b780504f2"},
  "builds": [{"id": 380, "stage": "deploy", "name": "production", "status": "skipped"},
             {"id": 377, "status": "failed", "runner": {"id": 380987, "tags": ["linux"]}}]
})";

const std::string kJob = R"({
  "object_kind": "build", "ref": "gitlab-script-trigger", "tag": false,
  "build_id": 1977, "build_name": "test", "build_stage": "test", "build_status": "created",
  "build_created_at": "2021-02-23T02:41:37.886Z", "build_started_at": null, "build_finished_at": null,
  "build_failure_reason": "unknown_failure", "pipeline_id": 2366, "project_id": 380,
  "commit": {"id": 2366, "name": "Build pipeline", "sha": "2293ada6"},
  "runner": null
})";

const std::string kNote = R"({
  "object_kind": "note", "event_type": "note",
  "user": {"id": 10, "username": "jdoe", "email": "jdoe@example.com"},
  "project_id": 5,
  "object_attributes": {"id": 1244, "note": "why does\nthis wait?", "noteable_type": "MergeRequest",
                        "created_at": "2015-05-17 18:21:36 UTC"},
  "merge_request": {"id": 7, "iid": 1, "target_branch": "main"}
})";

Webhook parsed(std::string_view body, std::string_view instance = "https://gitlab.example.com") {
  const auto webhook = parse_webhook(body, instance);
  EXPECT_TRUE(webhook) << webhook.error().message;
  return webhook.value_or(Webhook{});
}

TEST(Webhook, OfAPipelineNamesItsProjectAndPipeline) {
  const Webhook webhook = parsed(kPipeline);
  EXPECT_EQ(webhook.kind, WebhookKind::pipeline);
  EXPECT_EQ(webhook.instance, "https://gitlab.example.com");
  EXPECT_EQ(webhook.project, ProjectId{7});
  EXPECT_EQ(webhook.pipeline, PipelineId{31});
  EXPECT_EQ(webhook.job, JobId{0});
  EXPECT_EQ(webhook.status, JobStatus::pending);
  EXPECT_EQ(webhook.name, "Nightly");
  EXPECT_EQ(webhook.ref, "main");
  EXPECT_EQ(webhook.created_at, parse_time("2016-08-12T15:23:28Z").value());
  EXPECT_EQ(webhook.finished_at, parse_time("2016-08-12T15:26:29Z").value());
  EXPECT_FALSE(webhook.note);
}

TEST(Webhook, OfAJobNamesItsJobToo) {
  const Webhook webhook = parsed(kJob);
  EXPECT_EQ(webhook.kind, WebhookKind::job);
  EXPECT_EQ(webhook.project, ProjectId{380});
  EXPECT_EQ(webhook.pipeline, PipelineId{2366});
  EXPECT_EQ(webhook.job, JobId{1977});
  EXPECT_EQ(webhook.status, JobStatus::created);
  EXPECT_EQ(webhook.name, "test");
  EXPECT_EQ(webhook.ref, "gitlab-script-trigger");
  EXPECT_EQ(webhook.created_at, parse_time("2021-02-23T02:41:37.886Z").value());
  EXPECT_FALSE(webhook.finished_at);
}

TEST(Webhook, OfAJobTellsWhatAnAlertNeeds) {
  const Webhook webhook = parsed(R"({
    "object_kind": "build", "ref": "main", "tag": true, "sha": "2293ada6", "build_id": 7, "build_name": "deploy",
    "build_stage": "release", "build_status": "failed", "build_allow_failure": true, "retries_count": 2,
    "build_failure_reason": "script_failure", "pipeline_id": 3, "project_id": 380,
    "project_name": "GitLab Org / Test", "user": {"id": 3, "name": "Kim", "username": "kim"},
    "runner": {"id": 380987, "description": "shared-1", "tags": ["linux"]},
    "commit": {"id": 3, "sha": "other"},
    "project": {"id": 380, "path_with_namespace": "org/test", "default_branch": "trunk",
                "web_url": "https://gitlab.example.com/org/test"}})");
  const auto& facts = webhook.job_facts;
  ASSERT_TRUE(facts);
  EXPECT_EQ(webhook.project_path, "org/test");
  EXPECT_EQ(facts->default_branch, "trunk");
  EXPECT_EQ(facts->project_url, "https://gitlab.example.com/org/test");
  EXPECT_EQ(facts->sha, "2293ada6");
  EXPECT_EQ(facts->stage, "release");
  EXPECT_TRUE(facts->is_tag);
  EXPECT_TRUE(facts->allow_failure);
  EXPECT_EQ(facts->failure_reason, "script_failure");
  EXPECT_EQ(facts->runner, RunnerId{380'987});
  EXPECT_EQ(facts->runner_description, "shared-1");
  EXPECT_EQ(facts->user_name, "kim");
  EXPECT_EQ(facts->retries, 2);
}

TEST(Webhook, OfAJobGoesWithoutWhatIsNotTold) {
  const Webhook webhook = parsed(kJob);
  const auto& facts = webhook.job_facts;
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->sha, "2293ada6") << "of the commit";
  EXPECT_EQ(facts->failure_reason, "") << "it has not failed";
  EXPECT_EQ(webhook.project_path + facts->default_branch + facts->runner_description + facts->user_name, "");
  EXPECT_FALSE(facts->is_tag || facts->allow_failure);
  EXPECT_EQ(facts->retries, 0);
  EXPECT_FALSE(parsed(kPipeline).job_facts);
  EXPECT_FALSE(parsed(kNote).job_facts);
}

TEST(Webhook, OfAJobTakesNoProjectPageThatIsNone) {
  const auto facts =
      parsed(R"({"object_kind": "build", "project": {"web_url": "javascript:alert"}})").job_facts;
  EXPECT_EQ(facts->project_url, "");
}

TEST(Webhook, OfAJobWithoutAPipelineTakesThatOfTheCommit) {
  EXPECT_EQ(parsed(R"({"object_kind": "build", "commit": {"id": 2366}})").pipeline, PipelineId{2366});
  EXPECT_EQ(parsed(R"({"object_kind": "build", "commit": {"id": "2293ada6"}})").pipeline, PipelineId{0});
}

TEST(Webhook, OfANoteHasItsTextItsAuthorAndItsMergeRequest) {
  const Webhook webhook = parsed(kNote);
  EXPECT_EQ(webhook.kind, WebhookKind::note);
  EXPECT_EQ(webhook.project, ProjectId{5});
  ASSERT_TRUE(webhook.note);
  EXPECT_EQ(webhook.note->body, "why does\nthis wait?");
  EXPECT_EQ(webhook.note->merge_request, 1);
  EXPECT_EQ(webhook.note->author, UserId{10});
  EXPECT_EQ(webhook.note->author_name, "jdoe");
}

TEST(Webhook, OfANoteOnSomethingElseHasNoMergeRequest) {
  const Webhook webhook =
      parsed(R"({"object_kind": "note", "object_attributes": {"note": "x"}, "issue": {"iid": 3}})");
  ASSERT_TRUE(webhook.note);
  EXPECT_EQ(webhook.note->merge_request, 0);
}

TEST(Webhook, KeepsALongNoteUpToItsBound) {
  const std::string body =
      parsed(R"({"object_kind":"note","object_attributes":{"note":")" + std::string(100'000, 'x') + R"("}})")
          .note->body;
  EXPECT_EQ(body, std::string(64 * 1024, 'x'));
}

struct InstanceCase {
  const char* name;
  std::string header;
  std::string project;
  std::string instance;
};

class InstanceOf : public testing::TestWithParam<InstanceCase> {};

TEST_P(InstanceOf, AWebhookIsTheHeadersOrElseTheProjectsOrUnknown) {
  EXPECT_EQ(
      parsed(R"({"object_kind": "push", "project": )" + GetParam().project + "}", GetParam().header).instance,
      GetParam().instance);
}

INSTANTIATE_TEST_SUITE_P(
    Such, InstanceOf,
    testing::Values(
        InstanceCase{"AHeader", "https://GitLab.example.com/", "null", "https://gitlab.example.com"},
        InstanceCase{"AHeaderWithAPath", "http://h:8080/gitlab", "null", "http://h:8080/gitlab"},
        InstanceCase{"AHeaderThatIsNoAddress", "javascript:alert(1)", "null", ""},
        InstanceCase{"AHeaderWithAPassword", "https://u:p@h", "null", ""},
        InstanceCase{"NoHeaderAndNoProject", "", "null", ""},
        InstanceCase{"AProject", "", R"({"web_url": "https://h/a/b", "path_with_namespace": "a/b"})",
                     "https://h"},
        InstanceCase{"AProjectBelowAPath", "",
                     R"({"web_url": "https://h/git/a/b", "path_with_namespace": "a/b"})", "https://h/git"},
        InstanceCase{"AProjectOfAnotherPath", "",
                     R"({"web_url": "https://h/a/b", "path_with_namespace": "c"})", ""},
        InstanceCase{"AProjectOfNumbers", "", R"({"web_url": 1, "path_with_namespace": 2})", ""},
        InstanceCase{"AProjectBelowAPathAndAHeader", "https://H:443/",
                     R"({"web_url": "https://h/git/a/b", "path_with_namespace": "a/b"})", "https://h/git"},
        InstanceCase{"AProjectOfAServerWhoseNameBeginsSo", "https://h",
                     R"({"web_url": "https://h.evil/a/b", "path_with_namespace": "a/b"})", "https://h"},
        InstanceCase{"AProjectAndAHeader", "https://x",
                     R"({"web_url": "https://h/a/b", "path_with_namespace": "a/b"})", "https://x"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Webhook, OfAnyOtherKindIsOther) {
  for (const char* const kind : {R"("push")", R"("merge_request")", R"("")", "null", "7", R"(["build"])"}) {
    SCOPED_TRACE(kind);
    const Webhook webhook =
        parsed(R"({"project_id": 4, "build_id": 9, "object_kind": )" + std::string(kind) + "}");
    EXPECT_EQ(webhook.kind, WebhookKind::other);
    EXPECT_EQ(webhook.project, ProjectId{4});
    EXPECT_EQ(webhook.job, JobId{0});
  }
  EXPECT_EQ(parsed("{}").kind, WebhookKind::other);
}

TEST(Webhook, OfAnotherShapeKeepsItsDefaults) {
  for (
      const char* const body :
      {R"({"object_kind": "pipeline"})",
       R"({"object_kind": "pipeline", "object_attributes": [1, {"id": 3}]})",
       R"({"object_kind": "pipeline", "object_attributes": "x", "project": {"id": -1}})",
       R"({"object_kind": "pipeline", "object_attributes": {"id": {"id": 3}, "status": 5, "created_at": "soon"}})",
       R"({"object_kind": "pipeline", "builds": [{"id": 3, "status": "x"}], "merge_request": {"id": 3}})"}) {
    SCOPED_TRACE(body);
    const Webhook webhook = parsed(body);
    EXPECT_EQ(webhook.kind, WebhookKind::pipeline);
    EXPECT_EQ(webhook.pipeline, PipelineId{0});
    EXPECT_EQ(webhook.project, ProjectId{0});
    EXPECT_EQ(webhook.status, JobStatus::unknown);
    EXPECT_FALSE(webhook.created_at);
  }
}

TEST(Webhook, TakesNothingFromTheJobsOfAPipeline) {
  EXPECT_EQ(parsed(R"({"object_kind":"pipeline","builds":[{"id":3}],"object_attributes":{"id":5},
                       "source_pipeline":{"project":{"id":9},"pipeline_id":8}})")
                .pipeline,
            PipelineId{5});
}

TEST(Webhook, TakesNothingFromAListInPlaceOfAnObject) {
  EXPECT_EQ(parsed(R"({"user": {"id": 3}, "project": [7], "object_kind": "push"})").project, ProjectId{0});
}

TEST(Webhook, OfAPipelineIsReadWhereverItsJobsStand) {
  const Webhook early = parsed(R"({"object_kind": "pipeline", "builds": [{"id": 1}], "project": {"id": 7},
                                   "object_attributes": {"id": 31}})");
  EXPECT_EQ(early.project, ProjectId{7});
  EXPECT_EQ(early.pipeline, PipelineId{31});
}

TEST(Webhook, OfAPipelineIsNotReadBeyondItsJobsWhereTheyAreLast) {
  std::string builds = "0";
  for (int count = 0; count < 1'000'000; ++count) builds += ",0";
  const Webhook webhook = parsed(R"({"object_kind": "pipeline", "object_attributes": {"id": 31},
                                     "project": {"id": 7}, "builds": [)" +
                                 builds + "]}");
  EXPECT_EQ(webhook.pipeline, PipelineId{31});
  EXPECT_EQ(webhook.project, ProjectId{7});
}

TEST(Webhook, ThatIsNoObjectIsCorrupt) {
  for (const std::string& body :
       {std::string(), std::string("x"), std::string("[]"), std::string("7"), std::string("null"),
        std::string("{"), std::string(R"({"object_kind": "build")"), std::string(R"({"a": 1} x)"),
        std::string("{\"a\": \0}", 8), R"({"a": )" + std::string(100, '[') + std::string(100, ']') + "}"}) {
    SCOPED_TRACE(body.substr(0, 40));
    const auto webhook = parse_webhook(body, "");
    ASSERT_FALSE(webhook);
    EXPECT_EQ(webhook.error().code, Errc::corrupt);
  }
}

TEST(Webhook, WithMoreValuesThanAnyOfGitLabsIsCorrupt) {
  std::string builds = "0";
  for (int count = 0; count < 1'000'000; ++count) builds += ",0";
  const auto webhook = parse_webhook(R"({"object_kind":"pipeline","builds":[)" + builds + "]}", "");
  ASSERT_FALSE(webhook);
  EXPECT_EQ(webhook.error().code, Errc::corrupt);
}

TEST(Webhook, NeverShowsWhatItHoldsInAnError) {
  const auto webhook = parse_webhook(kPipeline.substr(0, kPipeline.find("merge_request")), "");
  ASSERT_FALSE(webhook);
  EXPECT_EQ(webhook.error().message.find("do-not-keep"), std::string::npos);
}

TEST(Webhook, EachKindHasItsWord) {
  EXPECT_EQ(to_text(WebhookKind::pipeline), "pipeline");
  EXPECT_EQ(to_text(WebhookKind::job), "job");
  EXPECT_EQ(to_text(WebhookKind::note), "note");
  EXPECT_EQ(to_text(WebhookKind::other), "other");
}

}  // namespace
}  // namespace runneriq::gitlab
