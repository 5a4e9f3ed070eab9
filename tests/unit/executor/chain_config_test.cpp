#include "executor/chain_config.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

TEST(ChainedConfig, MayBeNothingAtAll) {
  for (const char* text :
       {"", " \n\t", "{}", "null", R"({"driver": null, "job_env": null, "unknown": [1]})"}) {
    SCOPED_TRACE(text);
    const auto config = parse_chained_config(text);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_FALSE(config->answer.driver_name);
    EXPECT_FALSE(config->answer.builds_dir);
    EXPECT_FALSE(config->answer.builds_dir_is_shared);
    EXPECT_TRUE(config->answer.job_env.empty());
  }
}

TEST(ChainedConfig, IsReadWhole) {
  const auto config = parse_chained_config(R"({
    "driver": {"name": "tart", "version": "v1.2"}, "builds_dir": "/b", "cache_dir": "", "hostname": "vm-7",
    "shell": "pwsh", "builds_dir_is_shared": true, "job_env": {"VM": "7", "EMPTY": ""}})");
  ASSERT_TRUE(config) << config.error().message;
  const ConfigAnswer& answer = config->answer;
  EXPECT_EQ(answer.driver_name, "tart");
  EXPECT_EQ(answer.driver_version, "v1.2");
  EXPECT_EQ(answer.builds_dir, "/b");
  EXPECT_EQ(answer.cache_dir, "");
  EXPECT_EQ(answer.hostname, "vm-7");
  EXPECT_EQ(answer.shell, "pwsh");
  EXPECT_EQ(answer.builds_dir_is_shared, true);
  EXPECT_EQ(answer.job_env, (std::map<std::string, std::string>{{"VM", "7"}, {"EMPTY", ""}}));
  EXPECT_TRUE(config->ignored.empty());
}

TEST(ChainedConfig, OfARepeatedKeyTheLastCounts) {
  EXPECT_EQ(parse_chained_config(R"({"builds_dir": "/a", "builds_dir": "/b"})")->answer.builds_dir, "/b");
}

TEST(ChainedConfig, MayNotMoveTheVariablesOfTheContract) {
  const auto config = parse_chained_config(
      R"({"job_env": {"TMPDIR": "/x", "BUILD_EXIT_CODE_FILE": "/y", "A=B": "1", "": "2", "N": "a\u0000b", "KEPT": "3"}})");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->answer.job_env, (std::map<std::string, std::string>{{"KEPT", "3"}}));
  EXPECT_EQ(config->ignored.size(), 5U);
}

TEST(ChainedConfig, IsAnErrorWhenItIsNoJsonOrOfTheWrongType) {
  const std::vector<std::string> bad{"hello",
                                     "{",
                                     "[]",
                                     "1",
                                     "\"x\"",
                                     "{} {}",
                                     R"({"builds_dir": 1})",
                                     R"({"driver": "tart"})",
                                     R"({"driver": {"name": 1}})",
                                     R"({"job_env": []})",
                                     R"({"job_env": {"A": 1}})",
                                     R"({"builds_dir_is_shared": "yes"})",
                                     "{\"shell\": \"\xff\"}",
                                     "warning: x\n{}",
                                     std::string(kLargestChainedConfig + 1, '1')};
  for (const std::string& text : bad) {
    SCOPED_TRACE(text.substr(0, 60));
    const auto config = parse_chained_config(text);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().code, Errc::invalid_argument);
  }
}

TEST(ChainedConfig, SurvivesDeepNesting) {
  const std::string deep(300'000, '[');
  EXPECT_FALSE(parse_chained_config(deep));
  EXPECT_TRUE(parse_chained_config("{\"unknown\": " + deep + std::string(300'000, ']') + "}"));
}

struct ExitCase {
  const char* name;
  ExitStatus status;
  int expected;
};

class ChainedExitCode : public testing::TestWithParam<ExitCase> {};

TEST_P(ChainedExitCode, IsInTheTermsOfGitLabRunner) {
  StageEnvironment stage;
  stage.build_failure = 11;
  stage.system_failure = 12;
  EXPECT_EQ(chained_exit_code(GetParam().status, stage), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Codes, ChainedExitCode,
                         testing::Values(ExitCase{"Success", ExitStatus::exited(0), 0},
                                         ExitCase{"BuildFailure", ExitStatus::exited(11), 11},
                                         ExitCase{"SystemFailure", ExitStatus::exited(12), 12},
                                         ExitCase{"UnknownCode", ExitStatus::exited(1), 12},
                                         ExitCase{"AnySignal", ExitStatus::killed_by(15), 12},
                                         ExitCase{"SignalOfTheSameNumber", ExitStatus::killed_by(11), 12}),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace runneriq::executor
