#include "cli/help.hpp"

#include "cli/table.hpp"
#include "core/version.hpp"

#include <algorithm>
#include <array>

namespace runneriq::cli {
namespace {

constexpr std::size_t kIndent = 2;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, width_of(text)), ' ');
  return text;
}

// "  name       help", the help in a column of its own.
std::string entry(const std::string& name, std::size_t width, std::string_view help) {
  return wrapped(std::string(kIndent, ' ') + padded(name, width) + "  ", help);
}

std::string named_flag(const FlagRow& flag) {
  return std::string(flag.name) + (flag.value.empty() ? "" : " " + std::string(flag.value));
}

std::string named_command(const CommandRow& command) {
  return std::string(command.name) + (command.arguments.empty() ? "" : " " + std::string(command.arguments));
}

std::string flag_entries(std::span<const FlagRow> flags, std::size_t width) {
  std::string text;
  for (const FlagRow& flag : flags) text += entry(named_flag(flag), width, flag.help);
  return text;
}

std::size_t widest_of(std::span<const FlagRow> flags) {
  std::size_t widest = 0;
  for (const FlagRow& flag : flags) widest = std::max(widest, named_flag(flag).size());
  return widest;
}

template <class Wanted>
std::string command_entries(Wanted wanted) {
  std::size_t widest = 0;
  for (const CommandRow& command : commands()) widest = std::max(widest, named_command(command).size());
  std::string text;
  for (const CommandRow& command : commands()) {
    if (wanted(command)) text += entry(named_command(command), widest, command.summary);
  }
  return text;
}

std::string exit_entries() {
  std::string text;
  for (const ExitRow& row : exit_rows()) {
    text += entry(std::to_string(static_cast<int>(row.code)), 1, row.meaning);
  }
  return text;
}

}  // namespace

std::span<const ExitRow> exit_rows() {
  static constexpr std::array kRows{
      ExitRow{Exit::fine, "fine"},
      ExitRow{Exit::no, "the answer is no: doctor found a failure, the audit trail is broken, no such job"},
      ExitRow{Exit::usage, "command line or configuration"},
      ExitRow{Exit::gitlab, "GitLab is not reachable or refused"},
  };
  return kRows;
}

bool is_choice(std::string_view value) {
  return value.find('|') != std::string_view::npos &&
         std::ranges::all_of(value, [](char c) { return is_lower(c) || c == '|' || c == '-'; });
}

std::vector<std::string_view> choices_of(std::string_view value) {
  std::vector<std::string_view> choices;
  while (!value.empty()) {
    const std::size_t end = std::min(value.find('|'), value.size());
    choices.push_back(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return choices;
}

std::string program_help() {
  return wrapped("", "runneriq " + std::string(kPurpose) + ".") +
         "\nUsage: runneriq COMMAND [FLAG...]\n\nCommands:\n" +
         command_entries([](const CommandRow&) { return true; }) + "\nFlags of every command:\n" +
         flag_entries(common_flags(), widest_of(common_flags())) + "\nExit codes:\n" + exit_entries() +
         "\n`runneriq COMMAND --help` tells more.\n";
}

std::string command_help(const CommandRow& command) {
  const std::size_t width = std::max(widest_of(command.flags), widest_of(common_flags()));
  std::string text = "Usage: runneriq " + named_command(command) + " [FLAG...]\n\n" +
                     wrapped("", command.summary) + "\n" + wrapped("", command.text) + "\n";
  if (!command.flags.empty()) text += "Flags:\n" + flag_entries(command.flags, width) + "\n";
  return text + "Flags of every command:\n" + flag_entries(common_flags(), width);
}

std::string group_help(std::string_view word) {
  const std::string start = std::string(word) + " ";
  const std::string entries =
      command_entries([&](const CommandRow& command) { return command.name.starts_with(start); });
  if (entries.empty()) return "";
  return "Usage: runneriq " + start + "COMMAND [FLAG...]\n\nCommands:\n" + entries;
}

std::string version_text() {
  return "runneriq " RUNNERIQ_VERSION "\n";
}

}  // namespace runneriq::cli
