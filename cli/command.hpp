// The table of subcommands: the only place that lists them. Help, completion and man pages are
// made from it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

struct Session;

// Exit codes of the program.
enum class Exit : int {
  fine = 0,
  no = 1,      // the answer is no: doctor found a failure, the audit trail is broken, no such job
  usage = 2,   // command line or configuration
  gitlab = 3,  // GitLab is not reachable or refused
};

struct FlagRow {
  std::string_view name;  // "--output"
  std::string_view
      value;  // "text|json", "FILE"; "" = a switch. Words with '|' between them are the only ones allowed.
  std::string_view help;         // one sentence
  std::string_view option = "";  // the option that it sets ("gitlab.project"), if it does
};

struct Invocation {
  std::string command;                                    // "run", "config show"
  std::map<std::string, std::string, std::less<>> flags;  // by name; a switch has the value ""
  std::vector<std::string> arguments;

  [[nodiscard]] bool has(std::string_view flag) const { return flags.contains(flag); }
  // "" when the flag was not given.
  [[nodiscard]] std::string_view value(std::string_view flag) const;
};

struct CommandRow {
  std::string_view name;       // "explain", "config show"
  std::string_view arguments;  // "JOB", "[verify]", ""
  std::string_view summary;    // one line
  std::string_view text;       // a paragraph for the man page
  std::span<const FlagRow> flags;
  Exit (*run)(Session&, const Invocation&);
};

std::span<const CommandRow> commands();
// Flags that every command takes: --config, --help, --version.
std::span<const FlagRow> common_flags();

}  // namespace runneriq::cli
