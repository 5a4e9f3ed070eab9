// The manual pages in docs/man are made from tables; these tests keep them true. runneriq(1) is with the
// tests of the command line.
#include "apps/executor/man_page.hpp"
#include "apps/executor/usage.hpp"
#include "apps/gitlab_sim/usage.hpp"
#include "core/lines.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/option_sections.hpp"
#include "tests/unit/references/configuration_page.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace runneriq {
namespace {

TEST(ManPages, OfTheExecutorIsCurrent) {
  expect_reference("man/runneriq-executor.1", app::executor_man_page());
}

TEST(ManPages, OfTheSimulatorIsCurrent) {
  expect_reference("man/runneriq-gitlab-sim.1", app::simulator_man_page());
}

TEST(ManPages, OfTheConfigurationIsCurrent) {
  expect_reference("man/runneriq.yaml.5", configuration_page());
}

TEST(ManPages, OfTheConfigurationHasEachOptionOnce) {
  const std::string page = configuration_page();
  std::vector<std::string> terms;
  for (const OptionSection& section : option_sections()) {
    for (const Option& option : section.options) terms.push_back("\n.TP\n\\fB" + option.key + "\\fR\n");
  }
  ASSERT_GT(terms.size(), 100U);
  for (const std::string& term : terms) {
    const std::size_t first = page.find(term);
    ASSERT_NE(first, std::string::npos) << term;
    EXPECT_EQ(page.find(term, first + 1), std::string::npos) << term;
  }
}

TEST(Usage, OfTheExecutorNamesEveryCallOnce) {
  const std::string help = app::executor_help();
  for (const app::UsageRow& row : app::executor_usage()) {
    EXPECT_NE(help.find("  runneriq-executor " + std::string(row.words)), std::string::npos) << row.words;
  }
  for (const std::string_view line : lines_of(help)) EXPECT_LE(line.size(), 90U) << line;
}

TEST(Usage, OfDoctorNamesTheOptionsThatAreExplained) {
  std::string words;
  for (const app::UsageRow& row : app::executor_usage()) words += std::string(row.words) + " ";
  for (const app::OptionUsage& option : app::doctor_options()) {
    EXPECT_NE(words.find(option.name), std::string::npos) << option.name;
  }
  for (std::size_t at = words.find("--"); at != std::string::npos; at = words.find("--", at + 2)) {
    const std::string name = words.substr(at, words.find_first_of(" ]", at) - at);
    if (name == "--version" || name == "--help") continue;
    EXPECT_TRUE(std::ranges::any_of(app::doctor_options(), [&](const app::OptionUsage& option) {
      return option.name == name;
    })) << name;
  }
}

TEST(Usage, OfTheSimulatorNamesEveryFlag) {
  const std::string help = app::simulator_help();
  for (const app::SimulatorFlag& flag : app::simulator_flags())
    EXPECT_NE(help.find(flag.name), std::string::npos) << flag.name;
}

}  // namespace
}  // namespace runneriq
