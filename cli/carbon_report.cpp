#include "carbon/summary_document.hpp"
#include "cli/carbon_ledger_text.hpp"
#include "cli/carbon_ports.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/moments.hpp"
#include "cli/reading.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <string_view>

namespace runneriq::cli {
namespace {

using carbon::Grouping;
using nlohmann::json;

constexpr std::array kFlags{
    FlagRow{"--by", "pipeline|project|runner|zone", "What to add up by (default: pipeline)."},
    FlagRow{"--period", "today|week|month|FROM..TO",
            "Which jobs, by their end, in UTC (default: month). FROM and TO are RFC 3339 times or dates; a "
            "date TO "
            "counts with its whole day."},
    FlagRow{"--output", "text|json|csv", "Print for people (default), for programs or for spreadsheets."},
};

Result<carbon::Period> period_of(const Invocation& invocation, Time now) {
  const std::string_view text = invocation.value("--period");
  if (text == "today") return carbon::today(now);
  if (text == "week") return carbon::this_week(now);
  if (text.empty() || text == "month") return carbon::this_month(now);
  const auto stretch = parse_stretch("--period", text);
  if (!stretch) return fail(stretch.error());
  return carbon::Period{stretch->from, stretch->to};
}

Grouping grouping_of(const Invocation& invocation) {
  for (const Grouping by : {Grouping::project, Grouping::runner, Grouping::zone}) {
    if (invocation.value("--by") == carbon::to_text(by)) return by;
  }
  return Grouping::pipeline;
}

std::string csv_of(const json& document) {
  const auto columns = report_columns(text_at(document, "by"));
  std::string text = csv_titles(columns);
  for (const json& group : list_at(document, "groups")) text += csv_line(columns, group);
  return text;
}

std::string shown(const Invocation& invocation, const json& document) {
  if (wants_json(invocation)) return pretty(document);
  return invocation.value("--output") == "csv" ? csv_of(document) : report_text(document);
}

Exit report(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const Time now = session.waiter.now();
  const auto period = period_of(invocation, now);
  if (!period) return tell_carbon(session, period.error());
  const auto ports = carbon_ports(session);
  if (!ports) return tell_carbon(session, ports.error());
  const std::string_view output = invocation.value("--output");
  if (ports->ledger == nullptr && (output.empty() || output == "text")) {
    session.out.result(no_ledger_text());
    return Exit::fine;
  }
  const auto rows = rows_of(*ports, {.since = period->from, .until = period->to});
  if (!rows) return tell_carbon(session, rows.error());
  session.out.result(shown(
      invocation, carbon::report_document(*rows, *period, grouping_of(invocation), *ports->options, now)));
  return Exit::fine;
}

}  // namespace

CommandRow carbon_report_command() {
  return {
      .name = "carbon report",
      .arguments = "",
      .summary = "Add up the ledger by pipeline, project, runner or zone.",
      .text =
          "Jobs, energy, grams, mean intensity and savings of each, the greatest emitter first. Pipelines "
          "also "
          "have their SCI score (ISO/IEC 21031): grams of operation and the share of the machines' making "
          "(`carbon.embodied`) per pipeline.",
      .flags = kFlags,
      .run = report};
}

}  // namespace runneriq::cli
