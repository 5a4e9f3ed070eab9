#include "core/joined.hpp"
#include "core/path.hpp"
#include "core/printable.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq {
namespace {

TEST(Joined, PutsTheSeparatorBetweenWordsOnly) {
  EXPECT_EQ(joined({}, ", "), "");
  EXPECT_EQ(joined(std::vector<std::string>{"a"}, ", "), "a");
  EXPECT_EQ(joined(std::vector<std::string>{"a", "", "b"}, "."), "a..b");
}

TEST(LastPart, IsWhatStandsAfterTheLastSlash) {
  EXPECT_EQ(last_part("/a/b"), "b");
  EXPECT_EQ(last_part("b"), "b");
  EXPECT_EQ(last_part("/a/"), "");
  EXPECT_EQ(last_part(""), "");
}

TEST(QuotedText, ShowsABadValueOnOneLine) {
  EXPECT_EQ(quoted_text("/etc\n"), "'/etc\\n'");
  EXPECT_EQ(quoted_text(""), "''");
  EXPECT_LE(quoted_text(std::string(1000, 'x')).size(), 90U);
}

}  // namespace
}  // namespace runneriq
