#include "alerting/gitlab_issue/gitlab_issue.hpp"

#include "alerting/gitlab_issue/gitlab_markdown.hpp"
#include "core/json_text.hpp"
#include "core/utf8.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::alerting {
namespace {

using nlohmann::json;
using testing_support::entry_of;
using testing_support::lint_event;
using testing_support::notification_of;
using testing_support::one_firing;
using testing_support::one_resolved;

GitlabIssue receiver(std::string_view note_on, std::string_view project = "acme/alerts") {
  auto made = GitlabIssue::make("https://gitlab.example/", project, note_on, Secret{"glpat-x"});
  EXPECT_TRUE(made) << made.error().message;
  return std::move(*made);
}

WebCall call(std::string_view note_on, const Notification& notification, const std::string& handle = "") {
  return testing_support::web_call(receiver(note_on), notification, {.handle = handle});
}

std::string text_of(const WebCall& call, const char* member) {
  return json_in(call.body).value(member, "(none)");
}

constexpr const char* kIssues = "https://gitlab.example/api/v4/projects/acme%2Falerts/issues";

TEST(AnIssueOfAGroup, IsOpenedByTheFirstMessage) {
  const WebCall made = call("issue", one_firing());
  EXPECT_EQ(made.method, "POST");
  EXPECT_EQ(made.url, kIssues);
  EXPECT_EQ(made.secret_header, "PRIVATE-TOKEN");
  EXPECT_EQ(made.secret.reveal(), "glpat-x");
  EXPECT_NE(text_of(made, "title").find("lint"), std::string::npos);
  EXPECT_NE(text_of(made, "description").find("E501 line too long"), std::string::npos);
}

TEST(AnIssueOfAGroup, GetsNotesThatCloseAndOpenIt) {
  const WebCall later = call("issue", one_firing(), "17");
  EXPECT_EQ(later.url, std::string(kIssues) + "/17/notes");
  EXPECT_TRUE(text_of(later, "body").ends_with("\n/reopen\n"));
  const WebCall over = call("issue", one_resolved(), "17");
  EXPECT_TRUE(text_of(over, "body").ends_with("\n/close\n"));
  Notification repeat = one_firing();
  repeat.reason = Reason::repeat;
  EXPECT_FALSE(text_of(call("issue", repeat, "17"), "body").ends_with("open\n"));
}

TEST(AnIssueOfAGroup, ItsNumberIsTheHandle) {
  const auto judged = receiver("issue").judge({.status = 201, .body = R"({"id":5001,"iid":17})"}, {});
  EXPECT_EQ(judged.kind, DeliveryReply::Kind::delivered);
  EXPECT_EQ(judged.handle, "17");
  EXPECT_EQ(receiver("issue").judge({.status = 201, .body = R"({"id":9,"noteable_iid":17})"}, {}).handle, "");
  for (const std::string body : {"", "no json", "[]", R"({"iid":"x"})", "17"}) {
    EXPECT_EQ(receiver("issue").judge({.status = 201, .body = body}, {}).handle, "") << body;
  }
  EXPECT_EQ(receiver("issue").judge({.status = 401}, {}).failure, "authError");
}

TEST(AnIssueOfSomebodyElses, GetsNotesAndNothingElse) {
  for (const Notification& each : {one_firing(), one_resolved()}) {
    const WebCall made = call("5", each, "17");
    EXPECT_EQ(made.url, std::string(kIssues) + "/5/notes");
    EXPECT_EQ(text_of(made, "body").find("\n/"), std::string::npos);
  }
  EXPECT_EQ(receiver("5").judge({.status = 201, .body = R"({"iid":17})"}, {}).handle, "");
}

TEST(AGitlabReceiver, RefusesWhatIsNoPlaceForNotes) {
  for (const std::string bad : {"", "0", "-1", "1x", "Issue", "99999999999999999999"}) {
    const auto made = GitlabIssue::make("https://gitlab.example", "a/b", bad, Secret{});
    ASSERT_FALSE(made) << bad;
    EXPECT_EQ(made.error().code, Errc::invalid_argument);
  }
  EXPECT_FALSE(GitlabIssue::make("https://gitlab.example", "", "issue", Secret{}));
}

// The text without what stands in code, in which GitLab does nothing.
std::string outside_code(std::string_view text) {
  std::string outside;
  while (!text.empty()) {
    const std::size_t ticks = text.find('`');
    outside += text.substr(0, ticks);
    if (ticks == std::string_view::npos) break;
    text.remove_prefix(ticks);
    const std::size_t run = std::min(text.find_first_not_of('`'), text.size());
    std::size_t end = run;
    while (true) {
      end = text.find(std::string(run, '`'), end);
      if (end == std::string_view::npos) return outside + "UNCLOSED " + std::string(text);
      const std::size_t length = std::min(text.find_first_not_of('`', end), text.size()) - end;
      end += length;
      if (length == run) break;
    }
    text.remove_prefix(end);
  }
  return outside;
}

std::vector<std::string> tricks() {
  std::vector<std::string> all = testing_support::hostile_texts();
  for (const char* each : {"/close",
                           "/assign @root",
                           "a\n/close",
                           "a\r\n/close",
                           "`",
                           "``",
                           "` /close `",
                           "```\n/close",
                           "~~~\n/close\n~~~",
                           "@all",
                           "#1",
                           "!1",
                           "~bug",
                           "%1",
                           "&1",
                           "$1",
                           "acme/shop#1",
                           "[vulnerability:1]",
                           "<img src=x>",
                           "<details>",
                           "![x](https://evil.example/x.png)",
                           "https://gitlab.example/acme/shop/-/issues/1",
                           "$`x`$",
                           "[^1]: x",
                           "<!-- x"})
    all.emplace_back(each);
  return all;
}

Notification made_of(const std::string& text) {
  Event event = lint_event(text);
  event.name = event.project = event.user = event.failure_reason = event.stage = event.runner = text;
  event.log_excerpt = text;
  AlertEntry entry = entry_of(event);
  entry.headline = text;
  return notification_of({entry});
}

TEST(ANote, NothingInItDoesAnything) {
  for (const std::string& text : tricks()) {
    SCOPED_TRACE(text.substr(0, 60));
    const std::string body = text_of(call("5", made_of(text)), "body");
    EXPECT_EQ(("\n" + body).find("\n/"), std::string::npos);
    const std::string marked = outside_code(body);
    EXPECT_EQ(marked.find("UNCLOSED"), std::string::npos);
    for (std::size_t at = marked.find_first_of("@#!~%&$<"); at != std::string::npos;
         at = marked.find_first_of("@#!~%&$<", at + 1)) {
      ASSERT_GT(at, 0U);
      EXPECT_EQ(marked[at - 1], '\\') << marked.substr(at > 20 ? at - 20 : 0, 60);
    }
    EXPECT_EQ(marked.find("!["), std::string::npos);
    EXPECT_EQ(marked.find("evil.example/x"), std::string::npos);
    EXPECT_TRUE(is_utf8(body));
    EXPECT_LE(characters(body), 1'000'000U);
  }
}

TEST(ATitle, NothingInItIsAReference) {
  for (const std::string& text : tricks()) {
    SCOPED_TRACE(text.substr(0, 60));
    const std::string title = text_of(call("issue", made_of(text)), "title");
    EXPECT_EQ(title.find_first_of("\r\n"), std::string::npos);
    EXPECT_LE(characters(title), 255U);
    for (std::size_t at = title.find_first_of("@#!~%&$"); at != std::string::npos;
         at = title.find_first_of("@#!~%&$", at + 1)) {
      EXPECT_TRUE(title.substr(at + 1).starts_with("\u2060") || title.substr(at + 1) == "…") << title;
    }
    EXPECT_EQ(title.find("://"), std::string::npos);
  }
}

TEST(ALongMessage, IsCutBetweenItsLines) {
  MessageText text;
  for (int each = 0; each < 100; ++each) {
    text.lines.push_back({{.kind = Span::Kind::theirs, .text = "line `" + std::to_string(each)}});
    text.lines.push_back({{.kind = Span::Kind::log, .text = "log"}});
    text.lines.push_back({{.kind = Span::Kind::log, .text = "log ```"}});
  }
  for (const std::size_t most : {200U, 201U, 202U, 217U, 500U}) {
    const std::string cut = markdown_of(text, most);
    EXPECT_LE(characters(cut), most);
    EXPECT_TRUE(cut.ends_with("\n…\n"));
    EXPECT_EQ(outside_code(cut).find("UNCLOSED"), std::string::npos) << cut;
  }
  EXPECT_FALSE(markdown_of(text, 1'000'000).ends_with("…\n"));
}

}  // namespace
}  // namespace runneriq::alerting
