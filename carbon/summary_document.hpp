// What the ledger adds up to, as JSON documents that the command line and the service share. Pure.
#pragma once

#include "carbon/deferral.hpp"
#include "carbon/options.hpp"
#include "carbon/summary.hpp"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::carbon {

// From when on rows are needed for summary_document.
Time summary_begin(Time now);

// {"now", "periods": {"today", "week", "month"}, "deferred_now": […], "budgets": […]}, each period
// {"from", "to"} and its sums: {"jobs", "without_grams", "joules", "grams", "mean_g_per_kwh", "saved":
// {"jobs", "time", "place", "total", "percent", "against_fifo"}, "compared_to_fifo", "green_routing_rate",
// "deferred"}. Savings are negative where the choice made it worse; "percent" is of what the same jobs would
// have emitted at home when they were submitted. Null where nothing is known.
nlohmann::json summary_document(std::span<const LedgerRow> rows, std::span<const Deferral> deferrals,
                                const CarbonOptions& options, Time now);

enum class Grouping { pipeline, project, runner, zone };
std::string_view to_text(Grouping grouping);

// {"now", "by", "period": {"from", "to"}, "total": sums, "groups": [sums and their key]}, the greatest
// emitters first. The key is "zone", or "gitlab" with "pipeline_id", "project_id" or "runner_id"; pipelines
// also have "sci_grams".
nlohmann::json report_document(std::span<const LedgerRow> rows, const Period& period, Grouping by,
                               const CarbonOptions& options, Time now);

// Sentences where the groups' sums are not the total; none = they are.
std::vector<std::string> faults_of(const Summary& summary);

}  // namespace runneriq::carbon
