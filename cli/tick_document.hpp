// A tick as the JSON document of architecture.md section 7.
#pragma once

#include "scheduler/fleet_watch.hpp"
#include "scheduler/steering.hpp"
#include "scheduler/tick.hpp"
#include "scheduler/what_if.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <span>

namespace runneriq::cli {

struct TickView {
  scheduler::Depth depth = scheduler::Depth::full;
  std::optional<PipelineId> pipeline;  // only its jobs
  std::string run;                     // id of the run
};

// {"now", "run", "mode", "monitor": {…}, "analyzer": {…}, "assigner": {…}, "action_bridge": {…},
// "degraded": […]}.
// `steering` is null where it only advises.
nlohmann::json tick_document(const scheduler::Tick& tick, const TickView& view,
                             const scheduler::SteeringReport* steering = nullptr);

nlohmann::json change_document(const scheduler::RunnerChange& change);

// One job of it with every factor, the runner-up and what would have changed it.
nlohmann::json explanation_document(const scheduler::Tick& tick, std::size_t decision,
                                    std::span<const scheduler::Alternative> alternatives);

}  // namespace runneriq::cli
