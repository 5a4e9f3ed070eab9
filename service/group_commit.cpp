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

}  // namespace

template <class Item>
GroupCommit<Item>::GroupCommit(Ledger ledger, Run write, Run come_back, Lost lost)
    : ledger_(std::move(ledger)),
      write_(std::move(write)),
      come_back_(std::move(come_back)),
      lost_(std::move(lost)) {}

// Not at once: the requests of this turn of the server share one commit.
template <class Item>
void GroupCommit<Item>::add(std::vector<Item> items, Done done) {
  append(next_.items, std::move(items));
  next_.when_done.push_back(std::move(done));
  if (under_way_ || start_is_planned_) return;
  start_is_planned_ = true;
  come_back_([this] { start(); });
}

template <class Item>
void GroupCommit<Item>::start() {
  start_is_planned_ = false;
  if (under_way_ || next_.when_done.empty()) return;
  under_way_ = true;
  auto batch = std::make_shared<const Batch>(std::exchange(next_, {}));
  write_([this, batch] {
    auto outcome = std::make_shared<const Result<void>>(commit(*batch));
    come_back_([this, batch, outcome] { finish(*batch, *outcome); });
  });
}

template <class Item>
Result<void> GroupCommit<Item>::commit(const Batch& batch) const {
  if (batch.items.empty()) return {};
  try {
    return ledger_(batch.items);
  } catch (const std::exception& error) {
    return fail(Errc::unavailable, std::string("cannot be written: ") + error.what());
  }
}

template <class Item>
void GroupCommit<Item>::finish(const Batch& batch, const Result<void>& outcome) {
  under_way_ = false;
  std::vector<Done> when_done = batch.when_done;
  if (!outcome && lost_) {
    std::vector<Item> lost = batch.items;
    append(lost, std::exchange(next_.items, {}));
    append(when_done, std::exchange(next_.when_done, {}));
    lost_(lost);
  }
  for (const Done& done : when_done) done(outcome);
  start();
}

template class GroupCommit<scheduler::BookChange>;
template class GroupCommit<scheduler::FinishedJob>;

}  // namespace runneriq::service
