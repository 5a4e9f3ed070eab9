// The laws that every PUT and every step of a daemon are judged by.
#include "core/tag_names.hpp"
#include "tests/simulation/daemon.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler::sim {
namespace {

using namespace std::chrono_literals;

std::string name(RunnerId runner) {
  return "runner " + std::to_string(runner.value());
}

TagSet lanes_in(const TagSet& tags) {
  TagSet lanes = tags;
  std::erase_if(lanes, [](const std::string& tag) { return !is_lane(tag); });
  return lanes;
}

TagSet grants_in(const TagSet& tags) {
  TagSet grants = tags;
  std::erase_if(grants, [](const std::string& tag) { return !is_grant(tag); });
  return grants;
}

// Lanes that it takes away, and grants that it gives and that are not of rest.
TagSet changes_of(const Put& put, const SimRunner& runner) {
  TagSet changes = united(without(lanes_in(put.read), put.tags), without(grants_in(put.tags), put.read));
  for (const TagSet& rest : runner.rest) changes = without(std::move(changes), grants_in(rest));
  return changes;
}

}  // namespace

void Daemon::judge(const Put& put, bool just_read) {
  ++world_.counts.puts;
  const SimRunner& runner = world_.runners.at(put.runner);
  const std::string who = name(put.runner) + " of daemon " + std::to_string(number_);
  if (!executes_) world_.violate("advice only", "a PUT without --execute: " + who);
  if (!just_read) world_.violate("just read", "PUT of " + who + " without a GET in the same step");
  if (without_ours(put.tags) != without_ours(put.read))
    world_.violate("users' tags", "sent " + words(put.tags) + " where was read " + words(put.read));
  if (is_managed(put.tags) != is_managed(put.read))
    world_.violate("managed is people's", "sent " + words(put.tags) + " where was read " + words(put.read));
  if (put.tags.size() > 50) world_.violate("fifty tags", who);
  if (put.tags.empty() && !runner.run_untagged) world_.violate("some tags", who);
  if (put.tags == put.read) world_.violate("no needless PUT", who + ": " + words(put.tags));
  const bool certain = alone && runner.rest.size() == 1 && put.version == runner.version;
  if (certain) {
    const bool differs = is_managed(put.tags) && ours_but_marker(put.tags) != *runner.rest.begin();
    if (differs != is_marked(put.tags))
      world_.violate("marker",
                     who + " is given " + words(put.tags) + ", its rest is " + words(*runner.rest.begin()));
  }
  if (const TagSet changes = changes_of(put, runner); !changes.empty()) judge_change(put, changes);
}

std::optional<Lease> Daemon::lease_on_disk(RunnerId runner, const std::string& tag) const {
  for (const auto& [id, lease] : disk.image.leases) {
    if (lease.runner.runner == runner && lease.tag == tag && now().wall < lease.expires) return lease;
  }
  return std::nullopt;
}

void Daemon::judge_change(const Put& put, const TagSet& changes) {
  const std::string who = name(put.runner) + " of daemon " + std::to_string(number_);
  for (const std::string& tag : changes) {
    if (!lease_on_disk(put.runner, tag)) world_.violate("intent first", "no lease of " + tag + " on " + who);
  }
  int& used = intents_used_[put.runner];
  const int written = disk.intents[put.runner.value()];
  if (written <= used) world_.violate("intent first", "no record in the audit trail for " + who);
  used = written;
  const auto& left_alone = world_.runners.at(put.runner).left_alone_until;
  if (alone && left_alone && world_.now < *left_alone)
    world_.violate("left alone", who + " was changed by a person just before");
  if (killed_by_file) world_.violate("kill switch", "a change of " + who);

  std::erase_if(changes_, [&](Duration at) { return at + 1min <= now().steady; });
  changes_.push_back(now().steady);
  if (changes_.size() > static_cast<std::size_t>(kCutsPerMinute))
    world_.violate("write budget", std::to_string(changes_.size()) + " changes in a minute");

  const bool withholds = !without(lanes_in(put.read), put.tags).empty();
  if (!withholds || !alone || !fresh_ || disturbed_) return;
  for (const auto& [id, other] : world_.runners) {
    if (id == put.runner || other.gone || other.rest.size() != 1 || !is_marked(other.tags)) continue;
    for (const std::string& tag : without(lanes_in(*other.rest.begin()), other.tags)) {
      if (!lease_on_disk(id, tag))
        world_.violate("opens first", name(id) + " still lacks " + tag + " while " + who + " is cut");
    }
  }
  const auto before = world_.pools_without_open_runner();
  const TagSet tags = std::exchange(world_.runners.at(put.runner).tags, put.tags);
  const auto after = world_.pools_without_open_runner();
  world_.runners.at(put.runner).tags = tags;
  for (const std::string& pool : after) {
    if (!before.contains(pool))
      world_.violate("one open runner", "none for " + pool + " after the cut of " + who);
  }
}

void Daemon::judge_bound(const SimRunner& runner, const Lease& lease) {
  const auto renewed = disk.true_renewals.find(lease.id);
  const bool withholds = lease.kind == LeaseKind::withhold;
  if (runner.gone || renewed == disk.true_renewals.end() || withholds == runner.tags.contains(lease.tag))
    return;
  if (world_.now - std::max(renewed->second, bound_from_) > kTtl + kSweep + kLongestCall)
    world_.violate("bounded",
                   name(runner.id) + " is leased " + lease.tag + " for longer than any lease lives");
}

// A person changed a cut runner: from now on it is left alone.
void Daemon::leave_alone() {
  for (auto& [id, runner] : world_.runners) {
    if (runner.edited_under_marker && !runner.vague && !runner.gone)
      runner.left_alone_until = world_.now + 14min;
  }
}

// After a step without disturbance everything that differs from rest is covered by a lease that lives.
void Daemon::judge_settled() {
  std::size_t cut = 0;
  for (auto& [id, runner] : world_.runners) {
    if (runner.gone) continue;
    const TagSet ours = ours_but_marker(runner.tags);
    TagSet withheld, granted;
    for (const Lease& lease : report_.leases) {
      if (lease.runner.runner != id) continue;
      (lease.kind == LeaseKind::withhold ? withheld : granted).insert(lease.tag);
    }
    cut += !withheld.empty() && is_marked(runner.tags) ? 1 : 0;
    const bool explained = std::ranges::any_of(runner.rest, [&](const TagSet& rest) {
      return without(without(rest, ours), withheld).empty() &&
             without(without(ours, rest), granted).empty() && is_marked(runner.tags) == (ours != rest);
    });
    if (!explained) {
      std::string all;
      for (const TagSet& rest : runner.rest) all += words(rest);
      world_.violate("leased or at rest", name(id) + " has " + words(runner.tags) + ", withheld " +
                                              words(withheld) + ", granted " + words(granted) +
                                              ", rest is one of " + all);
    }
    const bool idles_long =
        is_marked(runner.tags) && runner.idle_since && world_.now - *runner.idle_since > 30s + 2 * kSweep;
    if (idles_long && clean_in_a_row_ > 4)
      world_.violate("no phantom", name(id) + " idles since " + runneriq::to_text(*runner.idle_since));
  }
  if (cut > kMostCut) world_.violate("most cut", std::to_string(cut) + " runners are cut");
  world_.settled();
}

}  // namespace runneriq::scheduler::sim
