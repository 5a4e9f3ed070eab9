#include "scheduler/sqlite/known_runners.hpp"

#include "core/json_text.hpp"
#include "platform/sqlite_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;
using platform::Database;
using platform::Statement;

std::string tags_column(const std::vector<std::string>& tags) {
  return json_line(json(tags));
}

std::vector<std::string> tags_in(const std::string& column) {
  const json list = json_in(column);
  std::vector<std::string> tags;
  if (!list.is_array()) return tags;
  for (const json& tag : list) {
    if (tag.is_string()) tags.push_back(tag.get<std::string>());
  }
  return tags;
}

KnownRunner runner_in(const Statement& row, const GitLabNumbers& gitlabs) {
  return {.key = {gitlabs.url_of(row.integer(0)), RunnerId{row.integer(1)}},
          .description = row.text(2),
          .online = row.integer(3) != 0,
          .paused = row.integer(4) != 0,
          .tags = tags_in(row.text(5)),
          .most_active = static_cast<int>(row.integer(6)),
          .first_seen = platform::time_in(row, 7),
          .last_seen = platform::time_in(row, 8)};
}

Result<void> mark_all_vanished(Database& database, GitLabNumbers& gitlabs, std::span<const GitLabUrl> seen) {
  for (const GitLabUrl& url : seen) {
    const auto gitlab = gitlabs.number_for(database, url);
    if (!gitlab) return fail(gitlab.error());
    auto marked = database.execute("UPDATE runners SET vanished = 1 WHERE gitlab = ?", *gitlab);
    if (!marked) return marked;
  }
  return {};
}

Result<void> put_runner(Database& database, std::int64_t gitlab, const KnownRunner& runner) {
  return database.execute(
      "INSERT INTO runners (gitlab, runner, description, online, paused, tags, most_active, first_seen,"
      " last_seen) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (gitlab, runner) DO UPDATE SET"
      " description = excluded.description, online = excluded.online, paused = excluded.paused,"
      " tags = excluded.tags, most_active = max(most_active, excluded.most_active),"
      " first_seen = min(first_seen, excluded.first_seen), last_seen = excluded.last_seen, vanished = 0",
      gitlab, runner.key.runner.value(), runner.description, runner.online, runner.paused,
      tags_column(runner.tags), runner.most_active, platform::column_of(runner.first_seen),
      platform::column_of(runner.last_seen));
}

std::int64_t slot_of(Time time) {
  return std::chrono::floor<Duration>(time).time_since_epoch() / kSampleInterval;
}

}  // namespace

Result<std::vector<KnownRunner>> known_runners(Database& database, const GitLabNumbers& gitlabs, Time now) {
  std::vector<KnownRunner> known;
  auto read = platform::each_row(
      database.query("SELECT gitlab, runner, description, online, paused, tags, most_active,"
                     " first_seen, last_seen FROM runners WHERE vanished = 0 AND last_seen >= ?",
                     platform::column_of(now - kRunnerKept)),
      [&](const Statement& row) { known.push_back(runner_in(row, gitlabs)); });
  if (!read) return fail(std::move(read.error()));
  std::ranges::sort(known, {}, &KnownRunner::key);
  return known;
}

Result<void> remember_runners(Database& database, GitLabNumbers& gitlabs, std::span<const GitLabUrl> seen,
                              std::span<const KnownRunner> runners) {
  if (auto marked = mark_all_vanished(database, gitlabs, seen); !marked) return marked;
  for (const KnownRunner& runner : runners) {
    const auto gitlab = gitlabs.number_for(database, runner.key.gitlab);
    if (!gitlab) return fail(gitlab.error());
    if (auto put = put_runner(database, *gitlab, runner); !put) return put;
  }
  return {};
}

Result<void> forget_old_runners(Database& database, Time now) {
  return database.execute("DELETE FROM runners WHERE last_seen < ?", platform::column_of(now - kRunnerKept));
}

Result<void> remember_samples(Database& database, GitLabNumbers& gitlabs,
                              std::span<const UtilisationSample> samples, Time now) {
  for (const UtilisationSample& sample : samples) {
    const auto gitlab = gitlabs.number_for(database, sample.runner.gitlab);
    if (!gitlab) return fail(gitlab.error());
    auto put = database.execute("INSERT OR IGNORE INTO samples VALUES (?, ?, ?, ?, ?)", slot_of(now), *gitlab,
                                sample.runner.runner.value(), sample.active, sample.most);
    if (!put) return put;
  }
  return {};
}

Result<void> forget_old_samples(Database& database, Time now, int most) {
  return database.execute(
      "DELETE FROM samples WHERE (slot, gitlab, runner) IN"
      " (SELECT slot, gitlab, runner FROM samples WHERE slot < ? ORDER BY slot LIMIT ?)",
      slot_of(now - kSampleKept), most);
}

}  // namespace runneriq::scheduler
