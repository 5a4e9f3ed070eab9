#include "carbon/ledger_document.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace runneriq::carbon {
namespace {

using nlohmann::json;
using runneriq::to_text;

constexpr double kRounding = 1e-6;  // of a sum; grams are kept as they were computed

json number_json(const std::optional<double>& number) {
  return number ? json(*number) : json(nullptr);
}

json zone_json(const ZoneKey& zone) {
  return zone.value().empty() ? json(nullptr) : json(zone.value());
}

json basis_json(const Basis& basis) {
  return {{"signal", to_text(basis.signal)}, {"factors", to_text(basis.factors)}};
}

json slot_json(const LedgerSlot& slot) {
  return {{"from", to_text(slot.from)}, {"to", to_text(slot.to)},      {"g_per_kwh", slot.g_per_kwh},
          {"rung", to_text(slot.rung)}, {"estimated", slot.estimated}, {"grams", slot.grams}};
}

json decision_json(const DecisionCarbon& decision) {
  if (decision.decided == Time{}) return nullptr;
  return {{"decided", to_text(decision.decided)},
          {"zone", zone_json(decision.zone)},
          {"basis", basis_json(decision.basis)},
          {"g_per_kwh", number_json(decision.g_per_kwh)},
          {"rung", to_text(decision.rung)},
          {"source", decision.source},
          {"estimated", decision.estimated},
          {"age_seconds", std::chrono::duration<double>(decision.age).count()},
          {"fifo_g_per_kwh", number_json(decision.fifo_g_per_kwh)},
          {"deferred", decision.deferred}};
}

json restatement_json(const Restatement& restated) {
  return {{"when", to_text(restated.when)},
          {"grams", restated.grams},
          {"at_home_at_submit", number_json(restated.at_home_at_submit)},
          {"at_home_at_start", number_json(restated.at_home_at_start)},
          {"fifo", number_json(restated.fifo)}};
}

json saved_json(const LedgerRow& row) {
  return {{"time", number_json(saved_by_time(row))},
          {"place", number_json(saved_by_place(row))},
          {"total", number_json(saved(row))},
          {"against_fifo", number_json(saved_against_fifo(row))}};
}

json work_json(const FinishedWork& work) {
  return {{"gitlab", work.gitlab.value()},
          {"job_id", work.job.value()},
          {"project_id", work.project.value()},
          {"pipeline_id", work.pipeline.value()},
          {"runner_id", work.runner.value()},
          {"name", work.name},
          {"zone", zone_json(work.zone)},
          {"home_zone", zone_json(work.home.value().empty() ? work.zone : work.home)},
          {"submitted", to_text(work.submitted)},
          {"started", to_text(work.started)},
          {"finished", to_text(work.finished)},
          {"joules", work.energy.joules},
          {"energy_method", to_text(work.energy.method)}};
}

template <class Items, class ToJson>
json list_of(const Items& items, ToJson to_json) {
  json list = json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

bool has_gap(const LedgerRow& row) {
  Time at = row.work.started;
  for (const LedgerSlot& slot : row.slots) {
    if (slot.from != at || slot.to < slot.from) return true;
    at = slot.to;
  }
  return at != std::max(row.work.started, row.work.finished);
}

double sum_of_slots(const LedgerRow& row) {
  double sum = 0;
  for (const LedgerSlot& slot : row.slots) sum += slot.grams;
  return sum;
}

std::string grams_text(double grams) {
  return json_line(json(grams)) + " g";
}

}  // namespace

json row_json(const LedgerRow& row, SlotsShown slots) {
  json document = work_json(row.work);
  document["pue"] = row.pue;
  document["basis"] = basis_json(row.basis);
  document["grams"] = number_json(row.grams);
  document["at_home_at_submit"] = number_json(row.at_home_at_submit);
  document["at_home_at_start"] = number_json(row.at_home_at_start);
  document["fifo"] = number_json(row.fifo);
  document["saved"] = saved_json(row);
  document["decision"] = decision_json(row.decision);
  document["restated"] = list_of(row.restated, restatement_json);
  if (slots == SlotsShown::yes) document["slots"] = list_of(row.slots, slot_json);
  return document;
}

bool same_grams(double one, double other) {
  return std::abs(one - other) <= kRounding * std::max({std::abs(one), std::abs(other), kRounding});
}

std::vector<std::string> faults_of(const LedgerRow& row) {
  if (!row.grams) {
    if (row.slots.empty()) return {};
    return {"it has slots but no grams"};
  }
  std::vector<std::string> faults;
  const auto again = recomputed(row);
  if (!again) {
    faults.emplace_back("its grams cannot be computed again from its slots");
  } else if (!same_grams(*again, *row.grams)) {
    faults.push_back("it says " + grams_text(*row.grams) + ", but its energy, PUE and slots give " +
                     grams_text(*again));
  }
  if (const double sum = sum_of_slots(row); !same_grams(sum, *row.grams)) {
    faults.push_back("its slots add up to " + grams_text(sum) + ", not to " + grams_text(*row.grams));
  }
  if (has_gap(row)) faults.emplace_back("its slots do not reach from start to end without a gap");
  return faults;
}

}  // namespace runneriq::carbon
