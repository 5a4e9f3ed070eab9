// How much carbon counts in a runner's score, and what a greener runner may cost in time: by the class of
// the job. Pure.
#pragma once

#include "scheduler/job_class.hpp"
#include "scheduler/runner_score.hpp"

#include <algorithm>
#include <array>

namespace runneriq::scheduler {

struct CarbonWeights {
  // Carbon's share of the score by class, CRITICAL first, 0..1. Of CRITICAL it decides between equals only.
  std::array<double, kJobClasses.size()> classes{0.05, 0.20, 0.35, 0.50};
  // The rest in proportion; utilisation has no part in it. Defaults: architecture.md section 5.
  double capacity = 0.30;
  double tag_match = 0.25;
  double history = 0.20;
};

// 0..1; what is negative or no number counts as 0.
double carbon_share(const CarbonWeights& weights, JobClass job_class);

// The other factors as shares that add up to 1; the defaults when nothing is left.
RunnerWeights beside_carbon(const CarbonWeights& weights);

// By how much longer, as a share of the expected duration on the runner that would be chosen without
// carbon, the job may take where it is greener: CRITICAL 0, HIGH 0.1, MEDIUM 0.2, LOW without end.
double most_slowdown(JobClass job_class);

// 100 at the cleanest candidate, 0 at the dirtiest, in proportion between; 100 where all are alike.
// `cleanest` ≤ `g_per_kwh` ≤ `dirtiest`.
inline double carbon_value(double g_per_kwh, double cleanest, double dirtiest) {
  if (!(dirtiest > cleanest)) return 100;
  return std::clamp(100 * (dirtiest - g_per_kwh) / (dirtiest - cleanest), 0.0, 100.0);
}

}  // namespace runneriq::scheduler
