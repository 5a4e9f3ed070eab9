#include "cli/carbon_text.hpp"

#include "cli/carbon_words.hpp"
#include "cli/json_text.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/joined.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <functional>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;

// ---- now ------------------------------------------------------------------------------------------

std::string runners_text(const json& zone) {
  std::vector<std::string> titles;
  for (const json& runner : list_at(zone, "runners")) titles.push_back(named_at(runner, "runner"));
  return joined(titles, ", ");
}

Row zone_row(const json& zone, Colour colour) {
  const std::string shade = text_at(zone, "shade");
  const std::string_view paint = paint_of_shade(shade, colour);
  const std::string age =
      zone["age_seconds"].is_number() ? short_reading(seconds_at(zone, "age_seconds")) : "";
  return {{named_at(zone, "zone")},
          {intensity_text(zone["g_per_kwh"]), paint},
          {shade, paint},
          {text_at(zone, "rung")},
          {flag_at(zone, "estimated") ? "est." : ""},
          {named_at(zone, "source")},
          {age},
          {runners_text(zone)}};
}

std::string zones_table(const json& zones, Colour colour) {
  const std::vector<Column> columns{{"zone", Align::left, Cut::end},
                                    {"g/kWh", Align::right},
                                    {"shade"},
                                    {"known by"},
                                    {""},
                                    {"source", Align::left, Cut::end},
                                    {"age", Align::right},
                                    {"runners", Align::left, Cut::end}};
  std::vector<Row> rows;
  for (const json& zone : zones) rows.push_back(zone_row(zone, colour));
  return table_text(columns, rows);
}

std::string reasons_text(const json& zones) {
  std::string text;
  for (const json& zone : zones) {
    if (const std::string why = named_at(zone, "why"); !why.empty()) {
      text += wrapped("why        ", named_at(zone, "zone") + ": " + why);
    }
    if (const std::string remedy = named_at(zone, "remedy"); !remedy.empty()) {
      text += wrapped("remedy     ", remedy);
    }
  }
  return text;
}

std::string unplaced_text(const json& document) {
  std::string text;
  for (const json& runner : list_at(document, "runners_without_zone")) {
    text += wrapped("no zone    ", named_at(runner, "runner") + ": " + named_at(runner, "remedy"));
  }
  return text;
}

// ---- summary --------------------------------------------------------------------------------------

struct SummaryLine {
  std::string_view title;
  std::function<std::string(const json& period)> text;
};

std::string grams_at(const json& object, const char* part, const char* key) {
  return grams_text(object_at(object, part).value(key, json(nullptr)));
}

std::string count_text(const json& period, const char* key) {
  return whole_at(period, key);
}

const std::vector<SummaryLine>& summary_lines() {
  static const std::vector<SummaryLine> kLines{
      {"jobs", [](const json& p) { return count_text(p, "jobs"); }},
      {"of unknown zone", [](const json& p) { return count_text(p, "without_grams"); }},
      {"energy", [](const json& p) { return energy_text(number_at(p, "joules")); }},
      {"CO2e", [](const json& p) { return grams_text(p["grams"]); }},
      {"mean g/kWh", [](const json& p) { return intensity_text(p["mean_g_per_kwh"]); }},
      {"saved", [](const json& p) { return grams_at(p, "saved", "total"); }},
      {"  of what home would emit", [](const json& p) { return percent_text(p["saved"]["percent"]); }},
      {"  by time", [](const json& p) { return grams_at(p, "saved", "time"); }},
      {"  by place", [](const json& p) { return grams_at(p, "saved", "place"); }},
      {"saved against FIFO", [](const json& p) { return grams_at(p, "saved", "against_fifo"); }},
      {"green routing rate",
       [](const json& p) {
         const json& rate = p["green_routing_rate"];
         return percent_text(rate.is_number() ? json(100 * rate.get<double>()) : json(nullptr));
       }},
      {"jobs deferred", [](const json& p) { return count_text(p, "deferred"); }},
  };
  return kLines;
}

std::string periods_table(const json& periods) {
  const std::vector<Column> columns{
      {"UTC"}, {"today", Align::right}, {"this week", Align::right}, {"this month", Align::right}};
  constexpr std::array<const char*, 3> kPeriods{"today", "week", "month"};
  std::vector<Row> rows;
  for (const SummaryLine& line : summary_lines()) {
    Row row{{std::string(line.title)}};
    for (const char* period : kPeriods) row.push_back({line.text(object_at(periods, period))});
    rows.push_back(std::move(row));
  }
  return table_text(columns, rows);
}

std::string deferrals_text(const json& deferrals) {
  std::string text;
  for (const json& deferral : deferrals) {
    text += wrapped("deferred   ", "job " + whole_at(deferral, "job_id") + " to " +
                                       minute_at(deferral, "start") + " UTC: " + named_at(deferral, "why"));
  }
  return text;
}

std::string budget_text(const json& budget) {
  const std::string level = text_at(budget, "level");
  const std::string remark = level == "fine" ? "" : level == "over" ? ": it is used up" : ": a warning";
  return wrapped(level == "fine" ? "budget     " : "! budget   ",
                 named_at(budget, "name") + ": " + grams_text(budget["used"]) + " of " +
                     grams_text(budget["grams_per_month"]) + " this month (" +
                     percent_text(budget["percent"]) + ")" + remark);
}

}  // namespace

std::string basis_line(const json& document) {
  const json& basis = object_at(document, "basis");
  const json& bounds = object_at(document, "bounds");
  return text_at(basis, "signal") + ", " + text_at(basis, "factors") + "; green below " +
         intensity_text(bounds["green_below"]) + ", red from " + intensity_text(bounds["red_from"]) +
         " g/kWh";
}

std::string carbon_now_text(const json& document, Colour colour) {
  const json& zones = list_at(document, "zones");
  std::string text = "basis      " + basis_line(document) + "\n";
  if (zones.empty()) {
    text += wrapped("zones      ",
                    "none: no runner has one. Set RUNNER_ZONE_<runner> or carbon.zones, or give "
                    "runners a tag such as zone:DE");
  } else {
    text += "\n" + zones_table(zones, colour);
  }
  std::string remarks = reasons_text(zones);
  for (const std::string& note : sentences_at(document, "notes")) remarks += wrapped("note       ", note);
  remarks += unplaced_text(document);
  return text + (zones.empty() || remarks.empty() ? "" : "\n") + remarks;
}

std::string carbon_summary_text(const json& document) {
  std::string text = periods_table(object_at(document, "periods"));
  const json& month = object_at(object_at(document, "periods"), "month");
  if (integer_at(month, "jobs") == 0) text += "\nNo job has ended this month that the ledger knows of.\n";
  const std::string more = deferrals_text(list_at(document, "deferred_now"));
  std::string budgets;
  for (const json& budget : list_at(document, "budgets")) budgets += budget_text(budget);
  return text + (more.empty() && budgets.empty() ? "" : "\n") + more + budgets;
}

}  // namespace runneriq::cli
