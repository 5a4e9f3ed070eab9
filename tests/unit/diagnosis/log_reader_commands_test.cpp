// Which command ran, and how it ended.
#include "diagnosis/read_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {
namespace {

RuleBook& rules() {
  static RuleBook book;
  return book;
}

std::vector<std::string> commands_of(const ReadLog& log) {
  std::vector<std::string> texts;
  for (const LogCommand& command : log.commands) texts.emplace_back(command.text);
  return texts;
}

// The command that ran when the line was printed; "" = none.
std::string_view command_of(const ReadLog& log, std::string_view text) {
  for (const LogLine& line : log.lines) {
    if (line.text == text)
      return line.command < 0 ? "" : log.commands[static_cast<std::size_t>(line.command)].text;
  }
  ADD_FAILURE() << "no line " << text;
  return {};
}

using Texts = std::vector<std::string>;

TEST(LogCommands, AreThoseThatTheRunnerEchoes) {
  const ReadLog log = read_log(
      "before\nsection_start:1:step_script\r\x1B[0K\x1B[32;1m$ make all\x1B[0;m\nmaking\n$ printed by make\n"
      "\x1B[32;1m$ make test\x1B[0;m\ntesting\nsection_end:1:step_script\r\x1B[0Kuploading\n"
      "ERROR: Job failed: exit code 2\n",
      rules());
  EXPECT_EQ(commands_of(log), (Texts{"make all", "make test"}));
  EXPECT_EQ(command_of(log, "before"), "");
  EXPECT_EQ(command_of(log, "making"), "make all");
  EXPECT_EQ(command_of(log, "$ printed by make"), "make all");
  EXPECT_EQ(command_of(log, "testing"), "make test");
  EXPECT_EQ(command_of(log, "uploading"), "");
  EXPECT_EQ(command_of(log, "ERROR: Job failed: exit code 2"), "");
  EXPECT_EQ(log.commands[0].exit_code, std::nullopt);
  EXPECT_EQ(log.commands[1].exit_code, 2);
  EXPECT_EQ(log.lines[log.commands[1].line].text, "$ make test");
}

TEST(LogCommands, OfAPlainLogArePromptsOrElseTraces) {
  EXPECT_EQ(commands_of(read_log("$ a\n$ b\n+ c\n", rules())), (Texts{"a", "b"}));
  EXPECT_EQ(commands_of(read_log("+ make\nx\n+ make test\n", rules())), (Texts{"make", "make test"}));
  EXPECT_EQ(commands_of(read_log("Started by user x\n[Pipeline] sh\n+ make\nx\n", rules())), (Texts{"make"}));
  EXPECT_EQ(commands_of(read_log("a difference:\n+ added\n- removed\n", rules())), Texts{});
}

TEST(LogCommands, OfTravisHaveTheirExitCodes) {
  const ReadLog log = read_log(
      "travis_time:start:0f\r\x1B[0K$ rake lint\r\n$ printed by rake\r\nlinting\r\n"
      "travis_time:end:0f:start=1,finish=2,duration=1\r\x1B[0K\x1B[32;1mThe command \"rake lint\" exited "
      "with "
      "0.\x1B[0m\r\n$ export A=b\r\n"
      "travis_time:start:1f\r\x1B[0K$ rake test\r\ntesting\r\n"
      "travis_time:end:1f:start=1,finish=2,duration=1\r\x1B[0KThe command \"rake test\" exited with 7.\r\n"
      "Done. Your build exited with 1.\r\n",
      rules());
  EXPECT_EQ(commands_of(log), (Texts{"rake lint", "export A=b", "rake test"}));
  EXPECT_EQ(command_of(log, "linting"), "rake lint");
  EXPECT_EQ(command_of(log, "testing"), "rake test");
  EXPECT_EQ(log.commands[0].exit_code, 0);
  EXPECT_EQ(log.commands[1].exit_code, std::nullopt);
  EXPECT_EQ(log.commands[2].exit_code, 7);
  EXPECT_EQ(log.exit_code, "7");
  EXPECT_EQ(log.last_words, "Done. Your build exited with 1.");
}

TEST(LogCommands, KnowAnExitStatementOfSeveralLines) {
  const ReadLog log = read_log(
      "travis_time:start:0f\r\x1B[0K$ if true; then\r\nx\r\nThe command \"if true; then\r\n  make\r\nfi\" "
      "exited with "
      "3.\r\n",
      rules());
  ASSERT_EQ(log.commands.size(), 1U);
  EXPECT_EQ(log.commands[0].exit_code, 3);
}

TEST(LogCommands, OfGitHubAreItsSteps) {
  const ReadLog log = read_log(
      "##[group]Run npm ci\nnpm ci\n##[endgroup]\ninstalling\n##[group]Run npm test\n##[endgroup]\nbroken\n"
      "##[error]Process completed with exit code 3.\n",
      rules());
  EXPECT_EQ(commands_of(log), (Texts{"npm ci", "npm test"}));
  EXPECT_EQ(command_of(log, "broken"), "npm test");
  EXPECT_EQ(log.commands[1].exit_code, 3);
}

TEST(LogCommands, AreBounded) {
  std::string raw;
  for (int i = 0; i < 5000; ++i) raw += "$ command " + std::to_string(i) + "\n";
  const ReadLog log = read_log(raw, rules());
  EXPECT_EQ(log.commands.size(), 2000U);
  EXPECT_EQ(log.commands.back().text, "command 4999");
  EXPECT_EQ(log.lines.front().command, -1);
  EXPECT_EQ(log.lines.back().command, 1999);
}

TEST(LogCommands, StandInALongLogEvenWhereTheirLinesDoNot) {
  std::string raw = "$ early\n";
  for (int i = 0; i < 3000; ++i) raw += "filling the log with what says nothing\n";
  raw += "$ late\n";
  for (int i = 0; i < 3000; ++i) raw += "filling the log with what says nothing\n";
  LogReader reader{rules(), LogReader::Limits{.beginning = 1, .end = 4096, .around = 4096}};
  reader.feed(raw);
  const ReadLog log = std::move(reader).finish();
  EXPECT_FALSE(log.whole);
  ASSERT_EQ(log.commands.size(), 2U);
  EXPECT_EQ(log.lines[log.commands[1].line].number, 3002);
  EXPECT_EQ(log.lines[log.commands[1].line].text, "$ late");
  EXPECT_TRUE(log.lines[log.commands[1].line].after_gap);
  EXPECT_EQ(log.lines.back().command, 1);
  EXPECT_TRUE(std::ranges::is_sorted(log.lines, {}, &LogLine::number));
}

}  // namespace
}  // namespace runneriq::diagnosis
