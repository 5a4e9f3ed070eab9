// Intensities, steps and records for the tests of carbon.
#pragma once

#include "carbon/outlook.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::carbon::support {

inline const Basis kLifecycle{};
inline const Basis kDirect{Signal::average, EmissionFactors::direct};
inline const Basis kMarginal{Signal::marginal, EmissionFactors::lifecycle};

inline Intensity g(double g_per_kwh) {
  return Intensity::of(g_per_kwh).value();
}

inline Time utc(std::string_view text) {
  const auto time = parse_time(text);
  if (!time) throw std::invalid_argument(time.error().message);
  return *time;
}

inline ZoneKey zone(std::string_view key) {
  return ZoneKey{std::string(key)};
}

inline Step step(Time from, Duration length, double g_per_kwh) {
  return {from, from + length, g(g_per_kwh)};
}

// Steps one after the other.
inline std::vector<Step> steps(Time from, Duration length, const std::vector<double>& g_per_kwh) {
  std::vector<Step> all;
  for (const double value : g_per_kwh) {
    all.push_back(step(from, length, value));
    from += length;
  }
  return all;
}

// Hourly samples of `days` days up to `end`, each as much as 100 and its hour of the day.
inline Series days_until(Time end, int days) {
  std::vector<Step> all;
  for (int hour = days * 24; hour > 0; --hour) {
    const Time from = end - std::chrono::hours{hour};
    const auto of_day = (from - std::chrono::floor<std::chrono::days>(from)) / std::chrono::hours{1};
    all.push_back(step(from, std::chrono::hours{1}, 100.0 + static_cast<double>(of_day)));
  }
  return Series{std::move(all)};
}

inline TypicalZone typical(std::string_view key, double mean, double share = 1, Basis basis = kLifecycle) {
  TypicalZone known{zone(key), basis, g(mean)};
  known.shape.fill(share);
  return known;
}

}  // namespace runneriq::carbon::support
