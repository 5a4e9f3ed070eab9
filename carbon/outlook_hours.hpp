// An outlook by the hour, for people: what each hour will be like, and where it is cleanest. Pure.
#pragma once

#include "carbon/outlook.hpp"

#include <optional>
#include <vector>

namespace runneriq::carbon {

// A whole hour in UTC; of the first one only what is left of it counts.
struct OutlookHour {
  Time from, to;
  std::optional<Intensity> intensity;  // the mean; none unless all of it is known
  Rung rung = Rung::none;              // the least trusted one of its slots
  bool estimated = false;              // some of it
};

// `hours` from the hour that the outlook begins in; what lies beyond its last slot is not known.
std::vector<OutlookHour> hours_of(const Outlook& outlook, int hours);

struct CleanestWindow {
  Time from, to;
  Intensity mean;
};
// The stretch of `length`, whole slots, with the lowest mean that lies before `until`; of equal ones the
// first. None: nowhere are all of its slots known.
std::optional<CleanestWindow> cleanest_window(const Outlook& outlook, Duration length, Time until);

}  // namespace runneriq::carbon
