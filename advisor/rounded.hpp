// Figures as coarse as they matter, so that questions that differ by chance only are the same. Pure.
#pragma once

#include "core/time.hpp"

#include <cmath>
#include <cstdint>

namespace runneriq::advisor {

// To a whole number of `step`; what is no number, or too large for one, becomes 0.
inline std::int64_t rounded(double number, std::int64_t step) {
  constexpr double kMost = 1e15;
  if (!(std::abs(number) <= kMost)) return 0;
  return std::llround(number / static_cast<double>(step)) * step;
}

// Seconds with two digits that count: 47, 130, 5400.
inline std::int64_t rounded_seconds(Duration duration) {
  const double seconds = static_cast<double>(duration.count()) / 1000;
  std::int64_t step = 1;
  while (std::abs(seconds) >= 100.0 * static_cast<double>(step)) step *= 10;
  return rounded(seconds, step);
}

}  // namespace runneriq::advisor
