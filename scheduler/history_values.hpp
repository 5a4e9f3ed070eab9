// The history factor of runners, by row of the table: worked out once per history, not per job.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/runner_table.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace runneriq::scheduler {

class HistoryValues {
 public:
  struct Entry {
    std::uint32_t row = 0;
    double value = 0;    // as history_value() says
    Duration average{};  // of the job on that runner
  };

  // Both must outlive this.
  HistoryValues(const FleetSnapshot& fleet, const RunnerTable& table);

  // Of the runners that the history knows and the fleet has; all others have history_value's 50.
  std::span<const Entry> of(const PendingJob& job);

 private:
  void index_rows();
  [[nodiscard]] std::vector<Entry> entries(const JobHistory& history) const;

  const FleetSnapshot* fleet_;
  const RunnerTable* table_;
  std::vector<std::int64_t> ids_;                         // by row; filled when first needed
  std::vector<std::optional<std::vector<Entry>>> known_;  // by history
};

}  // namespace runneriq::scheduler
