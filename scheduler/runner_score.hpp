// The score of a runner for a job, factor by factor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// The parts of a runner's score. Their points add up to it.
enum class RunnerFactor { utilisation, capacity, tag_match, history, carbon };
std::string_view to_text(RunnerFactor factor);  // "utilisation", "capacity", "tag_match", "history", "carbon"

// Shares of the score, 0..1 each; used in proportion to their sum. Defaults: architecture.md section 5.
struct RunnerWeights {
  double utilisation = 0.40;
  double capacity = 0.20;
  double tag_match = 0.20;
  double history = 0.20;
};

struct ScoredFactor {
  RunnerFactor factor = RunnerFactor::utilisation;
  double value = 0;   // 0..100
  double weight = 0;  // 0..1
  double points = 0;  // value × weight
};

struct RunnerScore {
  std::size_t runner = 0;  // index in the snapshot
  double score = 0;        // 0..100, one decimal
  std::vector<ScoredFactor> factors;
};

// The sum of the factors' points, as it is compared: not rounded.
double exact_score(const RunnerScore& score);
// The value of one factor; 0 when it is not among them.
double value_of(const RunnerScore& score, RunnerFactor factor);

// The weights as shares that add up to 1. What is negative or no number counts as 0; the defaults
// when nothing is left.
RunnerWeights in_proportion(const RunnerWeights& weights);

// Utilisation: 100 × (1 − load), load = host_load if reported, else active / most; 0 for a full runner.
double utilisation_value(double load);
// Capacity: 100 × free slots / most free slots among the candidates; 0 when nobody has a free slot.
inline double capacity_value(int free, int most_free) {
  if (free <= 0 || most_free <= 0) return 0;
  return std::min(100.0, 100.0 * free / most_free);
}
// Tag match: 100, −10 for each tag of the user's that the job does not ask for, at least 40.
inline double tag_match_value(std::size_t further_tags) {
  constexpr double kLeast = 40, kPerTag = 10;
  return std::max(kLeast, 100 - kPerTag * static_cast<double>(further_tags));
}
// History: fleet's average / this runner's × 50, at most 100; 50 without data (nothing above 0).
double history_value(double fleet_average, double runner_average);

}  // namespace runneriq::scheduler
