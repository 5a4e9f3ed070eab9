// The stages of alerting in the running loop: what happens goes in from any thread, and what is to be told is
// kept in the file, from which it is delivered.
#pragma once

#include "alerting/drop_notice.hpp"
#include "alerting/round_book.hpp"
#include "alerting/waiting_events.hpp"
#include "apps/runneriq/alert_file.hpp"
#include "apps/runneriq/job_evidence.hpp"
#include "core/event_log.hpp"
#include "platform/wake_up.hpp"
#include "scheduler/sqlite/loop_claim.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace runneriq::app {

class AlertStages {
 public:
  struct Parts {
    alerting::NoiseRules rules;
    const alerting::TimeZones* zones = nullptr;  // must outlive this, as must the log
    EventLog* log = nullptr;
    std::string path;  // of the file
    JobEvidence::Parts evidence;
    // Looks at what costs time, once an hour, from the thread that gathers evidence; may be empty.
    std::function<std::vector<alerting::Event>(Time now)> examine;
    std::function<void()> kept;  // called, from the thread of the stages, when there are new messages
  };
  // Error: what hinders asking GitLab; conflict where another process's stages use the file, which would tell
  // everything twice.
  static Result<std::unique_ptr<AlertStages>> start(Parts parts);
  ~AlertStages();
  AlertStages(const AlertStages&) = delete;
  AlertStages& operator=(const AlertStages&) = delete;

  // From any thread; never waits. While the stages stand still at most kMostWaiting wait (see WaitingEvents).
  void hear(alerting::Event event);
  static constexpr std::size_t kMostWaiting = 20'000;
  void set_rules(alerting::NoiseRules rules);
  [[nodiscard]] alerting::Totals totals() const;

 private:
  explicit AlertStages(Parts parts);
  Result<void> open_evidence();
  void gather_evidence();
  void gather(alerting::HeardEvent heard, std::size_t behind);
  void examine();
  void run_stages();
  void restore();
  void take(std::vector<alerting::HeardEvent> heard);
  void take(alerting::HeardEvent heard);
  [[nodiscard]] bool is_news(const alerting::Event& event) const;
  void begin(const std::vector<alerting::NoiseReduction::Kept>& rows);
  void heed_silences(alerting::AlertState& state);
  void forget_old(alerting::AlertState& state);
  void keep();
  void log_drops(std::int64_t dropped);
  void log_trouble(std::string_view what, const Error* error);
  [[nodiscard]] std::optional<Time> wake_at(Time now) const;

  Result<void> claim();

  Parts parts_;
  std::optional<scheduler::LoopClaim> claim_;
  std::optional<platform::WakeUp> stop_;   // ends a call that is under way
  std::optional<Time> examined_;           // by the thread that gathers evidence
  std::unique_ptr<JobEvidence> evidence_;  // of the thread that gathers it
  std::unique_ptr<JobEvidence> prompt_;    // of the stages' thread
  AlertFile file_;
  alerting::RoundBook book_;  // these belong to the stages' thread
  std::unique_ptr<alerting::NoiseReduction> noise_;
  std::optional<std::int64_t> silences_;  // their revision
  std::vector<std::string> notices_;      // of the file, that are logged
  std::optional<Time> forgot_;            // what is old, when last
  std::optional<Time> begun_;             // when the file was new: what ended before is history
  bool restored_ = false;
  std::string trouble_;
  alerting::DropNotice drops_;

  mutable std::mutex guard_;  // of what follows
  std::condition_variable changed_;
  alerting::WaitingEvents waiting_{kMostWaiting};
  std::optional<alerting::NoiseRules> fresh_rules_;
  alerting::Classifier classifier_;
  alerting::Totals totals_;
  bool stopped_ = false;
  std::thread gathering_, staging_;
};

}  // namespace runneriq::app
