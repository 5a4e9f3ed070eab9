// The analyzer: from the facts of a job to its priority. Pure; the only maker of a Priority.
#pragma once

#include "gitlab/job_response.hpp"
#include "scheduler/priority.hpp"

namespace runneriq::scheduler {

// score = 0.40 branch + 0.20 role + 0.40 job type, then manual, retry, allow_failure,
// protected and label rules, capped off production, clamped to 0..100, one decimal.
// A merge request counts by its target branch, one step (the next lower weight) lower, and
// is not production; one whose target is unknown counts as one into the default branch.
Priority analyze(const JobFacts& job, const PriorityRules& rules);

// The facts that a job response tells. It says nothing about role, retry and allow_failure.
JobFacts facts_of(const gitlab::JobResponse& job);

}  // namespace runneriq::scheduler
