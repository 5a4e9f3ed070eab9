#include "carbon/sqlite/kept_decisions.hpp"

#include "carbon/sqlite/carbon_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <algorithm>

namespace runneriq::carbon {
namespace {

using platform::Database;
using platform::Statement;

DecisionCarbon decision_in(const Statement& row) {
  return {.gitlab = GitLabUrl{row.text(0)},
          .job = JobId{row.integer(1)},
          .decided = platform::time_in(row, 2),
          .basis = basis_in(row, 3),
          .zone = ZoneKey{row.text(5)},
          .g_per_kwh = optional_real_in(row, 6),
          .rung = rung_in(row, 7),
          .source = row.text(8),
          .estimated = row.integer(9) != 0,
          .age = platform::duration_in(row, 10),
          .fifo_g_per_kwh = optional_real_in(row, 11),
          .deferred = row.integer(12) != 0};
}

Result<void> put(Database& database, const DecisionCarbon& decision) {
  return database.execute("INSERT OR IGNORE INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          decision.gitlab.value(), decision.job.value(),
                          platform::column_of(decision.decided), static_cast<int>(decision.basis.signal),
                          static_cast<int>(decision.basis.factors), decision.zone.value(), decision.g_per_kwh,
                          static_cast<int>(decision.rung), decision.source, decision.estimated,
                          platform::column_of(decision.age), decision.fifo_g_per_kwh, decision.deferred);
}

}  // namespace

Result<void> put_decisions(Database& database, std::span<const DecisionCarbon> decisions) {
  if (decisions.empty()) return {};
  for (const DecisionCarbon& decision : decisions) {
    if (auto done = put(database, decision); !done) return done;
  }
  const Time oldest = std::ranges::min_element(decisions, {}, &DecisionCarbon::decided)->decided;
  return database.execute("DELETE FROM decisions WHERE decided < ?",
                          platform::column_of(oldest - kDecisionsKept));
}

Result<std::optional<DecisionCarbon>> find_decision(Database& database, const GitLabUrl& gitlab, JobId job) {
  std::optional<DecisionCarbon> found;
  auto read = platform::each_row(
      database.query("SELECT gitlab, job, decided, signal, factors, zone, g, rung, source, estimated, age,"
                     " fifo_g, deferred FROM decisions WHERE job = ? AND gitlab = ?",
                     job.value(), gitlab.value()),
      [&](const Statement& row) { found = decision_in(row); });
  if (!read) return fail(std::move(read.error()));
  return found;
}

}  // namespace runneriq::carbon
