// How likely a block says why a job failed. Pure. Internal to diagnosis.
#pragma once

#include "diagnosis/block_features.hpp"

#include <array>
#include <string_view>

namespace runneriq::diagnosis {

struct FeatureWeight {
  std::string_view name;
  double weight = 0;
};
// In the order of Feature.
const std::array<FeatureWeight, kFeatures>& ranking_weights();

// 0..1: the logistic function of the weighted sum.
double likelihood(const Features& features);

}  // namespace runneriq::diagnosis
