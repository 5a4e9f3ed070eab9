// How likely a job is to fall over and pass again without a change, from how often it did. Pure.
#pragma once

#include "core/time.hpp"

namespace runneriq::alerting {

// Commits that ended green, each weighing 1 when it happened and half of that a half-life later.
struct FlipEvidence {
  double flips = 0, steady = 0;  // as of `as_of`
  Time as_of{};
};

// The weight now of what weighed 1 `age` ago; 1 for what is yet to come.
double weight(Duration age, Duration half_life);

// To be told of at `at`, which may be before `as_of`: the order in which it is told does not matter.
void add(FlipEvidence& to, double flips, double steady, Time at, Duration half_life);

// Of the Beta distribution; both above 0.
struct FlipPrior {
  double flips = 0.5, steady = 9.5;
};

// The `quantile` (0..1) of Beta(prior.flips + flips, prior.steady + steady): with the probability
// 1 − quantile the share of flips is above it. Some microseconds.
double flip_score(const FlipPrior& prior, const FlipEvidence& evidence, double quantile);
// flip_score() > threshold, in less than one.
bool is_score_above(double threshold, const FlipPrior& prior, const FlipEvidence& evidence, double quantile);

}  // namespace runneriq::alerting
