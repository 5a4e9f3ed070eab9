// One tick's decisions: every pending job scored, put in order and given a runner. Pure.
#pragma once

#include "scheduler/analyzer.hpp"
#include "scheduler/assigner.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/monitor.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::scheduler {

struct JobDecision {
  std::size_t job = 0;                     // index in the snapshot
  Priority priority;                       // score, factors, class by score or wish
  JobClass calibrated = JobClass::low;     // by score or wish, then calibrated: what the gate goes by
  JobClass job_class = JobClass::low;      // effective: that, escalated by waiting
  std::vector<std::string> class_reasons;  // what changed it: "waited 25 min: MEDIUM becomes HIGH", "…"
  Assignment assignment;
  std::optional<Time> expected_start;  // none: no runner can take it
};

// Who waits for the resource that a job holds.
struct WaitedFor {
  JobKey waiter;
  std::vector<std::string> tags;       // of the waiter
  JobClass job_class = JobClass::low;  // of the waiter, calibrated
};

struct Decisions {
  std::vector<JobDecision> jobs;  // in the order of architecture.md section 5
  Split split;
  std::multimap<JobKey, WaitedFor> holders;  // by holder
  std::vector<std::string> flags;            // projects whose CRITICAL share is over 20 %
};

struct TickRules {
  PriorityRules priority = PriorityRules::defaults();
  AssignerOptions assigner;
};

enum class Depth { monitor_only, analyze_only, full };  // --mode

Decisions decide(const FleetSnapshot& fleet, const TickRules& rules, Depth depth, Advisor& advisor);

// The order of two jobs of the fleet: class; within CRITICAL and HIGH higher score, within MEDIUM
// and LOW shorter expected duration; then lower id, then GitLab.
bool comes_before(const FleetSnapshot& fleet, const JobDecision& a, const JobDecision& b);

}  // namespace runneriq::scheduler
