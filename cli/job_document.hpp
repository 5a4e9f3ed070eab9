// The parts of a decision as JSON; the only place that turns its numbers into a document, so that all
// documents show the same ones.
#pragma once

#include "scheduler/fleet_watch.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>

namespace runneriq::cli {

// The priority of a job, with the facts that a person knows it by.
nlohmann::json job_document(const scheduler::Tick& tick, const scheduler::JobDecision& decision);
// The runner for it.
nlohmann::json assignment_document(const scheduler::Tick& tick, const scheduler::JobDecision& decision);

nlohmann::json split_document(const scheduler::Split& split);
// An RFC 3339 text, or null.
nlohmann::json time_or_null(const std::optional<Time>& time);
// With one decimal.
double seconds_of(Duration duration);

}  // namespace runneriq::cli
