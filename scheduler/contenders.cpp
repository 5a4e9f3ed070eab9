#include "scheduler/contenders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace runneriq::scheduler {
namespace {

struct Standing {
  Row row = 0;
  double rank = -std::numeric_limits<double>::infinity();
  double waiting_share = 0;
};

bool is_ahead(const Standing& a, const Standing& b) {
  return a.rank > b.rank || (a.rank == b.rank && a.waiting_share < b.waiting_share);
}

// The best two of those that were seen; of equal ones those that were seen first.
struct Podium {
  Standing first, second;
  int seen = 0;

  void see(const Standing& next) {
    ++seen;
    if (is_ahead(next, first)) {
      second = first;
      first = next;
    } else if (is_ahead(next, second)) {
      second = next;
    }
  }
};

int most_free_slots(const RunnerTable& table, const RunnerSet& candidates) {
  int most = 0;
  candidates.for_each([&](Row row) { most = std::max(most, table.free_slots(row)); });
  return most;
}

double tag_match(const RunnerTable& table, Row row, int tags_of_job) {
  return tag_match_value(static_cast<std::size_t>(std::max(0, table.user_tags(row) - tags_of_job)));
}

ScoredFactor scored(RunnerFactor factor, double value, double weight) {
  return {.factor = factor, .value = value, .weight = weight, .points = value * weight};
}

}  // namespace

ContenderSearch::ContenderSearch(const RunnerTable& table, HistoryValues& history,
                                 const RunnerWeights& weights)
    : table_(&table),
      history_(&history),
      weights_(weights),
      history_value_(table.size(), history_value(0, 0)) {}

Contenders ContenderSearch::best_two(const PendingJob& job, const RunnerSet& candidates) {
  put_history(job);
  const RunnerTable& table = *table_;
  const int tags_of_job = count_user_tags(job.traits.tags);
  const int most_free = most_free_slots(table, candidates);
  Podium podium;
  candidates.for_each([&](Row row) {
    const double rank =
        table.base(row) + weights_.capacity * capacity_value(table.free_slots(row), most_free) +
        weights_.tag_match * tag_match(table, row, tags_of_job) + weights_.history * history_value_[row];
    podium.see({.row = row, .rank = rank, .waiting_share = table.waiting_share(row)});
  });
  Contenders found{.better = podium.first.row, .second = std::nullopt, .most_free = most_free};
  if (podium.seen > 1) found.second = podium.second.row;
  return found;
}

RunnerScore ContenderSearch::score(const PendingJob& job, Row row, int most_free) const {
  const RunnerTable& table = *table_;
  RunnerScore score{.runner = table.runner_of(row), .score = 0, .factors = {}};
  score.factors = {
      scored(RunnerFactor::utilisation, table.utilisation(row), weights_.utilisation),
      scored(RunnerFactor::capacity, capacity_value(table.free_slots(row), most_free), weights_.capacity),
      scored(RunnerFactor::tag_match, tag_match(table, row, count_user_tags(job.traits.tags)),
             weights_.tag_match),
      scored(RunnerFactor::history, history_value_[row], weights_.history)};
  score.score = std::round(exact_score(score) * 10) / 10;
  return score;
}

void ContenderSearch::put_history(const PendingJob& job) {
  for (const std::uint32_t row : put_) history_value_[row] = history_value(0, 0);
  put_.clear();
  for (const HistoryValues::Entry& entry : history_->of(job)) {
    history_value_[entry.row] = entry.value;
    put_.push_back(entry.row);
  }
}

}  // namespace runneriq::scheduler
