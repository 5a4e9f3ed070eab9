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

TEST(ATitle, HoldsNothingThatGitLabWouldFollow) {
  EXPECT_EQ(escaped_title("a\nb @all"), "a b @\u2060all");
}

}  // namespace
}  // namespace runneriq::gitlab
