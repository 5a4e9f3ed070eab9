#include "gitlab/markdown.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

TEST(ACodeSpan, IsClosedByNothingInIt) {
  EXPECT_EQ(code_span(""), "");
  EXPECT_EQ(code_span("a"), "`a`");
  EXPECT_EQ(code_span("a`b``c"), "```a`b``c```");
  EXPECT_EQ(code_span("`a"), "`` `a ``");
  EXPECT_EQ(code_span("a`"), "`` a` ``");
}

TEST(ACodeBlock, IsClosedByNothingInItAndHoldsNoAction) {
  EXPECT_EQ(code_block("a\n"), "\n```text\na\n```\n");
  EXPECT_EQ(code_block("````\n  /close\n/close\nx/y\n"),
            "\n`````text\n````\n|   /close\n| /close\nx/y\n`````\n");
}

TEST(OurWords, AreNoMarks) {
  EXPECT_EQ(escaped_words("3 jobs, #1 @all *x* /y"), "3 jobs, \\#1 \\@all \\*x\\* /y");
  EXPECT_EQ(escaped_words("/close"), "\\/close");
}

TEST(ALink, LeadsToPagesOnly) {
  EXPECT_EQ(link("job 7", "https://gitlab.example/a/-/jobs/7"), "[job 7](https://gitlab.example/a/-/jobs/7)");
  for (const std::string_view bad :
       {"javascript:alert(1)", "", "https://x/)![b](https://y", "https://x y", "http://x\"y"}) {
    EXPECT_EQ(link("job 7", bad), "job 7") << bad;
  }
}

TEST(ATitle, HoldsNothingThatGitLabWouldFollow) {
  EXPECT_EQ(escaped_title("a\nb @all"), "a b @\u2060all");
}

}  // namespace
}  // namespace runneriq::gitlab
