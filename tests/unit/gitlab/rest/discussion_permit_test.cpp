// What the permit to write notes and issues lets out, and that it lets out nothing else.
#include "gitlab/rest/question.hpp"

#include <gtest/gtest.h>

#include <array>

namespace runneriq::gitlab {
namespace {

const ApiBase kBase{"https://h/gitlab"};

platform::HttpCall call(std::string method, const std::string& path, std::string body) {
  platform::HttpCall made;
  made.method = std::move(method);
  made.url = kBase.address(path);
  made.body = std::move(body);
  return made;
}

bool goes_out(std::string method, const std::string& path, std::string body) {
  return permits(Permit::reads_and_discussions, call(std::move(method), path, std::move(body)), kBase);
}

const std::string kNotes = "/api/v4/projects/7/merge_requests/3/notes";
const std::string kIssues = "/api/v4/projects/7/issues";

TEST(DiscussionPermit, LetsOutWhatTheQuestionsAsk) {
  const std::array<std::string, 2> labels{"ci", "runneriq::flaky"};
  const ProjectId project{7};
  const MergeRequestIid request{3};
  const std::array questions{Question::post_note(project, request, note_body("text\n/close")),
                             Question::put_note(project, request, 9, note_body("\xFF")),
                             Question::post_issue(project, issue_body("t", "d", labels)),
                             Question::post_issue(project, issue_body("t", "", {})),
                             Question::get("/api/v4/user")};
  for (const Question& question : questions) {
    const auto made = question.call(kBase, Secret{"t"}, TokenForm::private_token);
    EXPECT_TRUE(permits(Permit::reads_and_discussions, made, kBase)) << made.url << made.body;
    EXPECT_EQ(question.changes_something(), made.method != "GET");
  }
}

TEST(DiscussionPermit, IsNoneOfTheOthers) {
  const auto note = call("POST", kNotes, note_body("x"));
  EXPECT_TRUE(permits(Permit::reads_and_discussions, note, kBase));
  EXPECT_FALSE(permits(Permit::reads_only, note, kBase));
  EXPECT_FALSE(permits(Permit::reads_and_runner_tags, note, kBase));
  EXPECT_FALSE(permits(Permit::reads_and_plays, note, kBase));
  EXPECT_FALSE(goes_out("PUT", "/api/v4/runners/5", R"({"tag_list":["a"]})"));
  EXPECT_FALSE(goes_out("POST", "/api/v4/projects/7/jobs/5/play", ""));
}

TEST(DiscussionPermit, LetsOutNoOtherPlace) {
  const std::string body = note_body("x");
  EXPECT_TRUE(goes_out("POST", kNotes, body));
  for (const std::string path :
       {"/api/v4/projects/7/merge_requests/3/notes/", "/api/v4/projects/7/merge_requests/3/notes?x=1",
        "/api/v4/projects/7/merge_requests/3/notes/9", "/api/v4/projects/a%2Fb/merge_requests/3/notes",
        "/api/v4/projects/7/merge_requests//notes", "/api/v4/projects/7/merge_requests/3x/notes",
        "/api/v4/projects/7/merge_requests/3/../../issues", "/api/v4/projects/7/issues/3/notes",
        "/api/v4/projects/7/merge_requests/3/merge", "/api/v4/projects/7/merge_requests",
        "/api/v4/projects/7/merge_requests/3/discussions", "/api/v4/groups/7/merge_requests/3/notes",
        "/api/v4/projects/-7/merge_requests/3/notes", "/api/v4/projects//merge_requests/3/notes"})
    EXPECT_FALSE(goes_out("POST", path, body)) << path;
  for (const std::string& path :
       {kNotes, kNotes + "/", kNotes + "/x", kNotes + "/9/award_emoji", kIssues + "/9"})
    EXPECT_FALSE(goes_out("PUT", path, body)) << path;
  EXPECT_FALSE(permits(Permit::reads_and_discussions,
                       {.method = "POST", .url = "https://other" + kNotes, .body = body}, kBase));
}

TEST(DiscussionPermit, LetsOutNoOtherMethod) {
  for (const std::string method : {"DELETE", "PATCH", "PUT", "post", ""})
    EXPECT_FALSE(goes_out(method, kNotes, note_body("x"))) << method;
  for (const std::string method : {"DELETE", "PATCH", "POST", "GET"})
    EXPECT_FALSE(goes_out(method, kNotes + "/9", note_body("x"))) << method;
  EXPECT_FALSE(goes_out("DELETE", kNotes + "/9", ""));
}

TEST(DiscussionPermit, LetsOutNotesOfABodyAlone) {
  EXPECT_TRUE(goes_out("POST", kNotes, R"({"body": "x"})"));
  for (const std::string body :
       {"", "{}", "[]", "null", "x", R"({"body": ""})", R"({"body": 7})", R"({"body": ["x"]})",
        R"({"body": "x", "internal": false})", R"({"body": "x", "created_at": "2020-01-01"})",
        R"({"body": "x", "body": "y"})", R"({"note": "x"})", R"({"body": "x"} {"body": "y"})",
        R"({"body": "x", "merge_request_diff_head_sha": "abc"})"}) {
    EXPECT_FALSE(goes_out("POST", kNotes, body)) << body;
    EXPECT_FALSE(goes_out("PUT", kNotes + "/9", body)) << body;
  }
}

TEST(DiscussionPermit, LetsOutIssuesOfATitleADescriptionAndLabelsAlone) {
  EXPECT_TRUE(goes_out("POST", kIssues, R"({"title": "t"})"));
  EXPECT_TRUE(goes_out("POST", kIssues, R"({"title": "t", "description": "", "labels": "a,b"})"));
  for (const std::string body :
       {"", "{}", R"({"title": ""})", R"({"title": 7})", R"({"description": "d"})",
        R"({"title": "t", "assignee_ids": [1]})", R"({"title": "t", "confidential": "true"})",
        R"({"title": "t", "description": {"a": 1}})", R"({"title": "t", "labels": ["a"]})",
        R"({"title": "t", "title": "u"})", R"({"title": "t", "created_at": "2020-01-01"})",
        R"({"title": "t", "merge_request_to_resolve_discussions_of": "1"})"})
    EXPECT_FALSE(goes_out("POST", kIssues, body)) << body;
  EXPECT_FALSE(goes_out("POST", kIssues + "/9/notes", R"({"body": "x"})"));
  EXPECT_FALSE(goes_out("POST", kNotes, R"({"title": "t"})"));
  EXPECT_FALSE(goes_out("POST", kIssues, R"({"body": "x"})"));
}

TEST(DiscussionBodies, AreValidWhateverTheTextHolds) {
  EXPECT_EQ(note_body("a\"\n\xFF"), "{\"body\":\"a\\\"\\n\xEF\xBF\xBD\"}");
  const std::array<std::string, 2> labels{"ci", "b"};
  EXPECT_EQ(issue_body("t", "d", labels), R"({"description":"d","labels":"ci,b","title":"t"})");
  EXPECT_EQ(issue_body("t", "d", {}), R"({"description":"d","title":"t"})");
}

}  // namespace
}  // namespace runneriq::gitlab
