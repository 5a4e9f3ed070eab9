// Notes and issues as people read them. That nothing in them does anything: tests/property/report_test.cpp.
#include "diagnosis/report.hpp"

#include "core/text_cut.hpp"
#include "tests/support/note_maker.hpp"

#include <gtest/gtest.h>

namespace runneriq::diagnosis {
namespace {

bool has(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

PipelineDiagnosis sample() {
  PipelineDiagnosis found = pipeline_with("x");
  found.project.page = "https://gitlab.example/acme/shop";
  found.pipeline.page = "https://gitlab.example/acme/shop/-/pipelines/40";
  found.pipeline.ref = "main";
  DiagnosedJob& job = found.jobs[0];
  job.job.name = "build";
  job.job.page = "https://gitlab.example/acme/shop/-/jobs/400";
  job.trouble = "";
  Diagnosis& diagnosis = job.diagnosis;
  diagnosis.decided_by = "gcc";
  diagnosis.headline = "src/cart.cpp:41:7: error: 'total' was not declared";
  diagnosis.command = "make all";
  diagnosis.exit_code = "2";
  diagnosis.evidence = {
      {.start_line = 3, .end_line = 4, .text = "one\n\ttwo \\n", .why = "compiler", .score = 1},
      {.start_line = 9, .end_line = 9, .text = "three", .why = "", .score = 0.5}};
  diagnosis.culprit->why = "line 41 of src/cart.cpp was changed";
  diagnosis.culprit->commit = "0123456789abcdef0123456789abcdef01234567";
  diagnosis.suggestion = "Correct the source.";
  diagnosis.gaps = {"the job has no timeout"};
  diagnosis.model->reason = "the linker says so";
  diagnosis.model->model = "claude-haiku-5-5";
  return found;
}

TEST(ANoteOnAMergeRequest, SaysAllThatIsKnown) {
  const std::string note = note_markdown(sample(), {.bot = "runneriq", .opt_out_label = "no-diagnosis"});
  EXPECT_TRUE(note.starts_with("<!-- runneriq:diagnosis pipeline=40 failed -->\n"));
  for (const char* words :
       {"## Why [pipeline 40](https://gitlab.example/acme/shop/-/pipelines/40) failed\n",
        "### [Job](https://gitlab.example/acme/shop/-/jobs/400) `build`, 2 attempts (may fail)\n",
        "`src/cart.cpp:41:7: error: 'total' was not declared`",
        "Class **compile**, 92 \\% sure, by rules (gcc).", "Failing command: `make all`.", "Exit code `2`.",
        "Log, lines 3 to 4 (compiler):\n", "Log, line 9:\n", "```text\none\n\ttwo \\n\n", "three",
        "Likely from this change: `line 41 of src/cart.cpp was changed` in [commit "
        "01234567](https://gitlab.example/acme/shop/-/commit/0123456789abcdef0123456789abcdef01234567) "
        "(90 % sure).",
        "What to do: Correct the source.", "Gap: `the job has no timeout`",
        "The model `claude-haiku-5-5` says `test` (80 %), in its words, which nobody has checked: `the "
        "linker "
        "says so`. By rules: `unknown` (0 %).",
        "Further failed jobs that were not looked at: 3.", "`@runneriq diagnose`",
        "The label `no-diagnosis`"}) {
    EXPECT_TRUE(has(note, words)) << words << "\n" << note;
  }
}

TEST(ANoteOnAMergeRequest, LeavesOutWhatIsNotKnown) {
  PipelineDiagnosis bare;
  bare.pipeline.id = PipelineId{40};
  bare.jobs.push_back({.job = {.name = "build"}, .diagnosis = {}});
  const std::string note = note_markdown(bare, {});
  for (const char* words : {"``", "commit", "model", "Gap", "attempts", "may fail", "Exit", "command",
                            "comment", "label", "Further", "]("}) {
    EXPECT_FALSE(has(note, words)) << words << "\n" << note;
  }
}

TEST(ANoteOnAMergeRequest, LinksOnlyWhatIsACommit) {
  for (const char* commit : {"@root", "0123", "../../evil", "01234567g", "01234567 01234567",
                             "0123456701234567012345670123456701234567012345670123456701234567f"}) {
    PipelineDiagnosis found = sample();
    found.jobs[0].diagnosis.culprit->commit = commit;
    EXPECT_FALSE(has(note_markdown(found, {}), "/-/commit/")) << commit;
  }
}

TEST(ANoteOnAMergeRequest, FitsIntoGitLab) {
  PipelineDiagnosis found = sample();
  std::string wide;
  for (int line = 0; line < 30; ++line) wide += std::string(500, '\x01') + "\n";
  found.jobs[0].diagnosis.evidence[0].text = wide;
  found.jobs.resize(50, found.jobs[0]);
  const std::string note = note_markdown(found, {});
  EXPECT_LE(characters(note), 1'000'000U);
  EXPECT_TRUE(has(note, "Further failed jobs for which there is no room: "));
  EXPECT_TRUE(has(note, "Written by RunnerIQ"));
}

TEST(ItsMark, TellsPipelineAndState) {
  const auto failed = note_state(note_markdown(sample(), {}));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->pipeline, PipelineId{40});
  EXPECT_FALSE(failed->resolved);
  const std::string body =
      resolved_markdown({.id = PipelineId{41}, .page = "https://g.example/p/41"}, *failed);
  EXPECT_TRUE(has(body, "[pipeline 41](https://g.example/p/41) passed. Pipeline 40 had failed.")) << body;
  const auto resolved = note_state(body);
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->pipeline, PipelineId{41});
  EXPECT_TRUE(resolved->resolved);
}

TEST(ItsMark, IsNoneAnywhereElse) {
  for (const char* body :
       {"", "hello", "<!-- runneriq:diagnosis ", "<!-- runneriq:diagnosis pipeline=",
        "<!-- runneriq:diagnosis x=1", "<!-- runneriq:diagnosis pipeline=x failed -->",
        " <!-- runneriq:diagnosis pipeline=4 failed -->", "> <!-- runneriq:diagnosis pipeline=4 failed -->",
        "<!-- runneriq:diagnosis pipeline=99999999999999999999 failed -->"}) {
    EXPECT_FALSE(note_state(body)) << body;
  }
}

TEST(AnIssueText, IsOfOneJobWithItsSignature) {
  const PipelineDiagnosis found = sample();
  const IssueText text = issue_text(found, found.jobs[0]);
  EXPECT_TRUE(text.title.starts_with("Job build fails on main:")) << text.title;
  EXPECT_TRUE(has(text.description, "`runneriq-signature-0123456789abcdef`"));
  EXPECT_TRUE(has(text.description, issue_mark("0123456789abcdef")));
  EXPECT_TRUE(has(text.description, "Seen in [pipeline 40]"));
  EXPECT_FALSE(has(text.description, "<!--"));
}

// A log that quotes another failure's mark would keep that from ever having an issue.
TEST(AnIssueText, HoldsNoOtherMark) {
  PipelineDiagnosis found = pipeline_with("runneriq-signature-ffffffffffffffff");
  const IssueText text = issue_text(found, found.jobs[0]);
  EXPECT_FALSE(has(text.description, issue_mark("ffffffffffffffff"))) << text.description;
  EXPECT_TRUE(has(text.description, issue_mark("0123456789abcdef")));
}

TEST(AReport, OfTheCommandLineHasNoMarks) {
  EXPECT_FALSE(has(report_markdown(sample()), "<!--"));
  EXPECT_TRUE(has(report_markdown(sample()), "### [Job]"));
  const std::string alone = report_markdown(sample().jobs[0].diagnosis);
  EXPECT_TRUE(alone.starts_with("## Why it failed\n"));
  EXPECT_FALSE(has(alone, "commit")) << "of a project that is not known";
}

TEST(WhoDecided, IsToldInWords) {
  Diagnosis diagnosis{.confidence = 0.916, .decided_by = "gcc"};
  EXPECT_EQ(decided_words(diagnosis), "92 % sure, by rules (gcc)");
  diagnosis.path = DiagnosisPath::ai;
  EXPECT_EQ(decided_words(diagnosis), "92 % sure, by a model");
  diagnosis.path = DiagnosisPath::reason;
  diagnosis.decided_by = "";
  EXPECT_EQ(decided_words(diagnosis), "92 % sure, by GitLab's reason");
}

}  // namespace
}  // namespace runneriq::diagnosis
