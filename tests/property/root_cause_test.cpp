#include "diagnosis/root_cause.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

using namespace std::string_view_literals;

// What logs are made of, and what they should not be.
constexpr std::array kPieces{
    "$ make\n"sv,
    "error: bad thing\n"sv,
    "src/a.c:1:2: error: no\n"sv,
    "    at Shop.total(Shop.java:12)\n"sv,
    "Traceback (most recent call last):\n"sv,
    "  File \"a.py\", line 1, in <module>\n"sv,
    "ValueError: no\n"sv,
    "--- FAIL: TestA (0.00s)\n"sv,
    "FAILED tests/a.py::test_b - assert 1 == 2\n"sv,
    "Tests run: 4, Failures: 0, Errors: 0\n"sv,
    "npm ERR! code ELIFECYCLE\n"sv,
    "make: *** [all] Error 2\n"sv,
    "The command \"make\" exited with 2.\n"sv,
    "ERROR: Job failed: exit code 1\n"sv,
    "Retrying in 5 seconds...\n"sv,
    "section_start:1:step_script\r\x1b[0K"sv,
    "section_end:1:step_script\r\x1b[0K"sv,
    "section_start:1:after_script\r\x1b[0K"sv,
    "Running after_script\n"sv,
    "travis_time:start:0\r\x1b[0K"sv,
    "\x1b[31;1m\r\n"sv,
    "\xff\xfe\x80\n"sv,
    "\0\b\b\b"sv,
    "\n"sv,
    "\n\n\n"sv,
    "plain words\n"sv,
    "========================================\n"sv,
    "          \t  \n"sv,
};

std::string made_log(std::mt19937_64& random) {
  std::string text;
  const std::size_t pieces = random() % 400;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::string_view piece = kPieces[random() % kPieces.size()];
    const std::size_t times = random() % 17 == 0 ? 40 : 1;
    for (std::size_t k = 0; k < times; ++k) text += piece;
  }
  return text;
}

void check(const ReadLog& log, const RootCause& cause, std::size_t most) {
  std::vector<std::size_t> lines;
  double score = 1;
  for (const ShownBlock& block : cause.blocks) {
    ASSERT_LE(block.first, block.head);
    ASSERT_LE(block.head, block.last);
    ASSERT_LT(block.last, log.lines.size());
    ASSERT_GE(block.score, 0);
    ASSERT_LE(block.score, score);
    ASSERT_FALSE(block.kind.empty());
    score = block.score;
    for (std::size_t i = block.first; i <= block.last; ++i) lines.push_back(i);
  }
  ASSERT_LE(lines.size(), most);
  std::ranges::sort(lines);
  ASSERT_EQ(std::ranges::adjacent_find(lines), lines.end());
  ASSERT_LT(cause.command, static_cast<std::int32_t>(log.commands.size()));
}

bool has_text(const ReadLog& log) {
  return std::ranges::any_of(log.lines, [](const LogLine& line) {
    return line.text.find_first_not_of(" \t") != std::string_view::npos;
  });
}

TEST(RootCauseLaws, BlocksStandWithinTheLogInOrderAndWithinTheirBounds) {
  RuleBook rules;
  std::mt19937_64 random{20260101};
  for (int round = 0; round < 1500; ++round) {
    const std::string raw = made_log(random);
    const ReadLog log = read_log(raw, rules);
    RootCauseTerms terms{.lines = 1 + random() % 40};
    const bool all = random() % 2 == 0;
    for (bool& use : terms.extractors.use) use = all || random() % 2 == 0;
    const RootCause cause = root_cause_of(log, terms);
    ASSERT_NO_FATAL_FAILURE(check(log, cause, terms.lines)) << "round " << round;
    ASSERT_EQ(cause.blocks.empty(), !has_text(log)) << "round " << round << "\n" << raw;
  }
}

TEST(RootCauseLaws, HistoryMovesNothingOutOfBounds) {
  RuleBook rules;
  std::mt19937_64 random{4711};
  for (int round = 0; round < 300; ++round) {
    LogHistory history;
    history.green.add(read_log(made_log(random), rules));
    history.failed.add(kPieces[random() % kPieces.size()]);
    const ReadLog log = read_log(made_log(random), rules);
    ASSERT_NO_FATAL_FAILURE(check(log, root_cause_of(log, {.history = &history}), kMostShownLines));
  }
}

TEST(RootCauseLaws, TheSameLogHasTheSameCause) {
  RuleBook rules;
  std::mt19937_64 random{7};
  for (int round = 0; round < 50; ++round) {
    const std::string raw = made_log(random);
    const ReadLog one = read_log(raw, rules), other = read_log(raw, rules);
    const RootCause a = root_cause_of(one), b = root_cause_of(other);
    ASSERT_EQ(a.blocks.size(), b.blocks.size());
    for (std::size_t i = 0; i < a.blocks.size(); ++i) EXPECT_EQ(a.blocks[i].first, b.blocks[i].first);
  }
}

// Many blocks that touch, overlap or repeat cost no more than a line each: with 16 times the lines, time
// grows by not much more.
TEST(RootCauseLaws, LongRunsOfBlocksStayWithinBounds) {
  RuleBook rules;
  for (const std::string_view piece : kPieces) {
    std::string raw = "$ make\n";
    while (raw.size() < 400'000) raw += piece;
    const ReadLog log = read_log(raw, rules);
    ASSERT_NO_FATAL_FAILURE(check(log, root_cause_of(log), kMostShownLines));
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
