#include "apps/executor/usage.hpp"

#include "core/version.hpp"

#include <array>

namespace runneriq::app {
namespace {

constexpr std::string_view kProgram = "  runneriq-executor ";
constexpr std::size_t kSummaryColumn = 38;

constexpr std::array kRows{
    UsageRow{Caller::gitlab_runner, "config", "print the job's settings as JSON",
             "Reads the job and the configuration, chooses driver and account, and prints the job's settings "
             "as JSON."},
    UsageRow{Caller::gitlab_runner, "prepare", "wait for the job's turn, make its environment",
             "Waits while more important jobs have the slots of this host, never longer than "
             "`executor.max_hold`, then makes the job's environment. Says in the job's log what priority the "
             "job has and why it waits."},
    UsageRow{Caller::gitlab_runner, "run SCRIPT STAGE", "run one script of the job",
             "Runs one script of the job in its environment and tells gitlab-runner the script's exit code."},
    UsageRow{Caller::gitlab_runner, "cleanup", "remove what the job left, keep the checkout",
             "Ends what the job has left running, removes its private folders, keeps the checkout and gives "
             "the slot to the next."},
    UsageRow{Caller::people, "doctor [--output text|json] [--config-file FILE]",
             "examine this host; exit 1 if something fails",
             "Examines this host: driver, account, state file, git, gitlab-runner and its config.toml, "
             "cgroups and configuration. Prints one line per finding and, below what is not fine, the line "
             "to write or the command to type."},
    UsageRow{Caller::people, "doctor --config-toml [--reserve N]",
             "print the blocks to paste into config.toml",
             "Prints the blocks that put this program in front of the jobs of a runner, with timeouts that "
             "fit the configuration."},
    UsageRow{Caller::people, "--version | --help", "", "Prints the version, or a summary of these calls."},
};

constexpr std::array kDoctorOptions{
    OptionUsage{"--output", "text|json", "Print for people (default) or for programs."},
    OptionUsage{"--config-file", "FILE",
                "Examine this config.toml instead of `/etc/gitlab-runner/config.toml`, or "
                "`~/.gitlab-runner/config.toml` for others than root."},
    OptionUsage{"--config-toml", "", "Print the blocks to paste into config.toml instead of examining."},
    OptionUsage{"--reserve", "N",
                "With --config-toml: add a second runner with N of the slots, for critical jobs only."},
};

// The summary begins in a column of its own, on the next line where the words reach into it.
std::string help_line(const UsageRow& row) {
  std::string text = std::string(kProgram) + std::string(row.words);
  if (row.summary.empty()) return text + "\n";
  if (text.size() + 2 > kSummaryColumn)
    text += "\n" + std::string(kSummaryColumn, ' ');
  else
    text.append(kSummaryColumn - text.size(), ' ');
  return text + std::string(row.summary) + "\n";
}

std::string help_lines(Caller caller) {
  std::string text;
  for (const UsageRow& row : kRows) {
    if (row.caller == caller) text += help_line(row);
  }
  return text;
}

}  // namespace

std::span<const UsageRow> executor_usage() {
  return kRows;
}

std::span<const OptionUsage> doctor_options() {
  return kDoctorOptions;
}

std::string executor_help() {
  return "runneriq-executor " RUNNERIQ_VERSION ", " + std::string(kExecutorPurpose) +
         "\n\nCalled by gitlab-runner, as config.toml says:\n" + help_lines(Caller::gitlab_runner) +
         "\nCalled by people:\n" + help_lines(Caller::people);
}

}  // namespace runneriq::app
