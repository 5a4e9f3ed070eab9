#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace runneriq::cli {
namespace {

using Words = std::vector<std::string_view>;

Invocation invoked(const Words& words) {
  auto parsed = parse_command_line(words);
  if (!parsed || !std::holds_alternative<Invocation>(*parsed)) {
    ADD_FAILURE() << (parsed ? "an answer" : parsed.error().message);
    return {};
  }
  return std::get<Invocation>(*parsed);
}

std::string answer(const Words& words) {
  const auto parsed = parse_command_line(words);
  if (!parsed || !std::holds_alternative<Answer>(*parsed)) {
    ADD_FAILURE() << (parsed ? "an invocation" : parsed.error().message);
    return "";
  }
  return std::get<Answer>(*parsed).text;
}

std::string refusal(const Words& words) {
  const auto parsed = parse_command_line(words);
  if (parsed) {
    ADD_FAILURE() << "not refused";
    return "";
  }
  EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  return parsed.error().message;
}

TEST(CommandLine, GivesCommandFlagsAndArguments) {
  const Invocation run = invoked({"run", "--once", "--output", "json", "--snapshot", "-"});
  EXPECT_EQ(run.command, "run");
  EXPECT_TRUE(run.has("--once"));
  EXPECT_EQ(run.value("--once"), "");
  EXPECT_EQ(run.value("--output"), "json");
  EXPECT_EQ(run.value("--snapshot"), "-");
  EXPECT_FALSE(run.has("--mock"));
  EXPECT_EQ(invoked({"explain", "4711"}).arguments, std::vector<std::string>{"4711"});
}

TEST(CommandLine, JoinsTheTwoWordsOfACommand) {
  EXPECT_EQ(invoked({"config", "show"}).command, "config show");
  EXPECT_EQ(invoked({"config", "check", "--output=json"}).value("--output"), "json");
}

TEST(CommandLine, TakesCommonFlagsBeforeAndBehindTheCommand) {
  EXPECT_EQ(invoked({"--config", "f.yaml", "status"}).value("--config"), "f.yaml");
  EXPECT_EQ(invoked({"--config=f.yaml", "config", "show"}).value("--config"), "f.yaml");
  EXPECT_EQ(invoked({"status", "--config", "run"}).value("--config"), "run");
  EXPECT_EQ(invoked({"--config", "run", "status"}).command, "status");
}

TEST(CommandLine, LastValueOfAFlagWins) {
  EXPECT_EQ(invoked({"queue", "--output", "json", "--output", "text"}).value("--output"), "text");
}

TEST(CommandLine, ArgumentsMayFollowFlagsAndTheOtherWayRound) {
  EXPECT_EQ(invoked({"explain", "--output", "json", "12"}).arguments.front(), "12");
  EXPECT_EQ(invoked({"explain", "12", "--output", "json"}).value("--output"), "json");
  EXPECT_EQ(invoked({"audit", "verify"}).arguments.front(), "verify");
  EXPECT_TRUE(invoked({"audit"}).arguments.empty());
}

TEST(CommandLine, AnswersForHelpAndVersion) {
  EXPECT_NE(answer({"--help"}).find("Commands:"), std::string::npos);
  EXPECT_EQ(answer({"-h"}), answer({"help"}));
  EXPECT_NE(answer({"explain", "--help"}).find("runneriq explain JOB"), std::string::npos);
  EXPECT_NE(answer({"explain", "-h"}).find("runneriq explain JOB"), std::string::npos);
  EXPECT_NE(answer({"config", "--help"}).find("config check"), std::string::npos);
  EXPECT_EQ(answer({"--version"}).find("runneriq "), 0U);
  EXPECT_EQ(answer({"run", "--version"}), answer({"--version"}));
}

struct RefusalCase {
  std::string name;
  Words words;
  std::string sentence;
};

class Refusals : public testing::TestWithParam<RefusalCase> {};

TEST_P(Refusals, NameTheWordAndSuggest) {
  const std::string said = refusal(GetParam().words);
  EXPECT_NE(said.find(GetParam().sentence), std::string::npos) << said;
  EXPECT_NE(said.find("--help`"), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, Refusals,
    testing::Values(
        RefusalCase{"NoCommand", {}, "no command given"},
        RefusalCase{"FlagWithoutCommand", {"--once"}, "'--once' is no flag of every command"},
        RefusalCase{"UnknownCommand", {"statsu"}, "unknown command 'statsu', did you mean 'status'?"},
        RefusalCase{"UnknownCommandLikeNone", {"frobnicate"}, "unknown command 'frobnicate';"},
        RefusalCase{
            "UnknownSecondWord", {"config", "shwo"}, "unknown command 'config shwo', did you mean 'show'?"},
        RefusalCase{"HalfACommand", {"config"}, "'config' needs one of: show, check"},
        RefusalCase{"UnknownFlag", {"run", "--onec"}, "'run' has no flag '--onec', did you mean '--once'?"},
        RefusalCase{"FlagOfAnotherCommand", {"doctor", "--mock"}, "'doctor' has no flag '--mock'"},
        RefusalCase{"UnknownFlagWithValue", {"run", "--outptu=json"}, "did you mean '--output'?"},
        RefusalCase{"MissingValue", {"run", "--output"}, "--output"},
        RefusalCase{"WordThatIsNoChoice",
                    {"run", "--output", "jsno"},
                    "--output takes text|json, not 'jsno', did you mean 'json'?"},
        RefusalCase{"EmptyValue", {"run", "--project", ""}, "--project takes ID, not ''"},
        RefusalCase{"SwitchWithAValue", {"run", "--once=no"}, "--once takes no value"},
        RefusalCase{"MissingArgument", {"explain"}, "'explain' needs JOB"},
        RefusalCase{"OneArgumentTooMany", {"explain", "1", "2"}, "'explain' has no use for '2'"},
        RefusalCase{"ArgumentWhereNoneIs", {"status", "now"}, "'status' has no use for 'now'"},
        RefusalCase{"ArgumentThatIsNoChoice",
                    {"completion", "bsh"},
                    "'completion' takes bash|zsh|fish, not 'bsh', did you mean 'bash'?"},
        RefusalCase{"OptionalArgumentThatIsAnother", {"audit", "verfy"}, "did you mean 'verify'?"},
        RefusalCase{"EscapesInAWord", {"\x1b[2J"}, "unknown command '\\x1b[2J'"},
        RefusalCase{"EscapesInAFlag", {"run", "--\x1b[2J"}, "'--\\x1b[2J'"}),
    [](const auto& one) { return one.param.name; });

TEST(CommandLine, FlagsNameOptionsOfTheConfiguration) {
  std::vector<std::string> options;
  for (const CommandRow& command : commands()) {
    if (command.name != "run") continue;
    for (const FlagRow& flag : command.flags) {
      if (!flag.option.empty()) options.push_back(std::string(flag.name) + " " + std::string(flag.option));
    }
  }
  EXPECT_EQ(options, (std::vector<std::string>{"--project gitlab.project", "--group gitlab.group",
                                               "--poll-interval monitor.poll_interval"}));
}

}  // namespace
}  // namespace runneriq::cli
