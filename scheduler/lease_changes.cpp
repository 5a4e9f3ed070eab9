#include "scheduler/lease_changes.hpp"

#include <iterator>
#include <utility>

namespace runneriq::scheduler {
namespace {

template <class Item>
void move_behind(std::vector<Item>& items, std::vector<Item>& more) {
  items.insert(items.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
}

}  // namespace

void append(LeaseChanges& changes, LeaseChanges more) {
  move_behind(changes.made, more.made);
  move_behind(changes.renewed, more.renewed);
  move_behind(changes.ended, more.ended);
  move_behind(changes.ended_because, more.ended_because);
  for (const RestState& rest : more.at_rest) put_rest(changes, rest);
  for (const RunnerKey& runner : more.forgotten) put_forgotten(changes, runner);
}

void put_rest(LeaseChanges& changes, const RestState& rest) {
  std::erase_if(changes.at_rest, [&](const RestState& other) { return other.runner == rest.runner; });
  std::erase(changes.forgotten, rest.runner);
  changes.at_rest.push_back(rest);
}

void put_forgotten(LeaseChanges& changes, const RunnerKey& runner) {
  std::erase_if(changes.at_rest, [&](const RestState& other) { return other.runner == runner; });
  std::erase(changes.forgotten, runner);
  changes.forgotten.push_back(runner);
}

}  // namespace runneriq::scheduler
