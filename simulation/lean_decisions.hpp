// Decisions with what the gate asks of them and no more: class and expected start of each job.
#pragma once

#include "scheduler/tick.hpp"

namespace runneriq::simulation {

// For fleets whose jobs wish for their class (JobFacts::wish), in the order of scheduler::decide(). Each job
// is expected on the slot that falls free first of those that may take it, by the expected ends of what
// runs; what outlives its estimate ends at its p90, then now.
scheduler::Decisions lean_decisions(const scheduler::FleetSnapshot& fleet);

}  // namespace runneriq::simulation
