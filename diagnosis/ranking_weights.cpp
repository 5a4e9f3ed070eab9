#include "diagnosis/ranking.hpp"

#include <cmath>

namespace runneriq::diagnosis {
namespace {

// Fitted by tests/evaluation/fit_ranking.cpp: a logistic regression with an L2 penalty of 3 on the candidates
// of the tuning part of LogChunks (312 logs of 35 projects), each log weighted by the root of how many it
// has; a candidate's target is 0 where it misses the label, else ½ + ½ F1. Chosen by what is reached on
// projects left out. Not fitted, for want of data, but judged: what history says (new_lines, green,
// failed_before).
constexpr std::array<FeatureWeight, kFeatures> kWeights{{
    FeatureWeight{"one", -3.88},
    FeatureWeight{"compiler", -0.20},
    FeatureWeight{"test", -0.05},
    FeatureWeight{"trace", 0.07},
    FeatureWeight{"package", -0.07},
    FeatureWeight{"lint", -0.20},
    FeatureWeight{"assertion", 1.39},
    FeatureWeight{"tool", -0.24},
    FeatureWeight{"weight", 0.69},
    FeatureWeight{"rule_weight", 0.93},
    FeatureWeight{"heaviest", 1.14},
    FeatureWeight{"below_heaviest", -2.05},
    FeatureWeight{"error", 0.23},
    FeatureWeight{"complaint", -0.19},
    FeatureWeight{"consequence", -0.20},
    FeatureWeight{"plain", 0.15},
    FeatureWeight{"warning", -0.44},
    FeatureWeight{"in_failing_command", 0.90},
    FeatureWeight{"after_failing_command", 0.55},
    FeatureWeight{"not_script", 0.38},
    FeatureWeight{"near_end", 0.71},
    FeatureWeight{"generic_near_end", 0.31},
    FeatureWeight{"generic_at_end", 0.20},
    FeatureWeight{"nothing_strong_behind", 0.28},
    FeatureWeight{"first_of_kind", 1.23},
    FeatureWeight{"later_of_kind", -0.25},
    FeatureWeight{"first_specific", 0.28},
    FeatureWeight{"later_specific", 0.21},
    FeatureWeight{"rare_head", -0.00},
    FeatureWeight{"often", 0.32},
    FeatureWeight{"one_line", -0.60},
    FeatureWeight{"length", 1.03},
    FeatureWeight{"last_output", 0.51},
    FeatureWeight{"own_words", 0.88},
    FeatureWeight{"statement", -0.50},
    FeatureWeight{"new_lines", 1.00},
    FeatureWeight{"green", -5.00},
    FeatureWeight{"failed_before", 2.00},
}};

}  // namespace

const std::array<FeatureWeight, kFeatures>& ranking_weights() {
  return kWeights;
}

double likelihood(const Features& features) {
  double sum = 0;
  for (std::size_t i = 0; i < kFeatures; ++i) sum += kWeights[i].weight * features[i];
  return 1 / (1 + std::exp(-sum));
}

}  // namespace runneriq::diagnosis
