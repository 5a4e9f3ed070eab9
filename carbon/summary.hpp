// What the ledger's rows add up to: by period, pipeline, project, runner and zone. Pure.
#pragma once

#include "carbon/ledger.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::carbon {

struct Sums {
  int jobs = 0;
  int without_grams = 0;  // of these: nothing is known of their zone; they are in no sum below but joules
  int with_savings = 0;   // of these rows both parts of the saving are known
  double joules = 0;
  double grams = 0;
  double saved_by_time = 0, saved_by_place = 0;  // may be negative
  double saved_against_fifo = 0;
  int compared_to_fifo = 0;
  int greener_than_fifo = 0;  // jobs that ran where, or when, it was cleaner than FIFO's expectation
  int deferred = 0;
  // Grams by the joules of the rows that have grams: g/kWh, without PUE.
  [[nodiscard]] std::optional<double> mean_g_per_kwh() const;
  // greener_than_fifo ÷ compared_to_fifo, 0..1.
  [[nodiscard]] std::optional<double> green_routing_rate() const;
  double weighted_intensity = 0;  // Σ g/kWh × joules, of rows with grams
  double joules_with_grams = 0;
};
void add(Sums& sums, const LedgerRow& row);

struct Period {
  Time from, to;  // from ≤ t < to, by the end of the job
};
// Today, this week (from Monday) and this month in UTC, up to `now`.
Period today(Time now);
Period this_week(Time now);
Period this_month(Time now);

struct Summary {
  Period period;
  Sums total;
  std::map<std::pair<GitLabUrl, PipelineId>, Sums> pipelines;
  std::map<std::pair<GitLabUrl, ProjectId>, Sums> projects;
  std::map<std::pair<GitLabUrl, RunnerId>, Sums> runners;
  std::map<ZoneKey, Sums> zones;
};
Summary summarize(std::span<const LedgerRow> rows, const Period& period);

// ISO/IEC 21031 (SCI): (E × I + M) per R with R one pipeline. E × I are the grams of the pipeline's jobs;
// M = embodied_kg of the machine × 1000 × the jobs' time ÷ (life × slots).
struct EmbodiedCarbon {
  double kilograms = 0;  // of one host; 0 = M is left out
  Duration life = std::chrono::hours{24 * 365 * 4};
  int slots = 1;
};
double sci_grams(const Sums& pipeline, Duration time_of_jobs, const EmbodiedCarbon& embodied);

// A bound on the grams of a month of some projects.
struct CarbonBudget {
  std::string name;
  std::vector<std::string> projects;  // ids or "*"
  double grams_per_month = 0;
};
struct BudgetState {
  const CarbonBudget* budget = nullptr;
  double used = 0;                                               // g
  enum class Level { fine, warning, over } level = Level::fine;  // warning from 80 %
};
BudgetState budget_state(const CarbonBudget& budget, const Summary& month);

}  // namespace runneriq::carbon
