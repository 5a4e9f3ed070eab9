// Help, made from the table of commands; at most 80 columns.
#pragma once

#include "cli/command.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

inline constexpr std::string_view kPurpose =
    "watches GitLab, scores every pending job, recommends a runner and explains it";

struct ExitRow {
  Exit code;
  std::string_view meaning;
};
std::span<const ExitRow> exit_rows();

// "text|json" allows these words only, "FILE|-" anything.
bool is_choice(std::string_view value);
std::vector<std::string_view> choices_of(std::string_view value);

std::string program_help();
std::string command_help(const CommandRow& command);
// Of the commands that begin with `word` ("config"); "" when none does.
std::string group_help(std::string_view word);
std::string version_text();

}  // namespace runneriq::cli
