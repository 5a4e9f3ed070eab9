#include "carbon/outlook_hours.hpp"

#include <algorithm>
#include <cstddef>

namespace runneriq::carbon {
namespace {

// None unless every slot of [from, to) is there and known.
std::optional<Intensity> known_mean(const Outlook& outlook, Time from, Time to) {
  double sum = 0;
  int slots = 0;
  for (Time at = from; at < to; at += kSlot, ++slots) {
    const OutlookSlot* const slot = outlook.at(at);
    if (slot == nullptr || !slot->intensity) return std::nullopt;
    sum += slot->intensity->g_per_kwh();
  }
  return slots == 0 ? std::nullopt : Intensity::of(sum / slots);
}

OutlookHour hour_of(const Outlook& outlook, Time begin) {
  OutlookHour hour{
      .from = std::max(begin, outlook.begin), .to = begin + std::chrono::hours{1}, .intensity = {}};
  hour.intensity = known_mean(outlook, hour.from, hour.to);
  if (!hour.intensity) return hour;
  hour.rung = Rung::live;
  for (Time at = hour.from; at < hour.to; at += kSlot) {
    const OutlookSlot* const slot = outlook.at(at);
    hour.rung = std::max(hour.rung, slot->rung);
    hour.estimated = hour.estimated || slot->estimated;
  }
  return hour;
}

}  // namespace

std::vector<OutlookHour> hours_of(const Outlook& outlook, int hours) {
  std::vector<OutlookHour> all;
  Time begin = std::chrono::floor<std::chrono::hours>(outlook.begin);
  for (int hour = 0; hour < hours; ++hour, begin += std::chrono::hours{1}) {
    all.push_back(hour_of(outlook, begin));
  }
  return all;
}

std::optional<CleanestWindow> cleanest_window(const Outlook& outlook, Duration length, Time until) {
  std::optional<CleanestWindow> best;
  for (Time from = outlook.begin; from + length <= until; from += kSlot) {
    if (outlook.at(from) == nullptr) break;
    const auto mean = known_mean(outlook, from, from + length);
    if (mean && (!best || *mean < best->mean)) best = CleanestWindow{from, from + length, *mean};
  }
  return best;
}

}  // namespace runneriq::carbon
