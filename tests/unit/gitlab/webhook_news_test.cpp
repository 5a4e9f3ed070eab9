// What a webhook tells to whoever would explain a failure.
#include "gitlab/webhook.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

Webhook parsed(std::string_view body) {
  auto webhook = parse_webhook(body, "");
  EXPECT_TRUE(webhook) << webhook.error().message;
  return webhook ? *webhook : Webhook{};
}

TEST(PipelineHook, TellsWhatFailedWhereAndForWhichMergeRequest) {
  const Webhook webhook = parsed(R"({"object_kind": "pipeline", "object_attributes": {"id": 31, "iid": 3,
      "ref": "refs/merge-requests/12/head", "tag": false, "sha": "abc", "before_sha": "000",
      "source": "merge_request_event", "status": "failed", "variables": [{"key": "A", "value": "do-not-keep"}]},
      "merge_request": {"id": 1, "iid": 12, "source_branch": "fix"},
      "project": {"id": 7, "path_with_namespace": "acme/shop", "default_branch": "main"},
      "commit": {"id": "c0"}, "builds": []})");
  EXPECT_EQ(webhook.kind, WebhookKind::pipeline);
  EXPECT_EQ(webhook.project, ProjectId{7});
  EXPECT_EQ(webhook.pipeline, PipelineId{31});
  EXPECT_EQ(webhook.status, JobStatus::failed);
  ASSERT_TRUE(webhook.pipeline_facts);
  EXPECT_EQ(webhook.pipeline_facts->sha, "abc");
  EXPECT_EQ(webhook.pipeline_facts->source, "merge_request_event");
  EXPECT_EQ(webhook.pipeline_facts->merge_request, 12);
  EXPECT_FALSE(webhook.pipeline_facts->is_tag);
  EXPECT_EQ(webhook.project_path, "acme/shop");
  EXPECT_EQ(webhook.pipeline_facts->default_branch, "main");
  EXPECT_FALSE(webhook.note);
}

TEST(PipelineHook, KnowsTheMergeRequestByItsRefToo) {
  EXPECT_EQ(parsed(R"({"object_kind": "pipeline", "project": {"id": 7},
                       "object_attributes": {"id": 31, "ref": "refs/merge-requests/12/merge"},
                       "builds": [{"id": 1}], "merge_request": {"iid": 12}})")
                .pipeline_facts->merge_request,
            12);
}

TEST(PipelineHook, OfABranchHasNoMergeRequest) {
  const Webhook webhook = parsed(R"({"object_kind": "pipeline", "merge_request": null, "commit": {"id": "c0"},
                                     "object_attributes": {"id": 31, "ref": "main", "tag": true}})");
  EXPECT_EQ(webhook.pipeline_facts->merge_request, 0);
  EXPECT_EQ(webhook.pipeline_facts->sha, "c0");
  EXPECT_TRUE(webhook.pipeline_facts->is_tag);
}

std::string note_hook(std::string_view attributes,
                      std::string_view user = R"({"id": 10, "username": "jdoe"})",
                      std::string_view event = "note") {
  return R"({"object_kind": "note", "event_type": ")" + std::string(event) + R"(", "user": )" +
         std::string(user) + R"(, "project_id": 7, "object_attributes": {)" + std::string(attributes) +
         R"(}, "merge_request": {"id": 88, "iid": 12}})";
}

TEST(NoteHook, TellsWhatIsCommentedByWhom) {
  const Webhook webhook = parsed(note_hook(
      R"("id": 55, "note": "@bot diagnose", "noteable_type": "MergeRequest", "action": "create", "system": false)"));
  EXPECT_EQ(webhook.project, ProjectId{7});
  ASSERT_TRUE(webhook.note);
  EXPECT_EQ(webhook.note->id, 55);
  EXPECT_EQ(webhook.note->body, "@bot diagnose");
  EXPECT_EQ(webhook.note->noteable_type, "MergeRequest");
  EXPECT_EQ(webhook.note->action, "create");
  EXPECT_EQ(webhook.note->merge_request, 12);
  EXPECT_EQ(webhook.note->author, UserId{10});
  EXPECT_EQ(webhook.note->author_name, "jdoe");
  EXPECT_FALSE(webhook.note->is_system);
  EXPECT_FALSE(webhook.note->is_internal);
  EXPECT_FALSE(webhook.note->by_bot);
  EXPECT_FALSE(webhook.pipeline_facts);
}

TEST(NoteHook, TellsGitLabsOwnNotesApart) {
  EXPECT_TRUE(parsed(note_hook(R"("note": "closed", "system": true)")).note->is_system);
  EXPECT_EQ(parsed(note_hook(R"("note": "x", "action": "update")")).note->action, "update");
}

TEST(NoteHook, TellsWhatIsForMembersOnly) {
  EXPECT_TRUE(parsed(note_hook(R"("note": "x", "internal": true)")).note->is_internal);
  EXPECT_TRUE(parsed(note_hook(R"("note": "x")", R"({"id": 1})", "confidential_note")).note->is_internal);
}

TEST(NoteHook, OfABotIsToldByTheNameThatGitLabGives) {
  EXPECT_TRUE(parsed(note_hook(R"("note": "x")", R"({"id": 1, "username": "project_7_bot_4ffca233d8"})"))
                  .note->by_bot);
  for (const std::string_view bot :
       {"project_7_bot", "project_7_bot1_x", "group_12_bot_ab12", "Service_Account_group_1_ab12", "alert-bot",
        "GitLabDuo", "ghost", "support-bot"})
    EXPECT_EQ(is_name_of_bot(bot), bot != "project_7_bot1_x") << bot;
  for (const std::string_view person :
       {"", "jdoe", "robot", "project_bot", "project_7", "project_7_robot", "group__bot", "my_project_7_bot",
        "project_7_bottle", "service_accounts", "ghostwriter"})
    EXPECT_FALSE(is_name_of_bot(person)) << person;
}

TEST(NoteHook, WithoutAnythingIsReadAsNothing) {
  const Webhook webhook = parsed(R"({"object_kind": "note", "object_attributes": [], "user": 7})");
  ASSERT_TRUE(webhook.note);
  EXPECT_EQ(webhook.note->body, "");
  EXPECT_EQ(webhook.note->merge_request, 0);
  EXPECT_FALSE(webhook.note->is_system);
}

}  // namespace
}  // namespace runneriq::gitlab
