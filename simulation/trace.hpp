// Jobs as they really came, from a CSV file.
#pragma once

#include "core/result.hpp"
#include "scheduler/lanes.hpp"
#include "simulation/job.hpp"

#include <string_view>

namespace runneriq::simulation {

struct Trace {
  Jobs jobs;  // the first arrives at 0
  bool has_lanes = false;
};

// A line of titles, then a line per job; fields between commas, without quotes, in any order:
//   arrived   seconds, or an RFC 3339 time
//   duration  seconds, or "10m"
//   class     CRITICAL, HIGH, MEDIUM or LOW
//   expected  as duration; without it the duration itself: history that never errs
//   lane      the name of a lane, empty for none; without the column lanes are given by expected work
//   pipeline  any whole number
//   pool      "special" or empty
// The first three must be there. Error: invalid_argument, with the line's number.
Result<Trace> read_trace(std::string_view csv, const scheduler::Lanes& lanes);

}  // namespace runneriq::simulation
