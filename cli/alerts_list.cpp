#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

using alerting::NoiseReduction;
using nlohmann::json;

constexpr std::array kFlags{
    FlagRow{"--flaky", "", "List the jobs and tests that are known to be flaky instead, at most 50."},
    kOutputFlag,
};

std::string state_text(const NoiseReduction::Firing& firing, Time now) {
  if (!firing.hidden_by.empty()) return "hidden: " + on_one_line(firing.hidden_by);
  if (!firing.told) return "not told yet";
  return "told " + short_reading(now - *firing.told) + " ago";
}

std::string firing_table(const std::vector<NoiseReduction::Firing>& all, Time now, Colour colour) {
  std::vector<Row> rows;
  for (const NoiseReduction::Firing& firing : all) {
    const std::int64_t job = firing.latest.event.job_id;
    rows.push_back({{job == 0 ? "" : std::to_string(job)},
                    {std::string(to_text(firing.latest.severity)), paint_of(firing.latest.severity, colour)},
                    {short_reading(now - firing.since)},
                    {std::to_string(firing.failures)},
                    {subject_text(firing.latest.event)},
                    {state_text(firing, now)}});
  }
  return table_text({{"JOB", Align::right},
                     {"SEVERITY"},
                     {"FOR", Align::right},
                     {"FAILED", Align::right},
                     {"WHAT", Align::left, Cut::end},
                     {"STATE", Align::left, Cut::end}},
                    rows);
}

std::string flaky_table(const std::vector<alerting::FlakyRecord>& all) {
  std::vector<Row> rows;
  for (const alerting::FlakyRecord& record : all) {
    rows.push_back({{on_one_line(record.subject)},
                    {std::to_string(record.total_flips)},
                    {std::to_string(record.runs)},
                    {runneriq::to_text(record.since)}});
  }
  return table_text(
      {{"JOB OR TEST", Align::left, Cut::end}, {"FLIPS", Align::right}, {"COMMITS", Align::right}, {"SINCE"}},
      rows);
}

std::string text_of(const AlertPorts& ports, const KeptAlerts& kept, bool flaky, Time now, Colour colour) {
  if (ports.store == nullptr) return nothing_recorded_text();
  if (flaky) return kept.flaky.empty() ? "No job is known to be flaky.\n" : flaky_table(kept.flaky);
  return kept.firing.empty() ? "Nothing fires.\n" : firing_table(kept.firing, now, colour);
}

json document_of(const KeptAlerts& kept) {
  json alerts = json::array(), flaky = json::array();
  for (const auto& firing : kept.firing) alerts.push_back(firing_document(firing));
  for (const auto& record : kept.flaky) flaky.push_back(flaky_document(record));
  return {{"alerts", std::move(alerts)}, {"flaky", std::move(flaky)}};
}

Exit list(Session& session, const Invocation& invocation) {
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    const Time now = session.waiter.now();
    const auto kept = kept_alerts(ports, now);
    if (!kept) return fail(kept.error());
    for (const std::string& lost : kept->lost) session.out.talk("runneriq: " + on_one_line(lost));
    session.out.result(wants_json(invocation)
                           ? pretty(document_of(*kept))
                           : text_of(ports, *kept, invocation.has("--flaky"), now, colour_of(session)));
    return Exit::fine;
  });
}

}  // namespace

CommandRow alerts_list_command() {
  return {
      .name = "alerts list",
      .arguments = "",
      .summary = "List what fails now.",
      .text =
          "Each job on a ref that fails, and each condition of the fleet that lasts, worst first: its last "
          "job, for how long, how often it failed, and whether a message told of it. `alerts explain JOB` "
          "says why.",
      .flags = kFlags,
      .run = list};
}

}  // namespace runneriq::cli
