// The sentences of the gate: printable, one line each.
#pragma once

#include "scheduler/gate.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace runneriq::scheduler {

// "CRITICAL deploy (job 4711) waits in lane critical"; what is said of a lane that stays beyond it follows.
std::string words_of_cut(const PendingJob& cause, JobClass job_class, const Lanes& lanes, std::size_t rank,
                         std::size_t lane);
// "runner 7 (docker-1) is the best choice for HIGH e2e (job 4712), which asks for runneriq:preferred-gpu"
std::string words_of_grant(const FleetRunner& runner, const PendingJob& job, JobClass job_class,
                           const std::string& tag);
std::string words_of_phantom(const FleetRunner& runner, const PendingJob& cause, Duration idle);
// `pools` is not empty.
std::string words_of_uncovered(std::span<const Pool> pools);

}  // namespace runneriq::scheduler
