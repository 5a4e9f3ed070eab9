#include "alerting/round_book.hpp"

#include <utility>

namespace runneriq::alerting {

void RoundBook::decided(const Verdict& verdict, const Classified* event) {
  KeptEvent& kept = events_[verdict.event];
  kept.number = verdict.event;
  kept.verdict = verdict;
  if (event != nullptr) {
    kept.event = event->event;
    kept.severity = event->severity;
    kept.signature = event->signature;
  }
  if (events_.size() > kMostEvents) events_.erase(events_.begin());
}

void RoundBook::notify(const Notification& notification) {
  round_.notifications.push_back(notification);
}

void RoundBook::keep_row(NoiseReduction::Kept row) {
  rows_.insert_or_assign({std::move(row.table), std::move(row.key)}, std::move(row.document));
}

const Round& RoundBook::round(NoiseReduction& noise) {
  for (NoiseReduction::Kept& row : noise.take_changes()) keep_row(std::move(row));
  round_.events.clear();
  for (const auto& [number, event] : events_) round_.events.push_back(event);
  round_.state.clear();
  for (const auto& [key, document] : rows_) round_.state.push_back({key.first, key.second, document});
  return round_;
}

void RoundBook::kept() {
  events_.clear();
  rows_.clear();
  round_ = {};
}

}  // namespace runneriq::alerting
