// The two best runners for a job among its candidates: the assigner's inner loop.
#pragma once

#include "scheduler/carbon_view.hpp"
#include "scheduler/carbon_weights.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/history_values.hpp"
#include "scheduler/runner_score.hpp"
#include "scheduler/runner_set.hpp"
#include "scheduler/runner_table.hpp"

#include <limits>
#include <optional>
#include <vector>

namespace runneriq::scheduler {

struct Contenders {
  Row better = 0;
  std::optional<Row> second;  // none: there is one candidate
  bool carbon_known = false;  // the intensity of some candidate is known
  // Carbon may decide between the two: neither of them is kept from gaining by it.
  bool carbon_counts = false;
  // The second would take longer than carbon may cost, or would have to wait for a slot: not to be chosen.
  bool second_is_held_back = false;
};

// How carbon counts for one job.
struct CarbonTerms {
  bool known = false;                      // the intensity of some candidate is
  CarbonView::Range range = {};            // of the candidates
  double share = 0;                        // of the score
  bool weighted = false;                   // the other factors weigh as they do beside carbon
  std::optional<Row> without_carbon = {};  // who would be the better one; none: of no importance
  double longest = std::numeric_limits<double>::infinity();  // ms; who takes longer gains nothing
  bool needs_free_slot = false;                              // full runners gain nothing
};

class ContenderSearch {
 public:
  // `table`, `history` and `carbon` must outlive this; `weights` add up to 1.
  ContenderSearch(const RunnerTable& table, HistoryValues& history, CarbonView& carbon,
                  const RunnerWeights& weights, const CarbonWeights& carbon_weights);

  // In this order: fewer rounds of waiting jobs, the higher score, fewer waiting jobs per slot, the
  // lower key. `candidates` has at least one. Where the carbon of a candidate is known:
  // - CRITICAL: in that same order; carbon only decides among those that are equal to the first.
  // - else by the score with carbon. HIGH and MEDIUM: behind all others those that take longer, beyond
  //   most_slowdown(), than who would be first without carbon, and those without a free slot where one has.
  Contenders best_two(const PendingJob& job, JobClass job_class, const RunnerSet& candidates);

  // The whole score of one candidate of the job that was asked about last, factor by factor.
  [[nodiscard]] RunnerScore score(Row row) const;

 private:
  void put_history(const PendingJob& job);
  [[nodiscard]] bool sees_carbon(const PendingJob& job, const RunnerSet& candidates);
  void set_limits(JobClass job_class, Row first);
  [[nodiscard]] double other_points(Row row) const;
  [[nodiscard]] double rank_without_carbon(Row row) const { return table_->base(row) + other_points(row); }
  [[nodiscard]] double rank_with_carbon(Row row) const;
  [[nodiscard]] bool gains(Row row) const;
  [[nodiscard]] bool is_held_back(Row row) const;
  [[nodiscard]] double value_of_carbon(Row row) const;
  [[nodiscard]] Contenders without_carbon(const RunnerSet& candidates) const;
  Contenders with_carbon(JobClass job_class, const RunnerSet& candidates);
  Contenders among_equals(Contenders found, const RunnerSet& candidates);
  [[nodiscard]] bool is_equal(Row row, Row first) const;
  [[nodiscard]] bool is_cleaner(Row row, Row other) const;

  const RunnerTable* table_;
  HistoryValues* history_;
  CarbonView* carbon_;
  RunnerWeights weights_;
  CarbonWeights carbon_weights_;
  RunnerWeights beside_carbon_;
  // Of the job that was asked about last.
  RunnerWeights used_;
  CarbonTerms terms_;
  int tags_of_job_ = 0;
  int most_free_ = 0;                  // slots, of one candidate
  std::vector<double> history_value_;  // by row
  std::vector<std::uint32_t> put_;     // rows where that differs from the value without data
};

}  // namespace runneriq::scheduler
