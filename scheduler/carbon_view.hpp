// What one job would meet on each runner: how dirty its grid is over the job's length, and how long the job
// would take there. By row of the table, worked out once per zone and history.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/history_values.hpp"
#include "scheduler/runner_set.hpp"
#include "scheduler/runner_table.hpp"

#include <cstdint>
#include <vector>

namespace runneriq::scheduler {

// What a job is taken to last where nothing is known of its runs: for its carbon only.
inline constexpr Duration kUnknownSpan = std::chrono::minutes{10};

class CarbonView {
 public:
  // All must outlive this.
  CarbonView(const FleetSnapshot& fleet, const RunnerTable& table, HistoryValues& history);

  // Carbon is on, and something is known of the zone of some runner. Without, nothing below may be asked.
  [[nodiscard]] bool is_on() const { return outlooks_.size() > 1; }

  void look_at(const PendingJob& job);

  // Of the job that was looked at last. g/kWh, the mean over its expected duration from now on; 0: unknown.
  [[nodiscard]] double intensity(Row row) const { return (*by_zone_)[zone_[row]]; }
  struct Range {
    double cleanest = 0, dirtiest = 0;  // g/kWh; 0 when nothing is known
  };
  [[nodiscard]] Range range(const RunnerSet& candidates) const;

  // In milliseconds: the runner's own average of this job, else the fleet's, else the estimate.
  [[nodiscard]] double expected(Row row) const { return own_[row] > 0 ? own_[row] : elsewhere_; }

 private:
  void index_zones();
  void put_durations(const PendingJob& job);
  [[nodiscard]] std::vector<double> intensities(Duration span) const;

  const FleetSnapshot* fleet_;
  const RunnerTable* table_;
  HistoryValues* history_;
  std::vector<const carbon::Outlook*> outlooks_;  // by zone; [0] is null: nothing is known
  std::vector<std::uint32_t> zone_;               // by row
  std::vector<std::vector<double>> known_;        // by history, then by zone; empty: not asked yet
  const std::vector<double>* by_zone_ = nullptr;  // of the job
  std::vector<double> own_;                       // by row; 0: no average of its own
  std::vector<std::uint32_t> put_;                // rows with one
  double elsewhere_ = 0;
};

}  // namespace runneriq::scheduler
