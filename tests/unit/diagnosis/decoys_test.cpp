#include "diagnosis/decoys.hpp"

#include "diagnosis/candidates.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

struct Line {
  std::string_view text;
  LogPart part = LogPart::script;
};

struct Example {
  std::string_view name;
  std::vector<Line> lines;
  std::size_t first, last;  // of the block; its head is the first
  Decoy decoy;
  bool told = true;  // the log tells of a command that failed
};

ReadLog log_of(const Example& example) {
  ReadLog log;
  for (const Line& line : example.lines) {
    log.lines.push_back({.number = static_cast<std::int64_t>(log.lines.size()) + 1,
                         .text = line.text,
                         .part = line.part,
                         .reading = reading_of(line.text)});
  }
  return log;
}

std::vector<Line> followed_by(std::vector<Line> lines, std::size_t more, std::string_view text) {
  lines.insert(lines.end(), more, Line{text});
  return lines;
}

const std::vector<Line> kTriedAgain{
    {"error: connection reset by peer"}, {"Retrying (1/3)"}, {"fetched a.tar"}};
constexpr auto kAfter = LogPart::afterwards;
constexpr auto kBefore = LogPart::preparation;

const std::vector<Example>& examples() {
  static const std::vector<Example> all{
      {"tried_again_and_far_from_the_end", followed_by(kTriedAgain, 20, "unit built"), 0, 0, Decoy::retried},
      {"tried_again_right_before_the_end", followed_by(kTriedAgain, 2, "unit built"), 0, 0, Decoy::none},
      {"never_tried_again", followed_by({{"error: connection reset by peer"}}, 20, "unit built"), 0, 0,
       Decoy::none},
      {"tried_again_and_given_up",
       followed_by({{"error: no route"}, {"Retrying (1/3)"}, {"error: no route"}, {"Giving up"}}, 20,
                   "cleaning"),
       0, 0, Decoy::none},
      {"tried_again_and_failed_in_the_same_way",
       followed_by(followed_by(kTriedAgain, 20, "unit built"), 1, "error: connection reset by peer"), 0, 0,
       Decoy::none},
      {"counts_no_failure",
       {{"Tests run: 12, Failures: 0, Errors: 0, Skipped: 3"}},
       0,
       0,
       Decoy::counts_nothing},
      {"counts_no_failure_in_words", {{"14 passed, 0 failed"}}, 0, 0, Decoy::counts_nothing},
      {"counts_one_failure", {{"Tests run: 12, Failures: 1, Errors: 0"}}, 0, 0, Decoy::none},
      {"counts_ten_failures", {{"4 passed, 10 failed"}}, 0, 0, Decoy::none},
      {"counts_none_but_names_one", {{"0 failed so far"}, {"error: disk is gone"}}, 0, 1, Decoy::none},
      {"after_script",
       {{"make failed"}, {"Error: No such container: db", kAfter}},
       1,
       1,
       Decoy::after_the_script},
      {"after_script_where_no_command_is_told_to_have_failed",
       {{"all fine"}, {"Error: No such container: db", kAfter}},
       1,
       1,
       Decoy::none,
       false},
      {"artifacts", {{"x"}, {"WARNING: dist: no matching files", kAfter}}, 1, 1, Decoy::housekeeping},
      {"no_artifacts", {{"x"}, {"ERROR: No files to upload", kAfter}}, 1, 1, Decoy::housekeeping},
      {"cache", {{"WARNING: Cache file does not exist", kBefore}, {"x"}}, 0, 0, Decoy::housekeeping},
      {"last_word", {{"x"}, {"ERROR: Job failed: exit code 1", kAfter}}, 1, 1, Decoy::last_word},
      {"forged_reason", {{"ERROR: Job failed (system failure): no host"}, {"x"}}, 0, 0, Decoy::last_word},
      {"an_error", {{"error: the price is 7"}}, 0, 0, Decoy::none},
  };
  return all;
}

FailingSpan span_of(const ReadLog& log, const Example& example) {
  std::size_t end = log.lines.size();
  while (end > 0 && log.lines[end - 1].part == LogPart::afterwards) --end;
  return {.begin = 0, .end = end, .told = example.told};
}

Block block_of(const Example& example, std::string_view kind) {
  Block block;
  block.first = block.head = example.first;
  block.last = example.last;
  block.kind = kind;
  return block;
}

TEST(Decoys, AreKnown) {
  for (const Example& example : examples()) {
    const ReadLog log = log_of(example);
    const Block block = block_of(example, "error-lines");
    EXPECT_EQ(decoy_of(log, span_of(log, example), block), example.decoy) << example.name;
  }
}

TEST(Decoys, ScoreLowButAreNotLost) {
  for (const Example& example : examples()) {
    const ReadLog log = log_of(example);
    const Block block = block_of(example, "error-lines");
    const double score = after_decoys(0.8, log, span_of(log, example), block);
    EXPECT_GT(score, 0) << example.name;
    if (example.decoy == Decoy::none)
      EXPECT_EQ(score, 0.8) << example.name;
    else
      EXPECT_LT(score, 0.1) << example.name;
  }
}

TEST(Decoys, AreNotWhatTheRunnerItselfGivesAsTheReason) {
  const Example example{"",
                        {{"x"}, {"ERROR: Job failed: execution took longer than 1h0m0s seconds", kAfter}},
                        1,
                        1,
                        Decoy::none};
  const ReadLog log = log_of(example);
  const Block block = block_of(example, kVerdict);
  EXPECT_GT(after_decoys(0.1, log, span_of(log, example), block), 0.9);
}

}  // namespace
}  // namespace runneriq::diagnosis
