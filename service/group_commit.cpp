#include "service/group_commit.hpp"

#include <exception>
#include <iterator>
#include <string>
#include <utility>

namespace runneriq::service {
namespace {

template <class Item>
void append(std::vector<Item>& list, std::vector<Item> more) {
  list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

template <class Ledger, class Items>
Result<void> written(const Ledger& ledger, const Items& items) {
  if (items.empty()) return {};
  try {
    return ledger(items);
  } catch (const std::exception& error) {
    return fail(Errc::unavailable, std::string("cannot be written: ") + error.what());
  }
}

}  // namespace

GroupCommit::GroupCommit(Ledgers ledgers, Threads threads, Lost lost)
    : ledgers_(std::move(ledgers)), threads_(std::move(threads)), lost_(std::move(lost)) {}

void GroupCommit::add(scheduler::BookChanges changes, Done done) {
  append(next_.changes, std::move(changes));
  next_.when_booked.push_back(std::move(done));
  start_soon();
}

void GroupCommit::add(std::vector<scheduler::FinishedJob> finished, Done done) {
  append(next_.finished, std::move(finished));
  next_.when_in_history.push_back(std::move(done));
  start_soon();
}

// Not at once: the requests of this turn of the server share one commit.
void GroupCommit::start_soon() {
  if (under_way_ || start_is_planned_) return;
  start_is_planned_ = true;
  threads_.come_back([this] { start(); });
}

void GroupCommit::start() {
  start_is_planned_ = false;
  if (under_way_ || next_.empty()) return;
  under_way_ = true;
  auto batch = std::make_shared<const Batch>(std::exchange(next_, {}));
  threads_.write([this, batch] {
    auto outcome = std::make_shared<const Outcome>(commit(*batch));
    threads_.come_back([this, batch, outcome] { finish(*batch, *outcome); });
  });
}

GroupCommit::Outcome GroupCommit::commit(const Batch& batch) const {
  Result<void> history = written(ledgers_.history, batch.finished);
  return {.bookings = written(ledgers_.bookings, batch.changes), .history = std::move(history)};
}

// Where a commit failed, the changes that came meanwhile build on what is lost: they are lost with it.
void GroupCommit::finish(const Batch& batch, const Outcome& outcome) {
  under_way_ = false;
  std::vector<Done> booked = batch.when_booked;
  if (!outcome.bookings) {
    scheduler::BookChanges lost = batch.changes;
    append(lost, std::exchange(next_.changes, {}));
    append(booked, std::exchange(next_.when_booked, {}));
    lost_(lost);
  }
  for (const Done& done : booked) done(outcome.bookings);
  for (const Done& done : batch.when_in_history) done(outcome.history);
  start();
}

}  // namespace runneriq::service
