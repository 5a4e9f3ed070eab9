// Executors' side of the service: questions, long polls, outcomes. Lives on the server's thread.
#pragma once

#include "scheduler/admission_book.hpp"
#include "scheduler/fleet_watch.hpp"
#include "service/exchange.hpp"
#include "service/fleet_knowledge.hpp"
#include "service/group_commit.hpp"
#include "service/host_reports.hpp"
#include "service/long_polls.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace runneriq::service {

struct AdmissionCounts {
  std::int64_t questions = 0, polls = 0, leaves = 0, outcomes = 0, refused = 0;
  std::int64_t commits_failed = 0;
};

class AdmissionLine {
 public:
  struct Ports {
    std::function<Time()> now;
    Ledgers ledgers;
    Threads threads;
    HostReports* reports = nullptr;  // not null
    // A job of that project has started or ended.
    std::function<void(const GitLabUrl&, ProjectId)> hint;
  };

  AdmissionLine(Ports ports, std::vector<scheduler::Booking> kept);

  // Each answers once what it says is durable, or 503: then executors decide by themselves.
  void submit(const Exchange& exchange, const scheduler::AdmissionQuestion& question);
  void leave(const Exchange& exchange, const scheduler::AdmissionKey& key);
  void report(const Exchange& exchange, const scheduler::OutcomeReport& report);
  void poll(const Exchange& exchange, const scheduler::AdmissionPoll& poll);

  // To be called several times a second: long polls whose time is over.
  void answer_due();
  // To be called every second or so: what waiting and silence change.
  void pass_time();
  void learn(const TickKnowledge& tick);

  [[nodiscard]] const AdmissionCounts& counts() const { return counts_; }
  [[nodiscard]] std::size_t held() const { return book_.held(); }
  [[nodiscard]] std::size_t running() const { return book_.running(); }
  [[nodiscard]] std::size_t long_polls() const { return polls_.size(); }

 private:
  void answer_standing(const Answer& answer, const scheduler::AdmissionKey& key);
  void tell_changed();
  void tell(const scheduler::AdmissionKey& key);
  void drop(scheduler::BookChanges changes);
  void lose(const scheduler::BookChanges& changes);

  Ports ports_;
  FleetKnowledge knowledge_;
  scheduler::AdmissionBook book_;
  GroupCommit<scheduler::BookChange> bookings_;
  GroupCommit<scheduler::FinishedJob> history_;
  LongPolls polls_;
  AdmissionCounts counts_;
};

}  // namespace runneriq::service
