#include "cli/diagnosis_document.hpp"

#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace runneriq::cli {
namespace {

using diagnosis::Culprit;
using diagnosis::DiagnosedJob;
using diagnosis::Diagnosis;
using diagnosis::Evidence;
using nlohmann::json;

double in_hundredths(double share) {
  return std::round(share * 100) / 100;
}

json text_or_null(const std::string& text) {
  return text.empty() ? json() : json(text);
}

json evidence_document(const Evidence& evidence) {
  return {{"start_line", evidence.start_line},
          {"end_line", evidence.end_line},
          {"text", evidence.text},
          {"why", evidence.why},
          {"score", in_hundredths(evidence.score)}};
}

json culprit_document(const Culprit& culprit) {
  return {{"path", culprit.path},
          {"line", culprit.line > 0 ? json(culprit.line) : json()},
          {"symbol", text_or_null(culprit.symbol)},
          {"commit", text_or_null(culprit.commit)},
          {"confidence", in_hundredths(culprit.confidence)},
          {"why", culprit.why}};
}

json model_document(const Diagnosis& diagnosis) {
  if (!diagnosis.model) {
    return diagnosis.model_trouble.empty() ? json() : json{{"trouble", diagnosis.model_trouble}};
  }
  const diagnosis::TriageAnswer& answer = *diagnosis.model;
  json lines = json::array();
  for (const auto& [first, last] : answer.lines) lines.push_back({{"start_line", first}, {"end_line", last}});
  return {{"model", answer.model},
          {"class", to_text(answer.failure_class)},
          {"confidence", in_hundredths(answer.confidence)},
          {"reason", answer.reason},
          {"lines", lines},
          {"tokens", answer.tokens}};
}

json budget_document(const Diagnosis& diagnosis, const std::optional<TokenUse>& budget) {
  json document{{"tokens", diagnosis.model ? diagnosis.model->tokens : 0}, {"day", nullptr}};
  if (budget) document["day"] = {{"spent", budget->spent}, {"limit", budget->limit}};
  return document;
}

json job_document(const DiagnosedJob& job) {
  return {{"id", job.job.job_id},
          {"name", job.job.name},
          {"stage", job.job.stage},
          {"ref", job.job.ref},
          {"failure_reason", text_or_null(job.job.failure_reason)},
          {"url", text_or_null(job.job.page)},
          {"attempts", job.attempts},
          {"allow_failure", job.allow_failure}};
}

json pipeline_document(const gitlab::Pipeline& pipeline) {
  return {{"id", pipeline.id.value()},
          {"ref", pipeline.ref},
          {"sha", pipeline.sha},
          {"status", pipeline.status},
          {"url", text_or_null(pipeline.page)}};
}

}  // namespace

json diagnosis_document(const Diagnosis& diagnosis, const std::optional<TokenUse>& budget) {
  json evidence = json::array();
  for (const Evidence& each : diagnosis.evidence) evidence.push_back(evidence_document(each));
  return {{"class", to_text(diagnosis.failure_class)},
          {"confidence", in_hundredths(diagnosis.confidence)},
          {"path", to_text(diagnosis.path)},
          {"decided_by", text_or_null(diagnosis.decided_by)},
          {"headline", text_or_null(diagnosis.headline)},
          {"signature", diagnosis.signature},
          {"evidence", evidence},
          {"culprit", diagnosis.culprit ? culprit_document(*diagnosis.culprit) : json()},
          {"suggestion", diagnosis.suggestion},
          {"gaps", diagnosis.gaps},
          {"command", text_or_null(diagnosis.command)},
          {"exit_code", text_or_null(diagnosis.exit_code)},
          {"model", model_document(diagnosis)},
          {"rules",
           {{"class", to_text(diagnosis.class_by_rules)},
            {"confidence", in_hundredths(diagnosis.confidence_by_rules)}}},
          {"budget", budget_document(diagnosis, budget)},
          {"log",
           {{"lines", diagnosis.log_lines}, {"bytes", diagnosis.log_bytes}, {"whole", diagnosis.whole_log}}}};
}

json diagnosis_document(const DiagnosedJob& job, const std::optional<TokenUse>& budget) {
  json document = diagnosis_document(job.diagnosis, budget);
  document["job"] = job_document(job);
  document["trouble"] = text_or_null(job.trouble);
  return document;
}

json diagnosis_document(const diagnosis::PipelineDiagnosis& found, const std::optional<TokenUse>& budget) {
  json jobs = json::array();
  for (const DiagnosedJob& job : found.jobs) jobs.push_back(diagnosis_document(job, budget));
  const auto& merge_request = found.merge_request;
  return {{"project", {{"id", found.project.id.value()}, {"path", found.project.path}}},
          {"pipeline", pipeline_document(found.pipeline)},
          {"merge_request", merge_request ? json{{"iid", merge_request->iid.value()},
                                                 {"url", text_or_null(merge_request->page)}}
                                          : json()},
          {"compared_from", text_or_null(found.compared_from)},
          {"jobs", jobs},
          {"not_read", found.not_read},
          {"troubles", found.troubles}};
}

}  // namespace runneriq::cli
