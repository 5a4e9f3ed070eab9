// What is said of one failed job.
#include "diagnosis/diagnosis.hpp"

#include "core/lines.hpp"
#include "core/utf8.hpp"
#include "tests/support/diagnosis_fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::diagnosis {
namespace {

ReadLog read(std::string_view text) {
  static RuleBook rules;
  return read_log(text, rules);
}

std::string all_of(const Diagnosis& diagnosis) {
  std::string text = diagnosis.headline + "\n" + diagnosis.command + "\n" + diagnosis.suggestion;
  for (const Evidence& each : diagnosis.evidence) text += "\n" + each.text + "\n" + each.why;
  if (diagnosis.culprit) text += "\n" + diagnosis.culprit->why + "\n" + diagnosis.culprit->symbol;
  return text;
}

TEST(ADiagnosis, NamesClassLinesCommandAndWhatToDo) {
  const Diagnosis found = diagnose(read(kCompilerLog), {.job = {.project = "acme/shop", .name = "build"}});
  EXPECT_EQ(found.failure_class, FailureClass::compile);
  EXPECT_EQ(found.path, DiagnosisPath::rules);
  EXPECT_GE(found.confidence, kUnsure);
  EXPECT_NE(found.headline.find("'total' was not declared"), std::string::npos);
  ASSERT_FALSE(found.evidence.empty());
  EXPECT_LE(found.evidence[0].start_line, 3);
  EXPECT_GE(found.evidence[0].end_line, 3);
  EXPECT_NE(found.evidence[0].text.find("src/cart.cpp:41:7"), std::string::npos);
  EXPECT_FALSE(found.evidence[0].why.empty());
  EXPECT_EQ(found.command, "make");
  EXPECT_EQ(found.exit_code, "2");
  EXPECT_EQ(found.signature.size(), 16U);
  EXPECT_FALSE(found.suggestion.empty());
  EXPECT_EQ(found.log_lines, 7);
  EXPECT_TRUE(found.whole_log);
  EXPECT_FALSE(found.model);
  EXPECT_EQ(found.class_by_rules, found.failure_class);
}

TEST(ADiagnosis, OfTheSameFailureHasTheSameSignature) {
  const auto signature = [](const std::string& log) { return diagnose(read(log), {}).signature; };
  std::string moved = "$ date\n12:00\n";
  moved += kCompilerLog;
  EXPECT_EQ(signature(kCompilerLog), signature(moved));
  EXPECT_NE(signature(kCompilerLog), signature(kUnclearLog));
}

TEST(ADiagnosis, TiesTheFailureToAChange) {
  const std::vector<ChangedFile> changes{
      {.path = "src/cart.cpp", .added = {{41, 41}}, .symbols = {}, .commit = "0123abcd"}};
  const Diagnosis found = diagnose(read(kCompilerLog), {.changes = changes});
  ASSERT_TRUE(found.culprit);
  EXPECT_EQ(found.culprit->path, "src/cart.cpp");
  EXPECT_EQ(found.culprit->line, 41);
}

TEST(ADiagnosis, BelievesNoLastWordOfTheRunnerThatTheScriptHasForged) {
  const Diagnosis found =
      diagnose(read("$ make\nERROR: Job failed: execution took longer than 1h0m0s seconds\n"
                    "src/cart.cpp:41:7: error: 'total' was not declared in this scope\n"
                    "make: *** [cart.o] Error 1\nERROR: Job failed: exit code 2\n"),
               {});
  EXPECT_EQ(found.failure_class, FailureClass::compile) << found.decided_by;
}

TEST(ADiagnosis, ShowsNoPartOfASecretThatIsWrappedOverLines) {
  const std::vector<std::string> values{"correct-horse-battery-staple"};
  const KnownSecrets known{values};
  const RedactionTerms terms{.known = &known};
  const std::vector<std::string> logs{
      "$ make KEY=correct-horse-bat\ntery-staple\nx.c:1:1: error: no\nERROR: Job failed: exit code 2\n",
      "$ make\nx.c:1:1: error: bad key correct-horse-bat\ntery-staple\nERROR: Job failed: exit code 2\n",
      "$ make\ncorrect-horse-bat\ntery-staple: error: no\nERROR: Job failed: exit code 2\n"};
  for (const std::string& log : logs) {
    const std::string shown = all_of(diagnose(read(log), {.redaction = terms}));
    EXPECT_EQ(shown.find("correct-horse"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("tery-staple"), std::string::npos) << shown;
  }
}

TEST(ADiagnosis, OfNothingIsStillOne) {
  for (const char* text : {"", "\n\n\n", "\x1B[31m\x1B[0m\r\r\n"}) {
    const Diagnosis found = diagnose(
        read(text), {.job = {.project = "acme/shop", .name = "build", .failure_reason = "script_failure"}});
    EXPECT_EQ(found.failure_class, FailureClass::unknown);
    EXPECT_TRUE(found.evidence.empty());
    EXPECT_EQ(found.headline, "");
    EXPECT_EQ(found.signature, signature_of("acme/shop", "build", "script_failure"));
    EXPECT_FALSE(found.suggestion.empty());
  }
}

TEST(ADiagnosis, GitLabsReasonDecidesWhereItCan) {
  ScriptedTriage triage;
  const FailedJob job{.project = "acme/shop", .name = "build", .failure_reason = "runner_system_failure"};
  const Diagnosis found = diagnose(read(kUnclearLog), {.job = job, .triage = &triage});
  EXPECT_EQ(found.path, DiagnosisPath::reason);
  EXPECT_EQ(found.failure_class, FailureClass::runner_system);
  EXPECT_EQ(found.decided_by, "failure_reason:runner_system_failure");
  EXPECT_TRUE(triage.questions.empty());
  const auto without_log = diagnose_by_reason(job);
  ASSERT_TRUE(without_log);
  EXPECT_EQ(without_log->failure_class, FailureClass::runner_system);
  EXPECT_FALSE(diagnose_by_reason({.failure_reason = "script_failure"}));
  EXPECT_FALSE(diagnose_by_reason({}));
}

TEST(AModel, IsAskedOnlyWhereRulesAreUnsure) {
  ScriptedTriage triage;
  const Diagnosis sure = diagnose(read(kCompilerLog), {.triage = &triage});
  EXPECT_TRUE(triage.questions.empty());
  EXPECT_FALSE(sure.model);
  const Diagnosis unsure =
      diagnose(read(kUnclearLog), {.job = {.project = "acme/shop", .name = "deploy"}, .triage = &triage});
  ASSERT_EQ(triage.questions.size(), 1U);
  EXPECT_EQ(triage.questions[0].project, "acme/shop");
  EXPECT_FALSE(triage.questions[0].excerpt.empty());
  EXPECT_EQ(unsure.path, DiagnosisPath::ai);
  EXPECT_EQ(unsure.failure_class, FailureClass::infrastructure);
  EXPECT_EQ(unsure.confidence, 0.8);
  EXPECT_EQ(unsure.model->reason, "the service did not come up");
  EXPECT_LT(unsure.confidence_by_rules, kUnsure);
}

TEST(AModel, ChangesNothingButClassConfidenceAndAdvice) {
  ScriptedTriage triage;
  triage.answer->reason = "/close\n@all";
  triage.answer->lines = {{1, 900}};
  const Diagnosis by_rules = diagnose(read(kUnclearLog), {});
  const Diagnosis by_model = diagnose(read(kUnclearLog), {.triage = &triage});
  EXPECT_EQ(by_model.signature, by_rules.signature);
  EXPECT_EQ(by_model.headline, by_rules.headline);
  EXPECT_EQ(by_model.evidence.size(), by_rules.evidence.size());
  EXPECT_EQ(by_model.suggestion.find("/close"), std::string::npos);
  EXPECT_EQ(by_model.class_by_rules, by_rules.failure_class);
}

TEST(AModel, WithoutAnAnswerTheRulesStand) {
  ScriptedTriage triage;
  triage.answer = fail(Errc::timed_out, "too late\x1B[2J");
  const Diagnosis late = diagnose(read(kUnclearLog), {.triage = &triage});
  EXPECT_EQ(late.path, DiagnosisPath::rules);
  EXPECT_TRUE(late.model_trouble.starts_with("too late")) << late.model_trouble;
  EXPECT_EQ(late.model_trouble.find('\x1B'), std::string::npos);
  triage.answer = TriageAnswer{
      .failure_class = FailureClass::unknown, .confidence = 0.9, .lines = {}, .reason = {}, .model = {}};
  const Diagnosis unknown = diagnose(read(kUnclearLog), {.triage = &triage});
  EXPECT_EQ(unknown.path, DiagnosisPath::rules);
  EXPECT_TRUE(unknown.model);
}

TEST(AModel, ItsQuestionIsToldEvenWhereNoneIsAsked) {
  int told = 0;
  (void)diagnose(read(kUnclearLog), {.on_question = [&](const TriageQuestion&) { ++told; }});
  EXPECT_EQ(told, 1);
  (void)diagnose(read(kCompilerLog), {.on_question = [&](const TriageQuestion&) { ++told; }});
  EXPECT_EQ(told, 1);
  (void)diagnose(read(kCompilerLog),
                 {.ask_below = 1.01, .on_question = [&](const TriageQuestion&) { ++told; }});
  EXPECT_EQ(told, 2);
}

// A secret is looked for in whole lines: what is cut off from it could not be seen to be a part of one.
TEST(ADiagnosis, ShowsNoSecretsNorPartsOfThem) {
  const std::vector<std::string> values{"hunter2-and-much-more"};
  const KnownSecrets known{values};
  for (std::size_t before = 470; before < 500; ++before) {
    const std::string log = "$ " + std::string(before - 200, 'c') + values[0] + "\n" +
                            "error: " + std::string(before - 7, 'x') + values[0] +
                            " refused\nERROR: Job failed: exit code 1\n";
    const std::string shown = all_of(diagnose(read(log), {.redaction = {.known = &known}}));
    EXPECT_EQ(shown.find("hunter"), std::string::npos) << before;
  }
}

TEST(ADiagnosis, ASymbolThatIsASecretIsNotTold) {
  const std::vector<std::string> values{"hunter2hunter2"};
  const KnownSecrets known{values};
  const std::vector<ChangedFile> changes{
      {.path = "src/login.py", .added = {}, .symbols = {"hunter2hunter2"}}};
  const Diagnosis found = diagnose(read("error: login as hunter2hunter2 was refused\n"),
                                   {.changes = changes, .redaction = {.known = &known}});
  EXPECT_EQ(all_of(found).find("hunter2"), std::string::npos);
  const std::vector<ChangedFile> harmless{{.path = "src/login.py", .added = {}, .symbols = {"refused"}}};
  EXPECT_TRUE(diagnose(read("error: login as hunter2hunter2 was refused\n"), {.changes = harmless}).culprit);
}

TEST(ADiagnosis, LongLinesAreCutAtACharacter) {
  std::string accents;
  for (int each = 0; each < 900; ++each) accents += "é";
  const std::string log = "$ x" + accents + "\nerror: " + accents + "\nERROR: Job failed: exit code 1\n";
  const Diagnosis found = diagnose(read(log), {});
  EXPECT_TRUE(is_utf8(all_of(found)));
  EXPECT_LE(found.headline.size(), 503U);
  EXPECT_LE(found.command.size(), 303U);
  for (const Evidence& each : found.evidence) {
    for (const std::string_view line : lines_of(each.text)) EXPECT_LE(line.size(), 503U);
  }
}

TEST(ADiagnosis, ShowsAtMostThirtyLines) {
  std::string log;
  for (int each = 0; each < 400; ++each)
    log += "src/f" + std::to_string(each) + ".c:1:1: error: nothing is right\nfiller\n";
  std::size_t lines = 0;
  for (const Evidence& each : diagnose(read(log), {}).evidence) lines += lines_of(each.text).size();
  EXPECT_LE(lines, kMostShownLines);
  EXPECT_GT(lines, 0U);
}

TEST(ADiagnosis, ComesOfAnyBytes) {
  std::string bytes;
  for (int each = 0; each < 20'000; ++each) bytes += static_cast<char>(each * 131 + each / 7);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 3'001) {
    EXPECT_TRUE(is_utf8(all_of(diagnose(read(bytes.substr(cut)), {}))));
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
