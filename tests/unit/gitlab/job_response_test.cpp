#include "gitlab/job_response.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kWhole = R"({
  "id": 1001, "token": "secret", "allow_git_fetch": true,
  "job_info": {"name": "unit", "stage": "test", "project_id": 7, "project_name": "demo", "pipeline_id": 55,
               "project_full_path": "group/demo", "time_in_queue_seconds": 12.3456,
               "project_jobs_running_on_instance_runners_count": "+Inf", "nested": {"name": "not this"}},
  "git_info": {"ref": "main", "ref_type": "branch", "sha": "0123", "protected": true, "refspecs": ["+a:b"]},
  "runner_info": {"timeout": 600, "uuid": ""},
  "variables": [{"key": "GIT_STRATEGY", "value": "none", "public": true},
                {"key": "CI_JOB_MANUAL", "value": "true"}, {"value": "7", "key": "CI_PROJECT_ID"},
                {"key": "CI_DEFAULT_BRANCH", "value": "main"}, {"key": "CI_DEFAULT_BRANCH", "value": "evil"}],
  "steps": [{"name": "script", "script": ["echo hello"], "timeout": 600, "id": 5}],
  "image": {"name": "debian:12", "entrypoint": ["/bin/sh", "-c"]},
  "services": [{"name": "postgres:16", "alias": "db", "entrypoint": null, "command": ["-c", "fsync=off"]},
               {"name": "redis"}],
  "features": {"id": 9, "trace_sections": true}})";

TEST(ParseJobResponse, ReadsEveryField) {
  const auto [job, trouble] = parse_job_response(kWhole);
  EXPECT_EQ(trouble, std::nullopt);
  EXPECT_EQ(job.id, JobId{1001});
  EXPECT_EQ(job.name, "unit");
  EXPECT_EQ(job.stage, "test");
  EXPECT_EQ(job.project, ProjectId{7});
  EXPECT_EQ(job.project_path, "group/demo");
  EXPECT_EQ(job.pipeline, PipelineId{55});
  EXPECT_EQ(job.queued, 12346ms);
  EXPECT_EQ(job.ref, "main");
  EXPECT_EQ(job.ref_type, RefType::branch);
  EXPECT_EQ(job.ref_protected, true);
  EXPECT_EQ(job.timeout, 600s);
  EXPECT_EQ(job.image, "debian:12");
  EXPECT_EQ(job.image_entrypoint, (std::vector<std::string>{"/bin/sh", "-c"}));
}

TEST(ParseJobResponse, ReadsServices) {
  const auto services = parse_job_response(kWhole).job.services;
  ASSERT_EQ(services.size(), 2U);
  EXPECT_EQ(services[0].name, "postgres:16");
  EXPECT_EQ(services[0].alias, "db");
  EXPECT_TRUE(services[0].entrypoint.empty());
  EXPECT_EQ(services[0].command, (std::vector<std::string>{"-c", "fsync=off"}));
  EXPECT_EQ(services[1].name, "redis");
}

TEST(ParseJobResponse, KeepsTheFirstOfEachKnownVariableInOrder) {
  const auto variables = parse_job_response(kWhole).job.variables;
  ASSERT_EQ(variables.size(), 3U);
  EXPECT_EQ(variables[0].key, "CI_JOB_MANUAL");
  EXPECT_EQ(variables[1].key, "CI_PROJECT_ID");
  EXPECT_EQ(variables[1].value, "7");
  EXPECT_EQ(variables[2].value, "main");
}

TEST(ParseJobResponse, AnEmptyObjectIsNoTrouble) {
  const auto [job, trouble] = parse_job_response("{}");
  EXPECT_EQ(trouble, std::nullopt);
  EXPECT_EQ(job.id, JobId{0});
  EXPECT_EQ(job.queued, std::nullopt);
  EXPECT_EQ(job.timeout, std::nullopt);
  EXPECT_EQ(job.ref_protected, std::nullopt);
}

TEST(ParseJobResponse, EveryPrefixKeepsTheFieldsBeforeIt) {
  const std::size_t after_name = kWhole.find("\"stage\"");
  for (std::size_t length = 0; length < kWhole.size(); ++length) {
    SCOPED_TRACE(length);
    const auto [job, trouble] = parse_job_response(kWhole.substr(0, length));
    ASSERT_TRUE(trouble.has_value());
    if (length > after_name) {
      ASSERT_EQ(job.id, JobId{1001});
      ASSERT_EQ(job.name, "unit");
    }
  }
}

struct TroubleCase {
  std::string name;
  std::string json;
  std::string trouble;  // what the sentence contains
};

class Trouble : public testing::TestWithParam<TroubleCase> {};

TEST_P(Trouble, IsToldAndTheIdBeforeItIsKept) {
  const auto [job, trouble] = parse_job_response(GetParam().json);
  ASSERT_TRUE(trouble.has_value());
  EXPECT_NE(trouble->find(GetParam().trouble), std::string::npos) << *trouble;
  EXPECT_EQ(job.id, JobId{GetParam().json.find("\"id\":5") == std::string::npos ? 0 : 5});
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Responses, Trouble,
    testing::Values(
        TroubleCase{"EmptyFile", "", "is empty"}, TroubleCase{"WhiteSpaceOnly", " \n", "cut off"},
        TroubleCase{"NulBytes", std::string(8, '\0'), "no valid JSON at byte 1"},
        TroubleCase{"NoObject", "[1]", "no JSON object"}, TroubleCase{"JustText", "\"id\"", "no JSON object"},
        TroubleCase{"JustNull", "null", "no JSON object"},
        TroubleCase{"MissingBrace", R"({"id":5)", "cut off"},
        TroubleCase{"MissingColon", R"({"id":5,"a" 1,"b":2})", "no valid JSON at byte"},
        TroubleCase{"NotANumber", R"({"id":5,"a":NaN,"b":2})", "no valid JSON at byte"},
        TroubleCase{"BadEscape", R"({"id":5,"a":"\q","b":2})", "no valid JSON at byte"},
        TroubleCase{"RawNewlineInString", "{\"id\":5,\"a\":\"x\ny\",\"b\":2}", "no valid JSON at byte"},
        TroubleCase{"RawNulInString", std::string("{\"id\":5,\"a\":\"x") + '\0' + "\",\"b\":2}",
                    "no valid JSON at byte"},
        TroubleCase{"TextAfterTheEnd", R"({"id":5} trailing words)", "no valid JSON at byte"},
        TroubleCase{"WrongByteOrderMark", "\xEF\xBB{\"id\":9} ", "no valid JSON at byte"},
        TroubleCase{"DeepArrays", R"({"id":5,"x":)" + repeated("[", 2'000), "deeper than 1000"},
        TroubleCase{"DeepObjects", R"({"id":5,"x":)" + repeated("{\"a\":", 2'000), "deeper than 1000"},
        TroubleCase{"OnlyBrackets", R"({"id":5,"x":[)" + repeated("[],", 40'000) + "1]}",
                    "neither text nor"}),
    [](const auto& one) { return one.param.name; });

TEST(ParseJobResponse, ToleratesAByteOrderMark) {
  const auto [job, trouble] = parse_job_response("\xEF\xBB\xBF{\"id\":5}");
  EXPECT_EQ(job.id, JobId{5});
  EXPECT_EQ(trouble, std::nullopt);
}

TEST(ParseJobResponse, AThousandLevelsAreFine) {
  const std::string json = R"({"x":)" + repeated("[", 998) + repeated("]", 998) + R"(,"id":5})";
  const auto [job, trouble] = parse_job_response(json);
  EXPECT_EQ(trouble, std::nullopt);
  EXPECT_EQ(job.id, JobId{5});
}

TEST(ParseJobResponse, UnusableIdsReadAsMissing) {
  for (const std::string value : {"\"5\"", "-5", "5.0", "9223372036854775808", "18446744073709551616",
                                  "1e400", "null", "true", "[5]", R"({"id":5})"}) {
    SCOPED_TRACE(value);
    const auto [job, trouble] = parse_job_response(R"({"id":)" + value + R"(,"job_info":{"name":"n"}})");
    EXPECT_EQ(job.id, JobId{0});
    EXPECT_EQ(job.name, "n");
    EXPECT_EQ(trouble, std::nullopt);
  }
  EXPECT_EQ(parse_job_response(R"({"id":9223372036854775807})").job.id, JobId{9223372036854775807});
}

TEST(ParseJobResponse, UnusableTextReadsAsMissing) {
  for (const std::string value : {"5", "null", "true", R"(["n"])", R"({"name":"n"})"}) {
    SCOPED_TRACE(value);
    const std::string json = R"({"job_info":{"name":)" + value + R"(,"stage":"s"}})";
    EXPECT_EQ(parse_job_response(json).job.name, "");
    EXPECT_EQ(parse_job_response(json).job.stage, "s");
  }
}

TEST(ParseJobResponse, UnusableTimesReadAsMissing) {
  for (const std::string value : {"\"60\"", "-1", "1e10", "1e400", "null", "true", "0"}) {
    SCOPED_TRACE(value);
    EXPECT_EQ(parse_job_response(R"({"runner_info":{"timeout":)" + value + "}}").job.timeout, std::nullopt);
  }
  for (const std::string value : {"\"60\"", "-0.1", "1e10", "1e400", "null"}) {
    SCOPED_TRACE(value);
    EXPECT_EQ(parse_job_response(R"({"job_info":{"time_in_queue_seconds":)" + value + "}}").job.queued,
              std::nullopt);
  }
  EXPECT_EQ(parse_job_response(R"({"job_info":{"time_in_queue_seconds":0}})").job.queued, 0ms);
}

TEST(ParseJobResponse, SectionsOfTheWrongTypeReadAsMissing) {
  const auto [job, trouble] = parse_job_response(
      R"({"job_info":[{"name":"n"}],"git_info":5,"image":"debian","services":{"name":"x"},"variables":{"key":"a"},)"
      R"("runner_info":null,"id":5})");
  EXPECT_EQ(trouble, std::nullopt);
  EXPECT_EQ(job.name, "");
  EXPECT_EQ(job.image, "");
  EXPECT_TRUE(job.services.empty());
  EXPECT_TRUE(job.variables.empty());
  EXPECT_EQ(job.id, JobId{5});
}

TEST(ParseJobResponse, TheLastOfEqualKeysCounts) {
  const auto job =
      parse_job_response(
          R"({"id":1,"id":2,"job_info":{"name":"a","stage":"s"},"job_info":{"name":"b","name":"c"},)"
          R"("image":{"name":"x","entrypoint":["1"]},"image":{"entrypoint":["2"],"entrypoint":["3"]},)"
          R"("services":[{"name":"old"}],"services":[{"name":"new","name":"newer"}]})")
          .job;
  EXPECT_EQ(job.id, JobId{2});
  EXPECT_EQ(job.name, "c");
  EXPECT_EQ(job.stage, "");
  EXPECT_EQ(job.image, "");
  EXPECT_EQ(job.image_entrypoint, std::vector<std::string>{"3"});
  ASSERT_EQ(job.services.size(), 1U);
  EXPECT_EQ(job.services[0].name, "newer");
}

TEST(ParseJobResponse, AnUnusableLastOfEqualKeysCountsToo) {
  EXPECT_EQ(parse_job_response(R"({"id":1,"id":"x"})").job.id, JobId{0});
  EXPECT_EQ(parse_job_response(R"({"id":1,"id":{}})").job.id, JobId{0});
  EXPECT_EQ(parse_job_response(R"({"job_info":{"name":"a"},"job_info":0})").job.name, "");
}

TEST(ParseJobResponse, TheFirstVariablesCountEvenInASecondList) {
  const auto job = parse_job_response(R"({"variables":[{"key":"CI_SERVER_URL","value":"https://real"}],)"
                                      R"("variables":[{"key":"CI_SERVER_URL","value":"https://fake"}]})")
                       .job;
  EXPECT_EQ(gitlab_variable(job, "CI_SERVER_URL"), "https://real");
}

TEST(ParseJobResponse, AFirstVariableWithoutAValueIsNotReplacedByALaterOne) {
  const auto job = parse_job_response(R"({"variables":[{"key":"CI_SERVER_URL","value":5},)"
                                      R"({"key":"CI_SERVER_URL","value":"https://fake"}]})")
                       .job;
  EXPECT_EQ(gitlab_variable(job, "CI_SERVER_URL"), "");
}

TEST(ParseJobResponse, EscapesAndBadBytesBecomeText) {
  const auto [job, trouble] =
      parse_job_response("{\"job_info\":{\"name\":\"a\\u0000\\n\\u00e9\\ud83d\\ude00\\ud83d\xFF\"}}");
  EXPECT_EQ(trouble, std::nullopt);
  EXPECT_EQ(job.name, std::string("a\0\n\xC3\xA9\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBD", 15));
}

TEST(ParseJobResponse, LongTextIsCut) {
  const std::string json = R"({"job_info":{"name":")" + repeated("n", 200'000) + R"(","stage":"s"}})";
  const auto [job, trouble] = parse_job_response(json);
  EXPECT_EQ(job.name.size(), 65'536U);
  EXPECT_EQ(job.stage, "s");
  EXPECT_EQ(trouble, std::nullopt);
}

TEST(ParseJobResponse, AHugeNumberReadsAsMissing) {
  const auto [job, trouble] =
      parse_job_response(R"({"id":)" + repeated("1", 1'000'000) + R"(,"job_info":{"name":"n"}})");
  EXPECT_EQ(job.id, JobId{0});
  EXPECT_EQ(job.name, "n");
  EXPECT_EQ(trouble, std::nullopt);
}

TEST(ParseJobResponse, ServicesAndTheirListsAreBounded) {
  const std::string service = R"({"name":"n","command":[)" + repeated("\"c\",", 150) + R"("c"]},)";
  const auto [job, trouble] =
      parse_job_response(R"({"services":[)" + repeated(service, 30) + R"({}],"id":5})");
  ASSERT_EQ(job.services.size(), 20U);
  EXPECT_EQ(job.services.back().command.size(), 100U);
  EXPECT_EQ(job.id, JobId{5});
  EXPECT_TRUE(trouble.has_value());
}

TEST(ParseJobResponse, TheTextOfAllListsTogetherIsBounded) {
  const std::string entry = "\"" + repeated("c", 60'000) + "\",";
  const std::string service = R"({"command":[)" + repeated(entry, 10) + R"("c"]},)";
  const auto [job, trouble] = parse_job_response(R"({"services":[)" + repeated(service, 10) + "{}]}");
  std::size_t kept = 0;
  for (const ServiceImage& one : job.services) {
    for (const std::string& argument : one.command) kept += argument.size();
  }
  EXPECT_LE(kept, 1024U * 1024U);
  EXPECT_GT(kept, 900'000U);
  ASSERT_TRUE(trouble.has_value());
  EXPECT_NE(trouble->find("too long"), std::string::npos);
}

TEST(ParseJobResponse, TroubleRepeatsNothingOfTheJob) {
  const auto [job, trouble] = parse_job_response("{\"id\":5,\"a\":\"evil\x1b[31m\n/close\"");
  ASSERT_TRUE(trouble.has_value());
  EXPECT_EQ(trouble->find("evil"), std::string::npos);
  EXPECT_EQ(trouble->find('\n'), std::string::npos);
}

JobResponse with_variables(std::string ref, std::vector<JobVariable> variables) {
  JobResponse job;
  job.ref = std::move(ref);
  job.variables = std::move(variables);
  return job;
}

struct ProtectedCase {
  std::string name;
  std::string git_info;
  std::string variable;
  std::optional<bool> expected;
};

class Protected : public testing::TestWithParam<ProtectedCase> {};

TEST_P(Protected, IsTakenFromGitInfoElseFromTheVariable) {
  const std::string json = R"({"git_info":)" + GetParam().git_info +
                           R"(,"variables":[{"key":"CI_COMMIT_REF_PROTECTED","value":)" +
                           GetParam().variable + "}]}";
  EXPECT_EQ(parse_job_response(json).job.ref_protected, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Refs, Protected,
    testing::Values(ProtectedCase{"GitInfoWins", R"({"protected":false})", "\"true\"", false},
                    ProtectedCase{"NullFallsBack", R"({"protected":null})", "\"true\"", true},
                    ProtectedCase{"AbsentFallsBack", "{}", "\"false\"", false},
                    ProtectedCase{"OtherTextIsUnknown", "{}", "\"maybe\"", std::nullopt},
                    ProtectedCase{"TextInGitInfoIsNone", R"({"protected":"true"})", "\"false\"", false}),
    [](const auto& one) { return one.param.name; });

TEST(GitLabVariable, ManualCountsBeforeTheProjectsVariablesOnly) {
  const JobVariable manual{"CI_JOB_MANUAL", "true"};
  const JobVariable project{"CI_PROJECT_ID", "7"};
  EXPECT_EQ(gitlab_variable(with_variables("main", {manual, project}), "CI_JOB_MANUAL"), "true");
  EXPECT_EQ(gitlab_variable(with_variables("main", {project, manual}), "CI_JOB_MANUAL"), "");
  EXPECT_EQ(gitlab_variable(with_variables("main", {manual}), "CI_JOB_MANUAL"), "");
}

TEST(GitLabVariable, MergeRequestVariablesCountOnMergeRequestRefsOnly) {
  const std::vector<JobVariable> title{{"CI_MERGE_REQUEST_TITLE", "Draft: x"}};
  for (const std::string ref :
       {"refs/merge-requests/12/head", "refs/merge-requests/1/merge", "refs/merge-requests/1/train"}) {
    EXPECT_EQ(gitlab_variable(with_variables(ref, title), "CI_MERGE_REQUEST_TITLE"), "Draft: x") << ref;
  }
  for (const std::string ref : {"main", "", "refs/merge-requests/", "refs/merge-requests//head",
                                "refs/merge-requests/1/head2", "x/refs/merge-requests/1/head"}) {
    EXPECT_EQ(gitlab_variable(with_variables(ref, title), "CI_MERGE_REQUEST_TITLE"), "") << ref;
  }
}

TEST(GitLabVariable, LabelsAfterTheRunnersVariablesAreTheJobsOwn) {
  const JobVariable labels{"CI_MERGE_REQUEST_LABELS", "priority::high"};
  const JobVariable runner{"CI_RUNNER_ID", "3"};
  const std::string ref = "refs/merge-requests/1/head";
  EXPECT_EQ(gitlab_variable(with_variables(ref, {labels, runner}), labels.key), "priority::high");
  EXPECT_EQ(gitlab_variable(with_variables(ref, {runner, labels}), labels.key), "");
}

TEST(GitLabVariable, WishesAreReturnedAsTheyAre) {
  const auto job = with_variables("main", {{"RUNNERIQ_PRIORITY", "CRITICAL"}, {"RUNNERIQ_DEADLINE", "2h"}});
  EXPECT_EQ(gitlab_variable(job, "RUNNERIQ_PRIORITY"), "CRITICAL");
  EXPECT_EQ(gitlab_variable(job, "RUNNERIQ_DEADLINE"), "2h");
  EXPECT_EQ(gitlab_variable(job, "CI_SERVER_URL"), "");
}

}  // namespace
}  // namespace runneriq::gitlab
