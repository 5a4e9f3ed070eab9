#include "alerting/replay.hpp"
#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "platform/files.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace runneriq::cli {
namespace {

using alerting::ReplayReport;

constexpr std::size_t kLargestInput = std::size_t{4} << 30;

constexpr std::array kFlags{kOutputFlag};

std::string notifications_table(const ReplayReport& report, Colour colour) {
  std::vector<Row> rows;
  for (const alerting::Notification& one : report.notifications) {
    rows.push_back({{runneriq::to_text(one.time)},
                    {on_one_line(one.receiver)},
                    {std::string(to_text(one.severity)), paint_of(one.severity, colour)},
                    {std::string(to_text(one.reason))},
                    {subject_text(one)}});
  }
  return table_text({{"TIME"},
                     {"RECEIVER", Align::left, Cut::end},
                     {"SEVERITY"},
                     {"REASON"},
                     {"WHAT", Align::left, Cut::end}},
                    rows);
}

std::string totals_text(const alerting::Totals& totals) {
  const std::string told =
      counted(totals.notifications, "message") + " telling of " + std::to_string(totals.sent);
  return wrapped("", counted(totals.events, "event") + ", " + counted(totals.failures, "failure") + "; " +
                         told + ".") +
         left_out_text(totals.suppressed);
}

std::string text_of(const ReplayReport& report, Colour colour) {
  return report.notifications.empty()
             ? totals_text(report.totals)
             : notifications_table(report, colour) + "\n" + totals_text(report.totals);
}

// A file is looked at where it is, however large.
Result<ReplayReport> replay_of(Session& session, const AlertPorts& ports, const std::string& path) {
  const Time now = session.waiter.now();
  if (path == "-") {
    const auto text = session.read_standard_input(kLargestInput);
    if (!text) return fail(text.error());
    return alerting::replay(*text, ports.rules, *ports.zones, now);
  }
  const auto file = platform::MappedFile::open(path);
  if (!file) return fail(Errc::invalid_argument, file.error().message);
  return alerting::replay(file->view(), ports.rules, *ports.zones, now);
}

Exit replay(Session& session, const Invocation& invocation) {
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    const auto report = replay_of(session, ports, invocation.arguments.front());
    if (!report) return fail(report.error());
    for (const std::string& problem : report->problems) session.out.talk("runneriq: " + on_one_line(problem));
    if (const auto more = report->bad_lines - static_cast<std::int64_t>(report->problems.size()); more > 0) {
      session.out.talk("runneriq: " + counted(more, "more line") + " that " + (more == 1 ? "is" : "are") +
                       " no event");
    }
    session.out.result(wants_json(invocation) ? alerting::replay_document(*report) + "\n"
                                              : text_of(*report, colour_of(session)));
    return Exit::fine;
  });
}

}  // namespace

CommandRow alerts_replay_command() {
  return {
      .name = "alerts replay",
      .arguments = "FILE|-",
      .summary = "Show which messages a history of events would have made.",
      .text =
          "FILE holds one JSON object a line: time, kind, project, ref, sha, pipeline_id, job_id, name, "
          "stage, status, allow_failure, failure_reason, source, runner, user, log_excerpt; all may be "
          "missing, "
          "and - is standard input. Nothing is sent, and nothing is kept; the rules are those of the "
          "configuration. At the end all windows are flushed. With `--output json`: the messages, what was "
          "left out, by which stage and why, and totals.",
      .flags = kFlags,
      .run = replay};
}

}  // namespace runneriq::cli
