// What RunnerIQ says of one failed job. Pure; only diagnose() makes a Diagnosis.
#pragma once

#include "core/time.hpp"
#include "diagnosis/classification.hpp"
#include "diagnosis/culprit.hpp"
#include "diagnosis/redaction.hpp"
#include "diagnosis/signature.hpp"
#include "diagnosis/triage.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

enum class DiagnosisPath { reason, rules, ai };
std::string_view to_text(DiagnosisPath path);

// Texts are redacted, cleaned and valid UTF-8.
struct Evidence {
  std::int64_t start_line = 0, end_line = 0;  // of the raw log, 1-based, inclusive
  std::string text;                           // lines with '\n' between
  std::string why;
  double score = 0;
};

struct Diagnosis {
  FailureClass failure_class = FailureClass::unknown;
  double confidence = 0;
  DiagnosisPath path = DiagnosisPath::rules;
  std::string decided_by{};
  std::string headline{};   // "" = the log says nothing
  std::string signature{};  // of alerting's kind: the same failure has the same
  std::string command{};    // that failed; "" = not known
  std::string exit_code{};
  std::vector<Evidence> evidence{};  // most likely first; at most kMostShownLines lines in all
  std::optional<Culprit> culprit{};
  std::string suggestion{};
  std::vector<std::string> gaps{};  // what the job lacks that would have helped: "no timeout of its own"
  // Where a model was asked: what it said, and what the rules say beside it.
  std::optional<TriageAnswer> model{};
  std::string model_trouble{};  // why there is no answer of it; "" = not asked, or answered
  FailureClass class_by_rules = FailureClass::unknown;
  double confidence_by_rules = 0;
  std::int64_t log_lines = 0, log_bytes = 0;
  bool whole_log = true;
};

// What is known of the job beside its log; "" and none where not.
struct FailedJob {
  std::string gitlab{}, project{};  // address, full path
  std::int64_t project_id = 0, job_id = 0, pipeline_id = 0;
  std::string name{}, stage{}, ref{};
  std::string failure_reason{};
  std::string page{};  // its address, http or https
};

struct DiagnosisInputs {
  FailedJob job{};
  const LogHistory* history = nullptr;
  std::span<const ChangedFile> changes{};
  Triage* triage = nullptr;  // null: no model is asked
  double ask_below = kUnsure;
  RedactionTerms redaction = {};  // of all that the diagnosis shows
  // Told what a model is asked, or would be if there was one; may be empty.
  std::function<void(const TriageQuestion&)> on_question = {};
};

// What a model would be asked about it, whether it is or not: the shown lines and some around them, not yet
// redacted.
TriageQuestion triage_question_of(const ReadLog& log, const RootCause& cause,
                                  const Classification& classification, const FailedJob& job);

Diagnosis diagnose(const ReadLog& log, const DiagnosisInputs& inputs);
// Where there is no log to read, or GitLab's reason decides without it; none where the reason does not.
std::optional<Diagnosis> diagnose_by_reason(const FailedJob& job);

}  // namespace runneriq::diagnosis
