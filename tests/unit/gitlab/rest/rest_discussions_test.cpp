// Notes and issues as they are asked for and sent.
#include "gitlab/rest/rest_discussions.hpp"

#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

#include <array>

namespace runneriq::gitlab {
namespace {

using platform::HttpReply;

const std::string kUser = "https://h/api/v4/user";
const std::string kNotes = "https://h/api/v4/projects/7/merge_requests/3/notes";
const std::string kIssues = "https://h/api/v4/projects/7/issues";
const std::string kMarker = "<!-- runneriq:0a1b2c3d -->";

HttpReply reply(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

class DiscussionsOverRest : public testing::Test {
 protected:
  DiscussionsOverRest() { transport.route(kUser, R"({"id": 4, "username": "runneriq"})"); }
  static RestSettings settings(Time& clock) {
    RestSettings settings;
    settings.fleet.url = "https://h";
    settings.token = Secret{"glpat-very-secret"};
    settings.now = [&clock] { return clock; };
    settings.wait_until = [&clock](Time when) { clock = std::max(clock, when); };
    return settings;
  }
  Result<Note> add() { return discussions.add_note(ProjectId{7}, MergeRequestIid{3}, "text"); }
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  platform::ScriptedTransport transport{clock};
  RestDiscussions discussions{settings(clock), transport};
};

TEST_F(DiscussionsOverRest, AskOnceWhoTheyAre) {
  EXPECT_EQ(discussions.own_user()->name, "runneriq");
  EXPECT_EQ(discussions.own_user()->id, UserId{4});
  EXPECT_EQ(transport.calls.size(), 1U);
}

TEST_F(DiscussionsOverRest, AskAgainWhoTheyAreAfterARefusal) {
  transport.route(kUser, reply(403, "{}"));
  EXPECT_EQ(discussions.own_user().error().code, Errc::permission);
  EXPECT_EQ(discussions.own_notes(ProjectId{7}, MergeRequestIid{3}, kMarker).error().code, Errc::permission);
  transport.route(kUser, R"({"id": 4})");
  EXPECT_TRUE(discussions.own_user());
}

TEST_F(DiscussionsOverRest, FindTheirNotesAmongOthers) {
  HttpReply first =
      reply(200, R"([{"id": 9, "author": {"id": 4}, "body": "new )" + kMarker +
                     R"("}, {"id": 8, "author": {"id": 5}, "body": "forged )" + kMarker + "\"}]");
  first.headers.push_back({"link", "<" + kNotes + "?page=2>; rel=\"next\""});
  transport.route(kNotes, first);
  transport.route(kNotes + "?page=2", R"([{"id": 2, "author": {"id": 4}, "body": "old )" + kMarker + "\"}]");
  const auto notes = discussions.own_notes(ProjectId{7}, MergeRequestIid{3}, kMarker);
  ASSERT_TRUE(notes) << notes.error().message;
  ASSERT_EQ(notes->size(), 2U);
  EXPECT_EQ(notes->at(0).id, 2);
  EXPECT_EQ(notes->at(1).body, "new " + kMarker);
  EXPECT_NE(transport.calls[1].url.find("sort=desc"), std::string::npos);
}

TEST_F(DiscussionsOverRest, LookAtTheNewestThousandNotes) {
  int id = 100'000;
  transport.route(kNotes, [&](const platform::HttpCall&) {
    std::string body = "[";
    for (int at = 0; at < 100; ++at, --id)
      body += (at > 0 ? "," : "") +
              (R"({"id": )" + std::to_string(id) + R"(, "body": "x", "author": {"id": 4}})");
    HttpReply page = reply(200, body + "]");
    page.headers.push_back({"link", "<" + kNotes + "?page=" + std::to_string(id) + ">; rel=\"next\""});
    return page;
  });
  EXPECT_TRUE(discussions.own_notes(ProjectId{7}, MergeRequestIid{3}, kMarker)->empty());
  EXPECT_EQ(transport.calls.size(), 11U);
}

TEST_F(DiscussionsOverRest, WriteANote) {
  transport.route(kNotes, reply(201, R"({"id": 9, "body": "text", "author": {"id": 4}})"));
  const auto note = add();
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_EQ(note->id, 9);
  ASSERT_EQ(transport.calls.size(), 1U);
  EXPECT_EQ(transport.calls[0].method, "POST");
  EXPECT_EQ(transport.calls[0].url, kNotes);
  EXPECT_EQ(transport.calls[0].body, R"({"body":"text"})");
  EXPECT_EQ(discussions.count().mutating, 1);
}

TEST_F(DiscussionsOverRest, EditANote) {
  transport.route(kNotes + "/9", R"({"id": 9, "body": "new"})");
  EXPECT_EQ(discussions.edit_note(ProjectId{7}, MergeRequestIid{3}, 9, "new")->body, "new");
  EXPECT_EQ(transport.calls[0].method, "PUT");
  transport.route(kNotes + "/9", R"({"id": 10, "body": "new"})");
  EXPECT_EQ(discussions.edit_note(ProjectId{7}, MergeRequestIid{3}, 9, "new").error().code, Errc::corrupt);
}

TEST_F(DiscussionsOverRest, WriteOnceWhateverIsAnswered) {
  const std::vector<std::pair<Result<HttpReply>, Errc>> answers{
      {reply(502, ""), Errc::unavailable},
      {reply(429, "Retry later"), Errc::unavailable},
      {fail(Errc::unavailable, "reset"), Errc::unavailable},
      {fail(Errc::timed_out, "late"), Errc::timed_out},
      {reply(401, "{}"), Errc::permission},
      {reply(403, "{}"), Errc::permission},
      {reply(404, "{}"), Errc::not_found},
      {reply(400, R"({"message": {"note": ["is too long"]}})"), Errc::invalid_argument},
      {reply(202, R"({"commands_changes": {}, "summary": ["closed"]})"), Errc::corrupt}};
  for (const auto& [answer, kind] : answers) {
    platform::ScriptedTransport once{clock};
    RestDiscussions fresh{settings(clock), once};
    once.once(kNotes, answer);
    once.route(kNotes, reply(201, R"({"id": 9})"));
    const auto note = fresh.add_note(ProjectId{7}, MergeRequestIid{3}, "text");
    ASSERT_FALSE(note);
    EXPECT_EQ(note.error().code, kind) << note.error().message;
    EXPECT_EQ(once.calls.size(), 1U) << note.error().message;
  }
}

TEST_F(DiscussionsOverRest, WriteNoNoteOfNothing) {
  EXPECT_EQ(discussions.add_note(ProjectId{7}, MergeRequestIid{3}, "").error().code, Errc::invalid_argument);
  EXPECT_TRUE(transport.calls.empty());
}

TEST_F(DiscussionsOverRest, FindTheirIssueByTheLongestWordOfTheMarker) {
  transport.route(
      kIssues, R"([{"iid": 5, "state": "closed", "author": {"id": 4}, "description": ")" + kMarker + "\"}]");
  const auto issue = discussions.own_issue(ProjectId{7}, kMarker);
  ASSERT_TRUE(issue) << issue.error().message;
  EXPECT_EQ((*issue)->iid, 5);
  EXPECT_NE(transport.calls[1].url.find("author_id=4"), std::string::npos);
  EXPECT_NE(transport.calls[1].url.find("in=description&search=runneriq"), std::string::npos);
  EXPECT_EQ(transport.calls.size(), 2U);
}

TEST_F(DiscussionsOverRest, LookThroughTheNewestIssuesWhereTheSearchFindsNothing) {
  transport.route(kIssues, [](const platform::HttpCall& call) {
    const bool search = call.url.find("search=") != std::string::npos;
    return reply(200, search ? "[]"
                             : R"([{"iid": 6, "state": "opened", "author": {"id": 4}, "description": ")" +
                                   kMarker + "\"}]");
  });
  EXPECT_EQ((*discussions.own_issue(ProjectId{7}, kMarker))->iid, 6);
  EXPECT_EQ(transport.calls.size(), 3U);
}

TEST_F(DiscussionsOverRest, FindNoIssueOfAnotherUser) {
  transport.route(
      kIssues, R"([{"iid": 5, "state": "opened", "author": {"id": 9}, "description": ")" + kMarker + "\"}]");
  EXPECT_FALSE(*discussions.own_issue(ProjectId{7}, kMarker));
}

TEST_F(DiscussionsOverRest, CreateAnIssue) {
  transport.route(kIssues, reply(201, R"({"iid": 5, "state": "opened", "web_url": "https://h/i/5"})"));
  const std::array<std::string, 2> labels{"ci", "flaky"};
  const auto issue = discussions.create_issue(ProjectId{7}, std::string(400, 't'), "d", labels);
  ASSERT_TRUE(issue) << issue.error().message;
  EXPECT_EQ(issue->iid, 5);
  EXPECT_EQ(issue->page, "https://h/i/5");
  EXPECT_EQ(transport.calls[0].body,
            R"({"description":"d","labels":"ci,flaky","title":")" + std::string(255, 't') + "\"}");
}

TEST_F(DiscussionsOverRest, NeverShowTheToken) {
  transport.route(kNotes, reply(403, R"({"message":"403 Forbidden"})"));
  const auto note = add();
  EXPECT_EQ(note.error().message.find("glpat"), std::string::npos);
  EXPECT_TRUE(note.error().message.starts_with("notes of merge request !3: ")) << note.error().message;
}

}  // namespace
}  // namespace runneriq::gitlab
