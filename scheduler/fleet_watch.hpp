// One tick from end to end, over ports: read, remember, decide. Survives the loss of any of them.
#pragma once

#include "gitlab/fleet_reader.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/tick.hpp"

#include <string>
#include <vector>

namespace runneriq::scheduler {

// A single look must leave no trace in what the loop remembers: it may see less of the fleet.
enum class MemoryUse { recall_only, recall_and_remember };

struct FleetPorts {
  std::vector<gitlab::FleetReader*> fleets;
  FleetMemory* memory = nullptr;  // null: nothing is recalled or remembered
  MemoryUse memory_use = MemoryUse::recall_and_remember;
  Advisor* advisor = nullptr;  // not null
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
  [[nodiscard]] Result<Tick> tick(Time now);

 private:
  FleetPorts ports_;
  MonitorOptions monitor_;
  TickRules rules_;
  Depth depth_;
};

// A tick on a fleet that was not read from GitLab.
Tick tick_on(FleetSnapshot snapshot, const TickRules& rules, Depth depth, Advisor& advisor);

}  // namespace runneriq::scheduler
