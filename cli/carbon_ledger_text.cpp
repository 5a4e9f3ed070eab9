#include "cli/carbon_ledger_text.hpp"

#include "cli/carbon_words.hpp"
#include "cli/json_text.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/option.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::array kLedgerColumns{
    CsvColumn{"gitlab", "/gitlab"},
    CsvColumn{"job_id", "/job_id"},
    CsvColumn{"project_id", "/project_id"},
    CsvColumn{"pipeline_id", "/pipeline_id"},
    CsvColumn{"runner_id", "/runner_id"},
    CsvColumn{"name", "/name"},
    CsvColumn{"zone", "/zone"},
    CsvColumn{"home_zone", "/home_zone"},
    CsvColumn{"submitted", "/submitted"},
    CsvColumn{"started", "/started"},
    CsvColumn{"finished", "/finished"},
    CsvColumn{"joules", "/joules"},
    CsvColumn{"energy_method", "/energy_method"},
    CsvColumn{"pue", "/pue"},
    CsvColumn{"signal", "/basis/signal"},
    CsvColumn{"factors", "/basis/factors"},
    CsvColumn{"grams", "/grams"},
    CsvColumn{"at_home_at_submit_grams", "/at_home_at_submit"},
    CsvColumn{"at_home_at_start_grams", "/at_home_at_start"},
    CsvColumn{"fifo_grams", "/fifo"},
    CsvColumn{"saved_by_time_grams", "/saved/time"},
    CsvColumn{"saved_by_place_grams", "/saved/place"},
    CsvColumn{"saved_grams", "/saved/total"},
    CsvColumn{"saved_against_fifo_grams", "/saved/against_fifo"},
    CsvColumn{"decided", "/decision/decided"},
    CsvColumn{"decision_g_per_kwh", "/decision/g_per_kwh"},
    CsvColumn{"decision_rung", "/decision/rung"},
    CsvColumn{"decision_source", "/decision/source"},
    CsvColumn{"decision_estimated", "/decision/estimated"},
    CsvColumn{"decision_age_seconds", "/decision/age_seconds"},
    CsvColumn{"deferred", "/decision/deferred"},
};

constexpr std::array kSumColumns{
    CsvColumn{"jobs", "/jobs"},
    CsvColumn{"jobs_without_grams", "/without_grams"},
    CsvColumn{"joules", "/joules"},
    CsvColumn{"grams", "/grams"},
    CsvColumn{"mean_g_per_kwh", "/mean_g_per_kwh"},
    CsvColumn{"saved_by_time_grams", "/saved/time"},
    CsvColumn{"saved_by_place_grams", "/saved/place"},
    CsvColumn{"saved_grams", "/saved/total"},
    CsvColumn{"saved_against_fifo_grams", "/saved/against_fifo"},
    CsvColumn{"green_routing_rate", "/green_routing_rate"},
    CsvColumn{"deferred", "/deferred"},
};

std::string zone_text(const json& row, const char* key) {
  const std::string zone = named_at(row, key);
  return zone.empty() ? "?" : zone;
}

std::string number_text(const json& number) {
  return number.is_number() ? decimal_text(number.get<double>()) : "not known";
}

// ---- one row --------------------------------------------------------------------------------------

std::string slots_text(const json& row) {
  const std::vector<Column> columns{{"from (UTC)"},          {"to"},       {"g/kWh", Align::right},
                                    {"grams", Align::right}, {"known by"}, {""}};
  std::vector<Row> rows;
  for (const json& slot : list_at(row, "slots")) {
    rows.push_back({{text_at(slot, "from")},
                    {text_at(slot, "to")},
                    {number_text(slot["g_per_kwh"])},
                    {number_text(slot["grams"])},
                    {text_at(slot, "rung")},
                    {flag_at(slot, "estimated") ? "est." : ""}});
  }
  return rows.empty() ? "" : "\n" + table_text(columns, rows);
}

std::string decision_text(const json& decision) {
  if (!decision.is_object()) return "it was never seen waiting";
  return zone_text(decision, "zone") + " at " + number_text(decision["g_per_kwh"]) + " g/kWh (" +
         text_at(decision, "rung") + ", " + named_at(decision, "source") +
         (flag_at(decision, "estimated") ? ", estimated" : "") + ", " +
         to_reading(seconds_at(decision, "age_seconds")) + " old); mean of the free and eligible runners " +
         number_text(decision["fifo_g_per_kwh"]) +
         (flag_at(decision, "deferred") ? "; its hour was chosen" : "");
}

std::string emission_text(const json& row) {
  if (!row["grams"].is_number()) return "not known: of some of its time nothing is known of its zone";
  return number_text(row["grams"]) + " g: the sum over its slots of joules ÷ 3,600,000 × PUE " +
         number_text(row["pue"]) + " × g/kWh, each slot with its part of the time";
}

std::string savings_text(const json& row) {
  const json& saved = object_at(row, "saved");
  return number_text(saved["total"]) + " g: by time " + number_text(saved["time"]) +
         " (at home when submitted " + number_text(row["at_home_at_submit"]) + " - at home when it ran " +
         number_text(row["at_home_at_start"]) + "), by place " + number_text(saved["place"]) +
         "; against FIFO " + number_text(saved["against_fifo"]);
}

std::string restated_text(const json& row) {
  std::string text;
  for (const json& restated : list_at(row, "restated")) {
    text += wrapped("restated   ", text_at(restated, "when") + ": " + number_text(restated["grams"]) + " g");
  }
  return text;
}

// ---- reports --------------------------------------------------------------------------------------

std::string key_name(std::string_view by) {
  return by == "zone" ? "zone" : std::string(by) + "_id";
}

std::string key_text(const json& group, std::string_view by) {
  const std::string name = key_name(by);
  return by == "zone" ? zone_text(group, "zone") : whole_at(group, name.c_str());
}

Row group_row(const json& group, std::string_view by) {
  Row row{{key_text(group, by)},
          {whole_at(group, "jobs")},
          {energy_text(number_at(group, "joules"))},
          {grams_text(group["grams"])},
          {intensity_text(group["mean_g_per_kwh"])},
          {grams_text(object_at(group, "saved").value("total", json(nullptr)))}};
  if (by == "pipeline") row.push_back({grams_text(group["sci_grams"])});
  if (by != "zone") row.push_back({named_at(group, "gitlab")});
  return row;
}

}  // namespace

std::string ledger_table(const std::vector<json>& rows) {
  const std::vector<Column> columns{{"ended (UTC)"},
                                    {"job", Align::right},
                                    {"name", Align::left, Cut::end},
                                    {"zone", Align::left, Cut::end},
                                    {"energy", Align::right},
                                    {"CO2e", Align::right},
                                    {"by time", Align::right},
                                    {"by place", Align::right}};
  std::vector<Row> lines;
  for (const json& row : rows) {
    const json& saved = object_at(row, "saved");
    lines.push_back({{minute_at(row, "finished")},
                     {whole_at(row, "job_id")},
                     {named_at(row, "name")},
                     {zone_text(row, "zone")},
                     {energy_text(number_at(row, "joules"))},
                     {grams_text(row["grams"])},
                     {grams_text(saved["time"])},
                     {grams_text(saved["place"])}});
  }
  return table_text(columns, lines);
}

std::string ledger_row_text(const json& row) {
  const json& basis = object_at(row, "basis");
  std::string text = wrapped("job        ", whole_at(row, "job_id") + " '" + named_at(row, "name") +
                                                "', pipeline " + whole_at(row, "pipeline_id") + ", project " +
                                                whole_at(row, "project_id") + ", " + named_at(row, "gitlab"));
  text += wrapped("ran        ", text_at(row, "started") + " to " + text_at(row, "finished") + " on runner " +
                                     whole_at(row, "runner_id") + " in zone " + zone_text(row, "zone") +
                                     ", submitted " + text_at(row, "submitted") + ", home " +
                                     zone_text(row, "home_zone"));
  text += wrapped("energy     ", number_text(row["joules"]) + " J by " + text_at(row, "energy_method"));
  text += wrapped("basis      ", text_at(basis, "signal") + ", " + text_at(basis, "factors"));
  text += wrapped("decided by ", decision_text(row["decision"]));
  text += wrapped("CO2e       ", emission_text(row));
  text += wrapped("saved      ", savings_text(row));
  return text + restated_text(row) + slots_text(row);
}

std::span<const CsvColumn> ledger_columns() {
  return kLedgerColumns;
}

std::string report_text(const json& document) {
  const std::string by = text_at(document, "by");
  std::vector<Column> columns{{by, by == "zone" ? Align::left : Align::right},
                              {"jobs", Align::right},
                              {"energy", Align::right},
                              {"CO2e", Align::right},
                              {"g/kWh", Align::right},
                              {"saved", Align::right}};
  if (by == "pipeline") columns.push_back({"SCI", Align::right});
  if (by != "zone") columns.push_back({"GitLab", Align::left, Cut::start});
  std::vector<Row> rows;
  for (const json& group : list_at(document, "groups")) rows.push_back(group_row(group, by));
  const json& period = object_at(document, "period");
  const json& total = object_at(document, "total");
  return "period     " + minute_at(period, "from") + " to " + minute_at(period, "to") + " UTC\n" +
         "total      " + counted(integer_at(total, "jobs"), "job") + ", " + grams_text(total["grams"]) +
         ", saved " + grams_text(object_at(total, "saved").value("total", json(nullptr))) + "\n" +
         (rows.empty() ? "" : "\n" + table_text(columns, rows));
}

std::vector<CsvColumn> report_columns(std::string_view by) {
  std::vector<CsvColumn> columns;
  if (by != "zone") columns.push_back({"gitlab", "/gitlab"});
  if (by == "zone") columns.push_back({"zone", "/zone"});
  if (by == "pipeline") columns.push_back({"pipeline_id", "/pipeline_id"});
  if (by == "project") columns.push_back({"project_id", "/project_id"});
  if (by == "runner") columns.push_back({"runner_id", "/runner_id"});
  columns.insert(columns.end(), kSumColumns.begin(), kSumColumns.end());
  if (by == "pipeline") columns.push_back({"sci_grams", "/sci_grams"});
  return columns;
}

}  // namespace runneriq::cli
