#include "carbon/summary_document.hpp"
#include "cli/carbon_ports.hpp"
#include "cli/carbon_text.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::array kFlags{kOutputFlag};

Result<json> document_of(const CarbonPorts& ports, Time now) {
  const carbon::LedgerQuery query{.since = carbon::summary_begin(now)};
  const auto rows = rows_of(ports, query);
  if (!rows) return fail(rows.error());
  std::vector<carbon::Deferral> deferrals;
  if (ports.deferrals != nullptr) {
    auto kept = ports.deferrals->deferrals();
    if (!kept) return fail(std::move(kept.error()));
    deferrals = *std::move(kept);
  }
  return carbon::summary_document(*rows, deferrals, *ports.options, now);
}

Exit summary(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto ports = carbon_ports(session);
  if (!ports) return tell_carbon(session, ports.error());
  if (ports->ledger == nullptr && !wants_json(invocation)) {
    session.out.result(no_ledger_text());
    return Exit::fine;
  }
  const auto document = document_of(*ports, session.waiter.now());
  if (!document) return tell_carbon(session, document.error());
  session.out.result(wants_json(invocation) ? pretty(*document) : carbon_summary_text(*document));
  return Exit::fine;
}

}  // namespace

CommandRow carbon_summary_command() {
  return {
      .name = "carbon summary",
      .arguments = "",
      .summary = "Show what was emitted and saved today, this week and this month.",
      .text =
          "Days and weeks (from Monday) are those of UTC; a job counts where it ended. Saved is what the "
          "same job "
          "would have emitted in its home zone when it was submitted, less what it did emit: by time, since "
          "it "
          "ran later, and by place, since it ran elsewhere. Savings may be negative. The green routing rate "
          "is "
          "the share of jobs that emitted less than the mean over the runners that were free and eligible. "
          "Budgets warn from 80 %.",
      .flags = kFlags,
      .run = summary};
}

}  // namespace runneriq::cli
