#include "scheduler/newcomers.hpp"

#include "core/tag_names.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace runneriq::scheduler {
namespace {

using Pool = std::pair<GitLabUrl, std::vector<std::string>>;

Pool pool_of(const FleetRunner& runner) {
  std::vector<std::string> tags;
  std::ranges::remove_copy_if(runner.traits.tags, std::back_inserter(tags), is_ours);
  return {runner.key.gitlab, std::move(tags)};
}

bool is_managed(const FleetRunner& runner) {
  return std::ranges::find(runner.traits.tags, kManagedTag) != runner.traits.tags.end();
}

}  // namespace

std::vector<Newcomer> newcomers(const Tick& tick) {
  std::set<RunnerKey> appeared;
  for (const RunnerChange& change : tick.monitor.changes) {
    if (change.kind == ChangeKind::appeared) appeared.insert(change.runner);
  }
  std::vector<Newcomer> found;
  if (appeared.empty()) return found;
  std::set<Pool> managed;
  for (const FleetRunner& runner : tick.snapshot.runners) {
    if (is_managed(runner)) managed.insert(pool_of(runner));
  }
  for (const FleetRunner& runner : tick.snapshot.runners) {
    if (!appeared.contains(runner.key) || !runner.traits_known || is_managed(runner)) continue;
    if (!managed.contains(pool_of(runner))) continue;
    const std::string id = std::to_string(runner.key.runner.value());
    found.push_back({runner.key, runner.description, "`runneriq lanes install " + id + "`"});
  }
  return found;
}

}  // namespace runneriq::scheduler
