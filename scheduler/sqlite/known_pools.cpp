#include "scheduler/sqlite/known_pools.hpp"

#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"
#include "scheduler/sqlite/json_columns.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {

using platform::Database;
using platform::Statement;

namespace {

constexpr Duration kNotedEvery = std::chrono::hours{1};

}  // namespace

Result<std::vector<Pool>> known_pools(Database& database, const GitLabNumbers& gitlabs, Time now) {
  std::vector<Pool> pools;
  auto read =
      platform::each_row(database.query("SELECT gitlab, traits FROM pools WHERE seen >= ?",
                                        platform::column_of(now - kPoolKept)),
                         [&](const Statement& row) {
                           auto traits = traits_in(row.text(1));
                           GitLabUrl gitlab = gitlabs.url_of(row.integer(0));
                           if (!traits || gitlab.value().empty()) return;
                           pools.push_back({.gitlab = std::move(gitlab), .traits = std::move(*traits)});
                         });
  if (!read) return fail(std::move(read.error()));
  std::ranges::sort(pools);
  return pools;
}

// A time that lies in the future is of a clock that was wrong.
Result<void> remember_pools(Database& database, GitLabNumbers& gitlabs, std::span<const Pool> seen,
                            Time now) {
  for (const Pool& pool : seen) {
    const auto gitlab = gitlabs.number_for(database, pool.gitlab);
    if (!gitlab) return fail(gitlab.error());
    auto put = database.execute(
        "INSERT INTO pools VALUES (?1, ?2, ?3) ON CONFLICT (gitlab, traits) DO UPDATE SET seen = ?3"
        " WHERE seen <= ?3 - ?4 OR seen > ?3",
        *gitlab, column_of_traits(pool.traits), platform::column_of(now), platform::column_of(kNotedEvery));
    if (!put) return put;
  }
  return {};
}

Result<void> forget_old_pools(Database& database, Time now, int most) {
  return database.execute(
      "DELETE FROM pools WHERE (gitlab, traits) IN"
      " (SELECT gitlab, traits FROM pools WHERE seen < ? LIMIT ?)",
      platform::column_of(now - kPoolKept), most);
}

}  // namespace runneriq::scheduler
