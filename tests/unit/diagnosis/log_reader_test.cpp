// Lines, their numbers in the raw log, and what is kept of a long one.
#include "core/utf8.hpp"
#include "diagnosis/read_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {
namespace {

using namespace std::string_literals;
using Numbered = std::vector<std::pair<std::int64_t, std::string>>;

RuleBook& rules() {
  static RuleBook book;
  return book;
}

Numbered lines_of(const ReadLog& log) {
  Numbered lines;
  for (const LogLine& line : log.lines) lines.emplace_back(line.number, line.text);
  return lines;
}

Numbered read(std::string_view raw) {
  return lines_of(read_log(raw, rules()));
}

ReadLog read_within(std::string_view raw, const LogReader::Limits& limits) {
  LogReader reader{rules(), limits};
  reader.feed(raw);
  return std::move(reader).finish();
}

bool holds(const ReadLog& log, std::string_view text) {
  return std::ranges::any_of(log.lines, [&](const LogLine& line) { return line.text == text; });
}

TEST(LogReader, NumbersLinesAsTheyAreSplitAtLineFeeds) {
  EXPECT_EQ(read(""), Numbered{});
  EXPECT_EQ(read("one"), (Numbered{{1, "one"}}));
  EXPECT_EQ(read("one\n"), (Numbered{{1, "one"}}));
  EXPECT_EQ(read("\n\nthree\r\n10 %\r20 %\nfive\vx\xE2\x80\xA8y"),
            (Numbered{{1, ""}, {2, ""}, {3, "three"}, {4, "20 %"}, {5, "fivexy"}}));
  const ReadLog log = read_log("a\nb\n\nd", rules());
  EXPECT_EQ(log.line_count, 4);
  EXPECT_EQ(log.byte_count, 6);
  EXPECT_TRUE(log.whole);
}

TEST(LogReader, JoinsLinesThatGoOn) {
  const std::string stamp = "2026-06-05T11:59:14.281330Z ";
  EXPECT_EQ(read(stamp + "00O first\n" + stamp + "01O a\n" + stamp + "01O+b\n" + stamp + "01O+c\n" + stamp +
                 "01O d\n"),
            (Numbered{{1, "first"}, {2, "abc"}, {5, "d"}}));
  // Of another stream it is a line of its own.
  EXPECT_EQ(read(stamp + "01O a\n" + stamp + "01E+b\n" + stamp + "02E+c\n"),
            (Numbered{{1, "a"}, {2, "b"}, {3, "c"}}));
  // The text stands in the line in which it begins.
  EXPECT_EQ(read(stamp + "00O section_start:1:a\n" + stamp + "00O+\x1B[0K\x1B[36;1mtitle\x1B[0;m\n"),
            (Numbered{{2, "title"}}));
  EXPECT_EQ(read(stamp + "00O section_end:1:a\r\n" + stamp + "00O+section_start:1:b\r\n" + stamp +
                 "00O+\x1B[0Ktitle\n"),
            (Numbered{{3, "title"}}));
  EXPECT_EQ(read(stamp + "00O section_end:1:a\n" + stamp + "00O+section_start:1:b\n" + stamp +
                 "00O+\x1B[0Ktitle\n"),
            (Numbered{{3, "title"}}));
  EXPECT_EQ(read(stamp + "01O 10 %\r\n" + stamp + "01O+20 %\r\n" + stamp + "01O+done\n"),
            (Numbered{{3, "done"}}));
}

TEST(LogReader, DoesNotJoinWhereAScriptPrintsStamps) {
  const std::string stamp = "2026-06-05T11:59:14.281330Z ";
  EXPECT_EQ(read("one\ntwo\n" + stamp + "01O a\n" + stamp + "01O+b\n"),
            (Numbered{{1, "one"}, {2, "two"}, {3, "a"}, {4, "b"}}));
}

TEST(LogReader, CutsLongLinesAndGoesOnRight) {
  const std::string raw =
      "first\n" + std::string(840'532, 'x') + "\nthird\n" + std::string(3'000'000, 'y') + "\nfifth\n";
  const ReadLog log = read_log(raw, rules());
  ASSERT_EQ(log.lines.size(), 5U);
  EXPECT_EQ(log.lines[1].text, std::string(LogReader::kLongestLine, 'x'));
  EXPECT_EQ(log.lines[2].number, 3);
  EXPECT_EQ(log.lines[2].text, "third");
  EXPECT_EQ(log.lines[4].text, "fifth");
  EXPECT_EQ(log.byte_count, static_cast<std::int64_t>(raw.size()));
}

TEST(LogReader, FindsTheLastWordsOfVeryLongProgress) {
  std::string raw;
  for (int i = 0; i < 200'000; ++i) raw += std::to_string(i) + " of 200000\r";
  EXPECT_EQ(read(raw + "error: at the end\nnext\n"), (Numbered{{1, "error: at the end"}, {2, "next"}}));
}

TEST(LogReader, SurvivesWhatIsNoText) {
  std::string binary;
  for (int i = 0; i < 4096; ++i) binary += static_cast<char>(i * 131 % 251);
  for (const LogLine& line : read_log(binary, rules()).lines) EXPECT_TRUE(is_utf8(line.text));
  EXPECT_EQ(read("\xFF\xFE"
                 "o\0n\0e\0\n\0t\0w\0o\0\n\0"s),
            (Numbered{{1, "one"}, {2, "two"}, {3, ""}}));
  EXPECT_EQ(read(std::string(1000, '\0')), (Numbered{{1, ""}}));
}

TEST(LogReader, KnowsHowLinesReadAndWhichRulesTheyMatch) {
  const ReadLog log = read_log("all is well\nwrite: No space left on device\n\n", rules());
  ASSERT_EQ(log.lines.size(), 3U);
  EXPECT_EQ(log.lines[0].reading, Reading::plain);
  EXPECT_TRUE(log.hits_of(log.lines[0]).empty());
  EXPECT_EQ(log.lines[1].reading, Reading::error);
  ASSERT_FALSE(log.hits_of(log.lines[1]).empty());
  EXPECT_EQ(RuleBook::rule(log.hits_of(log.lines[1]).front()).failure_class, FailureClass::disk);
  EXPECT_TRUE(log.hits_of(log.lines[2]).empty());
}

TEST(LogReader, CanBeMovedWithItsTexts) {
  ReadLog log = read_log("short\nERROR: Job failed: exit code 1\n", rules());
  const ReadLog moved = std::move(log);
  EXPECT_EQ(moved.lines[0].text, "short");
  EXPECT_EQ(moved.last_words, "ERROR: Job failed: exit code 1");
}

// ---- long logs ----------------------------------------------------------------------------

constexpr LogReader::Limits kSmall{.beginning = 1, .end = 64 << 10, .around = 64 << 10};

std::string filling(int lines) {
  std::string raw;
  for (int i = 0; i < lines; ++i) raw += "compiling what is worth no word at all\n";
  return raw;
}

TEST(LongLog, KeepsBeginningEndAndWhatStandsAroundErrors) {
  const std::string raw = "the beginning\n" + filling(5000) +
                          "just before\nerror: in the middle\njust behind\n" + filling(5000) + "the end";
  const ReadLog log = read_within(raw, kSmall);
  EXPECT_FALSE(log.whole);
  EXPECT_EQ(log.line_count, 10'005);
  for (const std::string_view text :
       {"the beginning", "just before", "error: in the middle", "just behind", "the end"})
    EXPECT_TRUE(holds(log, text)) << text;
  EXPECT_LT(log.lines.size(), 4000U);
}

TEST(LongLog, KeepsLinesAroundWithinTheirDistance) {
  std::string raw = filling(4000);
  for (int i = 0; i < 100; ++i) raw += "before " + std::to_string(i) + "\n";
  raw += "error: in the middle\n";
  for (int i = 0; i < 100; ++i) raw += "behind " + std::to_string(i) + "\n";
  const ReadLog log = read_within(raw + filling(8000), kSmall);
  EXPECT_TRUE(holds(log, "before 85"));
  EXPECT_FALSE(holds(log, "before 84"));
  EXPECT_TRUE(holds(log, "behind 39"));
  EXPECT_FALSE(holds(log, "behind 40"));
}

TEST(LongLog, MarksItsGaps) {
  const ReadLog log = read_within(filling(5000) + "error: x\n" + filling(5000), kSmall);
  std::int64_t expected = 1;
  int gaps = 0;
  for (const LogLine& line : log.lines) {
    EXPECT_EQ(line.after_gap, line.number != expected) << line.number;
    gaps += line.after_gap ? 1 : 0;
    expected = line.number + 1;
  }
  EXPECT_EQ(gaps, 2);
}

TEST(LongLog, KeepsWhatSaysMostInAFloodOfComplaints) {
  std::string raw = filling(3000) + "write: No space left on device\n";
  for (int i = 0; i < 50'000; ++i) raw += "could not do thing " + std::to_string(i) + "\n";
  const ReadLog log = read_within(raw, kSmall);
  EXPECT_TRUE(holds(log, "write: No space left on device"));
}

TEST(LongLog, LeavesRoomForAnotherErrorInAFloodOfOne) {
  std::string raw = filling(3000) + "error: said once\n";
  for (int i = 0; i < 50'000; ++i) raw += "error: said often " + std::to_string(i) + "\n";
  EXPECT_TRUE(holds(read_within(raw, kSmall), "error: said once"));
}

TEST(LongLog, HasNoGapBeforeItsEndWhereAllSaysSomething) {
  std::string raw = filling(3000);
  for (int i = 0; i < 3000; ++i) raw += "error: number " + std::to_string(i) + "\n";
  const ReadLog log = read_within(raw, LogReader::Limits{.beginning = 1, .end = 64 << 10, .around = 1 << 20});
  EXPECT_TRUE(holds(log, "error: number 0"));
  EXPECT_EQ(std::ranges::count(log.lines, true, &LogLine::after_gap), 1);
}

TEST(LongLog, KeepsTheLatestOfEquals) {
  std::string raw = filling(3000);
  const auto error = [](int i) {
    std::string name;
    for (int rest = i + 1; rest > 0; rest /= 20) name += static_cast<char>('g' + rest % 20);
    return "error: of " + name;
  };
  for (int i = 0; i < 2000; ++i) raw += error(i) + "\n" + filling(60);
  const ReadLog log = read_within(raw + filling(5000), kSmall);
  EXPECT_FALSE(holds(log, error(100)));
  EXPECT_TRUE(holds(log, error(1999)));
}

TEST(LongLog, KeepsNotTooManyShortLines) {
  std::string raw;
  for (int i = 0; i < 20'000; ++i) raw += i % 2 == 0 ? "E: x\n" : "a\n";
  const ReadLog log = read_within(raw, {.beginning = 1'000, .end = 256'000, .around = 128'000});
  EXPECT_LT(log.lines.size(), 3'800U);
  EXPECT_GT(log.lines.size(), 2'000U);
}

TEST(LongLog, StaysWithinItsLimits) {
  const std::vector<std::string> lines{"\n", "error: x\n", std::string(5000, 'x') + "\n", "x\n",
                                       "No space left on device\n"};
  for (const std::string& line : lines) {
    LogReader reader{rules(), kSmall};
    std::string many;
    for (int i = 0; i < 1000; ++i) many += line;
    for (int i = 0; i < 50; ++i) reader.feed(many);
    const ReadLog log = std::move(reader).finish();
    std::size_t bytes = log.lines.size() * sizeof(LogLine);
    for (const LogLine& each : log.lines) bytes += each.text.size();
    EXPECT_LT(bytes, 512U << 10U) << line.substr(0, 20);
    EXPECT_EQ(log.line_count, 50'000);
    EXPECT_EQ(log.lines.back().number, 50'000);
    EXPECT_TRUE(std::ranges::is_sorted(log.lines, {}, &LogLine::number));
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
