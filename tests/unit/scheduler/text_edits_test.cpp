#include "scheduler/text_edits.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

TEST(UnifiedDiff, IsEmptyWithoutEdits) {
  EXPECT_EQ(unified_diff("f", "a\n", {}), "");
}

TEST(UnifiedDiff, ShowsAChangedLineWithThreeLinesAround) {
  EXPECT_EQ(unified_diff("f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", {{.at = 9, .text = "x"}}),
            "--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+5x\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, ShowsAddedLinesAlone) {
  EXPECT_EQ(unified_diff("f", "1\n2\n", {{.at = 2, .text = "x\n"}}),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n 1\n+x\n 2\n");
  EXPECT_EQ(unified_diff("f", "1\n", {{.at = 2, .text = "x\n"}}),
            "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n 1\n+x\n");
}

TEST(UnifiedDiff, SaysWhereNoNewlineStands) {
  EXPECT_EQ(unified_diff("f", "1", {{.at = 1, .text = "\nx"}}),
            "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n-1\n\\ No newline at end of file\n+1\n+x\n"
            "\\ No newline at end of file\n");
}

TEST(UnifiedDiff, PartsWhatLiesFarApart) {
  const std::string text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  EXPECT_EQ(unified_diff("f", text, {{.at = 0, .text = "a\n"}, {.at = 16, .removed = 1, .text = "b"}}),
            "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+a\n 1\n 2\n 3\n@@ -6,4 +7,4 @@\n 6\n 7\n 8\n-9\n+b\n");
}

TEST(UnifiedDiff, EndsANameWithABlankAtATab) {
  EXPECT_EQ(unified_diff("a b", "1\n", {{.at = 0, .text = "x\n"}}).substr(0, 20), "--- a/a b\t\n+++ b/a b");
}

TEST(Edited, KeepsTheOrderOfEditsAtOnePlace) {
  EXPECT_EQ(edited("ab", {{.at = 1, .text = "1"}, {.at = 0, .text = "0"}, {.at = 1, .text = "2"}}), "0a12b");
  EXPECT_EQ(edited("abc", {{.at = 1, .removed = 1, .text = "-"}}), "a-c");
}

}  // namespace
}  // namespace runneriq::scheduler
