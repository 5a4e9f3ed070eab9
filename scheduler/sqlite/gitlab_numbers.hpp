// The rows of the table of GitLabs: an address is long and stands in millions of rows, so they hold its
// number.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"
#include "platform/sqlite.hpp"

#include <cstdint>
#include <map>

namespace runneriq::scheduler {

// As of one transaction.
class GitLabNumbers {
 public:
  static Result<GitLabNumbers> read(platform::Database& database);

  // The number of an address, which is given one if it is new. Only inside of StateFile::change().
  [[nodiscard]] Result<std::int64_t> number_for(platform::Database& database, const GitLabUrl& url);

  // 0, which no row has, when it is not known.
  [[nodiscard]] std::int64_t number_of(const GitLabUrl& url) const;
  [[nodiscard]] GitLabUrl url_of(std::int64_t number) const;

 private:
  std::map<GitLabUrl, std::int64_t> numbers_;
  std::map<std::int64_t, GitLabUrl> urls_;
};

}  // namespace runneriq::scheduler
