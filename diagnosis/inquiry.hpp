// Everything that GitLab tells of a failed pipeline, read and diagnosed. Pure but for the ports.
#pragma once

#include "diagnosis/diagnosis.hpp"
#include "diagnosis/gaps.hpp"
#include "gitlab/job_logs.hpp"
#include "gitlab/pipelines.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

struct DiagnosedJob {
  FailedJob job;
  Diagnosis diagnosis;
  int attempts = 1;  // in this pipeline, this one counted
  bool allow_failure = false;
  std::string trouble{};  // why there is less than there could be: "its log cannot be read: 403"
};

struct PipelineDiagnosis {
  gitlab::ProjectPage project;
  gitlab::Pipeline pipeline;
  std::optional<gitlab::MergeRequestPage> merge_request{};
  std::vector<DiagnosedJob> jobs{};  // that must not fail before those that may; in GitLab's order
  std::size_t not_read = 0;          // failed jobs beyond InquiryTerms::most_jobs
  std::string compared_from{};       // the commit that the changes are counted from; "" = not known
  std::vector<std::string> troubles{};
  // What keeps it from being shown to others, or to a model: that it is not known what the project masks. ""
  // = nothing. A token without the right to see variables is no such reason.
  std::string not_to_be_posted{};
};

struct InquiryPorts {
  gitlab::Pipelines& pipelines;
  gitlab::JobLogs& logs;
  RuleBook& rules;
  // A configuration as GitLab has merged it. Empty: gaps are not looked for.
  std::function<Result<gitlab::CiConfig>(std::string_view yaml)> parse_ci{};
  Triage* triage = nullptr;
};

struct InquiryTerms {
  std::string gitlab{};                           // its address, for texts
  std::size_t most_jobs = 5;                      // whose logs are read
  std::size_t most_log = std::size_t{100} << 20;  // bytes of a log
  std::size_t most_green = std::size_t{8} << 20;  // bytes of the log of a run that passed
  double ask_below = kUnsure;
  RedactionTerms::Personal personal = RedactionTerms::Personal::keep;
  // Told each question that goes to a model, or would; may be empty.
  std::function<void(const TriageQuestion&)> on_question{};
};

// One question at a time. Errors of all: as gitlab::Pipelines, for what is asked for itself; what else cannot
// be read is told in `troubles`.
class Inquiry {
 public:
  Inquiry(InquiryPorts ports, InquiryTerms terms) : ports_(std::move(ports)), terms_(std::move(terms)) {}

  // `project`: id or full path. The pipeline may have passed: then no job is in it.
  [[nodiscard]] Result<PipelineDiagnosis> of_pipeline(std::string_view project, PipelineId pipeline);
  [[nodiscard]] Result<PipelineDiagnosis> of_job(std::string_view project, JobId job);
  // Of its head pipeline. Error: not_found where it has none.
  [[nodiscard]] Result<PipelineDiagnosis> of_merge_request(std::string_view project, MergeRequestIid iid);

 private:
  struct Case;
  [[nodiscard]] Result<Case> begin(const gitlab::ProjectPage& project, gitlab::Pipeline pipeline);
  void read_surroundings(Case& one);
  void read_changes(Case& one);
  void read_secrets(Case& one);
  void diagnose_jobs(Case& one, const std::vector<gitlab::PipelineJob>& failed);
  [[nodiscard]] DiagnosedJob diagnosed(Case& one, const gitlab::PipelineJob& job);
  [[nodiscard]] Result<ReadLog> read(ProjectId project, JobId job, std::size_t most) const;
  [[nodiscard]] const LogHistory* history_of(Case& one, const gitlab::PipelineJob& job);
  void add_gaps(Case& one, DiagnosedJob& job);

  InquiryPorts ports_;
  InquiryTerms terms_;
};

}  // namespace runneriq::diagnosis
