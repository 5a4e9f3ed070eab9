#include "cli/man_page.hpp"

#include "cli/help.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace runneriq::cli {
namespace {

// No text of ours is read as a request or as an escape.
std::string roff(std::string_view text) {
  std::string safe;
  if (text.starts_with('.') || text.starts_with('\'')) safe += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string bold(std::string_view text) {
  return "\\fB" + roff(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return text.empty() ? "" : " \\fI" + roff(text) + "\\fR";
}

// `words` in backticks become bold.
std::string prose(std::string_view text) {
  std::string page;
  while (!text.empty()) {
    const std::size_t open = text.find('`');
    page += roff(text.substr(0, open));
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('`', open + 1);
    page += bold(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return page;
}

std::string flag_entries(std::span<const FlagRow> flags) {
  std::string page;
  for (const FlagRow& flag : flags) {
    page += ".TP\n" + bold(flag.name) + italic(flag.value) + "\n" + prose(flag.help) + "\n";
    if (!flag.option.empty()) page += "Sets the option " + bold(flag.option) + ".\n";
  }
  return page;
}

std::string command_part(const CommandRow& command) {
  std::string page = ".SS runneriq " + roff(command.name) + italic(command.arguments) + "\n" +
                     prose(command.summary) + "\n.PP\n" + prose(command.text) + "\n";
  return page + flag_entries(command.flags);
}

std::string exit_part() {
  std::string page = ".SH EXIT STATUS\n";
  for (const ExitRow& row : exit_rows()) {
    page += ".TP\n" + bold(std::to_string(static_cast<int>(row.code))) + "\n" + prose(row.meaning) + "\n";
  }
  return page;
}

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array kVariables{
    Entry{"GITLAB_TOKEN",
          "The token for the first GitLab; GITLAB_TOKEN_NAME for the fleet NAME. Also read from a "
          "credential file of that name in $CREDENTIALS_DIRECTORY."},
    Entry{"GITLAB_URL, GITLAB_PROJECT_ID, GITLAB_GROUP_ID", "Which GitLab, and which part of it, to watch."},
    Entry{"RUNNERIQ_CONFIG", "The configuration file."},
    Entry{"RUNNERIQ_STATE", "The state file."},
    Entry{"RUNNERIQ_...", "Any option: monitor.poll_interval is RUNNERIQ_MONITOR_POLL_INTERVAL."},
    Entry{"NO_COLOR", "Print no colours, when it is not empty."},
};

constexpr std::array kFiles{
    Entry{"/etc/runneriq/runneriq.yaml", "The configuration. Everything has a default: no file is needed."},
    Entry{"/var/lib/runneriq/state.db",
          "The state of the fleet: history, kept decisions and the audit trail."},
};

std::string entries(std::string_view title, std::span<const Entry> list) {
  std::string page = ".SH " + std::string(title) + "\n";
  for (const auto& [name, text] : list) page += ".TP\n" + bold(name) + "\n" + prose(text) + "\n";
  return page;
}

}  // namespace

std::string man_page() {
  std::string page = ".TH RUNNERIQ 1 \"\" \"RunnerIQ " RUNNERIQ_VERSION
                     "\" \"RunnerIQ\"\n"
                     ".SH NAME\nrunneriq \\- " +
                     prose(kPurpose) + "\n.SH SYNOPSIS\n" + bold("runneriq") + italic("COMMAND") + " [" +
                     "\\fIFLAG\\fR...]\n"
                     ".SH DESCRIPTION\nResults go to standard output, everything else to standard error.\n"
                     ".SH COMMANDS\n";
  for (const CommandRow& command : commands()) page += command_part(command);
  return page + ".SH FLAGS OF EVERY COMMAND\n" + flag_entries(common_flags()) + exit_part() +
         entries("ENVIRONMENT", kVariables) + entries("FILES", kFiles);
}

}  // namespace runneriq::cli
