#include "carbon/hour_profile.hpp"

#include <algorithm>

namespace runneriq::carbon {
namespace {

using Day = std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;

}  // namespace

int hour_of_day(Time time) {
  return static_cast<int>((floor<hours>(time) - floor<Day>(time)) / hours{1});
}

HourProfile::HourProfile(const Series& past, Time from, Time to) {
  const std::vector<Step>& steps = past.steps();
  auto step =
      std::partition_point(steps.begin(), steps.end(), [&](const Step& known) { return known.to <= from; });
  for (; step != steps.end() && step->from < to; ++step) {
    add(std::max(step->from, from), std::min(step->to, to), step->intensity);
  }
}

// A step longer than an hour speaks of each hour that it touches.
void HourProfile::add(Time from, Time to, Intensity intensity) {
  while (from < to) {
    const Time next = std::min<Time>(to, floor<hours>(from) + hours{1});
    Hour& hour = hours_[at(hour_of_day(from))];
    hour.mean.add(intensity, next - from);
    if (const Time day = floor<Day>(from); day != hour.last_day) {
      hour.last_day = day;
      ++hour.days;
    }
    from = next;
  }
}

}  // namespace runneriq::carbon
