#include "scheduler/carbon_weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace runneriq::scheduler {
namespace {

double counted(double weight) {
  return weight > 0 && std::isfinite(weight) ? weight : 0;
}

RunnerWeights others(const CarbonWeights& weights) {
  return {.utilisation = 0,
          .capacity = counted(weights.capacity),
          .tag_match = counted(weights.tag_match),
          .history = counted(weights.history)};
}

}  // namespace

double carbon_share(const CarbonWeights& weights, JobClass job_class) {
  return std::min(1.0, counted(weights.classes.at(static_cast<std::size_t>(job_class))));
}

RunnerWeights beside_carbon(const CarbonWeights& weights) {
  const RunnerWeights used = others(weights);
  const bool is_something = used.capacity + used.tag_match + used.history > 0;
  return in_proportion(is_something ? used : others(CarbonWeights{}));
}

double most_slowdown(JobClass job_class) {
  switch (job_class) {
    case JobClass::critical:
      return 0;
    case JobClass::high:
      return 0.1;
    case JobClass::medium:
      return 0.2;
    case JobClass::low:
      break;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace runneriq::scheduler
