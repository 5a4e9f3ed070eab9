// The two halves of alternatives(): what would change the class, and what the runner.
#pragma once

#include "scheduler/what_if.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// A job's facts with one thing changed.
struct FactChange {
  std::string words;  // "started by a maintainer"
  JobFacts facts;
};

enum class Direction { more_urgent, less_urgent };

// Single changes, the smallest first; some go the other way, or change nothing that counts.
std::vector<FactChange> fact_changes(const JobFacts& facts, const PriorityRules& rules, Direction direction);

// A more urgent class; a less urgent one only for a job that is CRITICAL.
std::optional<Alternative> class_alternative(const FleetSnapshot& fleet, const JobDecision& decision,
                                             const TickRules& rules, Advisor& advisor);

// At most two. The jobs ahead are decided anew with each change; those behind have no say. How many
// changes are tried falls with the number of jobs ahead, so that the time is bounded.
std::vector<Alternative> runner_alternatives(const FleetSnapshot& fleet, const Decisions& decisions,
                                             std::size_t decision, const AssignerOptions& options,
                                             Advisor& advisor);

}  // namespace runneriq::scheduler
