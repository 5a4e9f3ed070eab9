#include "carbon/intensity.hpp"

#include <cmath>

namespace runneriq::carbon {
namespace {

constexpr double kDirtiest = 2000;

}  // namespace

std::optional<Intensity> Intensity::of(double g_per_kwh) {
  if (!std::isfinite(g_per_kwh) || g_per_kwh <= 0 || g_per_kwh > kDirtiest) return std::nullopt;
  return Intensity{g_per_kwh};
}

std::string_view to_text(Signal signal) {
  return signal == Signal::marginal ? "marginal" : "average";
}

std::string_view to_text(EmissionFactors factors) {
  return factors == EmissionFactors::direct ? "direct" : "lifecycle";
}

std::string to_text(const Basis& basis) {
  return std::string{to_text(basis.signal)} + ", " + std::string{to_text(basis.factors)};
}

}  // namespace runneriq::carbon
