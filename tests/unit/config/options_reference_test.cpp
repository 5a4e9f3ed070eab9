// docs/options.md is made from the option rows; this test keeps it true.
#include "advisor/options.hpp"
#include "alerting/options.hpp"
#include "apps/runneriq/relay_options.hpp"
#include "apps/runneriq/service_options.hpp"
#include "carbon/options.hpp"
#include "cli/log_options.hpp"
#include "config/configuration.hpp"
#include "diagnosis/options.hpp"
#include "executor/options.hpp"
#include "gitlab/options.hpp"
#include "scheduler/fleet_options.hpp"
#include "scheduler/gate_options.hpp"
#include "scheduler/options.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace runneriq {
namespace {

const std::string kReference = RUNNERIQ_SOURCE_DIR "/docs/options.md";

std::string variable_of(const std::string& key) {
  std::string name = "RUNNERIQ_";
  for (const char c : key)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

// A '|' would end the cell.
std::string cell(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

std::string row(const Option& option) {
  const std::string value = option.show();
  return "| `" + option.key + "` | " + cell(option.value) + " | " +
         (value.empty() ? "" : "`" + cell(value) + "`") + " | " + cell(option.help) + " |\n";
}

std::string section(const std::string& title, const std::string& words, const Options& options) {
  std::string text =
      "\n## " + title + "\n\n" + words + "\n\n| key | value | default | what it does |\n|---|---|---|---|\n";
  for (const Option& option : options) text += row(option);
  return text;
}

std::string own_variables(const Options& options) {
  std::string text;
  for (const Option& option : options) {
    if (!option.variable.empty())
      text += (text.empty() ? "`" : ", `") + option.variable + "` (`" + option.key + "`)";
  }
  return text;
}

Options all_of(std::vector<Options> tables) {
  Options all;
  for (Options& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

std::string reference() {
  executor::ExecutorOptions executor_options;
  scheduler::PriorityRules rules = scheduler::PriorityRules::defaults();
  gitlab::ClientOptions gitlab_options;
  scheduler::MonitorOptions monitor_options;
  scheduler::AssignerOptions assigner_options;
  scheduler::TrustOptions trust_options;
  scheduler::SteeringOptions steering_options;
  carbon::CarbonOptions carbon_options;
  alerting::AlertingOptions alerting_options;
  advisor::AdvisorOptions advisor_options;
  diagnosis::DiagnosisOptions diagnosis_options;
  app::ServiceOptions service_options;
  app::RelayOptions relay_options;
  platform::LogSettings log_settings;
  const Options carbon_rows = carbon::option_rows(carbon_options);
  const Options gitlab_rows = gitlab::option_rows(gitlab_options);
  const Options monitor_rows = scheduler::option_rows(monitor_options);
  return "# Options\n\n"
         "The keys below `runneriq:` in `/etc/runneriq/runneriq.yaml` (or the file that `RUNNERIQ_CONFIG` "
         "or\n"
         "`--config` names). One file serves both programs. Each key can also be given by the environment, "
         "which\n"
         "wins: `" +
         variable_of("executor.driver") +
         "` for `executor.driver`. Entries of lists and mappings are then separated by\n"
         "commas. Flags of the command line win over both. Durations are `250ms`, `30s`, `10m`, `2h`, `1d` "
         "or plain\n"
         "seconds. `runneriq config show` prints each effective value with its origin, `runneriq config "
         "check` what\n"
         "is wrong, with the line.\n\n"
         "Further variables: " +
         own_variables(all_of({gitlab_rows, monitor_rows, carbon_rows})) +
         ";\n"
         "`GITLAB_TOKEN` (for a further fleet `GITLAB_TOKEN_<NAME>`), or the file `gitlab-token` "
         "(`gitlab-token-<name>`)\n"
         "in `$CREDENTIALS_DIRECTORY`: secrets are never options. `RUNNERIQ_STATE` names the calling "
         "program's state\n"
         "file, by default `/var/lib/runneriq/state.db` and `/var/lib/runneriq-executor/host.db`; for "
         "whoever may not\n"
         "write there, below `$XDG_STATE_HOME` or `~/.local/state`. `RUNNER_ZONE_<id or description>` names "
         "a runner's\n"
         "grid zone, `ELECTRICITY_MAPS_TOKEN` and `ELECTRICITY_MAPS_TOKEN_<ZONE>` the keys for its "
         "intensity, "
         "and\n"
         "`RUNNERIQ_PLAY_TOKEN` the token that starts deferred jobs; for each there is a credential, too.\n" +
         section("GitLab", "Whom `runneriq` watches. `gitlab.fleets.<name>` adds further GitLabs.",
                 gitlab_rows) +
         section("Monitor", "How `runneriq` watches.", monitor_rows) +
         section("Assigner", "Which runner `runneriq` recommends, and how far it is trusted.",
                 all_of({scheduler::option_rows(assigner_options), scheduler::option_rows(trust_options)})) +
         section("Gate", "How `runneriq run --execute` steers; see [steering](steering.md).",
                 scheduler::option_rows(steering_options)) +
         section("Carbon",
                 "What `runneriq` knows of the grid, and what it does with it; see [carbon](carbon.md).",
                 carbon_rows) +
         section("Alerting",
                 "Whom `runneriq` tells of failures, and of which. `<name>` is a name of your own: each "
                 "receiver,\n"
                 "route and rule has one.",
                 alerting::option_rows(alerting_options)) +
         section("Advisor",
                 "Which model `runneriq` asks where its rules are unsure. Its key is no option, but the "
                 "variable\n"
                 "`ANTHROPIC_API_KEY` (or `OPENAI_API_KEY`). Without a key or a server of your own rules "
                 "decide alone; see\n"
                 "[diagnosis](diagnosis.md).",
                 advisor::option_rows(advisor_options)) +
         section("Diagnosis", "Why a job failed; see [diagnosis](diagnosis.md).",
                 diagnosis::option_rows(diagnosis_options)) +
         section("Service", "For `runneriq run --listen`.", app::option_rows(service_options)) +
         section("Relay", "For `runneriq relay` on further hosts.", app::option_rows(relay_options)) +
         section("Log", "The log of `runneriq`.", cli::option_rows(log_settings)) +
         section("Priority", "How both programs score jobs.", scheduler::option_rows(rules)) +
         section("Executor",
                 "For `runneriq-executor` on runner hosts. What is wrong there is named in the job log and "
                 "ignored;\n"
                 "builds, cache and private folders lie beside the state file unless set.",
                 executor::option_rows(executor_options));
}

std::string written() {
  std::ifstream file{kReference};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(OptionsReference, IsCurrent) {
  if (std::getenv("RUNNERIQ_WRITE_REFERENCE") != nullptr) std::ofstream{kReference} << reference();
  EXPECT_EQ(written(), reference()) << "run this test with RUNNERIQ_WRITE_REFERENCE=1 to write "
                                    << kReference;
}

}  // namespace
}  // namespace runneriq
