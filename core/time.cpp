#include "core/time.hpp"

#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <system_error>

namespace runneriq {
namespace {

struct Unit {
  std::string_view symbol;
  std::int64_t milliseconds;
};

// Longest first. "ms" and "m", "s" cannot be confused: the whole rest of the text must match.
constexpr std::array kUnits{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1000},
                            Unit{"ms", 1}};
constexpr Duration kLongest = std::chrono::duration_cast<Duration>(std::chrono::years{10});

tl::unexpected<Error> not_a_duration(std::string_view text, std::string_view why) {
  return fail(Errc::invalid_argument, "'" + printable(text, 80) + "' " + std::string(why) +
                                          "; expected for example 30s, 10m, 2h, 1d, 250ms or plain seconds");
}

const Unit* unit_named(std::string_view symbol) {
  const auto unit =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.symbol == symbol; });
  return unit == kUnits.end() ? nullptr : &*unit;
}

std::string with_unit(std::int64_t amount, std::string_view unit) {
  return std::to_string(amount) + " " + std::string(unit);
}

// "4 min 10 s"; what is zero is left out after the first.
std::string two_units(std::int64_t first, std::string_view first_unit, std::int64_t second,
                      std::string_view second_unit) {
  return with_unit(first, first_unit) + (second == 0 ? "" : " " + with_unit(second, second_unit));
}

std::int64_t rounded(std::int64_t amount, std::int64_t step) {
  return amount / step + (amount % step >= (step + 1) / 2 ? 1 : 0);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return not_a_duration(text, "is not a duration");
  const std::string_view symbol = text.substr(digits);
  const Unit* const unit = unit_named(symbol.empty() ? "s" : symbol);
  if (unit == nullptr) return not_a_duration(text, "has no unit of time that is known here");
  std::int64_t amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, amount);
  if (error != std::errc{} || amount > kLongest.count() / unit->milliseconds) {
    return not_a_duration(text, "is longer than ten years");
  }
  return Duration{amount * unit->milliseconds};
}

std::string to_text(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(),
                                 [&](const Unit& u) { return duration.count() % u.milliseconds == 0; });
  return std::to_string(duration.count() / unit->milliseconds) + std::string(unit->symbol);
}

std::string to_reading(Duration duration) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  std::int64_t seconds = rounded(std::max<std::int64_t>(duration.count(), 0), 1000);
  if (seconds < minute) return with_unit(seconds, "s");
  if (seconds < hour) return two_units(seconds / minute, "min", seconds % minute, "s");
  seconds = rounded(seconds, minute) * minute;
  if (seconds < day) return two_units(seconds / hour, "h", seconds % hour / minute, "min");
  const std::int64_t hours = rounded(seconds, hour);
  return two_units(hours / 24, "d", hours % 24, "h");
}

std::string to_text(Time time) {
  using namespace std::chrono;
  constexpr Time earliest = sys_days{year{0} / January / 1};
  constexpr Time latest = sys_days{year{9999} / December / 31} + days{1} - milliseconds{1};
  time = std::clamp(time, earliest, latest);  // RFC 3339 has four digits for the year
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02ld:%02ld:%02ld", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                clock.minutes().count(), clock.seconds().count());
  std::string result{text};
  if (clock.subseconds().count() != 0) {
    std::snprintf(text, sizeof text, ".%03ld", clock.subseconds().count());
    result += text;
  }
  return result + "Z";
}

}  // namespace runneriq
