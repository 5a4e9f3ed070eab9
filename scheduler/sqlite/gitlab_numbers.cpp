#include "scheduler/sqlite/gitlab_numbers.hpp"

#include "platform/sqlite_rows.hpp"

namespace runneriq::scheduler {

using platform::Database;
using platform::Statement;

Result<GitLabNumbers> GitLabNumbers::read(Database& database) {
  GitLabNumbers known;
  auto read = platform::each_row(database.query("SELECT id, url FROM gitlabs"), [&](const Statement& row) {
    known.numbers_.emplace(GitLabUrl{row.text(1)}, row.integer(0));
    known.urls_.emplace(row.integer(0), GitLabUrl{row.text(1)});
  });
  if (!read) return fail(std::move(read.error()));
  return known;
}

Result<std::int64_t> GitLabNumbers::number_for(Database& database, const GitLabUrl& url) {
  if (const std::int64_t known = number_of(url); known != 0) return known;
  auto added = database.execute("INSERT INTO gitlabs (url) VALUES (?)", url.value());
  if (!added) return fail(std::move(added.error()));
  auto number = database.number("SELECT id FROM gitlabs WHERE url = ?", url.value());
  if (!number) return number;
  numbers_.emplace(url, *number);
  urls_.emplace(*number, url);
  return number;
}

std::int64_t GitLabNumbers::number_of(const GitLabUrl& url) const {
  const auto found = numbers_.find(url);
  return found == numbers_.end() ? 0 : found->second;
}

GitLabUrl GitLabNumbers::url_of(std::int64_t number) const {
  const auto found = urls_.find(number);
  return found == urls_.end() ? GitLabUrl{} : found->second;
}

}  // namespace runneriq::scheduler
