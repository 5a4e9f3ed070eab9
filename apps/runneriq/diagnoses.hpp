// Diagnoses of pipelines as they end, beside the loop: what webhooks tell goes in here, and notes and issues
// come of it in GitLab.
#pragma once

#include "apps/runneriq/advice.hpp"
#include "apps/runneriq/diagnosis_parts.hpp"
#include "core/event_log.hpp"
#include "diagnosis/inquiry_queue.hpp"
#include "diagnosis/posting.hpp"
#include "platform/wake_up.hpp"
#include "service/diagnosis_metrics.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace runneriq::app {

struct DiagnosesParts {
  AdviceParts advice;  // its stop_fd is set here
  std::vector<Watched> fleets;
};

class Diagnoses {
 public:
  static Result<std::unique_ptr<Diagnoses>> start(const DiagnosesParts& parts);
  // Calls under way end at once.
  ~Diagnoses();
  Diagnoses(const Diagnoses&) = delete;
  Diagnoses& operator=(const Diagnoses&) = delete;

  // From any thread; `hook.instance` is the address that its GitLab is watched by.
  void hear(const gitlab::Webhook& hook);
  // Since the start.
  [[nodiscard]] service::DiagnosisCounts counts() const;
  // None: no model is asked.
  [[nodiscard]] std::optional<advisor::ConsultationCounts> asked() const;

 private:
  Diagnoses() = default;
  Result<void> open(const DiagnosesParts& parts);
  void open_advice(AdviceParts parts);
  void run();
  [[nodiscard]] std::optional<diagnosis::InquiryRequest> next();
  // Null: it is of none of them.
  DiagnosisGitLab* gitlab_of(const diagnosis::InquiryRequest& request);
  [[nodiscard]] bool is_wanted(DiagnosisGitLab& gitlab, const diagnosis::InquiryRequest& request);
  void work_on(diagnosis::InquiryRequest request);
  Result<void> diagnose(DiagnosisGitLab& gitlab, const diagnosis::InquiryRequest& request);
  Result<void> post(DiagnosisGitLab& gitlab, const diagnosis::PipelineDiagnosis& found);
  Result<void> post_issues(DiagnosisGitLab& gitlab, const diagnosis::PipelineDiagnosis& found);
  void count(std::int64_t service::DiagnosisCounts::*what);
  void tell(const diagnosis::PipelineDiagnosis& found, const diagnosis::Posted& posted,
            std::string_view what);

  diagnosis::DiagnosisOptions options_;
  EventLog* log_ = nullptr;
  std::optional<platform::WakeUp> stop_;
  std::unique_ptr<Advice> advice_;        // null: no model is asked
  std::vector<DiagnosisGitLab> gitlabs_;  // of the thread
  std::optional<diagnosis::RuleBook> rules_;

  mutable std::mutex guard_;  // of what follows
  std::condition_variable changed_;
  diagnosis::InquiryQueue queue_;
  service::DiagnosisCounts counts_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace runneriq::app
