#include "scheduler/runner_score.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace runneriq::scheduler {
namespace {

constexpr double kNoHistory = 50;

double counted(double weight) {
  return weight > 0 && std::isfinite(weight) ? weight : 0;
}

}  // namespace

std::string_view to_text(RunnerFactor factor) {
  switch (factor) {
    case RunnerFactor::utilisation:
      return "utilisation";
    case RunnerFactor::capacity:
      return "capacity";
    case RunnerFactor::tag_match:
      return "tag_match";
    case RunnerFactor::history:
      return "history";
    case RunnerFactor::carbon:
      return "carbon";
  }
  return "";
}

double exact_score(const RunnerScore& score) {
  return std::accumulate(score.factors.begin(), score.factors.end(), 0.0,
                         [](double sum, const ScoredFactor& f) { return sum + f.points; });
}

double value_of(const RunnerScore& score, RunnerFactor factor) {
  const auto found = std::find_if(score.factors.begin(), score.factors.end(),
                                  [&](const ScoredFactor& f) { return f.factor == factor; });
  return found == score.factors.end() ? 0 : found->value;
}

RunnerWeights in_proportion(const RunnerWeights& weights) {
  const RunnerWeights used{.utilisation = counted(weights.utilisation),
                           .capacity = counted(weights.capacity),
                           .tag_match = counted(weights.tag_match),
                           .history = counted(weights.history)};
  const double sum = used.utilisation + used.capacity + used.tag_match + used.history;
  if (!(sum > 0)) return RunnerWeights{};
  return {.utilisation = used.utilisation / sum,
          .capacity = used.capacity / sum,
          .tag_match = used.tag_match / sum,
          .history = used.history / sum};
}

double utilisation_value(double load) {
  return load > 0 ? 100 * (1 - std::min(load, 1.0)) : 100;
}

double history_value(double fleet_average, double runner_average) {
  if (!(fleet_average > 0) || !(runner_average > 0)) return kNoHistory;
  return std::min(100.0, fleet_average / runner_average * 50);
}

}  // namespace runneriq::scheduler
