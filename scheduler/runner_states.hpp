// The runners of all readings as the fleet has them: one per key, with capacity, contact and zone.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/monitor.hpp"

#include <map>
#include <set>
#include <span>
#include <vector>

namespace runneriq::scheduler {

// A GitLab may be read in parts (several groups): a runner seen in more than one counts once.
struct SeenRunner {
  const gitlab::Runner* runner = nullptr;
  Duration age{};           // of the list that tells most of it
  std::set<JobId> running;  // jobs of the readings that run on it
};

struct SeenFleet {
  std::map<RunnerKey, SeenRunner> runners;
  std::set<GitLabUrl> current;  // every list of their runners was read now
};

// Points into `readings`.
SeenFleet seen_fleet(std::span<const gitlab::FleetReading> readings);

const KnownRunner* known_runner(const Recollection& before, const RunnerKey& key);

FleetRunner fleet_runner(const RunnerKey& key, const SeenRunner& seen, const Recollection& before,
                         const MonitorOptions& options, Time now);

// Where a runner stands on the grid: as configured, else as a tag of the user's says; "" = unknown.
carbon::ZoneKey zone_of(RunnerId id, const std::string& description, std::span<const std::string> tags,
                        const MonitorOptions& options);

// What is to be remembered of it. Tags that are not known now are as they were.
KnownRunner remembered(const FleetRunner& runner, const KnownRunner* before, Time now);

}  // namespace runneriq::scheduler
