// Works out the carbon of an assignment from what the job would meet on each candidate.
#pragma once

#include "scheduler/assigner.hpp"
#include "scheduler/carbon_assignment.hpp"
#include "scheduler/carbon_view.hpp"
#include "scheduler/runner_set.hpp"
#include "scheduler/runner_table.hpp"

#include <optional>

namespace runneriq::scheduler {

// Over runners, as far as their carbon is known.
struct FifoSums {
  int runners = 0;
  int known = 0;
  double intensity = 0;       // g/kWh
  double intensity_time = 0;  // g/kWh × ms

  void add(double g_per_kwh, double milliseconds) {
    ++runners;
    if (!(g_per_kwh > 0)) return;
    ++known;
    intensity += g_per_kwh;
    intensity_time += g_per_kwh * milliseconds;
  }
};

class CarbonEstimate {
 public:
  // All must outlive this.
  CarbonEstimate(const RunnerTable& table, const CarbonView& view, const AssignerOptions& options)
      : table_(&table), view_(&view), options_(&options) {}

  // Of the job that the view looked at last, before it takes its slot. The carbon of some candidate is
  // known.
  [[nodiscard]] AssignmentCarbon of(const RunnerSet& candidates, Row chosen,
                                    std::optional<Row> runner_up) const;

 private:
  [[nodiscard]] RunnerCarbon on(Row row) const;
  [[nodiscard]] double grams(double milliseconds, carbon::Intensity intensity) const;
  [[nodiscard]] FifoExpectation expected(const FifoSums& sums) const;

  const RunnerTable* table_;
  const CarbonView* view_;
  const AssignerOptions* options_;
};

}  // namespace runneriq::scheduler
