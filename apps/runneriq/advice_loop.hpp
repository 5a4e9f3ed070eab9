// What a model is asked beside the loop: which of two runners, and whether a long run is to be expected. The
// loop never waits for it.
#pragma once

#include "advisor/duration.hpp"
#include "advisor/tie_break.hpp"
#include "apps/runneriq/advice.hpp"
#include "apps/runneriq/diagnosis_parts.hpp"
#include "platform/wake_up.hpp"
#include "scheduler/audit.hpp"
#include "scheduler/fleet_watch.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace runneriq::app {

struct AdviceLoopParts {
  AdviceParts advice;  // its stop_fd is set here
  std::vector<Watched> fleets;
};

class AdviceLoop {
 public:
  // Null: nobody is to be asked. Error: what hinders it.
  static Result<std::unique_ptr<AdviceLoop>> start(AdviceLoopParts parts);
  // Calls under way end at once.
  ~AdviceLoop();
  AdviceLoop(const AdviceLoop&) = delete;
  AdviceLoop& operator=(const AdviceLoop&) = delete;

  [[nodiscard]] scheduler::Advisor& tie_breaks() { return tie_breaks_; }
  // Since the start.
  [[nodiscard]] advisor::ConsultationCounts asked() const { return advice_->consultation().counts(); }
  // After each tick, on the loop's thread: asks what has come up. Gives what models have said since of jobs
  // that run long, for the trail.
  [[nodiscard]] std::vector<scheduler::AuditEntry> hear(const scheduler::Tick& tick);

 private:
  AdviceLoop();
  Result<void> open(AdviceLoopParts parts);
  void run();
  bool wait();
  bool is_stopped();
  [[nodiscard]] std::optional<scheduler::StuckJob> next_long_run();
  void ask_about(const scheduler::StuckJob& job);
  [[nodiscard]] advisor::DurationCase case_of(const scheduler::StuckJob& job);
  void add_changes(advisor::DurationCase& duration, const scheduler::StuckJob& job);
  void keep(const scheduler::StuckJob& job, const advisor::DurationOpinion& opinion);

  EventLog* log_ = nullptr;
  std::optional<platform::WakeUp> stop_;
  std::unique_ptr<Advice> advice_;
  std::vector<DiagnosisGitLab> gitlabs_;  // of the thread
  advisor::TieBreaks tie_breaks_;
  std::set<scheduler::JobKey> asked_;  // of the loop: about each job once

  std::mutex guard_;  // of what follows
  std::condition_variable changed_;
  bool woken_ = false, stopped_ = false;
  std::deque<scheduler::StuckJob> long_runs_;
  std::vector<scheduler::AuditEntry> opinions_;
  std::thread thread_;
};

}  // namespace runneriq::app
