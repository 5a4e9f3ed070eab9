#include "diagnosis/extractors_of_runs.hpp"
#include "marked_log.hpp"
#include "reports_of_tests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

std::vector<Block> tests_in(const ReadLog& log) {
  std::vector<Block> blocks;
  add_test_blocks(RunLines(log), blocks);
  return blocks;
}

std::vector<Block> tests_in(std::string_view text) {
  return tests_in(log_of(text));
}

std::string named(const testing::TestParamInfo<MarkedLog>& info) {
  return std::string{info.param.name};
}

class ReportsOfTests : public testing::TestWithParam<MarkedLog> {};

TEST_P(ReportsOfTests, AreBlocksFromTheirTitleToTheirLastLine) {
  const MarkedLog& log = GetParam();
  const auto wanted = marked_in(log.text);
  ASSERT_TRUE(wanted);
  const ReadLog read = log_of(log.text);
  const std::vector<Span> found = spans_of(tests_in(read), log.kind);
  ASSERT_FALSE(found.empty()) << testing::PrintToString(spans_of(tests_in(read), ""));
  EXPECT_EQ(found.front(), *wanted);
}

INSTANTIATE_TEST_SUITE_P(OfRunners, ReportsOfTests, testing::ValuesIn(kReports), named);

class LinesWithoutFailure : public testing::TestWithParam<std::string_view> {};

TEST_P(LinesWithoutFailure, AreNoBlock) {
  EXPECT_EQ(spans_of(tests_in(log_of(GetParam(), 0)), ""), Spans{});
}

INSTANTIATE_TEST_SUITE_P(
    OfRunners, LinesWithoutFailure,
    testing::Values(
        "  0 failing", "Tests:       5 passed, 5 total", "ok 1 - adds", "not ok 2 - adds # TODO later",
        "not ok 2 - adds # SKIP no network", "test result: ok. 3 passed; 0 failed; 0 ignored",
        "Tests run: 3, Failures: 0, Errors: 0, Skipped: 0", "3 examples, 0 failures", "[  PASSED  ] 3 tests.",
        "100% tests passed, 0 tests failed out of 3",
        "Executed 3 tests, with 0 failures (0 unexpected) in 0.1 s", "# FAIL:  0",
        "===== 3 passed in 0.12s =====", "1) Install it\n2) Run it",
        "TEST COMPLETE, 3 ok, 0 failed of 3 test cases", "Failed to load a theme, going on",
        "● Console\n\n  hello", "3 runs, 3 assertions, 0 failures, 0 errors, 0 skips",
        "OK (3 tests, 3 assertions)", "FAILED: 0", "ERROR in ./src/cart.js 3:0-28\nModule not found",
        "● nginx.service - A web server\n     Loaded: loaded", "Totals: 3 passed, 0 failed, 0 skipped", ""));

TEST(TestBlocks, AreOneForEachFailedTest) {
  const auto blocks = tests_in(R"log( --- FAIL: TestAdd (0.00s)
     cart_test.go:12: got 3
 --- FAIL: TestClear (0.00s)
     cart_test.go:22: got 1
 FAIL
)log");
  EXPECT_EQ(spans_of(blocks, "go-test-failure"),
            (Spans{{.first = 0, .last = 1, .head = 0}, {.first = 2, .last = 3, .head = 2}}));
}

TEST(TestBlocks, OfPassedListsDoNotFollowAHeadingOfAnother) {
  const auto blocks = tests_in(R"log( There was 1 risky test:
 
 1) CartTest::testAdds
 This test did not perform any assertions
 
 OK, but incomplete, skipped, or risky tests!
)log");
  EXPECT_EQ(spans_of(blocks, ""), Spans{});
}

TEST(TestBlocks, AreNoneOfToolsThatWriteTheSameWord) {
  for (const std::string_view text : {
           " FAILED: cart\n : && /usr/bin/c++ -O2 main.cpp.o -o cart && :\n ld: undefined reference to `a'\n",
           " FAILED: [code=1] cart.o\n /usr/bin/c++ -Werror -c cart.cpp\n",
           " Error: creating build container: reading blob (at layer 3): exit status 1\n",
           " Error: cannot open the store (is it there?)\n",
       })
    for (const std::string_view kind : {"testng-failure", "test-unit-failure"})
      EXPECT_EQ(spans_of(tests_in(text), kind), Spans{}) << text;
}

TEST(TestBlocks, OfPendingExamplesAreNone) {
  const auto blocks =
      tests_in(R"log( Pending: (Failures listed here are expected and do not affect your suite's status)
 
   1) Cart adds
      # not yet
      Failure/Error: expect(total).to eq 4
 
 Failures:
 
   1) Cart clears
      Failure/Error: expect(total).to eq 0
)log");
  EXPECT_EQ(spans_of(blocks, "rspec-failure"), (Spans{{.first = 8, .last = 9, .head = 8}}));
}

TEST(TestBlocks, HoldWhatIsWithinThem) {
  const auto blocks = tests_in(R"log( --- FAIL: TestAdd (0.00s)
     --- FAIL: TestAdd/of_two (0.00s)
         cart_test.go:12: got 3
     --- FAIL: TestAdd/of_three (0.00s)
 FAIL
)log");
  EXPECT_EQ(spans_of(blocks, "go-test-failure"), (Spans{{.first = 0, .last = 3, .head = 0}}));
}

TEST(TestBlocks, OfTapTakeCommentsButNoOtherOutput) {
  const auto blocks = tests_in(R"log( not ok 1 - adds
 # got 3
 connecting to the store
 ok 2 - clears
)log");
  EXPECT_EQ(spans_of(blocks, "tap-failure"), (Spans{{.first = 0, .last = 1, .head = 0}}));
}

TEST(TestBlocks, ThatDoNotEndAreTheirFirstParagraph) {
  std::string text = "▸ before\n ==== cart-1 adds FAILED\n ==== Contents\n total\n \n";
  for (std::size_t line = 0; line < 2 * kLongestReport; ++line) text += " more\n";
  EXPECT_EQ(spans_of(tests_in(text), "tcltest-failure"), (Spans{{.first = 1, .last = 3, .head = 1}}));
}

TEST(TestBlocks, WeighReportsAboveListsAndListsAboveCounts) {
  const auto weight = [](std::string_view text, std::string_view kind) {
    const auto blocks = tests_in(text);
    const auto found = std::ranges::find(blocks, kind, &Block::kind);
    return found == blocks.end() ? -1 : found->weight;
  };
  const double report = weight(" --- FAIL: TestAdd (0.00s)", "go-test-failure");
  const double list = weight(" FAILED a.py::b - c", "pytest-summary");
  const double counts = weight(" 3 failed, 1 passed in 1.2s", "test-counts");
  EXPECT_GT(report, list);
  EXPECT_GT(list, counts);
  EXPECT_GT(counts, 0);
}

TEST(TestBlocks, EndWhereLinesWereLeftOut) {
  ReadLog log = log_of(" --- FAIL: TestAdd (0.00s)\n     one\n     two\n");
  log.lines[2].after_gap = true;
  EXPECT_EQ(spans_of(tests_in(log), "go-test-failure"), (Spans{Span{.first = 0, .last = 1, .head = 0}}));
}

TEST(TestBlocks, EndWithThePartOfTheLog) {
  ReadLog log = log_of(" --- FAIL: TestAdd (0.00s)\n     one\n     two\n");
  log.lines[2].part = LogPart::afterwards;
  EXPECT_EQ(spans_of(tests_in(log), "go-test-failure"), (Spans{Span{.first = 0, .last = 1, .head = 0}}));
}

TEST(TestBlocks, KnowTheirClassAndSayWhy) {
  for (const MarkedLog& log : kReports) {
    for (const Block& block : tests_in(log.text)) {
      EXPECT_EQ(block.extractor, Extractor::test) << block.kind;
      EXPECT_FALSE(block.why.empty()) << block.kind;
    }
  }
}

TEST(TestBlocks, StayWithinALogThatIsCutAnywhere) {
  for (const MarkedLog& whole : kReports) {
    for (std::size_t length = 0; length < whole.text.size(); length += 7) {
      const ReadLog log = log_of(whole.text.substr(0, length));
      for (const Block& block : tests_in(log)) {
        ASSERT_LE(block.first, block.head);
        ASSERT_LE(block.head, block.last);
        ASSERT_LT(block.last, log.lines.size());
      }
    }
  }
}

// Titles that would each look for an end far below.
TEST(TestBlocks, TakeTimeThatGrowsWithTheLogOnly) {
  std::string text;
  for (int line = 0; line < 40'000; ++line) {
    text += line % 2 == 0 ? "==== a FAILED\n" : "--- FAIL: x\n  1) a::b\nnot ok 1 - x\n[-] x\n";
  }
  const ReadLog log = log_of(text, 0);
  EXPECT_FALSE(tests_in(log).empty());
}

TEST(Patterns, KnowTextNumbersAndAlternatives) {
  EXPECT_TRUE(like("12 failing", "# failing"));
  EXPECT_FALSE(like("0 failing", "@ failing"));
  EXPECT_TRUE(like("10 failing", "@ failing"));
  EXPECT_TRUE(like("abcabd", "%abd"));
  EXPECT_FALSE(like("abcabd", "%abc"));
  EXPECT_TRUE(like("a#b", "a\\#b"));
  EXPECT_FALSE(like("a1b", "a\\#b"));
  EXPECT_TRUE(like("b", "a|b"));
  EXPECT_TRUE(like("", "a|"));
  EXPECT_FALSE(like("", ""));
  EXPECT_FALSE(like("", "a"));
  EXPECT_TRUE(like("x:12: y", "%:#: %"));
  EXPECT_FALSE(like("x:: y", "%:#: %"));
  EXPECT_TRUE(like("a|b", "a?b"));
}

TEST(Patterns, TakeNoTimeToRefuseALongLine) {
  const std::string line(4096, 'a');
  for (int again = 0; again < 200; ++again) EXPECT_FALSE(like(line, "%a%a%a%a%a%b"));
  const std::string digits(4096, '1');
  for (int again = 0; again < 2000; ++again) EXPECT_FALSE(like(digits, "%# failed|%@ errors"));
}

}  // namespace
}  // namespace runneriq::diagnosis
