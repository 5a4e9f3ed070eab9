// A runner of GitLab's and a lease book beside it, for tests of leases.
#pragma once

#include "core/tag_names.hpp"
#include "scheduler/leases.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

inline const RunnerKey kRunner{GitLabUrl{"https://gitlab.example.com"}, RunnerId{7}};
inline const JobKey kDeploy{kRunner.gitlab, JobId{4711}};
inline const JobKey kHotfix{kRunner.gitlab, JobId{4712}};

inline std::vector<std::string> tags_of(std::set<std::string> tags) {
  return {tags.begin(), tags.end()};
}

// All lanes, runneriq:managed and `more`.
inline std::vector<std::string> managed_tags(const std::set<std::string>& more = {}) {
  std::set<std::string> tags = more;
  const Lanes lanes;
  tags.insert(lanes.tags().begin(), lanes.tags().end());
  tags.insert(std::string{kManagedTag});
  return tags_of(std::move(tags));
}

inline std::vector<std::string> without_tags(std::vector<std::string> tags,
                                             const std::set<std::string>& taken) {
  std::erase_if(tags, [&](const std::string& tag) { return taken.contains(tag); });
  return tags;
}

inline std::vector<std::string> with_tags(const std::vector<std::string>& tags, std::set<std::string> more) {
  more.insert(tags.begin(), tags.end());
  return tags_of(std::move(more));
}

inline Wanted wants(std::vector<std::string> withhold, std::vector<std::string> grant = {},
                    const JobKey& cause = kDeploy) {
  return {.runner = kRunner,
          .withhold = std::move(withhold),
          .grant = std::move(grant),
          .reason = "CRITICAL deploy waits",
          .decision = "d" + std::to_string(cause.job.value()),
          .cause = cause};
}

// One runner, read and written without a network between.
struct LeasedRunner {
  gitlab::RunnerTags tags{.runner = kRunner.runner, .tags = managed_tags({"docker"})};
  Moment now{.wall = Time{std::chrono::hours{480'000}}, .steady = std::chrono::hours{1}};
  LeaseBook book{Lanes{}, LeaseTerms{}};
  LeaseChanges changes;  // of the last call

  void pass(Duration time) {
    now.wall += time;
    now.steady += time;
  }
  Seen::Kind look() { return look_closely().kind; }
  Seen look_closely() {
    changes = {};
    return book.look(kRunner, tags, now, changes);
  }
  void want(const std::vector<Wanted>& wanted) { changes = book.want(wanted, now); }
  std::optional<std::vector<std::string>> target() const {
    const auto write = book.target(kRunner, tags, now);
    return write ? std::optional{write->tags} : std::nullopt;
  }
  // Whether there was anything to be written.
  bool write() {
    const auto write = book.target(kRunner, tags, now);
    if (!write) return false;
    book.has_written(kRunner, now);
    tags.tags = write->tags;
    return true;
  }
  void settle() {
    look();
    write();
    look();
  }
  // What a restart leaves of it: what is on record.
  void restart() {
    const RestState* rest = book.at_rest(kRunner);
    book = LeaseBook{Lanes{}, LeaseTerms{}, book.live(now),
                     rest == nullptr ? std::vector<RestState>{} : std::vector{*rest}, book.last_id()};
  }
  bool is_steered() const { return std::ranges::count(tags.tags, kSteeredTag) == 1; }
};

}  // namespace runneriq::scheduler
