// How well the search for the cause meets what people labelled, without history and with at most 30 lines
// shown. Prints tables; the floors stand a little below what was reached.
#include "tests/evaluation/log_chunks.hpp"

#include "diagnosis/root_cause.hpp"
#include "tests/evaluation/chunk_scores.hpp"
#include "tests/evaluation/recordings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <functional>
#include <map>

namespace runneriq::evaluation {
namespace {

using diagnosis::ExtractorSet;
using Clock = std::chrono::steady_clock;

struct ReadChunk {
  LabelledLog label;
  diagnosis::ReadLog log;
  double read_ms = 0;
};

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> numbers) {
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

const std::deque<ReadChunk>& chunks() {
  static const std::deque<ReadChunk> all = [] {
    diagnosis::RuleBook rules;
    std::deque<ReadChunk> read;
    for (LabelledLog& label : log_chunks()) {
      ReadChunk& chunk = read.emplace_back();
      const auto begin = Clock::now();
      chunk.log = diagnosis::read_log(label.raw, rules);
      chunk.read_ms = ms_since(begin);
      label.raw.clear();
      chunk.label = std::move(label);
    }
    return read;
  }();
  return all;
}

ChunkScores scores_of(const std::function<bool(const LabelledLog&)>& wanted,
                      const ExtractorSet& extractors = {}) {
  ChunkScores scores;
  for (const ReadChunk& chunk : chunks()) {
    if (!wanted(chunk.label)) continue;
    const auto cause = diagnosis::root_cause_of(chunk.log, {.extractors = extractors});
    scores.add(chunk.log, cause.blocks, chunk.label);
  }
  return scores.averages();
}

bool is_any(const LabelledLog&) {
  return true;
}
bool is_tuning(const LabelledLog& log) {
  return log.part == Part::tuning;
}
bool is_check(const LabelledLog& log) {
  return log.part == Part::check;
}

void print(const std::string& what, const ChunkScores& scores) {
  std::printf("%-22s %s\n", what.c_str(), to_text(scores).c_str());
}

class LogChunks : public WithRecordings {
 protected:
  void SetUp() override { skip_without({kLogChunks}); }
};

TEST_F(LogChunks, AreMetInBothParts) {
  const ChunkScores all = scores_of(is_any), tuning = scores_of(is_tuning), check = scores_of(is_check);
  print("whole", all);
  print("tuning part", tuning);
  print("check part", check);
  EXPECT_GE(all.recall, 0.77);
  EXPECT_GE(all.precision, 0.50);
  EXPECT_GE(all.hit_1, 0.85);
  EXPECT_GE(all.hit_3, 0.91);
  EXPECT_GE(check.recall, 0.74);
  EXPECT_GE(check.precision, 0.50);
  EXPECT_GE(check.hit_1, 0.86);
  EXPECT_GE(check.hit_3, 0.91);
  EXPECT_LE(all.shown, 30);
}

TEST_F(LogChunks, AreMetInEveryLanguage) {
  std::map<std::string, int> languages;
  for (const ReadChunk& chunk : chunks()) ++languages[chunk.label.language];
  for (const auto& [language, logs] : languages) {
    const auto scores = scores_of([&](const LabelledLog& log) { return log.language == language; });
    print(language, scores);
    EXPECT_TRUE(scores.hit_3 > 0) << language << ", " << logs << " logs";
  }
}

TEST_F(LogChunks, AreNotMetBetterWithoutAFamilyOfExtractors) {
  const ChunkScores all = scores_of(is_any);
  print("all extractors", all);
  for (std::size_t i = 0; i < diagnosis::kExtractors; ++i) {
    ExtractorSet extractors;
    extractors.use[i] = false;
    const std::string name{to_text(static_cast<diagnosis::Extractor>(i))};
    const ChunkScores without = scores_of(is_any, extractors);
    print("without " + name, without);
    EXPECT_LE(without.recall, all.recall + 0.02) << name;
  }
  ExtractorSet generic;
  std::fill(std::begin(generic.use), std::end(generic.use), false);
  generic.use[static_cast<std::size_t>(diagnosis::Extractor::generic)] = true;
  print("generic alone", scores_of(is_any, generic));
}

TEST_F(LogChunks, TakeFewMilliseconds) {
  std::vector<double> reading, finding;
  for (const ReadChunk& chunk : chunks()) {
    const auto begin = Clock::now();
    const auto cause = diagnosis::root_cause_of(chunk.log);
    finding.push_back(ms_since(begin));
    reading.push_back(chunk.read_ms);
    EXPECT_FALSE(cause.blocks.empty()) << chunk.label.name;
  }
  std::printf("median of a log: read in %.2f ms, cause found in %.2f ms; longest %.1f ms, %.1f ms\n",
              median(reading), median(finding), std::ranges::max(reading), std::ranges::max(finding));
  EXPECT_LE(median(finding), 10);
}

}  // namespace
}  // namespace runneriq::evaluation
