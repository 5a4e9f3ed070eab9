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
  struct Terms {
    alerting::NoiseRules rules;
    JobEvidence::Parts evidence;
    // Looks at what costs time, now and once an hour, from the thread that gathers evidence; may be empty.
    std::function<std::vector<alerting::Event>(Time now)> examine;
  };
  struct Parts {
    const alerting::TimeZones* zones = nullptr;  // must outlive this, as must the log
    EventLog* log = nullptr;
    std::string path;            // of the file
    std::function<void()> kept;  // called, from the thread of the stages, when there are new messages
  };
  // Error: what hinders asking GitLab; conflict where another process's stages use the file, which would tell
  // everything twice.
  static Result<std::unique_ptr<AlertStages>> start(Parts parts, Terms terms);
  ~AlertStages();
  AlertStages(const AlertStages&) = delete;
  AlertStages& operator=(const AlertStages&) = delete;

  // From any thread; never waits. While the stages stand still at most kMostWaiting wait (see WaitingEvents).
  void hear(alerting::Event event);
  static constexpr std::size_t kMostWaiting = 20'000;
  // What waits goes on by the new terms. Error: what hinders asking GitLab; nothing has changed.
  Result<void> configure(Terms terms);
  [[nodiscard]] alerting::Totals totals() const;

 private:
  AlertStages(Parts parts, const alerting::Classifier& classifier);
  // What each thread works by.
  struct Gathering {
    std::unique_ptr<JobEvidence> evidence;
    std::function<std::vector<alerting::Event>(Time)> examine;
  };
  struct Staging {
    alerting::NoiseRules rules;
    std::unique_ptr<JobEvidence> evidence;  // of what is urgent
  };
  struct Work {
    Gathering gathering;
    Staging staging;
  };
  Result<Work> open_work(Terms terms) const;
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
  std::optional<platform::WakeUp> stop_;  // ends a call that is under way
  Gathering gather_by_;                   // these belong to the thread that gathers evidence
  std::optional<Time> examined_;
  AlertFile file_;
  alerting::RoundBook book_;  // these belong to the stages' thread
  std::unique_ptr<JobEvidence> prompt_;
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
  std::optional<Gathering> fresh_gathering_;  // each until its thread takes it
  std::optional<Staging> fresh_staging_;
  alerting::Classifier classifier_;
  alerting::Totals totals_;
  bool stopped_ = false;
  std::thread gathering_, staging_;
};

}  // namespace runneriq::app
