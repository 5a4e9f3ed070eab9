#include "simulation/random.hpp"

#include <bit>
#include <cmath>
#include <cstddef>

namespace runneriq::simulation {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

// Horner's rule, the highest power first.
template <std::size_t N>
double polynomial(const std::array<double, N>& factors, double x) {
  double value = 0;
  for (const double factor : factors) value = value * x + factor;
  return value;
}

constexpr std::array kCentreAbove{-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                                  1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
constexpr std::array kCentreBelow{-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                                  6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
constexpr std::array kTailAbove{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                                -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
constexpr std::array kTailBelow{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                3.754408661907416e+00, 1.0};
constexpr double kTail = 0.02425;

double lower_tail(double probability) {
  const double q = std::sqrt(-2 * std::log(probability));
  return polynomial(kTailAbove, q) / polynomial(kTailBelow, q);
}

}  // namespace

double inverse_normal(double probability) {
  if (probability < kTail) return lower_tail(probability);
  if (probability > 1 - kTail) return -lower_tail(1 - probability);
  const double q = probability - 0.5;
  return polynomial(kCentreAbove, q * q) * q / polynomial(kCentreBelow, q * q);
}

Random::Random(std::uint64_t seed, std::uint64_t stream) {
  std::uint64_t state = seed;
  state = splitmix(state) ^ (stream * 0xd1342543de82ef95U);
  for (std::uint64_t& word : state_) word = splitmix(state);
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() {
  return (static_cast<double>(next() >> 11U) + 0.5) * 0x1p-53;
}

double Random::exponential(double mean) {
  return -mean * std::log(uniform());
}

double Random::normal() {
  return inverse_normal(uniform());
}

std::uint64_t Random::geometric(double mean) {
  if (mean <= 1) return 1;
  return 1 + static_cast<std::uint64_t>(std::log(uniform()) / std::log1p(-1 / mean));
}

std::uint64_t Random::below(std::uint64_t end) {
  return static_cast<std::uint64_t>(uniform() * static_cast<double>(end)) % end;
}

}  // namespace runneriq::simulation
