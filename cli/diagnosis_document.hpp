// Diagnoses as JSON documents.
#pragma once

#include "cli/session.hpp"
#include "diagnosis/inquiry.hpp"

#include <nlohmann/json_fwd.hpp>

namespace runneriq::cli {

// {class, confidence, path, headline, signature, evidence, culprit, suggestion, budget, …}: the members are
// always there, null where nothing is known.
nlohmann::json diagnosis_document(const diagnosis::Diagnosis& diagnosis,
                                  const std::optional<TokenUse>& budget);
// The same with the `job`.
nlohmann::json diagnosis_document(const diagnosis::DiagnosedJob& job, const std::optional<TokenUse>& budget);
// {project, pipeline, merge_request, jobs, not_read, troubles}.
nlohmann::json diagnosis_document(const diagnosis::PipelineDiagnosis& found,
                                  const std::optional<TokenUse>& budget);

}  // namespace runneriq::cli
