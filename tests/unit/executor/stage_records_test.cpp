#include "executor/stage_records.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

using Records = std::vector<StageRecord>;

constexpr std::nullopt_t kStarted = std::nullopt;
constexpr StageEnergy kMeasured{1234.000001, Duration{98'765}, Duration{4'321}};

TEST(StageRecordText, ReadsWhatItWrote) {
  for (const StageRecord& record : Records{{"build_script", kStarted},
                                           {"build_script", 0},
                                           {"get_sources", 255},
                                           {"step_two words", 137},
                                           {"", 1},
                                           {"prepare_script", kSystemFailure},
                                           {"build_script", 0, StageEnergy{}},
                                           {"build, script", 7, kMeasured}}) {
    const std::string line = to_line(record);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    const Records read = parse_stage_records(line);
    ASSERT_EQ(read.size(), 1U) << line;
    EXPECT_EQ(read[0].sub_stage, record.sub_stage);
    EXPECT_EQ(read[0].exit_code, record.exit_code);
    EXPECT_EQ(read[0].energy, record.energy) << line;
  }
}

TEST(StageRecordText, AMeasurementThatCannotBeReadLeavesTheExitCode) {
  for (const std::string rest :
       {",", ",1", ",1,2", ",1,2,", ",1,2,3,", ",1,2,3,4", ",1,2,3x", ",x,2,3", ",-1,2,3", ",nan,2,3",
        ",inf,2,3", ",1,-2,3", ",1,2,-3", ",1e999,2,3", ",1,2.5,3", ",1,99999999999999999999,3"}) {
    const Records read = parse_stage_records("build_script 3" + rest + "\n");
    ASSERT_EQ(read.size(), 1U) << rest;
    EXPECT_EQ(read[0].exit_code, 3) << rest;
    EXPECT_FALSE(read[0].energy) << rest;
  }
  EXPECT_TRUE(parse_stage_records("build_script started,1,2,3\n").empty());
}

TEST(StageRecordText, ANameCannotForgeAnotherLine) {
  const Records read = parse_stage_records(to_line({"x 0\nbuild_script 0\n", 1}));
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].exit_code, 1);
  EXPECT_NE(read[0].sub_stage, "build_script");
}

TEST(StageRecordText, SkipsLinesThatAreNone) {
  EXPECT_TRUE(parse_stage_records("").empty());
  for (const std::string line : {"\n", "build_script\n", "build_script 1x\n", "build_script \n",
                                 "build_script 99999999999999999999\n", "build_script start\n"}) {
    const Records read = parse_stage_records("get_sources 0\n" + line + "after_script 2\n");
    ASSERT_EQ(read.size(), 2U) << line;
    EXPECT_EQ(read[0].sub_stage, "get_sources");
    EXPECT_EQ(read[1].sub_stage, "after_script");
  }
}

TEST(StageRecordText, ALineThatWasCutOffCountsAsFarAsItGoes) {
  const Records read = parse_stage_records("build_script started\nbuild_scr");
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].exit_code, std::nullopt);
}

struct ResultCase {
  const char* name;
  Records records;
  bool succeeded;
  int exit_code;
  const char* failed_stage;
};

class ResultOf : public testing::TestWithParam<ResultCase> {};

TEST_P(ResultOf, TheRecords) {
  const JobResult result = result_of(GetParam().records);
  EXPECT_EQ(result.succeeded, GetParam().succeeded);
  EXPECT_EQ(result.exit_code, GetParam().exit_code);
  EXPECT_EQ(result.failed_stage, GetParam().failed_stage);
}

INSTANTIATE_TEST_SUITE_P(
    Each, ResultOf,
    testing::Values(
        ResultCase{
            "AllWell", {{"get_sources", kStarted}, {"get_sources", 0}, {"build_script", 0}}, true, 0, ""},
        ResultCase{"TheScriptFails", {{"get_sources", 0}, {"build_script", 42}}, false, 42, "build_script"},
        ResultCase{"TheFirstFailureDecides",
                   {{"build_script", 3}, {"archive_cache_on_failure", 4}, {"upload_artifacts_on_failure", 5}},
                   false,
                   3,
                   "build_script"},
        ResultCase{"TheLastTryCounts",
                   {{"get_sources", 1},
                    {"clear_worktree", 0},
                    {"get_sources", kStarted},
                    {"get_sources", 0},
                    {"build_script", 0}},
                   true,
                   0,
                   ""},
        ResultCase{"TheLastTryCountsWhenItIsWorse",
                   {{"get_sources", 0}, {"get_sources", 9}},
                   false,
                   9,
                   "get_sources"},
        ResultCase{"OrderIsThatOfFirstAppearance",
                   {{"get_sources", 0}, {"restore_cache", 8}, {"get_sources", 9}},
                   false,
                   9,
                   "get_sources"},
        ResultCase{"AfterScriptDoesNotDecide", {{"build_script", 0}, {"after_script", 1}}, true, 0, ""},
        ResultCase{"CleanupOfFileVariablesDoesNotDecide",
                   {{"build_script", 0}, {"cleanup_file_variables", 1}},
                   true,
                   0,
                   ""},
        ResultCase{"AKilledAfterScriptDoesNotDecide",
                   {{"build_script", 0}, {"after_script", kStarted}},
                   true,
                   0,
                   ""},
        ResultCase{"UploadsDecide",
                   {{"build_script", 0}, {"upload_artifacts_on_success", 1}},
                   false,
                   1,
                   "upload_artifacts_on_success"},
        ResultCase{"StepsDecide", {{"build_script", 0}, {"step_release", 1}}, false, 1, "step_release"},
        ResultCase{
            "UnknownOnesDecide", {{"build_script", 0}, {"never heard of", 1}}, false, 1, "never heard of"},
        ResultCase{"AKilledStageHasNoExitCode",
                   {{"get_sources", 0}, {"build_script", kStarted}},
                   false,
                   kSystemFailure,
                   "build_script"},
        ResultCase{"KilledInTheSecondTry",
                   {{"get_sources", 0}, {"get_sources", kStarted}},
                   false,
                   kSystemFailure,
                   "get_sources"},
        ResultCase{"OurTrouble",
                   {{"prepare_script", kStarted}, {"prepare_script", kSystemFailure}},
                   false,
                   kSystemFailure,
                   "prepare_script"}),
    [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace runneriq::executor
