// `config show`, `config check`, `doctor`, `completion` and `man` as commands.
#include "cli/completion_script.hpp"
#include "cli/json_text.hpp"
#include "cli/man_page.hpp"
#include "core/json_text.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;

struct ConfigCommands : testing::Test {
  FakeSession fake{kSampleNow};
  std::string url = "https://gitlab.example.com", poll = "30s", level = "info", zone;
  config::Configuration configuration{{row("gitlab.url", url), row("monitor.poll_interval", poll),
                                       row("log.level", level), row("monitor.zone", zone)},
                                      {"gitlab", "monitor", "log"}};

  ConfigCommands() {
    const config::DocumentEntry entry{{"gitlab", "url"}, "https://gitlab.example.com", 3};
    EXPECT_TRUE(configuration.apply_document("/etc/runneriq/runneriq.yaml", std::span{&entry, 1}).empty());
    const std::string_view variable = "RUNNERIQ_MONITOR_POLL_INTERVAL=1m";
    EXPECT_TRUE(configuration.apply_environment(std::span{&variable, 1}).empty());
    EXPECT_TRUE(configuration.apply_flag("--log-level", "log.level", "debug").empty());
    fake.session.configuration = &configuration;
  }
  static Option row(std::string key, std::string& value) {
    Option option{};
    option.key = std::move(key);
    option.set = [&value](std::string_view text) -> Result<void> {
      value = text;
      return {};
    };
    option.show = [&value] { return value; };
    return option;
  }
};

TEST_F(ConfigCommands, ShowsEachValueAndItsOrigin) {
  EXPECT_EQ(run_words(fake, {"config", "show"}), Exit::fine);
  expect_golden("config_show.txt", fake.out.results);
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"config", "show", "--output", "json"}), Exit::fine);
  const json shown = parse_document(fake.out.results).value();
  EXPECT_EQ(shown["file"], "/etc/runneriq/runneriq.yaml");
  EXPECT_EQ(shown["options"], json_in(R"([
    {"key": "gitlab.url", "value": "https://gitlab.example.com", "layer": "file", "where": "/etc/runneriq/runneriq.yaml:3"},
    {"key": "monitor.poll_interval", "value": "1m", "layer": "environment", "where": "RUNNERIQ_MONITOR_POLL_INTERVAL"},
    {"key": "log.level", "value": "debug", "layer": "flag", "where": "--log-level"},
    {"key": "monitor.zone", "value": "", "layer": "default", "where": ""}])"));
}

TEST_F(ConfigCommands, ShowTellsWhatIsWrongAndGoesOn) {
  fake.session.problems = {{"/etc/x.yaml:3", "unknown option 'x'"}};
  EXPECT_EQ(run_words(fake, {"config", "show"}), Exit::fine);
  EXPECT_EQ(fake.out.talked.size(), 1U);
  EXPECT_NE(fake.out.results.find("gitlab.url"), std::string::npos);
}

TEST_F(ConfigCommands, CheckNamesEachProblem) {
  EXPECT_EQ(run_words(fake, {"config", "check"}), Exit::fine);
  EXPECT_EQ(fake.out.results, "/etc/runneriq/runneriq.yaml is right\n");
  fake.out.results.clear();
  fake.session.config_absent = true;
  EXPECT_EQ(run_words(fake, {"config", "check"}), Exit::fine);
  EXPECT_EQ(fake.out.results, "/etc/runneriq/runneriq.yaml is not there, and need not be\n");
  fake.session.problems = {{"/etc/x.yaml:3", "unknown option 'x\x1b', did you mean 'y'?"},
                           {"RUNNERIQ_Z", "unknown option 'Z'"}};
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"config", "check"}), Exit::usage);
  EXPECT_EQ(fake.out.results,
            "/etc/x.yaml:3: unknown option 'x\\x1b', did you mean 'y'?\nRUNNERIQ_Z: unknown option 'Z'\n");
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"config", "check", "--output", "json"}), Exit::usage);
  EXPECT_EQ(parse_document(fake.out.results).value()["problems"].size(), 2U);
}

TEST_F(ConfigCommands, DoctorSaysNoWhenSomethingFails) {
  using executor::FindingStatus;
  fake.findings = {{"gitlab", FindingStatus::ok, "GitLab 17.5 answers", ""},
                   {"token", FindingStatus::warn, "expires in 3 days", "make a new one"}};
  EXPECT_EQ(run_words(fake, {"doctor"}), Exit::fine);
  EXPECT_EQ(fake.out.results, executor::as_text(fake.findings));
  fake.findings.push_back({"state", FindingStatus::fail, "no", "mend it"});
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"doctor", "--output", "json"}), Exit::no);
  EXPECT_EQ(parse_document(fake.out.results).value()["failed"], 1);
}

TEST_F(ConfigCommands, PrintsTheGeneratedTexts) {
  const std::pair<std::string_view, std::string> shells[]{
      {"bash", bash_completion()}, {"zsh", zsh_completion()}, {"fish", fish_completion()}};
  for (const auto& [shell, script] : shells) {
    fake.out.results.clear();
    EXPECT_EQ(run_words(fake, {"completion", shell}), Exit::fine);
    EXPECT_EQ(fake.out.results, script);
  }
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"man"}), Exit::fine);
  EXPECT_EQ(fake.out.results, man_page());
}

}  // namespace
}  // namespace runneriq::cli
