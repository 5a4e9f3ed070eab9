#include "carbon/summary_document.hpp"

#include "carbon/ledger_document.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::carbon {
namespace {

using nlohmann::json;
using runneriq::to_text;

json number_json(const std::optional<double>& number) {
  return number ? json(*number) : json(nullptr);
}

json saved_json(const Sums& sums) {
  const bool any = sums.with_savings > 0;
  const auto known = [&](double grams) { return any ? json(grams) : json(nullptr); };
  return {{"jobs", sums.with_savings},
          {"time", known(sums.saved_by_time)},
          {"place", known(sums.saved_by_place)},
          {"total", known(sums.saved_by_time + sums.saved_by_place)},
          {"percent", nullptr},
          {"against_fifo", sums.compared_to_fifo > 0 ? json(sums.saved_against_fifo) : json(nullptr)}};
}

json sums_json(const Sums& sums) {
  return {{"jobs", sums.jobs},
          {"without_grams", sums.without_grams},
          {"joules", sums.joules},
          {"grams", sums.grams},
          {"mean_g_per_kwh", number_json(sums.mean_g_per_kwh())},
          {"saved", saved_json(sums)},
          {"compared_to_fifo", sums.compared_to_fifo},
          {"green_routing_rate", number_json(sums.green_routing_rate())},
          {"deferred", sums.deferred}};
}

bool is_in(const Period& period, const LedgerRow& row) {
  return period.from <= row.work.finished && row.work.finished < period.to;
}

// What the jobs of which the saving is known would have emitted at home when they were submitted.
double emitted_without_choice(std::span<const LedgerRow> rows, const Period& period) {
  double grams = 0;
  for (const LedgerRow& row : rows) {
    if (is_in(period, row) && saved(row)) grams += *row.at_home_at_submit;
  }
  return grams;
}

json total_json(std::span<const LedgerRow> rows, const Summary& summary) {
  json document = sums_json(summary.total);
  const double before = emitted_without_choice(rows, summary.period);
  if (before > 0) {
    const double saved = summary.total.saved_by_time + summary.total.saved_by_place;
    document["saved"]["percent"] = 100 * saved / before;
  }
  return document;
}

json period_json(const Period& period) {
  return {{"from", to_text(period.from)}, {"to", to_text(period.to)}};
}

json period_sums_json(std::span<const LedgerRow> rows, const Period& period) {
  json document = total_json(rows, summarize(rows, period));
  document.update(period_json(period));
  return document;
}

json intensity_json(const std::optional<Intensity>& intensity) {
  return intensity ? json(intensity->g_per_kwh()) : json(nullptr);
}

json deferral_json(const Deferral& deferral) {
  return {{"gitlab", deferral.gitlab.value()},
          {"job_id", deferral.job.value()},
          {"zone", deferral.zone.value().empty() ? json(nullptr) : json(deferral.zone.value())},
          {"planned", to_text(deferral.planned)},
          {"start", to_text(deferral.start)},
          {"latest_start", to_text(deferral.latest_start)},
          {"expected_g_per_kwh", intensity_json(deferral.expected)},
          {"at_once_g_per_kwh", intensity_json(deferral.at_once)},
          {"why", deferral.why}};
}

std::string_view to_text(BudgetState::Level level) {
  switch (level) {
    case BudgetState::Level::fine:
      return "fine";
    case BudgetState::Level::warning:
      return "warning";
    case BudgetState::Level::over:
      break;
  }
  return "over";
}

json budget_json(const CarbonBudget& budget, const Summary& month) {
  const BudgetState state = budget_state(budget, month);
  const bool bounded = budget.grams_per_month > 0;
  return {{"name", budget.name},
          {"used", state.used},
          {"grams_per_month", budget.grams_per_month},
          {"percent", bounded ? json(100 * state.used / budget.grams_per_month) : json(nullptr)},
          {"level", to_text(state.level)}};
}

template <class Key>
json keyed(const std::pair<GitLabUrl, Key>& key, const char* name, const Sums& sums) {
  json group = sums_json(sums);
  group["gitlab"] = key.first.value();
  group[name] = key.second.value();
  return group;
}

using PipelineTimes = std::map<std::pair<GitLabUrl, PipelineId>, Duration>;

PipelineTimes times_of_pipelines(std::span<const LedgerRow> rows, const Period& period) {
  PipelineTimes times;
  for (const LedgerRow& row : rows) {
    if (!is_in(period, row)) continue;
    times[{row.work.gitlab, row.work.pipeline}] +=
        std::max(Duration::zero(), row.work.finished - row.work.started);
  }
  return times;
}

json pipelines_json(std::span<const LedgerRow> rows, const Summary& summary, const CarbonOptions& options) {
  json groups = json::array();
  const PipelineTimes times = times_of_pipelines(rows, summary.period);
  for (const auto& [key, sums] : summary.pipelines) {
    json group = keyed(key, "pipeline_id", sums);
    group["sci_grams"] = sci_grams(sums, times.at(key), options.embodied);
    groups.push_back(std::move(group));
  }
  return groups;
}

json zones_json(const Summary& summary) {
  json groups = json::array();
  for (const auto& [zone, sums] : summary.zones) {
    json group = sums_json(sums);
    group["zone"] = zone.value().empty() ? json(nullptr) : json(zone.value());
    groups.push_back(std::move(group));
  }
  return groups;
}

template <class Groups>
json keyed_json(const Groups& sums_by_key, const char* name) {
  json groups = json::array();
  for (const auto& [key, sums] : sums_by_key) groups.push_back(keyed(key, name, sums));
  return groups;
}

json groups_json(std::span<const LedgerRow> rows, const Summary& summary, Grouping by,
                 const CarbonOptions& options) {
  switch (by) {
    case Grouping::pipeline:
      return pipelines_json(rows, summary, options);
    case Grouping::project:
      return keyed_json(summary.projects, "project_id");
    case Grouping::runner:
      return keyed_json(summary.runners, "runner_id");
    case Grouping::zone:
      break;
  }
  return zones_json(summary);
}

void sort_by_grams(json& groups) {
  std::vector<json> sorted(groups.begin(), groups.end());
  std::ranges::stable_sort(sorted, std::ranges::greater{},
                           [](const json& group) { return group["grams"].get<double>(); });
  groups = std::move(sorted);
}

template <class Groups>
void check_groups(const Groups& groups, std::string_view name, const Sums& total,
                  std::vector<std::string>& faults) {
  Sums sum;
  for (const auto& [key, sums] : groups) {
    sum.jobs += sums.jobs;
    sum.grams += sums.grams;
    sum.saved_by_time += sums.saved_by_time;
    sum.saved_by_place += sums.saved_by_place;
  }
  if (sum.jobs == total.jobs && same_grams(sum.grams, total.grams) &&
      same_grams(sum.saved_by_time, total.saved_by_time) &&
      same_grams(sum.saved_by_place, total.saved_by_place)) {
    return;
  }
  faults.push_back("the sums by " + std::string(name) + " give " + json_line(json(sum.grams)) + " g of " +
                   std::to_string(sum.jobs) + " jobs, the total is " + json_line(json(total.grams)) +
                   " g of " + std::to_string(total.jobs));
}

}  // namespace

Time summary_begin(Time now) {
  return std::min(this_week(now).from, this_month(now).from);
}

json summary_document(std::span<const LedgerRow> rows, std::span<const Deferral> deferrals,
                      const CarbonOptions& options, Time now) {
  json document{{"now", to_text(now)},
                {"periods",
                 {{"today", period_sums_json(rows, today(now))},
                  {"week", period_sums_json(rows, this_week(now))},
                  {"month", period_sums_json(rows, this_month(now))}}},
                {"deferred_now", json::array()},
                {"budgets", json::array()}};
  for (const Deferral& deferral : deferrals) document["deferred_now"].push_back(deferral_json(deferral));
  const Summary month = summarize(rows, this_month(now));
  for (const CarbonBudget& budget : options.budgets) {
    document["budgets"].push_back(budget_json(budget, month));
  }
  return document;
}

std::string_view to_text(Grouping grouping) {
  switch (grouping) {
    case Grouping::pipeline:
      return "pipeline";
    case Grouping::project:
      return "project";
    case Grouping::runner:
      return "runner";
    case Grouping::zone:
      break;
  }
  return "zone";
}

json report_document(std::span<const LedgerRow> rows, const Period& period, Grouping by,
                     const CarbonOptions& options, Time now) {
  const Summary summary = summarize(rows, period);
  json groups = groups_json(rows, summary, by, options);
  sort_by_grams(groups);
  return {{"now", to_text(now)},
          {"by", to_text(by)},
          {"period", period_json(period)},
          {"total", total_json(rows, summary)},
          {"groups", std::move(groups)}};
}

std::vector<std::string> faults_of(const Summary& summary) {
  std::vector<std::string> faults;
  check_groups(summary.pipelines, "pipeline", summary.total, faults);
  check_groups(summary.projects, "project", summary.total, faults);
  check_groups(summary.runners, "runner", summary.total, faults);
  check_groups(summary.zones, "zone", summary.total, faults);
  return faults;
}

}  // namespace runneriq::carbon
