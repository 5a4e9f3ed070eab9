// By which keys events are known to be the same, or of the same thing. Kept in state files: never change
// them.
#pragma once

#include "alerting/labels.hpp"

#include <cstdint>

namespace runneriq::alerting {

// What fails and gets green again: a job on its ref, the pipelines of a ref, or one thing of the fleet (of
// stuck jobs with their project).
std::uint64_t subject_key(const Event& event);
// A subject that fails with one signature.
std::uint64_t alert_key(std::uint64_t subject, const Classified& event);
// A job or the pipelines of one commit, whatever the ref; 0 where no commit is told, and for the fleet.
std::uint64_t commit_key(const Event& event);
// The end that an event tells: of what has a job's id by that, else by all that makes a difference.
std::uint64_t end_key(const Event& event, Outcome outcome);

}  // namespace runneriq::alerting
