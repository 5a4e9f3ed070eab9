#include "carbon/ledger_document.hpp"
#include "carbon/summary_document.hpp"
#include "cli/carbon_ledger_text.hpp"
#include "cli/carbon_ports.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/moments.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::cli {
namespace {

using carbon::LedgerQuery;
using carbon::LedgerRow;
using nlohmann::json;

constexpr std::array kFlags{
    FlagRow{"--output", "text|json|csv", "Print for people (default), for programs or for spreadsheets."},
    FlagRow{"--since", "TIME", "Only jobs that ended from then on: an RFC 3339 time, or an age such as 2h."},
    FlagRow{"--until", "TIME", "Only jobs that ended before: an RFC 3339 time, or an age such as 2h."},
    FlagRow{"--project", "ID", "Only jobs of this project."},
    FlagRow{"--pipeline", "ID", "Only jobs of this pipeline."},
    FlagRow{"--job", "ID", "Only this job, with its slots and how its figures came about."},
    FlagRow{"--verify", "", "Compute every row again from what stands in it, and check all sums."},
};

template <class Kind>
Result<std::optional<Kind>> id_at(const Invocation& invocation, std::string_view flag) {
  if (!invocation.has(flag)) return std::optional<Kind>{};
  const auto id = parse_id(flag, invocation.value(flag));
  if (!id) return fail(id.error());
  return std::optional{Kind{*id}};
}

Result<LedgerQuery> wanted_of(const Invocation& invocation, Time now) {
  const auto since = moment_at(invocation, "--since", now);
  if (!since) return fail(since.error());
  const auto until = moment_at(invocation, "--until", now);
  if (!until) return fail(until.error());
  const auto project = id_at<ProjectId>(invocation, "--project");
  if (!project) return fail(project.error());
  const auto pipeline = id_at<PipelineId>(invocation, "--pipeline");
  if (!pipeline) return fail(pipeline.error());
  const auto job = id_at<JobId>(invocation, "--job");
  if (!job) return fail(job.error());
  return LedgerQuery{
      .since = *since, .until = *until, .project = *project, .pipeline = *pipeline, .job = *job};
}

Result<void> read(const CarbonPorts& ports, const LedgerQuery& wanted,
                  const std::function<void(const LedgerRow&)>& take) {
  if (ports.ledger == nullptr) return {};
  return ports.ledger->read(wanted, [&](const LedgerRow& row) {
    take(row);
    return true;
  });
}

bool is_text(const Invocation& invocation) {
  const std::string_view output = invocation.value("--output");
  return output.empty() || output == "text";
}

// ---- listing --------------------------------------------------------------------------------------

Result<void> list_json(Output& out, const CarbonPorts& ports, const LedgerQuery& wanted) {
  const auto slots = wanted.job ? carbon::SlotsShown::yes : carbon::SlotsShown::no;
  bool any = false;
  out.result("{\"rows\":[");
  auto done = read(ports, wanted, [&](const LedgerRow& row) {
    out.result((std::exchange(any, true) ? ",\n" : "\n") + one_line(carbon::row_json(row, slots)));
  });
  out.result("\n]}\n");
  return done;
}

Result<void> list_csv(Output& out, const CarbonPorts& ports, const LedgerQuery& wanted) {
  out.result(csv_titles(ledger_columns()));
  return read(ports, wanted, [&](const LedgerRow& row) {
    out.result(csv_line(ledger_columns(), carbon::row_json(row, carbon::SlotsShown::no)));
  });
}

Result<void> list_text(Output& out, const CarbonPorts& ports, const LedgerQuery& wanted) {
  std::vector<json> rows;
  const auto slots = wanted.job ? carbon::SlotsShown::yes : carbon::SlotsShown::no;
  auto done =
      read(ports, wanted, [&](const LedgerRow& row) { rows.push_back(carbon::row_json(row, slots)); });
  if (!done) return done;
  if (rows.empty()) {
    out.result("No job like that is in the ledger.\n");
  } else if (wanted.job) {
    for (const json& row : rows) out.result(ledger_row_text(row));
  } else {
    out.result(ledger_table(rows));
  }
  return done;
}

Result<void> list(Output& out, const Invocation& invocation, const CarbonPorts& ports,
                  const LedgerQuery& wanted) {
  if (wants_json(invocation)) return list_json(out, ports, wanted);
  if (invocation.value("--output") == "csv") return list_csv(out, ports, wanted);
  return list_text(out, ports, wanted);
}

// ---- verifying ------------------------------------------------------------------------------------

struct Check {
  std::size_t rows = 0;
  double grams = 0;
  std::vector<LedgerRow> seen;
  json faults = json::array();

  void add(const LedgerRow& row) {
    ++rows;
    grams += row.grams.value_or(0);
    for (const std::string& fault : carbon::faults_of(row)) {
      faults.push_back(
          {{"gitlab", row.work.gitlab.value()}, {"job_id", row.work.job.value()}, {"what", fault}});
    }
    seen.push_back(row);
  }

  void add_sums() {
    const carbon::Summary summary = carbon::summarize(seen, {Time::min(), Time::max()});
    for (const std::string& fault : carbon::faults_of(summary)) {
      faults.push_back({{"gitlab", nullptr}, {"job_id", nullptr}, {"what", fault}});
    }
    if (carbon::same_grams(grams, summary.total.grams)) return;
    faults.push_back({{"gitlab", nullptr},
                      {"job_id", nullptr},
                      {"what", "the rows add up to " + json_line(json(grams)) + " g, the total is " +
                                   json_line(json(summary.total.grams)) + " g"}});
  }
};

std::string verdict_text(const Check& check) {
  std::string text;
  for (const json& fault : check.faults) {
    const std::string where = fault["job_id"].is_null() ? "sums: "
                                                        : "job " + whole_at(fault, "job_id") + " (" +
                                                              named_at(fault, "gitlab") + "): ";
    text += where + named_at(fault, "what") + "\n";
  }
  const std::string rows = counted(static_cast<std::int64_t>(check.rows), "row");
  if (check.faults.empty()) {
    return rows + ": each gives the same grams when it is computed again, and all sums agree.\n";
  }
  return text + rows + ", " + counted(static_cast<std::int64_t>(check.faults.size()), "fault") + ".\n";
}

Exit verify(Session& session, const Invocation& invocation, const CarbonPorts& ports,
            const LedgerQuery& wanted) {
  Check check;
  if (const auto done = read(ports, wanted, [&](const LedgerRow& row) { check.add(row); }); !done) {
    return tell_carbon(session, done.error());
  }
  check.add_sums();
  const json document{{"rows", check.rows}, {"sound", check.faults.empty()}, {"faults", check.faults}};
  session.out.result(wants_json(invocation) ? pretty(document) : verdict_text(check));
  return check.faults.empty() ? Exit::fine : Exit::no;
}

Exit ledger(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto wanted = wanted_of(invocation, session.waiter.now());
  if (!wanted) return tell_carbon(session, wanted.error());
  const auto ports = carbon_ports(session);
  if (!ports) return tell_carbon(session, ports.error());
  if (ports->ledger == nullptr && is_text(invocation)) {
    session.out.result(no_ledger_text());
    return Exit::fine;
  }
  if (invocation.has("--verify")) return verify(session, invocation, *ports, *wanted);
  const auto done = list(session.out, invocation, *ports, *wanted);
  return done ? Exit::fine : tell_carbon(session, done.error());
}

}  // namespace

CommandRow carbon_ledger_command() {
  return {.name = "carbon ledger",
          .arguments = "",
          .summary = "Print what each finished job has emitted and saved, or check it.",
          .text =
              "One row per finished job, the oldest first. With `--job` also each slot, what its intensity "
              "was known "
              "by, and how the figures came about. Grams that were restated later stand beside those that "
              "were used. "
              "`--verify` computes the grams of every row again from its slots, energy and PUE, checks that "
              "the parts "
              "add up to the totals, and exits with 1 when one differs. In CSV, texts that a spreadsheet "
              "would take "
              "for a formula get an apostrophe in front.",
          .flags = kFlags,
          .run = ledger};
}

}  // namespace runneriq::cli
