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

using Run = std::function<void(SideThread::Work)>;

// Each is called on a thread of its own, never twice at the same time: the queue must not wait for the
// fleet's state file, which the loop writes to as well.
struct Ledgers {
  std::function<Result<void>(std::span<const scheduler::BookChange>)> bookings;
  // The same job a second time changes nothing.
  std::function<Result<void>(std::span<const scheduler::FinishedJob>)> history;
};

struct Threads {
  Run book;       // off the server's thread, one after the other: for the bookings
  Run remember;   // the same on another thread: for the history
  Run come_back;  // onto the server's thread, later
};

template <class Item>
class GroupCommit {
 public:
  using Ledger = std::function<Result<void>(std::span<const Item>)>;
  using Done = std::function<void(const Result<void>&)>;
  // Items that are not durable: the oldest first.
  using Lost = std::function<void(const std::vector<Item>&)>;

  // With `lost` each item builds on those before it: where a commit fails, what came meanwhile fails, too.
  GroupCommit(Ledger ledger, Run write, Run come_back, Lost lost = {});

  // `done` comes on the server's thread when these and all before them are on disk, or are lost.
  void add(std::vector<Item> items, Done done);

 private:
  struct Batch {
    std::vector<Item> items;
    std::vector<Done> when_done;
  };

  void start();
  [[nodiscard]] Result<void> commit(const Batch& batch) const;
  void finish(const Batch& batch, const Result<void>& outcome);

  Ledger ledger_;
  Run write_, come_back_;
  Lost lost_;
  Batch next_;
  bool under_way_ = false;
  bool start_is_planned_ = false;
};

extern template class GroupCommit<scheduler::BookChange>;
extern template class GroupCommit<scheduler::FinishedJob>;

}  // namespace runneriq::service
