#include "scheduler/runner_changes.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <tuple>

namespace runneriq::scheduler {
namespace {

using Tags = std::vector<std::string>;

// Both are sorted.
Tags without(const Tags& tags, const Tags& others) {
  Tags rest;
  std::set_difference(tags.begin(), tags.end(), others.begin(), others.end(), std::back_inserter(rest));
  return rest;
}

class Changes {
 public:
  void add(const RunnerKey& runner, const std::string& description, ChangeKind kind) {
    found_.push_back(
        {.runner = runner, .description = description, .kind = kind, .tags_added = {}, .tags_removed = {}});
  }

  // Details that were not told tell no change. Nor do the first tags of a runner of which none are
  // remembered: its details may have been unknown until now.
  void compare_tags(const FleetRunner& now, const KnownRunner& before) {
    if (!now.traits_known || before.tags.empty() || now.traits.tags == before.tags) return;
    add(now.key, now.description, ChangeKind::tags_changed);
    found_.back().tags_added = without(now.traits.tags, before.tags);
    found_.back().tags_removed = without(before.tags, now.traits.tags);
  }

  void compare(const FleetRunner& now, const KnownRunner& before) {
    const bool online = now.status == gitlab::RunnerStatus::online;
    if (online != before.online) {
      add(now.key, now.description, online ? ChangeKind::went_online : ChangeKind::went_offline);
    }
    if (now.paused != before.paused) {
      add(now.key, now.description, now.paused ? ChangeKind::paused : ChangeKind::resumed);
    }
    compare_tags(now, before);
  }

  std::vector<RunnerChange> by_runner() && {
    std::sort(found_.begin(), found_.end(), [](const RunnerChange& a, const RunnerChange& b) {
      return std::tie(a.runner, a.kind) < std::tie(b.runner, b.kind);
    });
    return std::move(found_);
  }

 private:
  std::vector<RunnerChange> found_;
};

std::set<GitLabUrl> remembered_gitlabs(const Recollection& before) {
  std::set<GitLabUrl> gitlabs;
  for (const KnownRunner& runner : before.runners) gitlabs.insert(runner.key.gitlab);
  return gitlabs;
}

}  // namespace

std::vector<RunnerChange> runner_changes(std::span<const FleetRunner> runners, const SeenFleet& seen,
                                         const Recollection& before) {
  const std::set<GitLabUrl> remembered = remembered_gitlabs(before);
  Changes changes;
  for (const FleetRunner& runner : runners) {
    if (!seen.current.contains(runner.key.gitlab) || !remembered.contains(runner.key.gitlab)) continue;
    const KnownRunner* const known = known_runner(before, runner.key);
    if (known == nullptr) {
      changes.add(runner.key, runner.description, ChangeKind::appeared);
    } else {
      changes.compare(runner, *known);
    }
  }
  for (const KnownRunner& known : before.runners) {
    if (!seen.current.contains(known.key.gitlab) || seen.runners.contains(known.key)) continue;
    changes.add(known.key, known.description, ChangeKind::vanished);
  }
  return std::move(changes).by_runner();
}

}  // namespace runneriq::scheduler
