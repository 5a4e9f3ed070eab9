#include "executor/toml/runner_config.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

TEST(RunnerConfig, ReadsTheCustomEntries) {
  const auto settings = parse_runner_config(R"(
concurrent = 8
shutdown_timeout = 45
check_interval = 1
[session_server]
  session_timeout = 1800
[[runners]]
  name = "docker"
  executor = "docker"
  [runners.docker]
    image = "debian"
[[runners]]
  name = "ci"
  url = "https://gitlab.example.com"
  executor = "custom"
  limit = 6
  request_concurrency = 2
  output_limit = 8192
  strict_check_interval = true
  builds_dir = "/b"
  cache_dir = "/c"
  [runners.custom]
    config_exec = "/x"
    config_args = ["config"]
    run_exec = "/y"
    run_args = ["a", "b"]
    prepare_exec_args = ["prepare"]
    config_exec_timeout = 1
    prepare_exec_timeout = 2
    cleanup_exec_timeout = 3
    graceful_kill_timeout = 4
    force_kill_timeout = 5
)");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->concurrent, 8);
  EXPECT_EQ(settings->shutdown_timeout, 45);
  EXPECT_EQ(settings->other_entries, 1);
  EXPECT_TRUE(settings->oddities.empty());
  ASSERT_EQ(settings->entries.size(), 1U);
  const RunnerEntry& entry = settings->entries[0];
  EXPECT_EQ(entry.number, 2);
  EXPECT_EQ(entry.name, "ci");
  EXPECT_EQ(entry.limit, 6);
  EXPECT_EQ(entry.request_concurrency, 2);
  EXPECT_EQ(entry.output_limit, 8192);
  EXPECT_EQ(entry.strict_check_interval, true);
  EXPECT_EQ(entry.builds_dir, "/b");
  EXPECT_EQ(entry.cache_dir, "/c");
  EXPECT_EQ(entry.commands[0].program, "/x");
  EXPECT_EQ(entry.commands[1].program, "");
  EXPECT_EQ(entry.commands[2].arguments, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(entry.config_exec_timeout, 1);
  EXPECT_EQ(entry.prepare_exec_timeout, 2);
  EXPECT_EQ(entry.cleanup_exec_timeout, 3);
  EXPECT_EQ(entry.graceful_kill_timeout, 4);
  EXPECT_EQ(entry.force_kill_timeout, 5);
  EXPECT_EQ(entry.unknown_custom_keys, std::vector<std::string>{"prepare_exec_args"});
}

TEST(RunnerConfig, SeesWhichCustomEntriesHaveADockerSection) {
  const auto settings = parse_runner_config(R"(
[[runners]]
  executor = "custom"
  [runners.docker]
    image = "debian"
[[runners]]
  executor = "custom"
)");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_EQ(settings->entries.size(), 2U);
  EXPECT_TRUE(settings->entries[0].has_docker_section);
  EXPECT_FALSE(settings->entries[1].has_docker_section);
}

TEST(RunnerConfig, MayBeEmpty) {
  const auto settings = parse_runner_config("");
  ASSERT_TRUE(settings);
  EXPECT_FALSE(settings->concurrent);
  EXPECT_TRUE(settings->entries.empty());
}

TEST(RunnerConfig, NamesValuesOfTheWrongType) {
  const auto settings = parse_runner_config(R"(
concurrent = "8"
runners = [1, {executor = "custom", limit = 1.5, custom = {run_exec = 1, run_args = ["a", 2]}},
           {executor = "custom", custom = "x"}]
)");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->oddities,
            (std::vector<std::string>{
                "concurrent is not a whole number", "runners[1] is not a table",
                "runners[2].limit is not a whole number", "runners[2].custom.run_exec is not a string",
                "runners[2].custom.run_args is not a list of strings", "runners[3].custom is not a table"}));
  EXPECT_EQ(settings->entries.size(), 2U);
  EXPECT_EQ(parse_runner_config("runners = 1")->oddities.size(), 1U);
}

TEST(RunnerConfig, IsAnErrorWithItsLineWhenItIsNoToml) {
  const std::vector<std::string> bad{"concurrent = ",
                                     "[[runners]\n",
                                     "a = 1\na = 2",
                                     "a = \xff",
                                     "a = 99999999999999999999",
                                     "a = " + std::string(5000, '['),
                                     std::string("a = \"\0\"", 7)};
  for (const std::string& text : bad) {
    SCOPED_TRACE(text.substr(0, 40));
    const auto settings = parse_runner_config(text);
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().code, Errc::invalid_argument);
    EXPECT_NE(settings.error().message.find("line "), std::string::npos) << settings.error().message;
  }
  EXPECT_NE(parse_runner_config("\n\nx = ").error().message.find("line 3"), std::string::npos);
}

TEST(RunnerConfig, TellsAMissingFileApart) {
  const auto settings = read_runner_config("/nonexistent/config.toml");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, Errc::not_found);
}

}  // namespace
}  // namespace runneriq::executor
