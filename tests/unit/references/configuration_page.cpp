#include "tests/unit/references/configuration_page.hpp"

#include "core/manual_page.hpp"
#include "tests/support/option_sections.hpp"

#include <array>
#include <span>

namespace runneriq {
namespace {

constexpr std::array kDescription{
    "One file serves both programs. It is a YAML document whose keys stand below `runneriq:`. Everything has "
    "a default: no file is needed. A key that does not exist is an error with its line and, where one is "
    "near, the key that may have been meant. `runneriq` answers for the whole file and ends with exit code 2 "
    "where something is wrong; `runneriq-executor` answers for the sections `executor` and `analyzer`, names "
    "in the job's log what is wrong there, and goes on with what the key was before.",
    "A value comes from its default, this file, a variable of the environment or a flag of the command line; "
    "the later one wins. The variable of a key is its name in capitals behind `RUNNERIQ_`, with `_` for each "
    "point. In a variable the entries of lists and mappings are separated by commas: `a,b` and "
    "`main=100,develop=75`. Keys with a `*`, which stands for a name of your own, have no variable.",
    "Durations are `250ms`, `30s`, `10m`, `2h`, `1d` or plain seconds. `runneriq run` and `runneriq relay` "
    "read the file anew on SIGHUP and name in the log what only a restart changes; `runneriq-executor` reads "
    "it for each job."};

constexpr std::string_view kExample =
    "runneriq:\n"
    "  gitlab:\n"
    "    url: https://gitlab.example.com\n"
    "    group: acme\n"
    "  monitor:\n"
    "    poll_interval: 1m\n"
    "    capacity:\n"
    "      linux-shared: 4\n"
    "  executor:\n"
    "    slots: 2\n"
    "    max_hold: 10m\n";

constexpr std::array kSecrets{
    ManualEntry{
        "GITLAB_TOKEN, GITLAB_TOKEN_<NAME>",
        "The token for GitLab, and for the further GitLab of that name. Credentials `gitlab-token` and "
        "`gitlab-token-<name>`."},
    ManualEntry{"RUNNERIQ_PLAY_TOKEN, RUNNERIQ_PLAY_TOKEN_<NAME>",
                "The token that starts deferred jobs. Credentials `play-token` and `play-token-<name>`."},
    ManualEntry{"RUNNERIQ_SERVICE_TOKEN", "What callers over TCP must show. Credential `service-token`."},
    ManualEntry{"RUNNERIQ_RELAY_TOKEN", "What a relay shows to the service. Credential `relay-token`."},
    ManualEntry{"RUNNERIQ_WEBHOOK_TOKEN, RUNNERIQ_WEBHOOK_SIGNING_KEY",
                "What GitLab's webhooks must show. Credentials `webhook-token` and `webhook-signing-key`."},
    ManualEntry{"RUNNERIQ_RECEIVER_<NAME>",
                "The secret of the receiver of alerts of that name. Credential `receiver-<name>`."},
    ManualEntry{"ANTHROPIC_API_KEY, OPENAI_API_KEY",
                "The key of a model's provider. Credentials `anthropic-api-key` and `openai-api-key`."},
    ManualEntry{
        "ELECTRICITY_MAPS_TOKEN, ELECTRICITY_MAPS_TOKEN_<ZONE>",
        "The key for the intensities of all zones, or of one. Credentials `electricity-maps-token` and "
        "`electricity-maps-token-<zone>`."},
};

constexpr std::array kVariables{
    ManualEntry{"RUNNERIQ_CONFIG",
                "Another configuration file. The flag `--config` of `runneriq` wins over it."},
    ManualEntry{
        "RUNNERIQ_STATE",
        "The state file of the program that is called; an absolute path. By default "
        "`/var/lib/runneriq/state.db` and `/var/lib/runneriq-executor/host.db`; for whoever may not write "
        "there, below `$XDG_STATE_HOME` or `~/.local/state`."},
    ManualEntry{"RUNNER_ZONE_<runner>",
                "The grid zone of the runner of that id or description, before `carbon.zones`."},
    ManualEntry{"CREDENTIALS_DIRECTORY", "Where systemd.exec(5) puts credentials."},
};

// Entries of mappings and lists may begin a new line.
std::string breakable(std::string text) {
  for (std::size_t at = text.find(','); at != std::string::npos; at = text.find(',', at + 2))
    text.insert(at + 1, " ");
  return text;
}

std::string default_text(const Option& option) {
  const std::string value = option.show();
  if (value.empty()) return "";
  return "Default: `" + (option.set ? value : breakable(value)) + "`";
}

std::string variable_text(const Option& option) {
  if (option.key.find('*') != std::string::npos) return "";
  return "Variable: `" + variable_of(option) + "`" +
         (option.variable.empty() ? "" : ", else `" + option.variable + "`");
}

void add_option(ManualPage& page, const Option& option) {
  page.entry(option.key, "", option.help).more("Value: " + option.value);
  for (const std::string& text : {default_text(option), variable_text(option)}) {
    if (!text.empty()) page.more(text);
  }
}

void add_section(ManualPage& page, const OptionSection& section) {
  page.subsection(section.title).paragraph(section.words + " Read by " + section.programs + ".");
  for (const Option& option : section.options) add_option(page, option);
}

}  // namespace

std::string configuration_page() {
  ManualPage page{"runneriq.yaml", 5, "configuration of runneriq and runneriq-executor"};
  page.section("SYNOPSIS").paragraph("/etc/runneriq/runneriq.yaml");
  page.section("DESCRIPTION");
  for (const std::string_view text : kDescription) page.paragraph(text);
  page.section("OPTIONS");
  for (const OptionSection& section : option_sections()) add_section(page, section);
  page.section("SECRETS").paragraph(
      "Secrets are never options. Each is a variable or, where that is not set, a file in "
      "`$CREDENTIALS_DIRECTORY`.");
  page.entries(kSecrets);
  page.section("ENVIRONMENT");
  page.entries(kVariables);
  page.section("FILES").entry("/etc/runneriq/runneriq.yaml", "",
                              "The file, where nothing names another. The package runneriq copies an example, "
                              "/usr/share/runneriq/runneriq.yaml, there when it is first installed and none is.");
  page.section("EXAMPLES")
      .paragraph("A group is watched once a minute; its runner hosts run two jobs at a time:")
      .example(kExample)
      .paragraph("Each effective value with its origin, and what is wrong, with the line:")
      .example("runneriq config show\nrunneriq config check");
  page.see_also("runneriq(1), runneriq-executor(1), systemd.exec(5)");
  return page.roff();
}

}  // namespace runneriq
