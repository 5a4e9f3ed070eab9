// The two best runners for a job among its candidates: the assigner's inner loop.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/history_values.hpp"
#include "scheduler/runner_score.hpp"
#include "scheduler/runner_set.hpp"
#include "scheduler/runner_table.hpp"

#include <optional>
#include <vector>

namespace runneriq::scheduler {

struct Contenders {
  Row better = 0;
  std::optional<Row> second;  // none: there is one candidate
  int most_free = 0;          // slots, of one candidate
};

class ContenderSearch {
 public:
  // `table` and `history` must outlive this; `weights` add up to 1.
  ContenderSearch(const RunnerTable& table, HistoryValues& history, const RunnerWeights& weights);

  // In this order: fewer rounds of waiting jobs, the higher score, fewer waiting jobs per slot, the
  // lower key. `candidates` has at least one.
  Contenders best_two(const PendingJob& job, const RunnerSet& candidates);

  // The whole score of one candidate, factor by factor.
  [[nodiscard]] RunnerScore score(const PendingJob& job, Row row, int most_free) const;

 private:
  void put_history(const PendingJob& job);

  const RunnerTable* table_;
  HistoryValues* history_;
  RunnerWeights weights_;
  std::vector<double> history_value_;  // by row, of the job that was asked about last
  std::vector<std::uint32_t> put_;     // rows where that differs from the value without data
};

}  // namespace runneriq::scheduler
