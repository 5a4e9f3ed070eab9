#include "service/diagnosis_metrics.hpp"

#include <gtest/gtest.h>

namespace runneriq::service {
namespace {

std::string text_of(const DiagnosisFigures& figures) {
  PrometheusText text;
  put_diagnoses(text, figures);
  return text.text();
}

TEST(DiagnosisMetrics, TellNotesAndWhatModelsCost) {
  advisor::ConsultationCounts counts{.asked = 9, .answered = 5, .remembered = 2, .tokens = 4800};
  counts.failures[advisor::Failure::late] = 3;
  const std::string text = text_of(
      {.diagnoses =
           DiagnosisCounts{.pipelines = 7, .failed = 1, .added = 4, .edited = 2, .resolved = 3, .issues = 6},
       .models = {{"loop", counts}}});
  for (const char* line :
       {"runneriq_diagnoses_total{outcome=\"read\"} 7\n", "runneriq_diagnoses_total{outcome=\"failed\"} 1\n",
        "runneriq_diagnosis_notes_total{what=\"added\"} 4\n",
        "runneriq_diagnosis_notes_total{what=\"edited\"} 2\n",
        "runneriq_diagnosis_notes_total{what=\"resolved\"} 3\n", "runneriq_diagnosis_issues_total 6\n",
        "runneriq_model_questions_total{asker=\"loop\",outcome=\"answered\"} 5\n",
        "runneriq_model_questions_total{asker=\"loop\",outcome=\"remembered\"} 2\n",
        "runneriq_model_questions_total{asker=\"loop\",outcome=\"late\"} 3\n",
        "runneriq_model_tokens_total{asker=\"loop\"} 4800\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(DiagnosisMetrics, AreLeftOutWhereNothingIsDiagnosed) {
  EXPECT_EQ(text_of({}), "");
}

}  // namespace
}  // namespace runneriq::service
