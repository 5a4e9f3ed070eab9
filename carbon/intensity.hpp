// How much CO2 a kilowatt-hour brings with it, and on which basis that was counted.
#pragma once

#include "core/id.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace runneriq::carbon {

// A zone of the power grid by Electricity Maps' key: "DE", "US-CAL-CISO". Case matters; "" = unknown.
using ZoneKey = Id<struct ZoneKeyTag, std::string>;

// gCO2eq/kWh, above 0 and at most 2,000: no grid is cleaner or dirtier, so what is said beyond that is no
// data. What was not given, null or no number has no Intensity, and so can never read as clean.
class Intensity {
 public:
  static std::optional<Intensity> of(double g_per_kwh);
  [[nodiscard]] double g_per_kwh() const { return g_per_kwh_; }
  friend auto operator<=>(const Intensity&, const Intensity&) = default;
  friend bool operator==(const Intensity&, const Intensity&) = default;

 private:
  explicit Intensity(double g_per_kwh) : g_per_kwh_(g_per_kwh) {}
  double g_per_kwh_;
};

// Stored in state files: never renumber.
enum class Signal : int { average = 0, marginal = 1 };
enum class EmissionFactors : int { lifecycle = 0, direct = 1 };

// Intensities of different bases are never compared or added: direct factors leave out what a plant's
// building and fuel cost, marginal ones tell what one kilowatt-hour more would bring.
struct Basis {
  Signal signal = Signal::average;
  EmissionFactors factors = EmissionFactors::lifecycle;
  friend auto operator<=>(const Basis&, const Basis&) = default;
  friend bool operator==(const Basis&, const Basis&) = default;
};
std::string_view to_text(Signal signal);            // "average", "marginal"
std::string_view to_text(EmissionFactors factors);  // "lifecycle", "direct"
std::string to_text(const Basis& basis);            // "average, lifecycle"

}  // namespace runneriq::carbon
