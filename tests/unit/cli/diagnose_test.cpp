// `diagnose`: a log in a file, or a job, pipeline or merge request of a GitLab; for people, programs and
// notes.
#include "core/json_text.hpp"
#include "core/utf8.hpp"
#include "platform/files.hpp"
#include "tests/support/diagnosis_fakes.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using diagnosis::kCompilerLog;
using diagnosis::kUnclearLog;
using nlohmann::json;
using Reach = Session::DiagnosisReach;

struct Diagnose : testing::Test {
  TemporaryFolder folder;
  FakeSession fake{kSampleNow};
  diagnosis::ScriptedPipelines gitlab;
  diagnosis::MemoryLogs logs;
  diagnosis::MemoryDiscussions discussions;
  diagnosis::ScriptedTriage triage;
  diagnosis::RuleBook rules;
  diagnosis::DiagnosisOptions options;
  std::optional<TokenUse> tokens;
  std::string standard_input;
  std::optional<Error> no_ports;
  bool asks_model = false;
  std::vector<Reach> opened;

  Diagnose() {
    fake.session.open_diagnosis = [this](Reach reach, std::string_view) { return ports(reach); };
    fake.session.read_standard_input = [this](std::size_t) { return Result<std::string>(standard_input); };
    gitlab.pipelines = {{.id = PipelineId{40},
                         .project = ProjectId{7},
                         .sha = "bbbb",
                         .ref = "feature",
                         .status = "failed",
                         .page = "https://gitlab.example/acme/shop/-/pipelines/40"}};
    gitlab.all_jobs = {{.id = JobId{400},
                        .pipeline = PipelineId{40},
                        .name = "build",
                        .stage = "build",
                        .ref = "feature",
                        .status = "failed",
                        .failure_reason = "script_failure",
                        .page = "https://gitlab.example/acme/shop/-/jobs/400"}};
    logs.logs[400] = kCompilerLog;
    gitlab.merge_requests = std::optional{gitlab::MergeRequestPage{.iid = MergeRequestIid{12},
                                                                   .state = "opened",
                                                                   .target_branch = "main",
                                                                   .head_pipeline = PipelineId{40}}};
  }
  Result<DiagnosisPorts> ports(Reach reach) {
    opened.push_back(reach);
    if (no_ports) return fail(*no_ports);
    DiagnosisPorts made{
        .options = &options,
        .rules = &rules,
        .triage = asks_model ? &triage : nullptr,
        .prompt = [](const auto& question) { return "PROMPT " + question.excerpt.at(0).text + "\n"; },
        .tokens = [this] { return tokens; }};
    if (reach == Reach::offline) return made;
    made.gitlab = "https://gitlab.example";
    made.project = "acme/shop";
    made.pipelines = &gitlab;
    made.logs = &logs;
    if (reach == Reach::writes) made.discussions = &discussions;
    return made;
  }
  std::string file(const std::string& name, std::string_view text) {
    EXPECT_TRUE(platform::replace_file(folder.path() + "/" + name, text));
    return folder.path() + "/" + name;
  }
  Exit run(const std::vector<std::string_view>& words) { return run_words(fake, words); }
  [[nodiscard]] json document() const { return json_in(fake.out.results); }
  [[nodiscard]] bool says(std::string_view words) const {
    return fake.out.results.find(words) != std::string::npos;
  }
  [[nodiscard]] std::string talk() const {
    std::string all;
    for (const std::string& line : fake.out.talked) all += line + "\n";
    return all;
  }
};

TEST_F(Diagnose, OfALogInAFileNeedsNoGitLab) {
  const std::string log = file("job.log", kCompilerLog);
  EXPECT_EQ(run({"diagnose", "--log", log}), Exit::fine) << talk();
  EXPECT_EQ(opened, (std::vector{Reach::offline}));
  for (const char* words :
       {"class     compile, ", "% sure, by rules (",
        "headline  src/cart.cpp:41:7: error:", "command   make, exit code 2", "to do     ", "signature ",
        "3 | src/cart.cpp:41:7: error: 'total' was not declared in this scope"}) {
    EXPECT_TRUE(says(words)) << words << "\n" << fake.out.results;
  }
}

TEST_F(Diagnose, ForProgramsHasAllItsMembers) {
  tokens = TokenUse{.spent = 1'200, .limit = 50'000};
  const std::string log = file("job.log", kCompilerLog);
  const std::string diff =
      file("change.diff", "--- a/src/cart.cpp\n+++ b/src/cart.cpp\n@@ -41 +41 @@\n-x\n+      total += 1;\n");
  EXPECT_EQ(run({"diagnose", "--log", log, "--diff", diff, "--output", "json"}), Exit::fine) << talk();
  const json made = document();
  ASSERT_TRUE(made.is_object()) << fake.out.results;
  EXPECT_EQ(made.at("class"), "compile");
  EXPECT_EQ(made.at("path"), "rules");
  EXPECT_GT(made.at("confidence").get<double>(), 0.5);
  EXPECT_LE(made.at("confidence").get<double>(), 1);
  EXPECT_TRUE(made.at("headline").get<std::string>().starts_with("src/cart.cpp:41:7"));
  EXPECT_EQ(made.at("signature").get<std::string>().size(), 16U);
  ASSERT_TRUE(made.at("evidence").is_array());
  const json& first = made.at("evidence").at(0);
  EXPECT_LE(first.at("start_line").get<int>(), 3);
  EXPECT_GE(first.at("end_line").get<int>(), 3);
  EXPECT_NE(first.at("text").get<std::string>().find("was not declared"), std::string::npos);
  EXPECT_TRUE(first.at("why").is_string());
  EXPECT_EQ(made.at("culprit").at("path"), "src/cart.cpp");
  EXPECT_EQ(made.at("culprit").at("line"), 41);
  EXPECT_TRUE(made.at("culprit").at("commit").is_null());
  EXPECT_TRUE(made.at("suggestion").is_string());
  EXPECT_EQ(made.at("budget").at("tokens"), 0);
  EXPECT_EQ(made.at("budget").at("day").at("spent"), 1'200);
  EXPECT_EQ(made.at("budget").at("day").at("limit"), 50'000);
  EXPECT_EQ(made.at("command"), "make");
  EXPECT_EQ(made.at("exit_code"), "2");
  EXPECT_TRUE(made.at("model").is_null());
  EXPECT_EQ(made.at("log").at("lines"), 7);
}

TEST_F(Diagnose, OfALogThatSaysNothingHasTheSameMembers) {
  EXPECT_EQ(run({"diagnose", "--log", file("empty.log", ""), "--output", "json"}), Exit::fine);
  const json made = document();
  ASSERT_TRUE(made.is_object());
  EXPECT_EQ(made.at("class"), "unknown");
  EXPECT_TRUE(made.at("headline").is_null());
  EXPECT_TRUE(made.at("culprit").is_null());
  EXPECT_TRUE(made.at("evidence").empty());
  EXPECT_TRUE(made.at("budget").at("day").is_null());
  EXPECT_EQ(made.at("signature").get<std::string>().size(), 16U);
  EXPECT_FALSE(made.at("suggestion").get<std::string>().empty());
}

TEST_F(Diagnose, OfALogThatSaysNothingClaimsNothing) {
  EXPECT_EQ(run({"diagnose", "--log", file("empty.log", "")}), Exit::fine);
  EXPECT_TRUE(says("class     unknown, since no rule fits\n")) << fake.out.results;
  EXPECT_FALSE(says("% sure")) << fake.out.results;
}

TEST_F(Diagnose, OfALogOfAJobThatPassedSaysSo) {
  const std::string log =
      file("job.log", "$ make\nmake: error 1 ignored\n\x1b[32;1mJob succeeded\x1b[0;m\n\n");
  for (const std::string output : {"text", "markdown"}) {
    EXPECT_EQ(run({"diagnose", "--log", log, "--output", output}), Exit::no) << talk();
    EXPECT_TRUE(says("a job that passed")) << fake.out.results;
    EXPECT_FALSE(says("class")) << fake.out.results;
  }
  fake.out.results.clear();
  EXPECT_EQ(run({"diagnose", "--log", log, "--output", "json"}), Exit::no);
  EXPECT_EQ(document(), json({{"passed", true}}));
  const std::string failed = file("failed.log", "$ echo\nJob succeeded\nERROR: Job failed: exit code 1\n");
  EXPECT_EQ(run({"diagnose", "--log", failed}), Exit::fine);
}

TEST_F(Diagnose, LineNumbersAreThoseOfTheRawLog) {
  const std::string log =
      file("job.log", "one\r\n\x1B[31mtwo\x1B[0m\n10%\r50%\r100%\n" + std::string(kCompilerLog));
  EXPECT_EQ(run({"diagnose", "--log", log, "--output", "json"}), Exit::fine);
  const json made = document();
  const json& first = made.at("evidence").at(0);
  EXPECT_LE(first.at("start_line").get<int>(), 6);
  EXPECT_GE(first.at("end_line").get<int>(), 6);
}

TEST_F(Diagnose, AsMarkdownIsWhatANoteWouldSay) {
  EXPECT_EQ(run({"diagnose", "--log", file("job.log", kCompilerLog), "--output", "markdown"}), Exit::fine);
  EXPECT_TRUE(fake.out.results.starts_with("## Why it failed\n")) << fake.out.results;
  EXPECT_TRUE(says("Class **compile**"));
  EXPECT_TRUE(says("```text\n"));
  EXPECT_FALSE(says("<!--"));
}

TEST_F(Diagnose, TakesALogFromStandardInputAndAGoodOneBeside) {
  standard_input = kCompilerLog;
  const std::string good = file("good.log", "$ make\ng++ -c src/cart.cpp\n");
  EXPECT_EQ(run({"diagnose", "--log", "-", "--good", good}), Exit::fine) << talk();
  EXPECT_TRUE(says("class     compile"));
}

TEST_F(Diagnose, AFileThatIsNotThereIsAMistakeOfTheCall) {
  const std::string log = file("job.log", kCompilerLog), none = folder.path() + "/none";
  EXPECT_EQ(run({"diagnose", "--log", none}), Exit::usage);
  EXPECT_EQ(run({"diagnose", "--log", log, "--diff", none}), Exit::usage);
  EXPECT_EQ(run({"diagnose", "--log", log, "--good", none}), Exit::usage);
  EXPECT_EQ(run({"diagnose", "--log", folder.path()}), Exit::usage);
  EXPECT_EQ(fake.out.results, "");
  EXPECT_NE(talk().find(none), std::string::npos);
}

TEST_F(Diagnose, RefusesWhatDoesNotGoTogether) {
  const std::string log = file("job.log", kCompilerLog);
  const std::vector<std::vector<std::string_view>> table{
      {"diagnose"},
      {"diagnose", "1", "--log", log},
      {"diagnose", "--log", log, "--post"},
      {"diagnose", "--log", log, "--create-issue"},
      {"diagnose", "1", "--diff", log},
      {"diagnose", "1", "--good", log},
      {"diagnose", "x"},
      {"diagnose", "https://elsewhere.example/acme/shop/-/jobs/400"},
      {"diagnose", "https://gitlab.example.evil.example/acme/shop/-/jobs/400"},
  };
  for (const auto& words : table) {
    EXPECT_EQ(run(words), Exit::usage) << words.back();
    EXPECT_EQ(fake.out.results, "");
  }
}

TEST_F(Diagnose, ShowsNothingOfALogThatMovesACursor) {
  const std::string log = file("job.log",
                               "$ make\nerror: \x1B[2J\x1B]0;title\x07 \xE2\x80\xAE evil \x9B 2J "
                               "\xFF\nERROR: Job failed: exit code 1\n");
  for (const char* output : {"text", "json", "markdown"}) {
    fake.out.results.clear();
    EXPECT_EQ(run({"diagnose", "--log", log, "--output", output}), Exit::fine);
    EXPECT_TRUE(is_utf8(fake.out.results)) << output;
    for (const char* moves : {"\x1B", "\x07", "\xE2\x80\xAE", "\r"}) EXPECT_FALSE(says(moves)) << output;
  }
}

TEST_F(Diagnose, ShowsWhatAModelWouldBeSentAndSendsNothing) {
  asks_model = true;
  const std::string log = file("job.log", kCompilerLog);
  EXPECT_EQ(run({"diagnose", "--log", log, "--show-prompt"}), Exit::fine);
  EXPECT_TRUE(fake.out.results.starts_with("PROMPT ")) << fake.out.results;
  EXPECT_TRUE(triage.questions.empty());
  fake.out.results.clear();
  EXPECT_EQ(run({"diagnose", "400", "--show-prompt", "--post"}), Exit::fine);
  EXPECT_TRUE(fake.out.results.starts_with("PROMPT "));
  EXPECT_TRUE(triage.questions.empty());
  EXPECT_EQ(discussions.writes, 0);
}

TEST_F(Diagnose, ModelsWordsAreShownAsItsOwn) {
  asks_model = true;
  triage.answer->reason = "/close \x1B[2J @all";
  const std::string log = file("job.log", kUnclearLog);
  EXPECT_EQ(run({"diagnose", "--log", log}), Exit::fine);
  EXPECT_TRUE(says("class     infrastructure, 80 % sure, by a model")) << fake.out.results;
  EXPECT_TRUE(says("claude-haiku-5-5 says infrastructure;"));
  EXPECT_FALSE(says("\x1B"));
  fake.out.results.clear();
  EXPECT_EQ(run({"diagnose", "--log", log, "--output", "json"}), Exit::fine);
  EXPECT_EQ(document().at("path"), "ai");
  EXPECT_EQ(document().at("model").at("class"), "infrastructure");
  EXPECT_EQ(document().at("budget").at("tokens"), 960);
  EXPECT_EQ(document().at("rules").at("class"), "unknown");
  triage.answer = fail(Errc::conflict, "the day's budget is spent");
  fake.out.results.clear();
  EXPECT_EQ(run({"diagnose", "--log", log}), Exit::fine);
  EXPECT_TRUE(says("model     no answer: the day's budget is spent")) << fake.out.results;
}

TEST_F(Diagnose, OfAJobAPipelineAndAMergeRequestReadsGitLab) {
  for (const char* subject : {"400", "job/400", "#40", "pipeline/40", "!12", "mr/12",
                              "https://gitlab.example/acme/shop/-/jobs/400#L3"}) {
    fake.out.results.clear();
    EXPECT_EQ(run({"diagnose", subject}), Exit::fine) << subject << talk();
    EXPECT_TRUE(says("pipeline 40 of acme/shop on feature: failed\n")) << subject;
    EXPECT_TRUE(says("job 400 build\n"));
    EXPECT_TRUE(says("class     compile"));
  }
  EXPECT_TRUE(std::ranges::all_of(opened, [](Reach reach) { return reach == Reach::reads; }));
  EXPECT_EQ(discussions.writes, 0);
}

TEST_F(Diagnose, ForProgramsAJobIsOneDocumentAndAPipelineOneOfAll) {
  EXPECT_EQ(run({"diagnose", "400", "--output", "json"}), Exit::fine);
  EXPECT_EQ(document().at("class"), "compile");
  EXPECT_EQ(document().at("job").at("id"), 400);
  fake.out.results.clear();
  EXPECT_EQ(run({"diagnose", "#40", "--output", "json"}), Exit::fine);
  EXPECT_EQ(document().at("pipeline").at("id"), 40);
  EXPECT_EQ(document().at("merge_request").at("iid"), 12);
  EXPECT_EQ(document().at("jobs").at(0).at("class"), "compile");
  EXPECT_EQ(document().at("not_read"), 0);
}

TEST_F(Diagnose, WhereNothingFailedTheExitCodeSaysSo) {
  gitlab.all_jobs[0].status = "success";
  gitlab.pipelines[0].status = "success";
  EXPECT_EQ(run({"diagnose", "#40"}), Exit::no);
  EXPECT_TRUE(says("No job of it has failed."));
  EXPECT_EQ(run({"diagnose", "400"}), Exit::no);
}

TEST_F(Diagnose, WritesOnlyWhenAskedTo) {
  EXPECT_EQ(run({"diagnose", "#40", "--post"}), Exit::fine) << talk();
  EXPECT_EQ(opened.back(), Reach::writes);
  ASSERT_EQ(discussions.notes.size(), 1U);
  EXPECT_TRUE(discussions.issues.empty());
  EXPECT_NE(talk().find("note: added"), std::string::npos);
  EXPECT_EQ(run({"diagnose", "#40", "--post"}), Exit::fine);
  EXPECT_NE(talk().find("note: unchanged"), std::string::npos);
  EXPECT_EQ(run({"diagnose", "#40", "--create-issue"}), Exit::fine);
  EXPECT_EQ(discussions.issues.size(), 1U);
  EXPECT_EQ(discussions.notes.size(), 1U);
  EXPECT_NE(talk().find("issue: added https://gitlab.example/acme/shop/-/issues/1"), std::string::npos)
      << talk();
  discussions.write_outage = Error{Errc::permission, "403 Forbidden"};
  gitlab.merge_requests->value().labels = {"x"};
  discussions.notes.clear();
  EXPECT_NE(run({"diagnose", "#40", "--post"}), Exit::fine);
  EXPECT_NE(talk().find("403 Forbidden"), std::string::npos);
}

TEST_F(Diagnose, ResolvesTheNoteWhenThePipelinePassed) {
  EXPECT_EQ(run({"diagnose", "#40", "--post"}), Exit::fine);
  gitlab.all_jobs[0].status = "success";
  gitlab.pipelines[0].status = "success";
  EXPECT_EQ(run({"diagnose", "#40", "--post"}), Exit::no);
  EXPECT_NE(talk().find("note: resolved"), std::string::npos);
  EXPECT_TRUE(discussions.notes.at(0).body.find("Resolved: ") != std::string::npos);
}

TEST_F(Diagnose, WhatHindersItIsTold) {
  no_ports = Error{Errc::permission, "no token is configured"};
  EXPECT_NE(run({"diagnose", "400"}), Exit::fine);
  EXPECT_NE(talk().find("no token is configured"), std::string::npos);
  no_ports.reset();
  EXPECT_NE(run({"diagnose", "401"}), Exit::fine);
  EXPECT_NE(talk().find("no such job"), std::string::npos);
  EXPECT_EQ(fake.out.results, "");
  logs.errors[400] = {Errc::permission, "403 Forbidden"};
  EXPECT_EQ(run({"diagnose", "400"}), Exit::fine);
  EXPECT_TRUE(says("trouble   its log cannot be read: 403 Forbidden")) << fake.out.results;
}

}  // namespace
}  // namespace runneriq::cli
