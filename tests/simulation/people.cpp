// People change tags, and the model of rest follows.
#include "core/tag_names.hpp"
#include "tests/simulation/world.hpp"

#include <utility>

namespace runneriq::scheduler::sim {
namespace {

const std::string kManaged{kManagedTag};
const std::string kMarker{kSteeredTag};

}  // namespace

void World::edit(int number, Edit edit, int which) {
  const auto found = runners.find(RunnerId{number});
  if (found == runners.end() || found->second.gone) return;
  SimRunner& runner = found->second;
  const TagSet before = runner.tags;
  const std::string& lane = lane_tag(which);
  const std::string users = "user-" + std::to_string(which % 3);
  switch (edit) {
    case Edit::add_users_tag:
      runner.tags.insert(users);
      break;
    case Edit::remove_users_tag:
      runner.tags.erase(users);
      break;
    case Edit::remove_lane:
      runner.tags.erase(lane);
      break;
    case Edit::add_lane:
      if (is_managed(runner.tags)) runner.tags.insert(lane);
      break;
    case Edit::remove_managed:
      runner.tags.erase(kManaged);
      break;
    case Edit::add_managed:
      runner.tags.insert(kManaged);
      break;
    case Edit::remove_marker:
      runner.tags.erase(kMarker);
      break;
    case Edit::add_grant:
      runner.tags.insert(grant_tag());
      break;
    case Edit::remove_grant:
      runner.tags.erase(grant_tag());
      break;
    case Edit::add_other:
      runner.tags.insert("runneriq:other");
      break;
  }
  if (runner.tags == before) return;
  // GitLab refuses both.
  if (runner.tags.size() > 50 || (runner.tags.empty() && !runner.run_untagged)) {
    runner.tags = before;
    return;
  }
  ++counts.edits;
  note("a person changes runner " + std::to_string(number) + ": " + words(before) + " becomes " +
       words(runner.tags));
  count_edit(runner, before);
}

void World::count_edit(SimRunner& runner, const TagSet& before) {
  const bool was_looked_at = runner.looked == runner.version;
  ++runner.version;
  runner.users = without_ours(runner.tags);
  const TagSet ours = ours_but_marker(runner.tags);
  if (our_tags(before) == our_tags(runner.tags)) return;
  const bool has_more = runner.tags.contains("runneriq:other");
  const bool is_steered = is_marked(before) && is_marked(runner.tags) && is_managed(runner.tags);
  runner.edited_under_marker =
      is_steered && has_more && (runner.edited_under_marker || !before.contains("runneriq:other"));
  if (!has_one_daemon && is_marked(before) && !is_marked(runner.tags)) runner.unknowable = true;
  std::set<TagSet> after;
  const bool marked = is_marked(runner.tags);
  const bool managed = is_managed(runner.tags);
  if (!marked) {
    after = {ours};
    // Whoever has no record of it takes it to rest with all lanes.
    const bool is_known = is_managed(before) && runner.rest.size() == 1 && is_on_record(runner.id);
    if (managed && !is_known) after.insert(with_all_lanes(ours));
  } else {
    for (TagSet rest : runner.rest) {
      for (const std::string& tag : ours) {
        if (!is_grant(tag) && tag != kManaged) rest.insert(tag);
      }
      if (managed) rest.insert(kManaged);
      if (!managed) rest.erase(kManaged);
      after.insert(rest);
      if (managed && !is_managed(before)) after.insert(with_all_lanes(rest));
    }
    if (!was_looked_at) after.insert(runner.rest.begin(), runner.rest.end());
  }
  runner.ever.insert(after.begin(), after.end());
  runner.rest = std::move(after);
  if (runner.vague) widen(runner);
}

// Whatever anybody may remember of it.
void World::widen(SimRunner& runner) {
  std::set<TagSet> all = runner.ever;
  if (!is_marked(runner.tags)) all.insert(ours_but_marker(runner.tags));
  const TagSet seen = ours_but_marker(runner.tags);
  for (const TagSet& rest : std::set<TagSet>(all)) {
    TagSet released = rest;
    released.erase(kManaged);
    all.insert(std::move(released));
    if (is_managed(runner.tags)) all.insert(with_all_lanes(rest));
    // What is further than rest was put by a person, and stays.
    TagSet more = rest;
    for (const std::string& tag : seen) {
      if (!is_grant(tag)) more.insert(tag);
    }
    all.insert(std::move(more));
  }
  runner.rest = std::move(all);
}

void World::memory_lost() {
  for (auto& [id, runner] : runners) {
    runner.left_alone_until.reset();
    if (!is_managed(runner.tags) && !is_marked(runner.tags)) continue;
    runner.vague = true;
    widen(runner);
  }
}

void World::settled() {
  for (auto& [id, runner] : runners) {
    runner.edited_under_marker = false;
    const TagSet ours = ours_but_marker(runner.tags);
    if (is_marked(runner.tags) || !runner.rest.contains(ours)) continue;
    runner.rest = {ours};
    runner.vague = false;
  }
}

void World::check_users() {
  for (const auto& [id, runner] : runners) {
    if (without_ours(runner.tags) == runner.users) continue;
    violate("users' tags", "runner " + std::to_string(id.value()) + " has " +
                               words(without_ours(runner.tags)) + ", people made it " + words(runner.users));
  }
}

}  // namespace runneriq::scheduler::sim
