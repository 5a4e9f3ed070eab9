#include "scheduler/gate_cover.hpp"

#include "core/tag_names.hpp"

#include <algorithm>
#include <tuple>

namespace runneriq::scheduler {
namespace {

// A job of the pool that asks for these tags, too.
Pool asking_for(Pool pool, std::span<const std::string> tags) {
  std::vector<std::string>& all = pool.traits.tags;
  all.insert(all.end(), tags.begin(), tags.end());
  std::sort(all.begin(), all.end());
  return pool;
}

class Search {
 public:
  Search(const GateFleet& fleet, const std::set<RunnerKey>& open_before)
      : fleet_(fleet), serves_(fleet.size(), 0), was_open_(fleet.nobody()), open_(fleet.nobody()) {
    for (std::size_t row = 0; row < fleet.size(); ++row) {
      if (open_before.contains(fleet.at(row).runner->key)) was_open_.add(row);
    }
  }

  // One of these has to be open.
  void require_one_of(const RunnerSet& runners) {
    runners.for_each([&](std::size_t row) { ++serves_[row]; });
    needs_.push_back(&runners);
  }

  RunnerSet run() {
    open_those_without_alternative();
    while (!needs_.empty()) open(best());
    return open_;
  }

 private:
  void open_those_without_alternative() {
    RunnerSet alone = fleet_.nobody();
    for (const RunnerSet* need : needs_) {
      if (need->size() == 1) need->for_each([&](std::size_t row) { alone.add(row); });
    }
    alone.for_each([&](std::size_t row) { open(row); });
  }

  void open(std::size_t row) {
    open_.add(row);
    std::erase_if(needs_, [&](const RunnerSet* need) {
      if (!need->has(row)) return false;
      need->for_each([&](std::size_t other) { --serves_[other]; });
      return true;
    });
  }

  [[nodiscard]] auto merit(std::size_t row) const {
    const GatedRunner& runner = fleet_.at(row);
    return std::tuple{serves_[row] > 0, was_open_.has(row), serves_[row], !runner.cut.has_value(),
                      runner.is_elastic};
  }

  [[nodiscard]] std::size_t best() const {
    std::size_t best = 0;
    for (std::size_t row = 1; row < fleet_.size(); ++row) {
      if (merit(row) > merit(best)) best = row;
    }
    return best;
  }

  const GateFleet& fleet_;
  std::vector<int> serves_;  // needs that are open still, by row
  std::vector<const RunnerSet*> needs_;
  RunnerSet was_open_, open_;
};

// Pools that nobody serves in all lanes, lane by lane.
std::vector<Pool> by_lane(std::span<const Pool> pools, const Lanes& lanes) {
  std::vector<Pool> kinds;
  for (const Pool& pool : pools) {
    for (const std::string& tag : lanes.tags()) kinds.push_back(asking_for(pool, {&tag, 1}));
  }
  return kinds;
}

bool has_partial_runners(const GateFleet& fleet, const Lanes& lanes) {
  for (std::size_t row = 0; row < fleet.size(); ++row) {
    const std::vector<std::string>& tags = fleet.at(row).gate->at_rest;
    const auto carried = std::count_if(lanes.tags().begin(), lanes.tags().end(), [&](const std::string& tag) {
      return std::binary_search(tags.begin(), tags.end(), tag);
    });
    if (carried > 0 && static_cast<std::size_t>(carried) < lanes.size()) return true;
  }
  return false;
}

}  // namespace

Pool pool_of(const GitLabUrl& gitlab, const gitlab::JobTraits& job) {
  Pool pool{gitlab, job};
  std::erase_if(pool.traits.tags, [](const std::string& tag) { return is_ours(tag); });
  return pool;
}

std::vector<Pool> all_pools(const GateInput& input) {
  std::vector<Pool> pools(input.pools.begin(), input.pools.end());
  for (const PendingJob& job : input.fleet.jobs) pools.push_back(pool_of(job.key.gitlab, job.traits));
  std::sort(pools.begin(), pools.end());
  pools.erase(std::unique(pools.begin(), pools.end()), pools.end());
  return pools;
}

std::vector<Pool> in_all_lanes(std::span<const Pool> pools, const Lanes& lanes) {
  std::vector<Pool> kinds;
  kinds.reserve(pools.size());
  for (const Pool& pool : pools) kinds.push_back(asking_for(pool, lanes.tags()));
  return kinds;
}

Cover cover(const GateFleet& fleet, std::span<const Pool> pools, std::span<const RunnerSet> complete,
            const Lanes& lanes, const std::set<RunnerKey>& open_before) {
  Search search{fleet, open_before};
  std::vector<Pool> uncovered;
  for (std::size_t i = 0; i < pools.size(); ++i) {
    if (complete[i].size() > 0) {
      search.require_one_of(complete[i]);
    } else {
      uncovered.push_back(pools[i]);
    }
  }
  std::vector<RunnerSet> partial;
  if (has_partial_runners(fleet, lanes)) partial = fleet.takers(by_lane(uncovered, lanes));
  for (const RunnerSet& runners : partial) {
    if (runners.size() > 0) search.require_one_of(runners);
  }
  return {.open = search.run(), .uncovered = std::move(uncovered)};
}

}  // namespace runneriq::scheduler
