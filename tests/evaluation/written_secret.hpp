// The ways in which a secret gets into a log.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::evaluation {

struct Way {
  std::string_view name;
  std::string (*written)(std::string_view secret);
};
// The secret itself, amid other text.
const std::vector<Way>& plain_ways();
// The secret in an encoding, which only those find who know it.
const std::vector<Way>& encoded_ways();

}  // namespace runneriq::evaluation
