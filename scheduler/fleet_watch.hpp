// One tick from end to end, over ports: read, remember, decide. Survives the loss of any of them.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/tick.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// A single look must leave no trace in what the loop remembers: it may see less of the fleet.
enum class MemoryUse { recall_only, recall_and_remember };

// Projects whose jobs have changed, as a webhook says: worth a look, and no more.
using Hints = std::map<GitLabUrl, std::set<ProjectId>>;

struct FleetPorts {
  std::vector<gitlab::FleetReader*> fleets;
  FleetMemory* memory = nullptr;  // null: nothing is recalled or remembered
  MemoryUse memory_use = MemoryUse::recall_and_remember;
  Advisor* advisor = nullptr;  // not null
  // Changes the snapshot before anything is decided on it: to how the fleet is at rest (see Steering).
  std::function<void(FleetSnapshot&)> adjust = {};
  // Is told of each reading, of hinted ones too, once and right after it was read: of jobs that have ended.
  std::function<void(const gitlab::FleetReading&)> heard = {};
};

struct Tick {
  Time now;
  FleetSnapshot snapshot;
  MonitorReport monitor;
  Decisions decisions;
  std::vector<std::string> degraded;  // of the snapshot, and of the memory
  gitlab::CallCount calls;            // of all fleets together
};

class FleetWatch {
 public:
  FleetWatch(FleetPorts ports, MonitorOptions monitor, TickRules rules, Depth depth);

  // Error only when no GitLab gives anything to decide on: the first one's.
  // With hints only what they point at is read anew, where the rest is young enough.
  [[nodiscard]] Result<Tick> tick(Time now, const Hints& hints = {});

 private:
  FleetPorts ports_;
  MonitorOptions monitor_;
  TickRules rules_;
  Depth depth_;
};

// A tick on a fleet that was not read from GitLab.
Tick tick_on(FleetSnapshot snapshot, const TickRules& rules, Depth depth, Advisor& advisor);

}  // namespace runneriq::scheduler
