#include "carbon/sqlite/kept_deferrals.hpp"

#include "carbon/sqlite/carbon_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <algorithm>

namespace runneriq::carbon {
namespace {

using platform::Database;
using platform::Statement;

Deferral deferral_in(const Statement& row) {
  return {.gitlab = GitLabUrl{row.text(0)},
          .job = JobId{row.integer(1)},
          .planned = platform::time_in(row, 2),
          .start = platform::time_in(row, 3),
          .latest_start = platform::time_in(row, 4),
          .zone = ZoneKey{row.text(5)},
          .expected = intensity_in(row, 6),
          .at_once = intensity_in(row, 7),
          .why = row.text(8)};
}

Result<void> put(Database& database, const Deferral& deferral) {
  return database.execute("REPLACE INTO deferrals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          deferral.gitlab.value(), deferral.job.value(),
                          platform::column_of(deferral.planned), platform::column_of(deferral.start),
                          platform::column_of(deferral.latest_start), deferral.zone.value(),
                          column_of(deferral.expected), column_of(deferral.at_once), deferral.why);
}

}  // namespace

Result<std::vector<Deferral>> kept_deferrals(Database& database) {
  std::vector<Deferral> deferrals;
  auto read = platform::each_row(
      database.query("SELECT gitlab, job, planned, starts, latest_start, zone, expected_g, at_once_g, why"
                     " FROM deferrals ORDER BY starts, job, gitlab"),
      [&](const Statement& row) { deferrals.push_back(deferral_in(row)); });
  if (!read) return fail(std::move(read.error()));
  return deferrals;
}

Result<void> replace_deferrals(Database& database, std::span<const Deferral> deferrals) {
  if (auto gone = database.execute("DELETE FROM deferrals"); !gone) return gone;
  for (const Deferral& deferral : deferrals) {
    if (auto done = put(database, deferral); !done) return done;
  }
  return {};
}

Result<void> put_deferred(Database& database, std::span<const Deferral> deferrals) {
  if (deferrals.empty()) return {};
  for (const Deferral& deferral : deferrals) {
    auto put = database.execute("INSERT OR IGNORE INTO deferred VALUES (?, ?, ?)", deferral.gitlab.value(),
                                deferral.job.value(), platform::column_of(deferral.planned));
    if (!put) return put;
  }
  const Time oldest = std::ranges::min_element(deferrals, {}, &Deferral::planned)->planned;
  return database.execute("DELETE FROM deferred WHERE since < ?",
                          platform::column_of(oldest - kDeferredKept));
}

Result<std::optional<Time>> deferred_since(Database& database, const GitLabUrl& gitlab, JobId job) {
  std::optional<Time> since;
  auto read = platform::each_row(
      database.query("SELECT since FROM deferred WHERE job = ? AND gitlab = ?", job.value(), gitlab.value()),
      [&](const Statement& row) { since = platform::time_in(row, 0); });
  if (!read) return fail(std::move(read.error()));
  return since;
}

}  // namespace runneriq::carbon
