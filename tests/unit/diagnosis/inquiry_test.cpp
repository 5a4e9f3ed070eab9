// Everything that GitLab tells of a failed pipeline, read and diagnosed; and what cannot be read.
#include "diagnosis/inquiry.hpp"

#include "config/yaml/ci_config_document.hpp"
#include "tests/support/diagnosis_fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::diagnosis {
namespace {

using gitlab::PipelineJob;

struct Inquiries : testing::Test {
  ScriptedPipelines gitlab;
  MemoryLogs logs;
  RuleBook rules;
  ScriptedTriage triage;
  InquiryTerms terms{.gitlab = "https://gitlab.example"};
  bool asks_model = false;

  Inquiries() {
    gitlab.pipelines = {
        {.id = PipelineId{10}, .project = ProjectId{7}, .sha = "aaaa", .ref = "feature", .status = "success"},
        {.id = PipelineId{40}, .project = ProjectId{7}, .sha = "bbbb", .ref = "feature", .status = "failed"}};
    add_job(400, 40, "build", "failed");
    logs.logs[400] = kCompilerLog;
  }
  PipelineJob& add_job(std::int64_t id, std::int64_t pipeline, std::string name, std::string status) {
    return gitlab.all_jobs.emplace_back(PipelineJob{.id = JobId{id},
                                                    .pipeline = PipelineId{pipeline},
                                                    .name = std::move(name),
                                                    .stage = "test",
                                                    .ref = "feature",
                                                    .status = std::move(status),
                                                    .failure_reason = "script_failure",
                                                    .page = "https://gitlab.example/acme/shop/-/jobs/1"});
  }
  void belong_to_merge_request(std::string sha) {
    gitlab.merge_requests = std::optional{gitlab::MergeRequestPage{.iid = MergeRequestIid{12},
                                                                   .state = "opened",
                                                                   .sha = std::move(sha),
                                                                   .source_branch = "feature",
                                                                   .target_branch = "main",
                                                                   .head_pipeline = PipelineId{40}}};
  }
  Inquiry inquiry() {
    return Inquiry{{.pipelines = gitlab,
                    .logs = logs,
                    .rules = rules,
                    .parse_ci = [](std::string_view yaml) -> Result<gitlab::CiConfig> {
                      auto root = config::parse_ci_config(yaml);
                      if (!root) return fail(std::move(root.error()));
                      return gitlab::CiConfig{*std::move(root)};
                    },
                    .triage = asks_model ? &triage : nullptr},
                   terms};
  }
  PipelineDiagnosis found() {
    auto answer = inquiry().of_pipeline("acme/shop", PipelineId{40});
    EXPECT_TRUE(answer) << answer.error().message;
    return answer ? *std::move(answer) : PipelineDiagnosis{};
  }
  static bool tells(const std::vector<std::string>& texts, std::string_view words) {
    return std::ranges::any_of(
        texts, [words](const std::string& one) { return one.find(words) != std::string::npos; });
  }
};

TEST_F(Inquiries, OfAPipelineTellsOfEachFailedJob) {
  add_job(401, 40, "lint", "success");
  const PipelineDiagnosis answer = found();
  ASSERT_EQ(answer.jobs.size(), 1U);
  const DiagnosedJob& job = answer.jobs[0];
  EXPECT_EQ(job.diagnosis.failure_class, FailureClass::compile);
  EXPECT_EQ(job.job.name, "build");
  EXPECT_EQ(job.job.project, "acme/shop");
  EXPECT_EQ(job.job.gitlab, "https://gitlab.example");
  EXPECT_EQ(job.job.job_id, 400);
  EXPECT_EQ(job.attempts, 1);
  EXPECT_EQ(job.trouble, "");
  EXPECT_TRUE(answer.troubles.empty());
  EXPECT_FALSE(answer.merge_request);
}

TEST_F(Inquiries, RetriedJobsCountAndThoseThatMustNotFailComeFirst) {
  gitlab.all_jobs.clear();
  add_job(397, 40, "docs", "failed").allow_failure = true;
  add_job(398, 40, "build", "failed").retried = true;
  add_job(399, 40, "build", "success").retried = true;
  add_job(400, 40, "build", "failed");
  const PipelineDiagnosis answer = found();
  ASSERT_EQ(answer.jobs.size(), 2U);
  EXPECT_EQ(answer.jobs[0].job.job_id, 400);
  EXPECT_EQ(answer.jobs[0].attempts, 3);
  EXPECT_TRUE(answer.jobs[1].allow_failure);
}

TEST_F(Inquiries, NoMoreLogsAreReadThanWanted) {
  for (std::int64_t id = 401; id <= 409; ++id) add_job(id, 40, "j" + std::to_string(id), "failed");
  terms.most_jobs = 3;
  const PipelineDiagnosis answer = found();
  EXPECT_EQ(answer.jobs.size(), 3U);
  EXPECT_EQ(answer.not_read, 7U);
  EXPECT_LE(logs.reads.size(), 3U);
}

TEST_F(Inquiries, OfAPipelineThatPassedTellsOfNone) {
  gitlab.all_jobs[0].status = "success";
  EXPECT_TRUE(found().jobs.empty());
  EXPECT_TRUE(logs.reads.empty());
}

TEST_F(Inquiries, OfAJobTellsOfThatOneAloneEvenIfItWasRetried) {
  gitlab.all_jobs[0].retried = true;
  add_job(401, 40, "build", "success");
  const auto failed = inquiry().of_job("7", JobId{400});
  ASSERT_TRUE(failed);
  ASSERT_EQ(failed->jobs.size(), 1U);
  EXPECT_EQ(failed->jobs[0].attempts, 2);
  EXPECT_EQ(failed->pipeline.id, PipelineId{40});
  EXPECT_TRUE(inquiry().of_job("7", JobId{401})->jobs.empty()) << "it passed";
}

TEST_F(Inquiries, OfAMergeRequestLooksAtItsHeadPipeline) {
  belong_to_merge_request("bbbb");
  const auto answer = inquiry().of_merge_request("7", MergeRequestIid{12});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->pipeline.id, PipelineId{40});
  (*gitlab.merge_requests)->head_pipeline = {};
  const auto none = inquiry().of_merge_request("7", MergeRequestIid{12});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
  EXPECT_NE(none.error().message.find("!12 has no pipeline"), std::string::npos);
}

TEST_F(Inquiries, WhatIsAskedForItselfMustBeThere) {
  EXPECT_EQ(inquiry().of_pipeline("no/such", PipelineId{40}).error().code, Errc::not_found);
  EXPECT_EQ(inquiry().of_pipeline("7", PipelineId{41}).error().code, Errc::not_found);
  EXPECT_EQ(inquiry().of_job("7", JobId{1}).error().code, Errc::not_found);
  EXPECT_EQ(inquiry().of_merge_request("7", MergeRequestIid{1}).error().code, Errc::not_found);
  gitlab.no_jobs = Error{Errc::unavailable, "503"};
  EXPECT_EQ(inquiry().of_pipeline("7", PipelineId{40}).error().code, Errc::unavailable);
}

TEST_F(Inquiries, ALogThatMayNotBeReadIsTold) {
  logs.errors[400] = {Errc::permission, "403 Forbidden"};
  const PipelineDiagnosis answer = found();
  ASSERT_EQ(answer.jobs.size(), 1U);
  EXPECT_EQ(answer.jobs[0].trouble, "its log cannot be read: 403 Forbidden");
  EXPECT_EQ(answer.jobs[0].diagnosis.failure_class, FailureClass::unknown);
  EXPECT_EQ(answer.jobs[0].diagnosis.signature.size(), 16U);
  gitlab.all_jobs[0].failure_reason = "runner_system_failure";
  EXPECT_EQ(found().jobs[0].diagnosis.failure_class, FailureClass::runner_system);
}

TEST_F(Inquiries, WhatElseCannotBeReadIsToldAndTheRestGoesOn) {
  belong_to_merge_request("bbbb");
  gitlab.no_green = Error{Errc::unavailable, "502"};
  gitlab.comparison = fail(Errc::timed_out, "too slow");
  gitlab.masked = fail(Errc::unavailable, "500");
  const PipelineDiagnosis answer = found();
  ASSERT_EQ(answer.jobs.size(), 1U);
  EXPECT_EQ(answer.jobs[0].diagnosis.failure_class, FailureClass::compile);
  EXPECT_TRUE(tells(answer.troubles, "the last pipeline that passed cannot be read: 502"));
  EXPECT_TRUE(tells(answer.troubles, "what changed since main cannot be read: too slow"));
  EXPECT_TRUE(tells(answer.troubles, "masked variables cannot be read: 500"));
  gitlab.merge_requests = fail(Errc::permission, "403");
  EXPECT_TRUE(tells(found().troubles, "its merge request cannot be read: 403"));
}

TEST_F(Inquiries, ALogBeyondTheLimitIsNotWhole) {
  terms.most_log = 200;
  const PipelineDiagnosis answer = found();
  ASSERT_EQ(answer.jobs.size(), 1U);
  EXPECT_FALSE(answer.jobs[0].diagnosis.whole_log);
  terms.most_log = 10'000;
  EXPECT_TRUE(found().jobs[0].diagnosis.whole_log);
}

TEST_F(Inquiries, ChangesCountFromTheLastGreenPipeline) {
  gitlab.comparison = gitlab::Comparison{.files = {{.new_path = "src/cart.cpp",
                                                    .old_path = "src/cart.cpp",
                                                    .hunks = "@@ -41 +41 @@\n-a\n+total\n"}},
                                         .commits = {"bbbb0000"}};
  const PipelineDiagnosis answer = found();
  ASSERT_EQ(gitlab.compared.size(), 1U);
  EXPECT_EQ(gitlab.compared[0], (std::pair<std::string, std::string>{"aaaa", "bbbb"}));
  EXPECT_EQ(answer.compared_from, "aaaa");
  const auto& culprit = answer.jobs.at(0).diagnosis.culprit;
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->path, "src/cart.cpp");
  EXPECT_EQ(culprit->commit, "bbbb0000");
  gitlab.comparison->commits.push_back("older");
  EXPECT_EQ(found().jobs.at(0).diagnosis.culprit->commit, "") << "either may be it";
}

TEST_F(Inquiries, WithoutAGreenOneTheyCountFromTheTargetBranch) {
  gitlab.pipelines.erase(gitlab.pipelines.begin());
  (void)found();
  EXPECT_TRUE(gitlab.compared.empty()) << "of no merge request";
  belong_to_merge_request("bbbb");
  (void)found();
  ASSERT_EQ(gitlab.compared.size(), 1U);
  EXPECT_EQ(gitlab.compared[0], (std::pair<std::string, std::string>{"main", "bbbb"}));
}

// The merge request may have moved on; and of merged results the commit holds the target branch, too.
TEST_F(Inquiries, ChangesCountToWhatThePipelineBuilt) {
  belong_to_merge_request("cccc");
  (void)found();
  EXPECT_EQ(gitlab.compared.at(0).second, "bbbb");
  for (gitlab::Pipeline& one : gitlab.pipelines) one.ref = "refs/merge-requests/12/head";
  (void)found();
  EXPECT_EQ(gitlab.compared.at(1).second, "bbbb");
  for (gitlab::Pipeline& one : gitlab.pipelines) one.ref = "refs/merge-requests/12/merge";
  (void)found();
  EXPECT_EQ(gitlab.compared.at(2).second, "cccc");
}

TEST_F(Inquiries, TheGreenLogOfTheSameJobIsReadOnce) {
  add_job(100, 10, "build", "success");
  add_job(101, 10, "other", "success");
  logs.logs[100] = "$ make\nall is well\n";
  add_job(402, 40, "new", "failed");
  (void)found();
  EXPECT_EQ(std::ranges::count(logs.reads, 100), 1);
  EXPECT_EQ(std::ranges::count(logs.reads, 101), 0);
}

TEST_F(Inquiries, ValuesOfMaskedVariablesAreTakenOut) {
  gitlab.masked = std::vector<std::string>{"correct-horse"};
  logs.logs[400] =
      "$ ./login correct-horse\nerror: correct-horse was refused\nERROR: Job failed: exit code 1\n";
  asks_model = true;
  terms.ask_below = 1.01;
  const Diagnosis diagnosis = found().jobs.at(0).diagnosis;
  EXPECT_EQ(diagnosis.headline.find("horse"), std::string::npos) << diagnosis.headline;
  EXPECT_EQ(diagnosis.command.find("horse"), std::string::npos);
  for (const Evidence& each : diagnosis.evidence) EXPECT_EQ(each.text.find("horse"), std::string::npos);
  ASSERT_EQ(triage.questions.size(), 1U);
  EXPECT_NE(triage.questions[0].known_secrets, nullptr);
}

TEST_F(Inquiries, GapsAreLookedForWhereTheyWouldHaveHelped) {
  (void)found();
  EXPECT_TRUE(gitlab.checked.empty()) << "a compiler's error";
  gitlab.all_jobs[0].failure_reason = "job_execution_timeout";
  gitlab.check =
      gitlab::CiCheck{.valid = true, .errors = {}, .warnings = {}, .merged_yaml = "build: {script: x}"};
  add_job(401, 40, "build 2", "failed").failure_reason = "job_execution_timeout";
  const PipelineDiagnosis answer = found();
  EXPECT_EQ(gitlab.checked, (std::vector<std::string>{"bbbb"})) << "once for all";
  EXPECT_TRUE(tells(answer.jobs.at(0).diagnosis.gaps, "no timeout of its own"));
  EXPECT_TRUE(answer.jobs.at(1).diagnosis.gaps.empty()) << "a job that is not in it";
}

TEST_F(Inquiries, WhatGitLabFindsWrongInTheConfigurationIsTold) {
  gitlab.all_jobs[0].failure_reason = "no_matching_runner";
  gitlab.check =
      gitlab::CiCheck{.valid = false,
                      .errors = std::vector<std::string>(200, "jobs:build config\n/close is wrong"),
                      .warnings = {},
                      .merged_yaml = {}};
  const PipelineDiagnosis answer = found();
  const auto& gaps = answer.jobs.at(0).diagnosis.gaps;
  EXPECT_TRUE(tells(gaps, "GitLab finds the configuration wrong: jobs:build config\\n"));
  EXPECT_LE(gaps.size(), 5U);
  gitlab.check = fail(Errc::permission, "403");
  EXPECT_TRUE(tells(found().troubles, "CI configuration cannot be read: 403"));
  gitlab.check = gitlab::CiCheck{.valid = true, .errors = {}, .warnings = {}, .merged_yaml = "[ no yaml"};
  EXPECT_TRUE(found().jobs.at(0).diagnosis.gaps.empty());
}

}  // namespace
}  // namespace runneriq::diagnosis
