// What a look at a runner's tags says, and what is to be written there.
#include "core/tag_names.hpp"
#include "scheduler/lease_changes.hpp"
#include "scheduler/leases.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

const TagSet kManaged{std::string{kManagedTag}};
const TagSet kMarker{std::string{kSteeredTag}};

bool is_managed(const TagSet& tags) {
  return tags.contains(kManagedTag);
}

bool is_steered(const TagSet& tags) {
  return tags.contains(kSteeredTag);
}

TagSet grants_in(const TagSet& tags) {
  TagSet grants = tags;
  std::erase_if(grants, [](const std::string& tag) { return !is_grant(tag); });
  return grants;
}

// Under the marker what is missing and what is granted may be our doing, whoever remembers it; a further tag
// that is not at rest can only be a person's.
TagSet put_by_a_person(const TagSet& seen, const TagSet& rest) {
  return without(without(without(seen, rest), grants_in(seen)), united(kManaged, kMarker));
}

TagSet ours_without_memory(const TagSet& tags, const Lanes& lanes) {
  TagSet ours = our_tags(tags);
  if (is_steered(ours)) ours = without(without(ours, grants_in(ours)), kMarker);
  return united(united(ours, set_of(lanes.tags())), kManaged);
}

TagSet rest_of(const RestState* rest) {
  return rest == nullptr ? TagSet{} : set_of(rest->ours);
}

std::string words_of_refusal(const TagSet& tags, const gitlab::RunnerTags& read) {
  if (tags.size() > gitlab::kMostTags) {
    return "the runner would have " + std::to_string(tags.size()) + " tags, and GitLab takes at most " +
           std::to_string(gitlab::kMostTags) + ": remove some of its own";
  }
  if (tags.empty() && !read.run_untagged) {
    return "the runner would be left without tags, which GitLab refuses for one that runs no untagged jobs";
  }
  return {};
}

}  // namespace

std::vector<std::string> rest_without_memory(std::span<const std::string> tags, const Lanes& lanes) {
  const TagSet all = set_of(tags);
  return list_of(united(user_tags(all), ours_without_memory(all, lanes)));
}

// ---- looking ------------------------------------------------------------------------------

Seen LeaseBook::look(const RunnerKey& runner, const gitlab::RunnerTags& tags, const Moment& now,
                     LeaseChanges& changes) {
  const TagSet all = set_of(tags.tags);
  const TagSet seen = our_tags(all);
  Seen found = is_managed(seen) ? look_at_managed(runner, seen, now, changes)
                                : look_at_released(runner, seen, changes);
  Memory& memory = memories_[runner];
  memory.to_be_seen = tags_wanted(runner, tags, now).value_or(all) != all;
  memory.accounted_for = seen;
  return found;
}

// Without runneriq:managed. Nothing of it is ours unless the marker or our memory says so.
Seen LeaseBook::look_at_released(const RunnerKey& runner, const TagSet& seen, LeaseChanges& changes) {
  end_where(
      runner, [](const Held&) { return "runneriq:managed was removed"; }, changes);
  const RestState* known = at_rest(runner);
  if (is_steered(seen)) {
    const TagSet rest = known == nullptr ? ours_without_memory(seen, lanes_)
                                         : united(rest_of(known), put_by_a_person(seen, rest_of(known)));
    set_rest({.runner = runner, .ours = list_of(without(rest, kManaged))}, changes);
    return {.kind = Seen::Kind::released, .removed = list_of(kManaged)};
  }
  if (known == nullptr) return {};
  const TagSet rest = rest_of(known);
  at_rest_.erase(runner);
  memories_[runner].restoring = false;
  put_forgotten(changes, runner);
  return {.kind = Seen::Kind::released,
          .added = list_of(without(seen, rest)),
          .removed = list_of(without(rest, seen))};
}

Seen LeaseBook::look_at_managed(const RunnerKey& runner, const TagSet& seen, const Moment& now,
                                LeaseChanges& changes) {
  take_to_rest(runner, seen, changes);
  end_where(
      runner,
      [&](const Held& held) {
        return is_admissible(held.term.lease) ? "" : "the runner does not stand for it";
      },
      changes);
  return compare(runner, seen, now, changes);
}

// As long as lanes are missing without the marker, only this process knows that they are to come back: on
// record they would read as taken away by a person.
void LeaseBook::take_to_rest(const RunnerKey& runner, const TagSet& seen, LeaseChanges& changes) {
  Memory& memory = memories_[runner];
  const RestState* known = at_rest(runner);
  const bool is_known = known != nullptr && is_managed(rest_of(known));
  if (is_known && !memory.restoring) return;
  const TagSet rest = ours_without_memory(seen, lanes_);
  memory.restoring = !is_steered(seen) && seen != rest;
  const RestState state{.runner = runner, .ours = list_of(rest)};
  at_rest_.insert_or_assign(runner, state);
  if (!memory.restoring) put_rest(changes, state);
}

Seen LeaseBook::compare(const RunnerKey& runner, const TagSet& seen, const Moment& now,
                        LeaseChanges& changes) {
  const Memory& memory = memories_[runner];
  if (seen == ours_wanted(runner, now)) {
    for (Held& held : leases_[runner]) held.verified = true;
    return {.kind = Seen::Kind::as_expected};
  }
  const Seen ours{.kind = Seen::Kind::to_be_written};
  if (memory.restoring || memory.accounted_for == seen) return ours;

  const TagSet rest = rest_of(at_rest(runner));
  if (!is_steered(seen)) {
    if (seen != rest) return give_way(runner, seen, seen, now, changes);
    return any_verified(runner, now) ? give_way(runner, seen, rest, now, changes) : ours;
  }
  const TagSet further = put_by_a_person(seen, rest);
  if (!further.empty()) return give_way(runner, seen, united(rest, further), now, changes);
  const bool is_explained = !any_verified(runner, now) || was_written(runner, seen, now);
  return is_explained ? ours : give_way(runner, seen, rest, now, changes);
}

// A person changed our tags: what is leased ends, and `rest` is how the runner is at rest from now on.
Seen LeaseBook::give_way(const RunnerKey& runner, const TagSet& seen, const TagSet& rest, const Moment& now,
                         LeaseChanges& changes) {
  const RestState& known = at_rest_.at(runner);
  const auto& last = memories_[runner].accounted_for;
  const TagSet before = any_verified(runner, now) && last ? *last : set_of(known.ours);
  std::optional<Time> left_alone = known.left_alone_until;
  if (!live_of(runner, now).empty() || is_steered(seen)) left_alone = now.wall + terms_.left_alone;
  end_where(
      runner, [](const Held&) { return "a person changed tags of RunnerIQ's on the runner"; }, changes);
  set_rest({.runner = runner, .ours = list_of(rest), .left_alone_until = left_alone}, changes);
  return {.kind = Seen::Kind::changed_by_a_person,
          .added = list_of(without(seen, before)),
          .removed = list_of(without(before, seen))};
}

void LeaseBook::set_rest(RestState rest, LeaseChanges& changes) {
  const RestState* known = at_rest(rest.runner);
  if (known != nullptr && *known == rest) return;
  put_rest(changes, rest);
  const RunnerKey runner = rest.runner;
  at_rest_.insert_or_assign(runner, std::move(rest));
}

bool LeaseBook::any_verified(const RunnerKey& runner, const Moment& now) const {
  const auto found = leases_.find(runner);
  return found != leases_.end() && std::ranges::any_of(found->second, [&](const Held& held) {
           return held.verified && is_live(held.term, now);
         });
}

bool LeaseBook::was_written(const RunnerKey& runner, const TagSet& ours, const Moment& now) const {
  const auto memory = memories_.find(runner);
  return memory != memories_.end() && std::ranges::any_of(memory->second.written, [&](const Written& write) {
           return write.ours == ours && now.steady < write.until;
         });
}

// ---- writing ------------------------------------------------------------------------------

// Our tags as the live leases have them, with the marker when that is not how they are at rest.
TagSet LeaseBook::ours_wanted(const RunnerKey& runner, const Moment& now) const {
  return ours_with(runner, live_of(runner, now));
}

TagSet LeaseBook::ours_with(const RunnerKey& runner, std::span<const Lease> leases) const {
  const TagSet rest = rest_of(at_rest(runner));
  TagSet ours = rest;
  for (const Lease& lease : leases) {
    if (!is_admissible(lease)) continue;
    if (lease.kind == LeaseKind::withhold) ours.erase(lease.tag);
    if (lease.kind == LeaseKind::grant) ours.insert(lease.tag);
  }
  return ours == rest ? ours : united(std::move(ours), kMarker);
}

// None: it is none of ours.
std::optional<TagSet> LeaseBook::tags_wanted(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                                             const Moment& now) const {
  const RestState* rest = at_rest(runner);
  if (rest == nullptr) return std::nullopt;
  const TagSet all = set_of(tags.tags);
  if (is_managed(all)) return united(user_tags(all), ours_wanted(runner, now));
  if (!is_steered(all)) return std::nullopt;
  return united(user_tags(all), without(rest_of(rest), kManaged));
}

std::optional<gitlab::TagWrite> LeaseBook::target(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                                                  const Moment& now) const {
  const auto wanted = tags_wanted(runner, tags, now);
  if (!wanted || *wanted == set_of(tags.tags) || !words_of_refusal(*wanted, tags).empty())
    return std::nullopt;
  return gitlab::TagWrite{.runner = runner.runner, .tags = list_of(*wanted)};
}

std::optional<gitlab::TagWrite> LeaseBook::steps_back(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                                                      const Moment& now) const {
  const TagSet all = set_of(tags.tags);
  if (at_rest(runner) == nullptr || !is_managed(all)) return std::nullopt;
  std::vector<Lease> leases = live_of(runner, now);
  std::erase_if(leases, [&](const Lease& lease) {
    return all.contains(lease.tag) == (lease.kind == LeaseKind::withhold);
  });
  const TagSet wanted = united(user_tags(all), ours_with(runner, leases));
  if (wanted == all || !words_of_refusal(wanted, tags).empty()) return std::nullopt;
  return gitlab::TagWrite{.runner = runner.runner, .tags = list_of(wanted)};
}

std::string LeaseBook::why_no_target(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                                     const Moment& now) const {
  const auto wanted = tags_wanted(runner, tags, now);
  if (!wanted || *wanted == set_of(tags.tags)) return {};
  return words_of_refusal(*wanted, tags);
}

bool LeaseBook::is_revert(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                          const gitlab::TagWrite& write) const {
  const TagSet before = set_of(tags.tags);
  const TagSet after = set_of(write.tags);
  const RestState* known = at_rest(runner);
  const TagSet rest = known == nullptr ? ours_without_memory(before, lanes_) : set_of(known->ours);
  const TagSet kept = united(rest, kManaged);
  const bool withholds_no_more = is_within(without(kept, after), without(kept, before));
  const bool adds_no_more = is_within(without(after, before), rest);
  return withholds_no_more && adds_no_more && user_tags(before) == user_tags(after);
}

void LeaseBook::has_written(const RunnerKey& runner, const Moment& now) {
  has_written_ours(runner, ours_wanted(runner, now), now);
}

void LeaseBook::has_written(const RunnerKey& runner, const gitlab::TagWrite& write, const Moment& now) {
  has_written_ours(runner, our_tags(set_of(write.tags)), now);
}

void LeaseBook::has_written_ours(const RunnerKey& runner, TagSet ours, const Moment& now) {
  Memory& memory = memories_[runner];
  const Duration until = now.steady + terms_.watch_after_write;
  memory.watched_until = until;
  if (!is_steered(ours)) return;
  std::erase_if(memory.written, [&](const Written& write) { return write.ours == ours; });
  memory.written.push_back({.ours = std::move(ours), .until = until});
}

}  // namespace runneriq::scheduler
