// docs/options.md is made from the option rows; this test keeps it true.
#include "tests/support/golden.hpp"
#include "tests/support/option_sections.hpp"

#include <string>

namespace runneriq {
namespace {

constexpr std::size_t kWidth = 110;

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

// Lines of at most kWidth bytes.
std::string paragraph(std::string text) {
  std::size_t start = 0;
  while (text.size() - start > kWidth) {
    const std::size_t blank = text.rfind(' ', start + kWidth);
    if (blank == std::string::npos || blank < start) break;
    text[blank] = '\n';
    start = blank + 1;
  }
  return text + "\n";
}

std::string see(const std::string& guide) {
  return guide.empty() ? "" : " See [" + guide + "](" + guide + ".md).";
}

std::string section_text(const OptionSection& section) {
  std::string text = "\n## " + section.title + "\n\n" + paragraph(section.words + see(section.guide)) +
                     "\n| key | value | default | what it does |\n|---|---|---|---|\n";
  for (const Option& option : section.options) text += row(option);
  return text;
}

std::string own_variables(const std::vector<OptionSection>& sections) {
  std::string text;
  for (const OptionSection& section : sections) {
    for (const Option& option : section.options) {
      if (!option.variable.empty())
        text += (text.empty() ? "`" : ", `") + option.variable + "` (`" + option.key + "`)";
    }
  }
  return text;
}

std::string reference() {
  const std::vector<OptionSection> sections = option_sections();
  std::string text =
      "# Options\n\n" +
      paragraph(
          "The keys below `runneriq:` in `/etc/runneriq/runneriq.yaml` (or the file that `RUNNERIQ_CONFIG` "
          "or "
          "`--config` names). One file serves both programs. Each key can also be given by the environment, "
          "which wins: `RUNNERIQ_EXECUTOR_DRIVER` for `executor.driver`. Entries of lists and mappings are "
          "then "
          "separated by commas. Flags of the command line win over both. Durations are `250ms`, `30s`, "
          "`10m`, "
          "`2h`, `1d` or plain seconds. `runneriq config show` prints each effective value with its origin, "
          "`runneriq config check` what is wrong, with the line. The same as a manual page: `man -l "
          "docs/man/runneriq.yaml.5`.") +
      "\n" +
      paragraph(
          "Further variables: " + own_variables(sections) +
          "; `GITLAB_TOKEN` (for a further fleet `GITLAB_TOKEN_<NAME>`), or the file `gitlab-token` "
          "(`gitlab-token-<name>`) in `$CREDENTIALS_DIRECTORY`: secrets are never options. `RUNNERIQ_STATE` "
          "names "
          "the calling program's state file, by default `/var/lib/runneriq/state.db` and "
          "`/var/lib/runneriq-executor/host.db`; for whoever may not write there, below `$XDG_STATE_HOME` or "
          "`~/.local/state`. `RUNNER_ZONE_<id or description>` names a runner's grid zone, "
          "`ELECTRICITY_MAPS_TOKEN` and `ELECTRICITY_MAPS_TOKEN_<ZONE>` the keys for its intensity, and "
          "`RUNNERIQ_PLAY_TOKEN` the token that starts deferred jobs; for each there is a credential, too.");
  for (const OptionSection& section : sections) text += section_text(section);
  return text;
}

TEST(OptionsReference, IsCurrent) {
  expect_reference("options.md", reference());
}

}  // namespace
}  // namespace runneriq
