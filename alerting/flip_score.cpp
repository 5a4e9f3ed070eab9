#include "alerting/flip_score.hpp"

#include <boost/math/special_functions/beta.hpp>

#include <algorithm>
#include <cmath>

namespace runneriq::alerting {
namespace {

// Doubles are exact enough, and three times as fast as what they would be promoted to.
using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

}  // namespace

double weight(Duration age, Duration half_life) {
  if (age <= Duration::zero()) return 1;
  return std::exp2(-static_cast<double>(age.count()) / static_cast<double>(half_life.count()));
}

void add(FlipEvidence& to, double flips, double steady, Time at, Duration half_life) {
  const double past = weight(at - to.as_of, half_life);
  const double present = weight(to.as_of - at, half_life);
  to.flips = std::max(0.0, to.flips * past + flips * present);
  to.steady = std::max(0.0, to.steady * past + steady * present);
  to.as_of = std::max(to.as_of, at);
}

double flip_score(const FlipPrior& prior, const FlipEvidence& evidence, double quantile) {
  return boost::math::ibeta_inv(prior.flips + evidence.flips, prior.steady + evidence.steady, quantile,
                                Plain{});
}

bool is_score_above(double threshold, const FlipPrior& prior, const FlipEvidence& evidence, double quantile) {
  if (threshold <= 0) return true;
  if (threshold >= 1) return false;
  return boost::math::ibeta(prior.flips + evidence.flips, prior.steady + evidence.steady, threshold,
                            Plain{}) < quantile;
}

}  // namespace runneriq::alerting
