#include "apps/executor/man_page.hpp"

#include "apps/executor/usage.hpp"
#include "core/manual_page.hpp"

#include <array>

namespace runneriq::app {
namespace {

constexpr std::array kDescription{
    "gitlab-runner calls this program for each stage of a job, as its config.toml says: `config` and "
    "`prepare` once, `run` for each script, `cleanup` at the end. It gives every job a priority from what "
    "GitLab says of it, lets the jobs that matter most have the slots of the host first, and runs their "
    "scripts by a driver: in a sandbox (bubblewrap), in a container (podman), as they are (shell), or by the "
    "custom executor that was there before (chain).",
    "Every wait is bounded and ends with the job running. Where the state file or the scheduler service "
    "cannot be used, jobs run in GitLab's own order with one line in their log that says why. What is wrong "
    "in the configuration is named in the job's log and ignored. Lines of its own in a job's log begin with "
    "`RunnerIQ:`.",
    "Jobs never run as root unless `executor.allow_root` permits it."};

constexpr std::array kExitCodes{
    ManualEntry{"0", "Fine; of doctor: nothing has failed."},
    ManualEntry{
        "1",
        "doctor: something has failed. A stage: the job failed, with the code that gitlab-runner gives in "
        "`BUILD_FAILURE_EXIT_CODE`, 1 unless told."},
    ManualEntry{
        "2",
        "The command line is wrong. A stage: not the job failed but its surroundings, with the code of "
        "`SYSTEM_FAILURE_EXIT_CODE`, 2 unless told."},
};

constexpr std::array kVariables{
    ManualEntry{"RUNNERIQ_CONFIG", "The configuration file, instead of `/etc/runneriq/runneriq.yaml`."},
    ManualEntry{"RUNNERIQ_STATE", "The state file; an absolute path."},
    ManualEntry{"RUNNERIQ_SOCKET",
                "The socket of the scheduler service, `executor.socket`; empty: no service is asked."},
    ManualEntry{
        "RUNNERIQ_EXECUTOR_..., RUNNERIQ_ANALYZER_...",
        "Any option: `executor.slots` is `RUNNERIQ_EXECUTOR_SLOTS`. These are variables of gitlab-runner's "
        "own environment. Variables of a job do not set options."},
    ManualEntry{
        "TMPDIR, JOB_RESPONSE_FILE, BUILD_EXIT_CODE_FILE, BUILD_FAILURE_EXIT_CODE, SYSTEM_FAILURE_EXIT_CODE",
        "Set by gitlab-runner for each stage. TMPDIR must be an absolute path: the stages are not for "
        "calling by hand."},
};

constexpr std::array kFiles{
    ManualEntry{"/etc/runneriq/runneriq.yaml",
                "The configuration, runneriq.yaml(5). Everything has a default: no file is needed."},
    ManualEntry{
        "/var/lib/runneriq-executor/host.db",
        "The state of the host: slots, jobs that wait, durations, what became of jobs. Beside it lie "
        "`builds/`, `cache/` and `jobs/` unless options say otherwise. For a gitlab-runner that may not "
        "write there all are in `$XDG_STATE_HOME/runneriq-executor` or `~/.local/state/runneriq-executor`."},
    ManualEntry{
        "/run/runneriq/runneriq.sock",
        "The scheduler service, where `runneriq run --listen` or `runneriq relay` has one. It is asked who "
        "is next."},
    ManualEntry{
        "/etc/gitlab-runner/config.toml",
        "The configuration of gitlab-runner, which names this program; read by doctor, never written."},
};

constexpr std::array kExamples{
    ManualEntry{"What is missing on this host, each with its remedy:", "runneriq-executor doctor"},
    ManualEntry{"The block to paste into gitlab-runner's config.toml:",
                "runneriq-executor doctor --config-toml"},
    ManualEntry{"The same for a host with four slots, one of them for critical jobs only:",
                "RUNNERIQ_EXECUTOR_SLOTS=4 \\\n  runneriq-executor doctor --config-toml --reserve 1"},
};

void add_calls(ManualPage& page, std::string_view title, Caller caller) {
  page.subsection(title);
  for (const UsageRow& row : executor_usage()) {
    if (row.caller == caller) page.call("runneriq-executor " + std::string(row.words), row.text);
  }
}

}  // namespace

std::string executor_man_page() {
  ManualPage page{"runneriq-executor", 1, kExecutorPurpose};
  page.section("SYNOPSIS");
  for (const UsageRow& row : executor_usage()) page.usage("runneriq-executor " + std::string(row.words));
  page.section("DESCRIPTION");
  for (const std::string_view text : kDescription) page.paragraph(text);
  page.section("COMMANDS");
  add_calls(page, "Called by gitlab-runner, as config.toml says", Caller::gitlab_runner);
  add_calls(page, "Called by people", Caller::people);
  page.section("OPTIONS OF DOCTOR");
  for (const OptionUsage& option : doctor_options()) page.entry(option.name, option.value, option.text);
  page.section("EXIT STATUS").entries(kExitCodes);
  page.section("ENVIRONMENT").entries(kVariables);
  page.section("FILES").entries(kFiles);
  page.section("EXAMPLES").examples(kExamples);
  page.see_also("runneriq.yaml(5), runneriq(1), bwrap(1), podman(1)");
  return page.roff();
}

}  // namespace runneriq::app
