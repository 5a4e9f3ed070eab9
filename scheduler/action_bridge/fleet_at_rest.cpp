#include "scheduler/action_bridge/fleet_at_rest.hpp"

#include "core/tag_names.hpp"
#include "scheduler/lease_tags.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace runneriq::scheduler {
namespace {

using Tags = std::vector<std::string>;

bool carries(const Tags& tags, std::string_view tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

Tags tags_at_rest(const FleetRunner& runner, const LeaseBook& book) {
  const RestState* rest = book.at_rest(runner.key);
  if (rest == nullptr) {
    const bool managed = carries(runner.traits.tags, kManagedTag);
    return managed ? rest_without_memory(runner.traits.tags, book.lanes()) : runner.traits.tags;
  }
  return list_of(united(user_tags(set_of(runner.traits.tags)), set_of(rest->ours)));
}

void move_grants(PendingJob& job) {
  Tags& tags = job.traits.tags;
  std::ranges::copy_if(tags, std::back_inserter(job.wanted_grants),
                       [](const std::string& tag) { return is_grant(tag); });
  std::erase_if(tags, [](const std::string& tag) { return is_grant(tag); });
}

// The lanes after it are withheld.
std::optional<std::size_t> cut_of(const std::vector<Lease>& leases, const Lanes& lanes) {
  std::optional<std::size_t> first;
  for (const Lease& lease : leases) {
    const auto lane = lanes.with_tag(lease.tag);
    if (lease.kind == LeaseKind::withhold && lane && *lane > 0 && (!first || *lane < *first)) first = lane;
  }
  return first ? std::optional(*first - 1) : std::nullopt;
}

}  // namespace

bool FleetAsListed::lacks(const RunnerKey& runner) const {
  const auto first = descriptions.lower_bound({runner.gitlab, RunnerId{}});
  return first != descriptions.end() && first->first.gitlab == runner.gitlab &&
         !descriptions.contains(runner);
}

FleetAsListed put_fleet_at_rest(FleetSnapshot& fleet, const LeaseBook& book) {
  FleetAsListed listed;
  std::set<GitLabUrl> managed;
  for (FleetRunner& runner : fleet.runners) {
    listed.descriptions[runner.key] = runner.description;
    if (!runner.traits_known) continue;
    Tags at_rest = tags_at_rest(runner, book);
    const Tags& tags = runner.traits.tags;
    if (carries(tags, kSteeredTag) || our_tags(set_of(tags)) != our_tags(set_of(at_rest)))
      listed.to_look_at.push_back(runner.key);
    if (carries(at_rest, kManagedTag)) managed.insert(runner.key.gitlab);
    runner.traits.tags = std::move(at_rest);
  }
  for (PendingJob& job : fleet.jobs) {
    if (managed.contains(job.key.gitlab)) move_grants(job);
  }
  return listed;
}

std::vector<GateRunner> gate_runners(const FleetSnapshot& fleet, const LeaseBook& book, const Moment& now) {
  std::vector<GateRunner> runners;
  for (const FleetRunner& runner : fleet.runners) {
    const std::vector<Lease> leases = book.live_of(runner.key, now);
    GateRunner known{.managed = carries(runner.traits.tags, kManagedTag),
                     .at_rest = runner.traits.tags,
                     .cut = cut_of(leases, book.lanes()),
                     .cause = {},
                     .left_alone = book.is_left_alone(runner.key, now)};
    if (known.cut) known.cause = leases.front().cause;
    runners.push_back(std::move(known));
  }
  return runners;
}

std::vector<Pool> pools_of(const FleetSnapshot& fleet) {
  std::set<Pool> pools;
  for (const PendingJob& job : fleet.jobs) pools.insert(pool_of(job.key.gitlab, job.traits));
  return {pools.begin(), pools.end()};
}

}  // namespace runneriq::scheduler
