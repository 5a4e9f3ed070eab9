#include "blocks_of_text.hpp"
#include "diagnosis/line_shapes.hpp"
#include "diagnosis/tool_shapes.hpp"

#include <set>

namespace runneriq::diagnosis {
namespace {

// ---- shapes of lines -----------------------------------------------------------------------

TEST(LineShapes, FitTheBeginningOfALine) {
  struct Row {
    std::string_view line, pattern;
    bool fits;
  };
  constexpr Row kRows[] = {
      {"a.c:3:5: error: x", "<w>:<n>:<n>: error: ", true},
      {"a.c:3: error: x", "<w>:<n>:<n>: error: ", false},
      {"C:\\a.c:3:5: error: x", "<w>:<n>:<n>: error: ", true},
      {"a b.c:3:5: error: x", "<w>:<n>:<n>: error: ", false},
      {"a b.c:3:5: error: x", "<*>:<n>:<n>: error: ", true},
      {"sh: foo: command not found", "<*>: command not found", true},
      {"Killed", "Killed<$>", true},
      {"Killed by it", "Killed<$>", false},
      {"Killed  ", "Killed<$>", true},
      {"x", "<n>", false},
      {"12", "<n>", true},
      {"", "<w>", false},
      {"", "<*>", true},
      {"a<b", "a<b", true},
      {"anything", "", true},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(has_shape(row.line, row.pattern), row.fits) << row.line << " / " << row.pattern;
}

TEST(LineShapes, GiveUpOnLinesThatWouldTakeForEver) {
  const std::string line(20'000, 'a');
  EXPECT_FALSE(has_shape(line, "<*>a<*>a<*>a<*>a<*>b"));
}

TEST(LineShapes, NeedleIsTheLongestText) {
  EXPECT_EQ(needle_of("<w>:<n>: error: "), ": error: ");
  EXPECT_EQ(needle_of("<*>"), "");
  EXPECT_EQ(needle_of("abc"), "abc");
}

TEST(LineShapes, OfPatternsThatFitTheFirstIsFound) {
  constexpr std::array<std::string_view, 4> kPatterns{
      "<w>:<n>: error: ", "<*>: error: ", "E<n>: ", "none of all"};
  ShapeFinder finder(kPatterns);
  EXPECT_EQ(finder.find("a:1: error: x"), 0u);
  EXPECT_EQ(finder.find("a b: error: x"), 1u);
  EXPECT_EQ(finder.find("E42: x"), 2u);
  EXPECT_EQ(finder.find("E42: a: error: x"), 1u);
  EXPECT_EQ(finder.find("nothing"), ShapeFinder::kNone);
  EXPECT_EQ(finder.find(""), ShapeFinder::kNone);
  EXPECT_EQ(finder.find(std::string(ShapeFinder::kLongestMatched, 'x') + ": error: "), ShapeFinder::kNone);
}

// ---- the tables ----------------------------------------------------------------------------

TEST(ToolShapes, ArePlausibleAndNoPatternStandsTwice) {
  const std::array tables{shapes_of_native_compilers(),
                          shapes_of_managed_compilers(),
                          shapes_of_script_compilers(),
                          shapes_of_build_files(),
                          shapes_of_linters(),
                          shapes_of_packages(),
                          shapes_of_tools()};
  for (const auto& table : tables) {
    std::set<std::string_view> patterns;
    for (const ToolShape& shape : table) {
      EXPECT_TRUE(patterns.insert(shape.pattern).second) << shape.pattern;
      EXPECT_GE(needle_of(shape.pattern).size(), 2u) << shape.pattern;
      EXPECT_FALSE(shape.kind.empty() || shape.why.empty()) << shape.pattern;
      EXPECT_TRUE(shape.weight >= 0 && shape.weight <= 1) << shape.pattern;
      EXPECT_EQ(what_is_said(shape.pattern), shape.pattern) << "never seen: its beginning is taken off";
    }
  }
}

TEST(ToolShapes, WhatIsSaidStandsBehindWhatBuildToolsPutInFront) {
  EXPECT_EQ(what_is_said("  [javac] a.java:1"), "a.java:1");
  EXPECT_EQ(what_is_said("[error] x"), "x");
  EXPECT_EQ(what_is_said("#12 0.345 x"), "x");
  EXPECT_EQ(what_is_said("#12 x"), "#12 x");
  EXPECT_EQ(what_is_said("remote: x"), "x");
  EXPECT_EQ(what_is_said("\t x"), "x");
}

// ---- blocks --------------------------------------------------------------------------------

TEST(Blocks, ExtractorsHaveNames) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kExtractors; ++i) names.insert(to_text(static_cast<Extractor>(i)));
  EXPECT_EQ(names.size(), kExtractors);
  EXPECT_EQ(to_text(Extractor::lint), "lint");
  EXPECT_EQ(to_text(Extractor::generic), "generic");
}

constexpr std::string_view kMixed =
    "a.c:3:5: error: x\nfiller\na.py:1:1: F401 unused\nfiller\nnpm ERR! code E404\nfiller\nsh: foo: command "
    "not found\n"
    "filler\nsomething cannot be done\nok\n";

TEST(Blocks, AnExtractorThatIsLeftOutFindsNothing) {
  RuleBook rules;
  const ReadLog log = read_log(kMixed, rules);
  for (std::size_t i = 0; i < kExtractors; ++i) {
    ExtractorSet without;
    without.use[i] = false;
    for (const Block& block : blocks_of(log, without)) EXPECT_NE(block.extractor, static_cast<Extractor>(i));
  }
  for (const Extractor extractor :
       {Extractor::compiler, Extractor::lint, Extractor::package, Extractor::tool}) {
    const auto blocks = blocks_of(log);
    EXPECT_TRUE(std::ranges::any_of(blocks, [&](const Block& block) { return block.extractor == extractor; }))
        << to_text(extractor);
  }
}

TEST(Blocks, AreInTheOrderOfTheirFirstLinesAndWithinTheLog) {
  RuleBook rules;
  const ReadLog log = read_log(kMixed, rules);
  std::size_t before = 0;
  for (const Block& block : blocks_of(log)) {
    EXPECT_LE(before, block.first);
    EXPECT_LE(block.first, block.head);
    EXPECT_LE(block.head, block.last);
    EXPECT_LT(block.last, log.lines.size());
    before = block.first;
  }
}

TEST(Blocks, WhereNothingKnowsBetterLinesThatReadLikeAnErrorAreABlock) {
  const auto blocks = blocks_of_text("fine\nsomething cannot be done\n  because of this\n  and that\nfine\n");
  const auto block = first_of_kind(blocks, "error-lines");
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->first, 1u);
  EXPECT_EQ(block->last, 3u);
  EXPECT_EQ(block->head, 1u);
}

TEST(Blocks, WhatAnotherExtractorKnowsIsNotToldTwice) {
  for (const Block& block : blocks_of_text("a.c:3:5: error: cannot be\nfine\n"))
    EXPECT_NE(block.kind, "error-lines");
}

TEST(Blocks, TheLastOutputOfACommandThatFailedIsOne) {
  const auto blocks = blocks_of_text(
      "$ ./check\nfirst part\n\nplease run it again\nwith more care\n\nThe command \"./check\" exited with "
      "1.\n");
  const auto block = first_of_kind(blocks, "last-output");
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->first, 3u);
  EXPECT_EQ(block->last, 4u);
  EXPECT_FALSE(
      first_of_kind(blocks_of_text("$ ./check\nThe command \"./check\" exited with 1.\n"), "last-output")
          .has_value());
}

TEST(Blocks, OfNoTextThereAreNone) {
  EXPECT_TRUE(blocks_of_text("").empty());
  EXPECT_TRUE(blocks_of_text("\n\n\n").empty());
}

// Each could make a block that reaches far, once per line.
TEST(Blocks, HostileLogsTakeTimeInProportion) {
  constexpr std::string_view kLines[] = {"a:1: error: x",
                                         "Error:",
                                         "\t\t\t^",
                                         "Call Stack",
                                         "  1:1  error  x",
                                         "* checking x ... ERROR",
                                         "diff --git a b",
                                         "{",
                                         "-----",
                                         "E117: x",
                                         "l.1",
                                         "[error] a.scala:1:1: x",
                                         "npm ERR! code E1",
                                         "File \"a.ml\", line 1, characters 1-2:",
                                         "a a a a a a a: command not found",
                                         "In file included from a:1:",
                                         "#1 0.1 #1 0.1 x"};
  std::string all;
  for (const std::string_view line : kLines) {
    std::string log;
    while (log.size() < 200'000) log += std::string{line} + "\n";
    all += log;
    const auto blocks = blocks_of_text(log);
    EXPECT_LE(blocks.size(), log.size());
  }
  while (all.size() < 2'000'000) {
    for (const std::string_view line : kLines)
      all += std::string{line} + "\n" + std::string(line.size() % 5, ' ');
  }
  blocks_of_text(all);
  blocks_of_text(std::string(1'000'000, ':') + ": error: ");
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 7 + i / 256);
  blocks_of_text(bytes);
}

}  // namespace
}  // namespace runneriq::diagnosis
