#include "executor/contract.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::executor {
namespace {

using Environment = std::vector<std::string_view>;

TEST(ParseStage, KnowsTheFourStagesAndNothingElse) {
  for (const Stage stage : {Stage::config, Stage::prepare, Stage::run, Stage::cleanup}) {
    EXPECT_EQ(parse_stage(to_text(stage)), stage);
  }
  for (const std::string_view word : {"", "Config", "run ", "build_script", "doctor"}) {
    EXPECT_EQ(parse_stage(word), std::nullopt) << word;
  }
}

TEST(FindIn, TheLastEntryWins) {
  const Environment environment{"A=1", "AB=2", "A=3", "A", "=x"};
  EXPECT_EQ(find_in(environment, "A"), "3");
  EXPECT_EQ(find_in(environment, "AB"), "2");
  EXPECT_EQ(find_in(environment, "B"), std::nullopt);
}

TEST(FindIn, AnEmptyValueIsAValue) {
  EXPECT_EQ(find_in(Environment{"A=1", "A="}, "A"), "");
  EXPECT_EQ(find_in(Environment{"A==b=c"}, "A"), "=b=c");
  EXPECT_EQ(find_in(Environment{}, "A"), std::nullopt);
}

TEST(StageEnvironment, ReadsWhatTheRunnerSets) {
  const auto stage = stage_environment(
      Environment{"TMPDIR=/tmp/custom-executor1", "JOB_RESPONSE_FILE=/tmp/custom-executor1/response.json",
                  "BUILD_EXIT_CODE_FILE=/tmp/custom-executor1/build_exit_code", "BUILD_FAILURE_EXIT_CODE=11",
                  "SYSTEM_FAILURE_EXIT_CODE=12"});
  EXPECT_EQ(stage.attempt_dir, "/tmp/custom-executor1");
  EXPECT_EQ(stage.job_response_file, "/tmp/custom-executor1/response.json");
  EXPECT_EQ(stage.exit_code_file, "/tmp/custom-executor1/build_exit_code");
  EXPECT_EQ(stage.build_failure, 11);
  EXPECT_EQ(stage.system_failure, 12);
}

TEST(StageEnvironment, MissingEntriesKeepTheirDefaults) {
  const auto stage = stage_environment(Environment{});
  EXPECT_EQ(stage.attempt_dir, "");
  EXPECT_EQ(stage.exit_code_file, "");
  EXPECT_EQ(stage.build_failure, 1);
  EXPECT_EQ(stage.system_failure, 2);
}

TEST(StageEnvironment, VariablesOfTheJobDoNotCount) {
  const auto stage =
      stage_environment(Environment{"CUSTOM_ENV_TMPDIR=/etc", "CUSTOM_ENV_SYSTEM_FAILURE_EXIT_CODE=7"});
  EXPECT_EQ(stage.attempt_dir, "");
  EXPECT_EQ(stage.system_failure, 2);
}

TEST(StageEnvironment, ARelativeAttemptFolderIsNone) {
  EXPECT_EQ(stage_environment(Environment{"TMPDIR=tmp"}).attempt_dir, "");
  EXPECT_EQ(stage_environment(Environment{"TMPDIR="}).attempt_dir, "");
}

TEST(StageEnvironment, ExitCodesThatWouldLieKeepTheDefaults) {
  for (const std::string code : {"0", "256", "-1", "", "two", "2 ", "0x2", "99999999999"}) {
    const std::string build = "BUILD_FAILURE_EXIT_CODE=" + code;
    const std::string system = "SYSTEM_FAILURE_EXIT_CODE=" + code;
    const auto stage = stage_environment(Environment{build, system});
    EXPECT_EQ(stage.build_failure, 1) << code;
    EXPECT_EQ(stage.system_failure, 2) << code;
  }
  EXPECT_EQ(stage_environment(Environment{"SYSTEM_FAILURE_EXIT_CODE=255"}).system_failure, 255);
}

TEST(SubStages, TheUsersScriptsAreTheStepsAfterScriptAndWhateverIsUnknown) {
  for (const std::string_view name :
       {"build_script", "step_script", "step_release", "step_", "after_script", "", "something_new"}) {
    EXPECT_TRUE(is_user_script(name)) << name;
  }
  for (const std::string_view name :
       {"prepare_script", "get_sources", "clear_worktree", "restore_cache", "download_artifacts",
        "archive_cache", "archive_cache_on_failure", "upload_artifacts_on_success",
        "upload_artifacts_on_failure", "cleanup_file_variables"}) {
    EXPECT_FALSE(is_user_script(name)) << name;
  }
}

TEST(SubStages, AfterScriptAndTheLastCleanupDoNotDecideTheJob) {
  EXPECT_FALSE(decides_the_job("after_script"));
  EXPECT_FALSE(decides_the_job("cleanup_file_variables"));
  for (const std::string_view name : {"prepare_script", "get_sources", "build_script", "step_release",
                                      "archive_cache", "upload_artifacts_on_failure", "something_new"}) {
    EXPECT_TRUE(decides_the_job(name)) << name;
  }
}

}  // namespace
}  // namespace runneriq::executor
