// What a failed job's log and test report say of it, asked of GitLab.
#pragma once

#include "alerting/waiting_events.hpp"
#include "apps/runneriq/sources.hpp"
#include "core/event_log.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::app {

enum class Urgency { ordinary, critical };

// For one thread. Whatever GitLab does not give is left out: an alert never waits for it long.
class JobEvidence {
 public:
  struct Parts {
    const Settings* settings = nullptr;  // only for open()
    std::vector<Watched> fleets;
    EventLog* log = nullptr;  // must outlive this
    int stop_fd = kNeverStopped;
    Urgency urgency = Urgency::ordinary;  // of all that it is asked for
  };
  static Result<std::unique_ptr<JobEvidence>> open(const Parts& parts);
  ~JobEvidence();

  // Puts the end of the job's log into the event, where it has none and its script failed. What is critical
  // goes without a log that does not come within a second.
  void add_log(alerting::Event& event);
  // How the tests of the event's job ended: of one that failed, or passed in a pipeline in which one had
  // failed; once for each pipeline and minute.
  // Where more than kMostFailing failed it is no flaky test: none is told.
  static constexpr std::size_t kMostFailing = 200;
  std::vector<alerting::TestEnd> tests_of(const alerting::Event& event, Time now);

 private:
  struct GitLab;
  JobEvidence();
  GitLab* gitlab_of(const alerting::Event& event);
  [[nodiscard]] bool is_due(const alerting::Event& event, Time now);
  // After some failures in a row nothing is asked for a while.
  [[nodiscard]] bool is_silent(Time now) const { return now < silent_until_; }
  void note(const std::string& what, const Error* error);

  std::vector<std::unique_ptr<GitLab>> gitlabs_;
  EventLog* log_ = nullptr;
  bool logs_ = true, reports_ = true;
  std::map<std::pair<std::string, std::int64_t>, Time> reported_;  // by GitLab and pipeline: when last read
  int failures_ = 0;                                               // in a row
  Time silent_until_{};
  std::string complaint_;  // the last, so that it is told once
};

}  // namespace runneriq::app
