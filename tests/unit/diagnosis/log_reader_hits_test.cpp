// The work that the rules of a log may take.
#include "diagnosis/log_reader_hits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace runneriq::diagnosis {
namespace {

constexpr std::string_view kFull = "cp: write error: No space left on device";

RuleBook& rules() {
  static RuleBook book;
  return book;
}

std::string numbered(int number) {
  return std::to_string(number) + " " + std::string(kFull);
}

// Of letters alone, so that no two are alike.
std::string spelt(int number) {
  std::string word = std::to_string(number);
  for (char& c : word) c = static_cast<char>(c - '0' + 'g');
  return word;
}

bool is_found(LineHits& hits, const std::string& line, Reading reading = Reading::error) {
  const auto found = hits.of(line, reading);
  return found && !found->empty();
}

TEST(LineHits, AreThoseOfTheRuleBookWhileWorkIsFree) {
  LineHits hits{rules(), {.free = 1'000'000, .unlike = 1'000'000, .complaints = 1'000'000}};
  EXPECT_TRUE(is_found(hits, std::string(kFull)));
  const auto none = hits.of("Compiling cart", Reading::plain);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(LineHits, OfLinesThatDifferInDigitsAreTakenToBeTheSameWhenWorkIsShort) {
  LineHits hits{rules(), {.free = 0, .unlike = 100'000, .complaints = 100'000}};
  for (int i = 0; i < 50'000; ++i) ASSERT_TRUE(is_found(hits, numbered(i))) << i;
  EXPECT_TRUE(is_found(hits, "cart " + std::string(kFull))) << "little work was done";
}

TEST(LineHits, AreNotTakenFromTooFewLines) {
  LineHits hits{rules(), {.free = 0, .unlike = 1'000'000, .complaints = 1'000'000}};
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(is_found(hits, "exit " + std::to_string(i) + std::string(kFull)));
  const std::int64_t before = rules().last_work();
  (void)rules().match("");
  ASSERT_TRUE(is_found(hits, "exit 8" + std::string(kFull)));
  EXPECT_GE(rules().last_work(), before) << "the eighth is matched";
  (void)rules().match("");
  const std::int64_t nothing = rules().last_work();
  ASSERT_TRUE(is_found(hits, "exit 9" + std::string(kFull)));
  EXPECT_EQ(rules().last_work(), nothing) << "the ninth is not";
}

TEST(LineHits, AreKeptForComplaintsWhenWorkIsScarcer) {
  LineHits hits{rules(), {.free = 0, .unlike = 0, .complaints = 1'000'000}};
  EXPECT_FALSE(hits.of(std::string(kFull), Reading::plain));
  EXPECT_FALSE(hits.of(std::string(kFull), Reading::consequence));
  EXPECT_TRUE(is_found(hits, std::string(kFull), Reading::complaint));
}

TEST(LineHits, EndWithTheWork) {
  LineHits hits{rules(), {.free = 20'000, .unlike = 40'000, .complaints = 60'000}};
  int found = 0;
  while (found < 10'000 && is_found(hits, spelt(found) + " " + std::string(kFull))) ++found;
  EXPECT_GT(found, 20);
  EXPECT_LT(found, 1'000);
  EXPECT_FALSE(hits.matched(kFull).empty()) << "of few lines they are known whatever was done before";
}

TEST(LineHits, AreFewOfALine) {
  LineHits hits{rules(), {.free = 1'000'000, .unlike = 1'000'000, .complaints = 1'000'000}};
  std::string line;
  for (const Rule* rule : all_rules()) line.append(rule->examples.front().substr(0, 24)).append(" ");
  EXPECT_LE(hits.of(line, Reading::error)->size(), LineHits::kMost);
}

TEST(LineHits, OfTheEndOfALogAreKnownWhateverStandsBefore) {
  const LogReader::Limits limits{.beginning = 1'000, .end = 100'000, .around = 100'000};
  LogReader reader{rules(), limits};
  std::string line;
  for (const Rule* rule : all_rules()) {
    if (line.size() < RuleBook::kLongestMatched) line.append(rule->examples.front()).append(" ");
  }
  (void)rules().match(line);
  const std::int64_t lines = 2 * LineHits::Bounds::within(limits).complaints / rules().last_work();
  ASSERT_GT(lines, 500);
  for (int i = 0; i < lines; ++i) reader.feed(spelt(i) + " " + line + "\n");
  const ReadLog log = std::move(reader).finish();
  const auto has_hits = [](const LogLine& read) { return read.hit_count > 0; };
  ASSERT_FALSE(log.lines.empty());
  EXPECT_FALSE(log.whole);
  EXPECT_TRUE(std::all_of(log.lines.end() - 20, log.lines.end(), has_hits));
  EXPECT_TRUE(std::ranges::any_of(log.lines, has_hits));
}

}  // namespace
}  // namespace runneriq::diagnosis
