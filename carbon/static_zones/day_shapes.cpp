#include "carbon/static_zones/day_shapes.hpp"

#include <cstddef>
#include <numeric>

namespace runneriq::carbon {
namespace {

using Day = std::array<double, 24>;  // by local hour, in no unit

constexpr Day kSolar{110, 109, 108, 108, 109, 111, 113, 111, 103, 94,  86,  80,
                     77,  77,  79,  85,  94,  105, 114, 118, 118, 116, 113, 111};
constexpr Day kWind{95,  94,  93,  93,  94,  96,  99,  102, 103, 102, 101, 100,
                    100, 100, 100, 101, 103, 106, 107, 106, 104, 101, 99,  97};
constexpr Day kFlat{97,  96,  96,  96,  97,  98,  100, 102, 103, 103, 102, 101,
                    101, 100, 100, 100, 101, 103, 104, 104, 103, 101, 99,  98};
constexpr Day kThermal{98, 97, 96, 96,  97,  98,  100, 101, 101, 100, 99,  98,
                       98, 98, 99, 100, 102, 104, 105, 105, 104, 102, 101, 99};

constexpr const Day& local(DayShape shape) {
  switch (shape) {
    case DayShape::solar:
      return kSolar;
    case DayShape::wind:
      return kWind;
    case DayShape::flat:
      return kFlat;
    case DayShape::thermal:
      break;
  }
  return kThermal;
}

}  // namespace

std::array<double, 24> shape_in_utc(DayShape shape, int hours_ahead_of_utc) {
  const Day& day = local(shape);
  const double mean = std::accumulate(day.begin(), day.end(), 0.0) / 24;
  std::array<double, 24> shares{};
  for (int hour = 0; hour < 24; ++hour) {
    const auto local_hour = static_cast<std::size_t>((hour + hours_ahead_of_utc + 24) % 24);
    shares.at(static_cast<std::size_t>(hour)) = day.at(local_hour) / mean;
  }
  return shares;
}

}  // namespace runneriq::carbon
