// What past samples say of each hour of the day. Pure.
#pragma once

#include "carbon/series.hpp"
#include "carbon/weighted_mean.hpp"

#include <array>
#include <optional>

namespace runneriq::carbon {

// The hour of the day (UTC) that `time` lies in, 0..23.
int hour_of_day(Time time);

class HourProfile {
 public:
  // Of what `past` tells of [from, to).
  HourProfile(const Series& past, Time from, Time to);

  // The mean over time at that hour of the day.
  [[nodiscard]] std::optional<Intensity> mean(int hour) const { return hours_[at(hour)].mean.value(); }
  // The days (UTC) on which anything is known of that hour.
  [[nodiscard]] int days(int hour) const { return hours_[at(hour)].days; }

 private:
  struct Hour {
    WeightedMean mean;
    int days = 0;
    Time last_day{Duration::min()};
  };
  static std::size_t at(int hour) { return static_cast<std::size_t>(hour); }
  void add(Time from, Time to, Intensity intensity);

  std::array<Hour, 24> hours_;
};

}  // namespace runneriq::carbon
