#include "diagnosis/log_cleaner.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {
namespace {

using namespace std::string_literals;
using Kind = LogMarker::Kind;

std::string cleaned(std::string_view line) {
  LogCleaner cleaner{LogCleaner::Backspaces::overwrite};
  return std::string{cleaner.clean(line)};
}

std::vector<std::pair<Kind, std::string>> markers_of(std::string_view line) {
  LogCleaner cleaner;
  cleaner.clean(line);
  std::vector<std::pair<Kind, std::string>> markers;
  for (const LogMarker& marker : cleaner.markers()) markers.emplace_back(marker.kind, marker.name);
  return markers;
}

TEST(LogCleaner, TakesTerminalCodesOut) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"plain text\twith a tabulator", "plain text\twith a tabulator"},
      {"\x1B[31;1merror:\x1B[0m bad \x1B[1mthing\x1B[K", "error: bad thing"},
      {"\x1B[38:2::1:2:3mcolour\x1B[m", "colour"},
      {"\x1B]8;;https://evil.example\x07link\x1B]8;;\x07 end", "link end"},
      {"\x1B]8;;https://evil.example\x1B\\link\x1B]8;;\x1B\\ end", "link end"},
      {"\x1B]0;no end", "0;no end"},
      {"\x1B(Btext\x1B)0", "text"},
      {"\x1B[", ""},
      {"\x1B", ""},
      {"cut \x1B[31", "cut "},
  };
  for (const auto& [line, text] : rows) EXPECT_EQ(cleaned(line), text) << line;
}

TEST(LogCleaner, KeepsOfProgressWhatWasSaidLast) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"10 %\r50 %\r100 %", "100 %"}, {"10 %\r50 %\r100 %\r", "100 %"},      {"error: x\r \t\r", "error: x"},
      {"gone\r\x1B[K", ""},           {"gone\r\x1B[2Kerror: y", "error: y"}, {"\r\r\r", ""},
      {"text\r\r\r", "text"},
  };
  for (const auto& [line, text] : rows) EXPECT_EQ(cleaned(line), text) << line;
}

TEST(LogCleaner, LetsABackspaceOverwriteWhereAsked) {
  EXPECT_EQ(cleaned("N\bNA\bAM\bM"), "NAM");
  EXPECT_EQ(cleaned("_\bA"), "A");
  EXPECT_EQ(cleaned("|\b/\b-\bdone"), "done");
  EXPECT_EQ(cleaned("ä\bö"), "ö");
  EXPECT_EQ(cleaned("\b\b\bx"), "x");
  EXPECT_EQ(LogCleaner{}.clean("over\bwritten"), "overwritten");
}

TEST(LogCleaner, DropsWhatNobodySees) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"nul \0 \0byte"s, "nul  byte"},
      {"delete\x7F alone in a line", "delete alone in a line"},
      {"\x01\x02 bell\x07 del\x7F", " bell del"},
      {"a\xE2\x80\xAE"
       "b\xE2\x80\xAC"
       "c",
       "abc"},  // right-to-left override
      {"a\xE2\x81\xA6"
       "b\xE2\x81\xA9",
       "ab"},                                                        // isolates
      {"pass\xE2\x80\x8Bword\xE2\x81\xA0\xEF\xBB\xBF", "password"},  // zero width
      {"soft\xC2\xADhyphen\xC2\x85", "softhyphen"},
      {"tag\xF3\xA0\x81\xA1\xF3\xA0\x81\xA2!", "tag!"},
      {"line\xE2\x80\xA8separator", "lineseparator"},
      {"ünïcode ✗ stays 日本", "ünïcode ✗ stays 日本"},
  };
  for (const auto& [line, text] : rows) EXPECT_EQ(cleaned(line), text) << line;
}

TEST(LogCleaner, IsAlwaysUtf8) {
  EXPECT_EQ(cleaned("bad \xFF byte"), "bad \xEF\xBF\xBD byte");
  EXPECT_EQ(cleaned("cut \xE2\x80"), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(cleaned("\xFF\xFE"
                    "E\0r\0r\0o\0r\0"s),
            "Error");  // UTF-16, little endian
  EXPECT_EQ(cleaned("\xFE\xFF"
                    "\0E\0r\0r\0o\0r"s),
            "Error");
}

TEST(LogCleaner, CutsALongLineAtACharacter) {
  std::string line = "x";
  for (int i = 0; i < 420'000; ++i) line += "ä";
  for (const std::string& text : {cleaned(line), cleaned(line + "\x1B[0m")}) {
    EXPECT_EQ(text.size(), LogCleaner::kLongest - 1);
    EXPECT_TRUE(is_utf8(text));
  }
  EXPECT_EQ(cleaned(std::string(LogCleaner::kLongest, 'x')).size(), LogCleaner::kLongest);
}

TEST(LogCleaner, TakesMarkersOut) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"section_start:1700000000:step_script\r\x1B[0K\x1B[36;1mExecuting\x1B[0;m", "Executing"},
      {"section_start:1700000000:mine[collapsed=true]\r\x1B[0Kheader", "header"},
      {"section_start:1700000000:mine[hide_duration=true,collapsed=true]\r\x1B[0Kheader", "header"},
      {"section_end:1700000000:a\r\x1B[0Ksection_start:1700000000:b\r\x1B[0K", ""},
      {"no line endsection_end:1700000000:step_script\r\x1B[0K", "no line end"},
      {"no line endsection_end:1700000000:step_script\r", "no line end"},
      {"\x1B[0;msection_end:1700000000:step_script\r\x1B[0K", ""},
      {"section_start:1700000000:x\x1B[0K\x1B[36;1mwithout a return", "without a return"},
      {"travis_fold:start:git.checkout\r\x1B[0Ktravis_time:start:04d78315\r\x1B[0K$ git clone",
       "$ git clone"},
      {"travis_fold:end:install\r", ""},
      {"donetravis_time:end:25edd3a8:start=1,finish=2,duration=1\r\x1B[0K\x1B[31;1mThe command\x1B[0m",
       "The command"},
      {"OKtravis_time:end:25edd3a8:start=1,finish=2,duration=1\r", "OK"},
      {"grep section_end:here is text", "grep section_end:here is text"},
      {"section_start:x:y", "section_start:x:y"},
      {"see section_end:1:x for more", "see section_end:1:x for more"},
      {"see section_end:1:x for more\r", "see section_end:1:x for more"},
  };
  for (const auto& [line, text] : rows) EXPECT_EQ(cleaned(line), text) << line;
}

TEST(LogCleaner, TellsMarkersInOrder) {
  using Markers = std::vector<std::pair<Kind, std::string>>;
  EXPECT_EQ(markers_of("section_end:1:get_sources\r\x1B[0Ksection_start:1:step_script[a=b]\r\x1B[0Kx"),
            (Markers{{Kind::section_end, "get_sources"}, {Kind::section_start, "step_script"}}));
  EXPECT_EQ(markers_of("travis_fold:end:a.1\r\x1B[0Ktravis_time:start:0f\r\x1B[0K$ x"),
            (Markers{{Kind::fold_end, "a.1"}, {Kind::timer_start, "0f"}}));
  EXPECT_EQ(markers_of("xsection_end:1:step_script\r\x1B[0K"), (Markers{{Kind::section_end, "step_script"}}));
  EXPECT_EQ(markers_of("travis_time:end:0f:start=1,finish=2,duration=3\r\x1B[0K"),
            (Markers{{Kind::timer_end, "0f"}}));
  EXPECT_TRUE(markers_of("plain").empty());
}

TEST(LogCleaner, BoundsMarkers) {
  std::string line;
  for (int i = 0; i < 1000; ++i) line += "section_start:1:n" + std::to_string(i) + "\r";
  const auto markers = markers_of(line);
  ASSERT_EQ(markers.size(), LogCleaner::kMostMarkers);
  EXPECT_EQ(markers.back().second, "n999");
}

TEST(LogCleaner, KnowsTheEchoOfACommand) {
  const auto is_echo = [](std::string_view line) {
    LogCleaner cleaner;
    cleaner.clean(line);
    return cleaner.is_echo();
  };
  EXPECT_TRUE(is_echo("\x1B[32;1m$ make\x1B[0;m"));
  EXPECT_TRUE(is_echo("section_start:1:step_script\r\x1B[0K\x1B[0K\x1B[32;1m$ make\x1B[0;m"));
  EXPECT_FALSE(is_echo("\x1B[32m$ make\x1B[0;m"));
  EXPECT_FALSE(is_echo("$ make"));
}

TEST(LogCleaner, SaysWhereTheTextBegan) {
  LogCleaner cleaner;
  cleaner.clean("10 %\r50 %\rlast");
  EXPECT_EQ(cleaner.kept_at(), 10U);
  cleaner.clean("2026-06-05T11:59:14Z x");
  EXPECT_EQ(cleaner.kept_at(), 21U);
}

TEST(StreamStamp, TellsStreamAndContinuation) {
  const StreamStamp script = stream_stamp_of("2026-06-05T11:59:14.281330Z 01E text");
  EXPECT_EQ(script.length, 32U);
  EXPECT_EQ(script.stream, 1);
  EXPECT_EQ(script.channel, 'E');
  EXPECT_FALSE(script.continues);
  const StreamStamp service = stream_stamp_of("2026-06-05T11:59:14.281330Z 1fO+text");
  EXPECT_EQ(service.stream, 31);
  EXPECT_TRUE(service.continues);
  EXPECT_EQ(stream_stamp_of("2026-06-05T11:59:14Z 01X text").stream, -1);
  EXPECT_EQ(stream_stamp_of("2026-06-05T11:59:14Z text").length, 21U);
  for (const std::string_view line : {"", "2", "2026-06-05 11:59:14 text", "2026-06-05T11:59:14.2", "text"})
    EXPECT_EQ(stream_stamp_of(line).length, 0U) << line;
}

}  // namespace
}  // namespace runneriq::diagnosis
