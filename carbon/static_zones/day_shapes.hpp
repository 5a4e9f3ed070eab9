// How the intensity of a grid goes up and down over a day, in four families.
#pragma once

#include <array>

namespace runneriq::carbon {

enum class DayShape {
  solar,    // deep around noon, dirty at dawn and after sunset
  wind,     // little pattern; demand lifts the evening
  flat,     // water and nuclear
  thermal,  // follows demand, with a peak in the evening
};

// By hour of the day in UTC, share of the mean; the mean of all 24 is 1. `hours_ahead_of_utc` may be
// negative.
std::array<double, 24> shape_in_utc(DayShape shape, int hours_ahead_of_utc);

}  // namespace runneriq::carbon
