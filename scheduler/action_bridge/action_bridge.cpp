#include "scheduler/action_bridge/action_bridge.hpp"

#include "scheduler/action_bridge/tag_round.hpp"

#include <set>
#include <utility>

namespace runneriq::scheduler {
namespace {

struct Group {
  GitLabUrl gitlab;
  std::vector<RunnerId> runners;  // each once, in the order given
};

std::vector<Group> grouped(std::span<const RunnerKey> runners) {
  std::vector<Group> groups;
  std::map<GitLabUrl, std::size_t> places;
  std::set<RunnerKey> seen;
  for (const RunnerKey& runner : runners) {
    if (!seen.insert(runner).second) continue;
    const auto [place, is_new] = places.try_emplace(runner.gitlab, groups.size());
    if (is_new) groups.push_back({runner.gitlab, {}});
    groups[place->second].runners.push_back(runner.runner);
  }
  return groups;
}

std::vector<RunnerId> ids_of(const std::vector<RunnerKey>& runners) {
  std::vector<RunnerId> ids;
  for (const RunnerKey& runner : runners) ids.push_back(runner.runner);
  return ids;
}

}  // namespace

void BridgeMemory::explain(const LeaseChanges& changes) {
  for (std::size_t at = 0; at < changes.ended.size(); ++at) {
    const Lease& lease = changes.ended[at];
    const bool told = at < changes.ended_because.size();
    over[lease.runner] = {.because = told ? changes.ended_because[at] : "its lease has ended",
                          .job = lease.cause};
  }
}

void BridgeMemory::forget(const RunnerKey& runner) {
  over.erase(runner);
  owed.erase(runner);
  late_writes.erase(runner);
}

ActionBridge::ActionBridge(BridgePorts ports, LeaseBook& book) : ports_(std::move(ports)), book_(book) {}

BridgeRound ActionBridge::settle(std::span<const RunnerKey> runners, TrustMode mode, Time deadline) {
  BridgeRound round;
  const std::vector<Group> groups = grouped(runners);
  const RoundContext context{.ports = ports_, .book = book_, .memory = memory_, .mode = mode, .round = round};
  for (std::size_t at = 0; at < groups.size(); ++at) {
    const auto access = ports_.gitlabs.find(groups[at].gitlab);
    if (access == ports_.gitlabs.end()) {
      round.sentences.push_back("no access to the runners of " + groups[at].gitlab.value());
      for (const RunnerId id : groups[at].runners) round.unread.push_back({groups[at].gitlab, id});
      continue;
    }
    // One GitLab that does not answer leaves the others their share of the time.
    const Time now = ports_.now().wall;
    const Duration share = (deadline - now) / static_cast<Duration::rep>(groups.size() - at);
    TagRound first(context, *access->second, now + share);
    first.run(groups[at].gitlab, groups[at].runners);
    const std::vector<RunnerKey> halfway = std::exchange(round.halfway, {});
    if (!first.may_change()) {
      round.owed.insert(round.owed.end(), halfway.begin(), halfway.end());
    } else if (!halfway.empty()) {
      TagRound(context, *access->second, now + share).run(groups[at].gitlab, ids_of(halfway));
      round.halfway.clear();
    }
  }
  return round;
}

}  // namespace runneriq::scheduler
