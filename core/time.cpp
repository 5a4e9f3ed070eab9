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

// Reads a date and time from the left; once something does not fit, nothing fits any more.
class TimeText {
 public:
  explicit TimeText(std::string_view text) : rest_(text) {}

  // Exactly so many digits.
  int digits(std::size_t count) {
    int number = 0;
    for (; count > 0; --count) {
      const char digit = take_one_of("0123456789");
      number = number * 10 + (digit - '0');
    }
    return number;
  }

  // One of the characters; the first of them when there is none.
  char take_one_of(std::string_view characters) {
    fits_ = fits_ && !rest_.empty() && characters.find(rest_.front()) != std::string_view::npos;
    if (!fits_) return characters.front();
    const char taken = rest_.front();
    rest_.remove_prefix(1);
    return taken;
  }

  bool skip(std::string_view start) {
    if (!fits_ || !rest_.starts_with(start)) return false;
    rest_.remove_prefix(start.size());
    return true;
  }

  void expect(bool condition) { fits_ = fits_ && condition; }
  [[nodiscard]] bool next_is_digit() const {
    return fits_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  [[nodiscard]] bool fits_to_the_end() const { return fits_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

std::chrono::sys_days take_date(TimeText& text) {
  const int year = text.digits(4);
  text.take_one_of("-");
  const auto month = static_cast<unsigned>(text.digits(2));
  text.take_one_of("-");
  const auto day = static_cast<unsigned>(text.digits(2));
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  text.expect(date.ok());
  return date.ok() ? std::chrono::sys_days{date} : std::chrono::sys_days{};
}

// Digits behind the milliseconds are passed over.
Duration take_fraction(TimeText& text) {
  if (!text.skip(".")) return {};
  text.expect(text.next_is_digit());
  int milliseconds = 0;
  for (const int place : {100, 10, 1}) {
    if (text.next_is_digit()) milliseconds += place * text.digits(1);
  }
  while (text.next_is_digit()) text.digits(1);
  return Duration{milliseconds};
}

// A leap second, :60, reads as the second after it.
Duration take_clock(TimeText& text) {
  const int hour = text.digits(2);
  text.take_one_of(":");
  const int minute = text.digits(2);
  text.take_one_of(":");
  const int second = text.digits(2);
  text.expect(hour <= 23 && minute <= 59 && second <= 60);
  return std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

// How far ahead of UTC: "Z", "UTC", "+02:00" or "+0200".
Duration take_zone(TimeText& text) {
  if (text.skip("Z") || text.skip("z") || text.skip("UTC")) return {};
  const int sign = text.take_one_of("+-") == '-' ? -1 : 1;
  const int hours = text.digits(2);
  text.skip(":");
  const int minutes = text.digits(2);
  text.expect(hours <= 23 && minutes <= 59);
  return sign * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
}

constexpr Time kEarliestTime = std::chrono::sys_days{std::chrono::year{0} / std::chrono::January / 1};
constexpr Time kEndOfTime = std::chrono::sys_days{std::chrono::year{10'000} / std::chrono::January / 1};

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

Result<Time> parse_time(std::string_view text) {
  TimeText rest{text};
  const auto day = take_date(rest);
  const bool blank = rest.take_one_of("Tt ") == ' ';
  const Duration clock = take_clock(rest);
  const Duration fraction = take_fraction(rest);
  if (blank) rest.skip(" ");
  const Time time = day + clock + fraction - take_zone(rest);
  if (rest.fits_to_the_end() && time >= kEarliestTime && time < kEndOfTime) return time;
  return fail(Errc::invalid_argument,
              quoted_text(text) + " is no date and time; expected for example 2025-03-01T03:00:00Z");
}

std::string to_text(Time time) {
  using namespace std::chrono;
  // RFC 3339 has four digits for the year.
  time = std::clamp(time, kEarliestTime, kEndOfTime - milliseconds{1});
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
