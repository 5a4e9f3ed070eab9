// Help, manual page and completions, made from the table of commands.
#include "cli/command_line.hpp"
#include "cli/completion_script.hpp"
#include "cli/help.hpp"
#include "cli/man_page.hpp"
#include "cli/table.hpp"
#include "core/lines.hpp"
#include "tests/support/golden.hpp"

#include <string>
#include <vector>

namespace runneriq::cli {
namespace {

TEST(Help, OfTheProgramListsEveryCommandAndExitCode) {
  expect_golden("help.txt", program_help());
}

TEST(Help, OfACommandListsItsFlags) {
  std::string all;
  for (const CommandRow& command : commands())
    all += "$ " + std::string(command.name) + "\n" + command_help(command) + "\n";
  expect_golden("help_of_commands.txt", all);
}

TEST(Help, FitsATerminal) {
  std::string all = program_help() + group_help("config");
  for (const CommandRow& command : commands()) all += command_help(command);
  for (const std::string_view line : lines_of(all)) EXPECT_LE(width_of(line), kTextWidth) << line;
}

TEST(ManPage, IsCurrent) {
  expect_reference("man/runneriq.1", man_page());
}

// As troff wants it: a hyphen that may be copied.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) text += c == '-' ? "\\-" : std::string(1, c);
  return text;
}

TEST(ManPage, NamesEveryCommandAndEveryFlag) {
  const std::string page = man_page();
  for (const CommandRow& command : commands()) {
    EXPECT_NE(page.find(".SS runneriq " + escaped(command.name)), std::string::npos) << command.name;
    for (const FlagRow& flag : command.flags) {
      EXPECT_NE(page.find("\\fB" + escaped(flag.name) + "\\fR"), std::string::npos) << flag.name;
    }
  }
}

TEST(Completion, IsMadeForThreeShells) {
  expect_golden("completion.bash", bash_completion());
  expect_golden("completion.zsh", zsh_completion());
  expect_golden("completion.fish", fish_completion());
}

TEST(Table, OfCommandsHasNamesSummariesAndTexts) {
  for (const CommandRow& command : commands()) {
    SCOPED_TRACE(command.name);
    EXPECT_TRUE(command.summary.ends_with('.'));
    EXPECT_TRUE(command.text.ends_with('.'));
    EXPECT_NE(command.run, nullptr);
    for (const FlagRow& flag : command.flags) EXPECT_TRUE(flag.help.ends_with('.')) << flag.name;
  }
}

}  // namespace
}  // namespace runneriq::cli
