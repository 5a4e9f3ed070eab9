#include "core/lines.hpp"

#include <gtest/gtest.h>

namespace runneriq {
namespace {

using Lines = std::vector<std::string_view>;

TEST(Lines, AreCutAtNewlines) {
  EXPECT_EQ(lines_of("a\nbc\n"), (Lines{"a", "bc"}));
  EXPECT_EQ(lines_of("a\nbc"), (Lines{"a", "bc"}));
  EXPECT_EQ(lines_of("a"), Lines{"a"});
}

TEST(Lines, OfNothingAreNone) {
  EXPECT_TRUE(lines_of("").empty());
}

TEST(Lines, EmptyOnesCount) {
  EXPECT_EQ(lines_of("\n"), Lines{""});
  EXPECT_EQ(lines_of("\n\na\n\n"), (Lines{"", "", "a", ""}));
}

TEST(Lines, OtherBytesStayInTheLine) {
  EXPECT_EQ(lines_of("a\r\nb\rc"), (Lines{"a\r", "b\rc"}));
  EXPECT_EQ(lines_of(std::string_view("a\0b\nc", 5)), (Lines{std::string_view("a\0b", 3), "c"}));
}

TEST(Lines, AreViewsIntoTheText) {
  const std::string text = "ab\ncd";
  const Lines lines = lines_of(text);
  EXPECT_EQ(lines[1].data(), text.data() + 3);
}

}  // namespace
}  // namespace runneriq
