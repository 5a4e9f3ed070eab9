// What is made of GitLab's words about notes, issues and users.
#include "gitlab/discussion_pages.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

NotePage note(int id, int author, std::string body) {
  return {.id = id, .note = {.id = id, .author = UserId{author}, .body = std::move(body)}};
}

IssueOfUser issue(int iid, int author, std::string state, std::string description) {
  return {.iid = iid,
          .issue = {.iid = iid, .state = std::move(state), .description = std::move(description)},
          .author = UserId{author}};
}

TEST(Notes, AreReadWithTheirAuthors) {
  const auto notes = parse_notes(R"([{"id": 9, "body": "hello", "author": {"id": 4}, "system": false},
                                     {"id": 8, "body": null, "system": true}, {"body": "none"}])");
  ASSERT_TRUE(notes) << notes.error().message;
  ASSERT_EQ(notes->size(), 2U);
  EXPECT_EQ(notes->at(0).note.id, 9);
  EXPECT_EQ(notes->at(0).note.author, UserId{4});
  EXPECT_EQ(notes->at(0).note.body, "hello");
  EXPECT_TRUE(notes->at(1).system);
}

TEST(Notes, OfTheUserAreThoseWithTheMarkerOldestFirst) {
  NotePage system = note(1, 4, "<!-- m -->");
  system.system = true;
  const auto own = notes_of({note(9, 4, "new <!-- m -->"), note(7, 5, "forged <!-- m -->"),
                             note(6, 4, "other"), note(3, 4, "<!-- m --> old"), system},
                            UserId{4}, "<!-- m -->");
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[0].id, 3);
  EXPECT_EQ(own[1].id, 9);
}

TEST(Notes, OfNobodyAreNone) {
  EXPECT_TRUE(notes_of({note(1, 0, "<!-- m -->")}, UserId{}, "<!-- m -->").empty());
}

TEST(Issues, OfTheUserAreTheNewestOpenOneElseTheNewest) {
  const auto found = [](std::vector<IssueOfUser> issues) {
    const auto page = issue_of(std::move(issues), UserId{4}, "mark");
    return page ? page->iid : 0;
  };
  EXPECT_EQ(found({}), 0);
  EXPECT_EQ(
      found({issue(1, 4, "opened", "mark"), issue(2, 4, "opened", "a mark"), issue(3, 4, "closed", "mark")}),
      2);
  EXPECT_EQ(found({issue(1, 4, "closed", "mark"), issue(3, 4, "closed", "mark")}), 3);
  EXPECT_EQ(found({issue(1, 5, "opened", "mark"), issue(2, 4, "opened", "other")}), 0);
}

TEST(Users, WithoutAnIdAreNone) {
  EXPECT_EQ(parse_own_user(R"({"id": 4, "username": "runneriq"})")->name, "runneriq");
  EXPECT_EQ(parse_own_user(R"({"username": "runneriq"})").error().code, Errc::corrupt);
}

TEST(Answers, ThatAreNoNotesOrIssuesAreCorrupt) {
  for (const std::string_view body :
       {"", "[]", "{}", "null", R"({"commands_changes": {}, "summary": ["x"]})"}) {
    SCOPED_TRACE(body);
    EXPECT_EQ(parse_note(body).error().code, Errc::corrupt);
    EXPECT_EQ(parse_issue(body).error().code, Errc::corrupt);
  }
  EXPECT_EQ(parse_issues("[7]").error().code, Errc::corrupt);
  EXPECT_EQ(parse_notes("{}").error().code, Errc::corrupt);
}

TEST(Searches, UseTheLongestWordOfAMarker) {
  EXPECT_EQ(longest_word("<!-- runneriq:0a1b2c3d4e5f -->"), "0a1b2c3d4e5f");
  EXPECT_EQ(longest_word("word"), "word");
  EXPECT_EQ(longest_word("-- --"), "");
  EXPECT_EQ(longest_word(""), "");
}

TEST(Titles, AreCutAtACharacter) {
  EXPECT_EQ(within_a_title("short"), "short");
  std::string title;
  for (int at = 0; at < 300; ++at) title += "\xC3\xA4";
  EXPECT_EQ(within_a_title(title).size(), 510U);
  EXPECT_EQ(within_a_title(std::string(300, '\xFF')).size(), 255U);
}

}  // namespace
}  // namespace runneriq::gitlab
