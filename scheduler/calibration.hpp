// Calibration against inflation: where everything is CRITICAL, nothing is.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/job_class.hpp"

namespace runneriq::scheduler {

inline constexpr int kJobsForCalibration = 50;  // over 7 days; fewer prove nothing
inline constexpr double kMostCriticalShare = 0.20;

// Whether CRITICAL passes its share among the project's jobs.
bool is_inflated(const ScoreHistory& history);

// In an inflated project CRITICAL is left to jobs whose score only a fifth of the project's own
// jobs of the last 7 days reach; the others count as HIGH. Else `by_score` as it is.
JobClass calibrated(JobClass by_score, double score, const ScoreHistory& history);

}  // namespace runneriq::scheduler
