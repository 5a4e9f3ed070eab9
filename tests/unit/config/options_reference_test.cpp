// docs/options.md is made from the option rows; this test keeps it true.
#include "config/configuration.hpp"
#include "executor/options.hpp"
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

std::string section(const std::string& title, const Options& options) {
  std::string text = "\n## " + title + "\n\n| key | value | default | what it does |\n|---|---|---|---|\n";
  for (const Option& option : options) text += row(option);
  return text;
}

std::string reference() {
  executor::ExecutorOptions executor_options;
  scheduler::PriorityRules rules = scheduler::PriorityRules::defaults();
  const Options executor_rows = executor::option_rows(executor_options);
  return "# Options\n\n"
         "The keys below `runneriq:` in `/etc/runneriq/runneriq.yaml` (or the file that `RUNNERIQ_CONFIG` "
         "names).\n"
         "Each can also be given by the environment of gitlab-runner, which wins:\n`" +
         variable_of(executor_rows.front().key) + "` for `" + executor_rows.front().key +
         "`. Entries of lists and mappings are then separated by\n"
         "commas. Durations are `250ms`, `30s`, `10m`, `2h`, `1d` or plain seconds. What is wrong is named "
         "in the\n"
         "job log and ignored.\n\n"
         "`RUNNERIQ_STATE` names the state file, by default `/var/lib/runneriq-executor/host.db`; builds, "
         "cache and\n"
         "private folders lie beside it unless set.\n" +
         section("Executor", executor_rows) + section("Priority", scheduler::option_rows(rules));
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
