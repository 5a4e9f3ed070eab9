#include "service/diagnosis_metrics.hpp"

namespace runneriq::service {
namespace {

using enum MetricType;

void put_counts(PrometheusText& text, const DiagnosisCounts& counts) {
  text.family("runneriq_diagnoses_total", counter, "Ended pipelines that were looked at, by outcome.");
  text.sample(static_cast<double>(counts.pipelines), {{"outcome", "read"}});
  text.sample(static_cast<double>(counts.failed), {{"outcome", "failed"}});
  text.family("runneriq_diagnosis_notes_total", counter, "Notes on merge requests, by what was done.");
  text.sample(static_cast<double>(counts.added), {{"what", "added"}});
  text.sample(static_cast<double>(counts.edited), {{"what", "edited"}});
  text.sample(static_cast<double>(counts.resolved), {{"what", "resolved"}});
  text.family("runneriq_diagnosis_issues_total", counter, "Issues that were opened.");
  text.sample(static_cast<double>(counts.issues));
}

void put_models(PrometheusText& text, const std::map<std::string, advisor::ConsultationCounts>& models) {
  text.family("runneriq_model_questions_total", counter, "Questions to models, by who asks and outcome.");
  for (const auto& [asker, counts] : models) {
    text.sample(static_cast<double>(counts.answered), {{"asker", asker}, {"outcome", "answered"}});
    text.sample(static_cast<double>(counts.remembered), {{"asker", asker}, {"outcome", "remembered"}});
    for (const auto& [failure, count] : counts.failures) {
      text.sample(static_cast<double>(count), {{"asker", asker}, {"outcome", to_text(failure)}});
    }
  }
  text.family("runneriq_model_tokens_total", counter, "Tokens that models cost, or may have cost.");
  for (const auto& [asker, counts] : models) {
    text.sample(static_cast<double>(counts.tokens), {{"asker", asker}});
  }
}

}  // namespace

void put_diagnoses(PrometheusText& text, const DiagnosisFigures& figures) {
  if (figures.diagnoses) put_counts(text, *figures.diagnoses);
  if (!figures.models.empty()) put_models(text, figures.models);
}

}  // namespace runneriq::service
