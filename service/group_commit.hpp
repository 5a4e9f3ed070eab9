// Durable writes, many at a time: what arrives while a commit is under way shares the next one. Lives on
// the server's thread.
#pragma once

#include "core/result.hpp"
#include "scheduler/admission_book.hpp"
#include "scheduler/fleet_memory.hpp"
#include "service/side_thread.hpp"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace runneriq::service {

// Both are called on another thread than the server's, never at the same time.
struct Ledgers {
  std::function<Result<void>(std::span<const scheduler::BookChange>)> bookings;
  // The same job a second time changes nothing.
  std::function<Result<void>(std::span<const scheduler::FinishedJob>)> history;
};

class GroupCommit {
 public:
  using Run = std::function<void(SideThread::Work)>;
  using Done = std::function<void(const Result<void>&)>;
  struct Threads {
    Run write;      // off the server's thread, one after the other
    Run come_back;  // onto the server's thread, later
  };
  // Changes of the book that are not durable: the oldest first.
  using Lost = std::function<void(const scheduler::BookChanges&)>;

  GroupCommit(Ledgers ledgers, Threads threads, Lost lost);

  // `done` comes on the server's thread when these changes and all before them are on disk, or are lost.
  void add(scheduler::BookChanges changes, Done done);
  void add(std::vector<scheduler::FinishedJob> finished, Done done);

 private:
  struct Batch {
    scheduler::BookChanges changes;
    std::vector<Done> when_booked;
    std::vector<scheduler::FinishedJob> finished;
    std::vector<Done> when_in_history;
    [[nodiscard]] bool empty() const { return when_booked.empty() && when_in_history.empty(); }
  };
  struct Outcome {
    Result<void> bookings, history;
  };

  void start_soon();
  void start();
  Outcome commit(const Batch& batch) const;
  void finish(const Batch& batch, const Outcome& outcome);

  Ledgers ledgers_;
  Threads threads_;
  Lost lost_;
  Batch next_;
  bool under_way_ = false;
  bool start_is_planned_ = false;
};

}  // namespace runneriq::service
