#include "cli/man_page.hpp"

#include "cli/help.hpp"
#include "core/manual_page.hpp"

#include <array>
#include <string_view>

namespace runneriq::cli {
namespace {

constexpr std::array kVariables{
    ManualEntry{
        "GITLAB_TOKEN",
        "The token for the first GitLab; `GITLAB_TOKEN_NAME` for the fleet NAME. Like every secret it is "
        "also read from a credential file in `$CREDENTIALS_DIRECTORY`. Further secrets are in "
        "runneriq.yaml(5)."},
    ManualEntry{"GITLAB_URL, GITLAB_PROJECT_ID, GITLAB_GROUP_ID",
                "Which GitLab, and which part of it, to watch."},
    ManualEntry{"RUNNERIQ_CONFIG", "The configuration file."},
    ManualEntry{"RUNNERIQ_STATE", "The state file; an absolute path."},
    ManualEntry{"RUNNERIQ_...", "Any option: `monitor.poll_interval` is `RUNNERIQ_MONITOR_POLL_INTERVAL`."},
    ManualEntry{"NO_COLOR", "Print no colours, when it is not empty."},
};

constexpr std::array kFiles{
    ManualEntry{"/etc/runneriq/runneriq.yaml",
                "The configuration, runneriq.yaml(5). Everything has a default: no file is needed."},
    ManualEntry{
        "/var/lib/runneriq/state.db",
        "The state of the fleet: history, kept decisions and the audit trail. Beside it lie `carbon.db`, "
        "`alerts.db`, `advisor.db` and `admissions.db`. For whoever may not write there all are in "
        "`$XDG_STATE_HOME/runneriq` or `~/.local/state/runneriq`."},
};

constexpr std::array kExamples{
    ManualEntry{"One look at the built-in GitLab, without credentials and network:",
                "runneriq run --once --mock"},
    ManualEntry{"Why one of its jobs stands where it stands:", "runneriq explain 1047 --mock"},
    ManualEntry{"What the token sees and what it lacks, each with its remedy:", "runneriq doctor"},
    ManualEntry{"This page:", "runneriq man | man -l -"},
};

void add_flags(ManualPage& page, std::span<const FlagRow> flags) {
  for (const FlagRow& flag : flags) {
    page.entry(flag.name, flag.value, flag.help);
    if (!flag.option.empty()) page.more("Sets the option `" + std::string(flag.option) + "`.");
  }
}

void add_commands(ManualPage& page) {
  page.section("COMMANDS");
  for (const CommandRow& command : commands()) {
    page.command("runneriq " + std::string(command.name), command.arguments).paragraph(command.summary);
    page.paragraph(command.text);
    add_flags(page, command.flags);
  }
}

void add_exit_codes(ManualPage& page) {
  page.section("EXIT STATUS");
  for (const ExitRow& row : exit_rows())
    page.entry(std::to_string(static_cast<int>(row.code)), "", row.meaning);
}

}  // namespace

std::string man_page() {
  ManualPage page{"runneriq", 1, kPurpose};
  page.section("SYNOPSIS").usage("runneriq COMMAND [FLAG...]");
  page.section("DESCRIPTION")
      .paragraph(
          "Reads a fleet of GitLab runners and its pending jobs over GitLab's API. By default it only "
          "advises and sends GitLab no call that could change anything. What does is told so: `run "
          "--execute`, `lanes install` and `lanes remove`, `reset-tags`, `revert-expired`, `diagnose` with "
          "`--post` or `--create-issue`, and the options `diagnosis.post`, `diagnosis.issues` and receivers "
          "of the type gitlab.")
      .paragraph("Results go to standard output, everything else to standard error.");
  add_commands(page);
  page.section("FLAGS OF EVERY COMMAND");
  add_flags(page, common_flags());
  add_exit_codes(page);
  page.section("ENVIRONMENT").entries(kVariables);
  page.section("FILES").entries(kFiles);
  page.section("EXAMPLES").examples(kExamples);
  page.see_also("runneriq.yaml(5), runneriq-executor(1), runneriq-gitlab-sim(1)");
  return page.roff();
}

}  // namespace runneriq::cli
