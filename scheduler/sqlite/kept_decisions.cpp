#include "scheduler/sqlite/kept_decisions.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <utility>

namespace runneriq::scheduler {

using platform::Database;
using platform::Statement;

// A replaced row gets a new id, so that the highest is the one written last.
Result<void> put_decision(Database& database, GitLabNumbers& gitlabs, const KeptDecision& decision) {
  const auto gitlab = gitlabs.number_for(database, decision.job.gitlab);
  if (!gitlab) return fail(gitlab.error());
  return database.execute("REPLACE INTO decisions (gitlab, job, decided, document) VALUES (?, ?, ?, ?)",
                          *gitlab, decision.job.job.value(), platform::column_of(decision.decided),
                          decision.document);
}

Result<void> forget_old_decisions(Database& database, Time now, int most) {
  return database.execute(
      "DELETE FROM decisions WHERE id IN (SELECT id FROM decisions INDEXED BY decisions_by_time"
      " WHERE decided < ? ORDER BY decided LIMIT ?)",
      platform::column_of(now - kDecisionKept), most);
}

Result<std::optional<KeptDecision>> find_decision(Database& database, const GitLabNumbers& gitlabs,
                                                  const GitLabUrl& gitlab, JobId job) {
  std::optional<KeptDecision> found;
  auto read =
      platform::each_row(database.query("SELECT gitlab, decided, document FROM decisions WHERE job = ?1"
                                        " AND (?2 = '' OR gitlab = ?3) ORDER BY id DESC LIMIT 1",
                                        job.value(), gitlab.value(), gitlabs.number_of(gitlab)),
                         [&](const Statement& row) {
                           found = KeptDecision{.job = {gitlabs.url_of(row.integer(0)), job},
                                                .decided = platform::time_in(row, 1),
                                                .document = row.text(2)};
                         });
  if (!read) return fail(std::move(read.error()));
  return found;
}

}  // namespace runneriq::scheduler
