#include "diagnosis/personal.hpp"

#include "diagnosis/redaction.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

std::string impersonal(std::string_view text) {
  return redaction_of(text, {.personal = RedactionTerms::Personal::redact}).text;
}

struct Row {
  std::string_view text, redacted;
};

TEST(Personal, GivesWayToPlaceholders) {
  const std::vector<Row> rows{
      {"mail jane.doe+ci@mail.example.org, please", "mail [EMAIL], please"},
      {"<jane@example.org>.", "<[EMAIL]>."},
      {"user.email=jane@example.co.uk", "user.email=[EMAIL]"},
      {"ssh://jane@host.example.org:22/x", "ssh://[USER]@host.example.org:22/x"},
      {"Connecting to h (h)|203.0.113.29|:443...", "Connecting to h (h)|[IP]|:443..."},
      {"dial tcp 203.0.113.7:5432: i/o timeout", "dial tcp [IP]:5432: i/o timeout"},
      {"http://203.0.113.7/x", "http://[IP]/x"},
      {"203.0.113.0/24", "[IP]/24"},
      {"from 2001:db8::8a2e:370:7334 port 1", "from [IP] port 1"},
      {"[2a00:1450:4001:82a::200e]:443", "[[IP]]:443"},
      {"2001:db8:0:1:2:3:4:5", "[IP]"},
      {"/home/jane/x.c:3", "/home/[USER]/x.c:3"},
      {"file:///Users/jane.doe/x", "file:///Users/[USER]/x"},
      {R"(C:\Users\jane\x)", R"(C:\Users\[USER]\x)"},
      {R"("C:\\Users\\jane\\x")", R"("C:\\Users\\[USER]\\x")"},
      {"/c/Users/jane/x", "/c/Users/[USER]/x"},
      {"Signed-off-by: Jane Doe <jane@example.org>", "Signed-off-by: [NAME] <[EMAIL]>"},
      {"    Co-authored-by: J. D\xC3\xB6 <j@example.org>", "    Co-authored-by: [NAME] <[EMAIL]>"},
      {"Author: Jane Doe <jane@example.org>\nDate: x", "Author: [NAME] <[EMAIL]>\nDate: x"},
      {"Commit:     Jane Doe <jane@example.org>", "Commit:     [NAME] <[EMAIL]>"},
      {"export GITLAB_USER_NAME=\"Jane Doe\"", "export GITLAB_USER_NAME=\"[NAME]\""},
      {"GITLAB_USER_LOGIN=jane\n", "GITLAB_USER_LOGIN=[NAME]\n"},
      {"call +49 30 1234567 now", "call [PHONE] now"},
      {"tel:+493012345678", "tel:[PHONE]"},
      {"(+1 (555) 010-9999)", "([PHONE])"},
      {"\x1B[31mjane@exam\x1B[0mple.org", "\x1B[31m[EMAIL]\x1B[0m"},
      {"https://user:hunter2x@db.example.org/", "https://user:[PASSWORD]@db.example.org/"},
  };
  for (const auto& [text, redacted] : rows) EXPECT_EQ(impersonal(text), redacted);
}

TEST(Personal, LeavesWhatIsOfNobody) {
  const std::vector<std::string_view> rows{
      "10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 127.0.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 "
      "255.255.255.255",
      "::1 fe80::1 fd00::1",
      "version 1.2.3.4",
      "Version: 1.2.3.4",
      "foo==1.2.3.4",
      "foo>=1.2.3.4",
      "v1.2.3.4",
      "foo-1.2.3.4.jar",
      "Using rails 4.2.1.1",
      "Setting up libfoo (1.2.3.4) ...",
      "maven2/org/foo/1.2.3.4/foo.pom",
      "1.2.3.4.5",
      "1.2.3",
      "300.1.2.3",
      "01.2.3.4",
      "12:34:56 2019::",
      "25-Jun-2019::06:45:16",
      "2019:06:45",
      "std::dead::beef",
      "aa:bb:cc:dd:ee:ff",
      "git@gitlab.example.com:group/project.git",
      "ssh://git@gitlab.example.com/x",
      "logo@2x.png getty@tty1.service lodash@4.17.21 @scope/name a@b",
      "/home/runner/work /home/gitlab-runner/builds /Users/runner/x /home/",
      "https://example.org/img/home/logo",
      "Author: unknown",
      "by: someone",
      "stand-by: ",
      "+123456789012 +1 -2",
      "+0000 +1.25 1+234567890",
      "[EMAIL] [IP] [USER] [NAME] [PHONE]",
      "GITLAB_USER_NAME=$NAME",
      "Signed-off-by: [NAME] <[EMAIL]>",
  };
  for (const std::string_view text : rows) EXPECT_EQ(impersonal(text), text);
}

TEST(Personal, StaysUnlessAsked) {
  EXPECT_EQ(redacted("jane@example.org 203.0.113.7 /home/"
                     "jane"),
            "jane@example.org 203.0.113.7 /home/"
            "jane");
}

TEST(Personal, IsCounted) {
  EXPECT_EQ(redaction_of("a@example.org 203.0.113.7", {.personal = RedactionTerms::Personal::redact}).count,
            2U);
}

}  // namespace
}  // namespace runneriq::diagnosis
