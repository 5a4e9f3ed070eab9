#include "tests/support/option_sections.hpp"

#include "apps/runneriq/settings.hpp"
#include "cli/log_options.hpp"
#include "scheduler/options.hpp"

#include <cctype>
#include <utility>

namespace runneriq {
namespace {

constexpr const char* kFleet = "`runneriq`";
constexpr const char* kHost =
    "`runneriq-executor`; `executor.slots` and `executor.socket` also by `runneriq`";
constexpr const char* kBoth = "`runneriq` and `runneriq-executor`";

Options with(Options rows, Options more) {
  for (Option& row : more) rows.push_back(std::move(row));
  return rows;
}

}  // namespace

std::vector<OptionSection> option_sections() {
  static app::Settings fields;
  return {
      {"GitLab", "Whom `runneriq` watches. `gitlab.fleets.<name>` adds further GitLabs.", "", kFleet,
       gitlab::option_rows(fields.gitlab)},
      {"Monitor", "How `runneriq` watches.", "", kFleet, scheduler::option_rows(fields.monitor)},
      {"Assigner", "Which runner `runneriq` recommends, and how far it is trusted.", "", kFleet,
       with(scheduler::option_rows(fields.assigner), scheduler::option_rows(fields.trust))},
      {"Gate", "How `runneriq run --execute` steers.", "steering", kFleet,
       scheduler::option_rows(fields.steering)},
      {"Carbon", "What `runneriq` knows of the grid, and what it does with it.", "carbon", kFleet,
       carbon::option_rows(fields.carbon)},
      {"Alerting",
       "Whom `runneriq` tells of failures, and of which. `<name>` is a name of your own: each receiver, "
       "route "
       "and rule has one.",
       "alerting", kFleet, alerting::option_rows(fields.alerting)},
      {"Advisor",
       "Which model `runneriq` asks where its rules are unsure. Its key is no option, but the variable "
       "`ANTHROPIC_API_KEY` (or `OPENAI_API_KEY`). Without a key or a server of your own rules decide alone.",
       "diagnosis", kFleet, advisor::option_rows(fields.advisor)},
      {"Diagnosis", "Why a job failed.", "diagnosis", kFleet, diagnosis::option_rows(fields.diagnosis)},
      {"Service", "For `runneriq run --listen`.", "", kFleet, app::option_rows(fields.service)},
      {"Relay", "For `runneriq relay` on further hosts.", "", kFleet, app::option_rows(fields.relay)},
      {"Log", "The log of `runneriq`.", "", kFleet, cli::option_rows(fields.log)},
      {"Priority", "How both programs score jobs.", "", kBoth, scheduler::option_rows(fields.priority)},
      {"Executor",
       "For `runneriq-executor` on runner hosts. What is wrong there is named in the job log and ignored; "
       "builds, cache and private folders lie beside the state file unless set.",
       "", kHost, executor::option_rows(fields.executor)},
  };
}

std::string variable_of(const Option& option) {
  std::string name = "RUNNERIQ_";
  for (const char c : option.key)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

}  // namespace runneriq
