#include "carbon/summary.hpp"

#include <algorithm>
#include <string>

namespace runneriq::carbon {
namespace {

constexpr double kWarnedFrom = 0.8;  // of a budget
constexpr double kGramsPerKilogram = 1000;

using Days = std::chrono::sys_days;

void add_intensity(Sums& sums, const LedgerRow& row) {
  sums.joules_with_grams += row.work.energy.joules;
  for (const LedgerSlot& slot : row.slots) {
    sums.weighted_intensity += slot.g_per_kwh * joules_of(slot, row.work);
  }
}

void add_savings(Sums& sums, const LedgerRow& row) {
  const auto by_time = saved_by_time(row);
  const auto by_place = saved_by_place(row);
  if (!by_time || !by_place) return;
  ++sums.with_savings;
  sums.saved_by_time += *by_time;
  sums.saved_by_place += *by_place;
}

void add_fifo(Sums& sums, const LedgerRow& row) {
  const auto saved = saved_against_fifo(row);
  if (!saved) return;
  ++sums.compared_to_fifo;
  sums.saved_against_fifo += *saved;
  if (*saved > 0) ++sums.greener_than_fifo;
}

void add(Summary& summary, const LedgerRow& row) {
  const FinishedWork& work = row.work;
  add(summary.total, row);
  add(summary.pipelines[{work.gitlab, work.pipeline}], row);
  add(summary.projects[{work.gitlab, work.project}], row);
  add(summary.runners[{work.gitlab, work.runner}], row);
  add(summary.zones[work.zone], row);
}

bool covers(const CarbonBudget& budget, ProjectId project) {
  const std::string id = std::to_string(project.value());
  return std::ranges::any_of(budget.projects,
                             [&](const std::string& named) { return named == "*" || named == id; });
}

BudgetState::Level level_of(double used, double budget) {
  if (used > budget) return BudgetState::Level::over;
  return used > 0 && used >= kWarnedFrom * budget ? BudgetState::Level::warning : BudgetState::Level::fine;
}

}  // namespace

std::optional<double> Sums::mean_g_per_kwh() const {
  return joules_with_grams > 0 ? std::optional{weighted_intensity / joules_with_grams} : std::nullopt;
}

std::optional<double> Sums::green_routing_rate() const {
  if (compared_to_fifo == 0) return std::nullopt;
  return static_cast<double>(greener_than_fifo) / compared_to_fifo;
}

void add(Sums& sums, const LedgerRow& row) {
  ++sums.jobs;
  sums.joules += row.work.energy.joules;
  if (!row.grams) {
    ++sums.without_grams;
    return;
  }
  sums.grams += *row.grams;
  if (row.decision.deferred) ++sums.deferred;
  add_intensity(sums, row);
  add_savings(sums, row);
  add_fifo(sums, row);
}

Period today(Time now) {
  return {std::chrono::floor<std::chrono::days>(now), now};
}

Period this_week(Time now) {
  const Days day = std::chrono::floor<std::chrono::days>(now);
  return {day - (std::chrono::weekday{day} - std::chrono::Monday), now};
}

Period this_month(Time now) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(now)};
  return {Days{day.year() / day.month() / 1}, now};
}

Summary summarize(std::span<const LedgerRow> rows, const Period& period) {
  Summary summary{.period = period, .total = {}, .pipelines = {}, .projects = {}, .runners = {}, .zones = {}};
  for (const LedgerRow& row : rows) {
    if (period.from <= row.work.finished && row.work.finished < period.to) add(summary, row);
  }
  return summary;
}

double sci_grams(const Sums& pipeline, Duration time_of_jobs, const EmbodiedCarbon& embodied) {
  if (embodied.kilograms <= 0 || embodied.life <= Duration::zero()) return pipeline.grams;
  const double share = static_cast<double>(time_of_jobs.count()) /
                       (static_cast<double>(embodied.life.count()) * std::max(1, embodied.slots));
  return pipeline.grams + embodied.kilograms * kGramsPerKilogram * share;
}

BudgetState budget_state(const CarbonBudget& budget, const Summary& month) {
  BudgetState state{.budget = &budget};
  for (const auto& [project, sums] : month.projects) {
    if (covers(budget, project.second)) state.used += sums.grams;
  }
  state.level = level_of(state.used, budget.grams_per_month);
  return state;
}

}  // namespace runneriq::carbon
