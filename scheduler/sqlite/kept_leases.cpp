#include "scheduler/sqlite/kept_leases.hpp"

#include "core/tag_names.hpp"
#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"
#include "scheduler/sqlite/json_columns.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace runneriq::scheduler {
namespace {

using platform::Database;
using platform::Statement;

RunnerKey runner_in(const Statement& row, int column, const GitLabNumbers& gitlabs) {
  return {gitlabs.url_of(row.integer(column)), RunnerId{row.integer(column + 1)}};
}

bool names_a_runner(const RunnerKey& runner) {
  return !runner.gitlab.value().empty() && runner.runner.value() > 0;
}

std::optional<Lease> lease_in(const Statement& row, const GitLabNumbers& gitlabs) {
  const std::int64_t kind = row.integer(4);
  Lease lease{.id = row.integer(0),
              .runner = runner_in(row, 1, gitlabs),
              .tag = row.text(3),
              .kind = kind == 0 ? LeaseKind::withhold : LeaseKind::grant,
              .reason = row.text(5),
              .decision = row.text(6),
              .cause = {gitlabs.url_of(row.integer(7)), JobId{row.integer(8)}},
              .created = platform::time_in(row, 9),
              .renewed = platform::time_in(row, 10),
              .expires = platform::time_in(row, 11)};
  const bool is_sound = lease.id > 0 && (kind == 0 || kind == 1) && names_a_runner(lease.runner) &&
                        is_ours(lease.tag) && lease.created <= lease.renewed &&
                        lease.renewed <= lease.expires;
  return is_sound ? std::optional{std::move(lease)} : std::nullopt;
}

std::optional<RestState> rest_in(const Statement& row, const GitLabNumbers& gitlabs) {
  auto ours = words_in(row.text(2));
  RestState rest{.runner = runner_in(row, 0, gitlabs),
                 .ours = {},
                 .left_alone_until = platform::optional_time_in(row, 3)};
  if (!ours || !names_a_runner(rest.runner) || !std::ranges::all_of(*ours, is_ours)) return std::nullopt;
  rest.ours = std::move(*ours);
  std::ranges::sort(rest.ours);
  return rest;
}

Result<void> put_renewed(Database& database, GitLabNumbers& gitlabs, const Lease& lease,
                         std::string_view sql) {
  const auto gitlab = gitlabs.number_for(database, lease.runner.gitlab);
  if (!gitlab) return fail(gitlab.error());
  const auto cause = gitlabs.number_for(database, lease.cause.gitlab);
  if (!cause) return fail(cause.error());
  return database.execute(sql, lease.id, *gitlab, lease.runner.runner.value(), lease.tag,
                          static_cast<int>(lease.kind), lease.reason, lease.decision, *cause,
                          lease.cause.job.value(), platform::column_of(lease.created),
                          platform::column_of(lease.renewed), platform::column_of(lease.expires));
}

constexpr std::string_view kInsert =
    "INSERT INTO leases (id, gitlab, runner, tag, kind, reason, decision, cause_gitlab, cause, created,"
    " renewed, expires) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)";
// The file may have been started anew since the lease was made. One that has ended never comes back.
constexpr std::string_view kRenew =
    "INSERT INTO leases (id, gitlab, runner, tag, kind, reason, decision, cause_gitlab, cause, created,"
    " renewed, expires) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
    " reason = excluded.reason, decision = excluded.decision, cause_gitlab = excluded.cause_gitlab,"
    " cause = excluded.cause, renewed = excluded.renewed, expires = excluded.expires WHERE ended IS NULL";

Result<void> put_ended(Database& database, const LeaseChanges& changes, Time now) {
  for (std::size_t i = 0; i < changes.ended.size(); ++i) {
    auto put = database.execute(
        "UPDATE leases SET ended = ?, ended_because = ? WHERE id = ? AND ended IS NULL",
        platform::column_of(now), i < changes.ended_because.size() ? changes.ended_because[i] : std::string{},
        changes.ended[i].id);
    if (!put) return put;
  }
  return {};
}

Result<void> put_rest(Database& database, GitLabNumbers& gitlabs, const RestState& rest) {
  const auto gitlab = gitlabs.number_for(database, rest.runner.gitlab);
  if (!gitlab) return fail(gitlab.error());
  return database.execute("REPLACE INTO rest_states VALUES (?, ?, ?, ?)", *gitlab, rest.runner.runner.value(),
                          column_of_words(rest.ours), platform::column_of(rest.left_alone_until));
}

Result<void> forget_rest(Database& database, const GitLabNumbers& gitlabs, const RunnerKey& runner) {
  return database.execute("DELETE FROM rest_states WHERE gitlab = ? AND runner = ?",
                          gitlabs.number_of(runner.gitlab), runner.runner.value());
}

}  // namespace

Result<std::vector<Lease>> leases_not_ended(Database& database, const GitLabNumbers& gitlabs,
                                            std::vector<std::string>& damaged) {
  std::vector<Lease> leases;
  auto read = platform::each_row(
      database.query("SELECT id, gitlab, runner, tag, kind, reason, decision, cause_gitlab, cause, created,"
                     " renewed, expires FROM leases WHERE ended IS NULL ORDER BY id"),
      [&](const Statement& row) {
        if (auto lease = lease_in(row, gitlabs)) return leases.push_back(std::move(*lease));
        damaged.push_back("lease " + std::to_string(row.integer(0)) + " makes no sense and is left out");
      });
  if (!read) return fail(std::move(read.error()));
  return leases;
}

Result<std::vector<RestState>> rest_states(Database& database, const GitLabNumbers& gitlabs,
                                           std::vector<std::string>& damaged) {
  std::vector<RestState> states;
  auto read =
      platform::each_row(database.query("SELECT gitlab, runner, ours, left_alone_until FROM rest_states"),
                         [&](const Statement& row) {
                           if (auto rest = rest_in(row, gitlabs)) return states.push_back(std::move(*rest));
                           damaged.push_back("how runner " + std::to_string(row.integer(1)) +
                                             " is at rest makes no sense and is left out");
                         });
  if (!read) return fail(std::move(read.error()));
  return states;
}

Result<std::int64_t> last_lease_id(Database& database) {
  return database.number("SELECT max(id) FROM leases");
}

Result<void> put_lease_changes(Database& database, GitLabNumbers& gitlabs, const LeaseChanges& changes,
                               Time now) {
  for (const Lease& lease : changes.made) {
    if (auto put = put_renewed(database, gitlabs, lease, kInsert); !put) return put;
  }
  for (const Lease& lease : changes.renewed) {
    if (auto put = put_renewed(database, gitlabs, lease, kRenew); !put) return put;
  }
  if (auto put = put_ended(database, changes, now); !put) return put;
  for (const RestState& rest : changes.at_rest) {
    if (auto put = put_rest(database, gitlabs, rest); !put) return put;
  }
  for (const RunnerKey& runner : changes.forgotten) {
    if (auto put = forget_rest(database, gitlabs, runner); !put) return put;
  }
  return {};
}

Result<void> forget_old_leases(Database& database, Time now, int most) {
  return database.execute(
      "DELETE FROM leases WHERE id IN (SELECT id FROM leases WHERE ended < ? ORDER BY ended LIMIT ?)"
      " AND id < (SELECT max(id) FROM leases)",
      platform::column_of(now - kEndedLeaseKept), most);
}

}  // namespace runneriq::scheduler
