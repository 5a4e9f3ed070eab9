#include "scheduler/green_wait.hpp"

#include "core/printable.hpp"

#include <cmath>
#include <string>

namespace runneriq::scheduler {
namespace {

std::string whole(carbon::Intensity intensity) {
  return std::to_string(std::lround(intensity.g_per_kwh()));
}

// "14:15 UTC"
std::string clock_text(Time time) {
  return runneriq::to_text(time).substr(11, 5) + " UTC";
}

std::string words(const carbon::Outlook& outlook, Duration expected, Time now, Time start) {
  const auto at_once = outlook.mean(now, now + expected);
  const auto then = outlook.mean(start, start + expected);
  std::string text = "waits until " + clock_text(start) + " for cleaner power";
  if (at_once && then) text += ": " + whole(*then) + " instead of " + whole(*at_once) + " g/kWh";
  return text + " in " + printable(outlook.zone.value(), 20);
}

}  // namespace

std::optional<GreenWait> green_wait(const carbon::GridOutlook& grid, const carbon::ZoneKey& zone,
                                    std::optional<Duration> expected, Time now, Time bound,
                                    const carbon::DeferralTerms& terms) {
  const carbon::Outlook* const outlook = grid.of(zone);
  if (outlook == nullptr || !expected || bound <= now) return std::nullopt;
  const auto start = carbon::greener_start(*outlook, *expected, now, bound, terms);
  if (!start || *start <= now) return std::nullopt;
  return GreenWait{.until = *start, .why = words(*outlook, *expected, now, *start)};
}

}  // namespace runneriq::scheduler
