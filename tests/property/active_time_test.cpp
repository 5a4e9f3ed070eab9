// ActiveTime and next_at() against stepping minute by minute, around the days on which clocks change. The
// seed is fixed and printed with every counter-example.
#include "alerting/active_time.hpp"

#include "alerting/abseil/time_zone_database.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

constexpr std::uint64_t kSeed = 20260329;
constexpr int kRounds = 400;
constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
// Half hours, half an hour of summer time, a change at midnight, a summer time that pauses, the other half of
// the world.
constexpr std::array<std::string_view, 8> kPlaces{"UTC",
                                                  "Europe/Copenhagen",
                                                  "America/New_York",
                                                  "Asia/Kolkata",
                                                  "Australia/Lord_Howe",
                                                  "America/Santiago",
                                                  "Africa/Casablanca",
                                                  "Pacific/Auckland"};

struct Span {
  int weekday, from, to;  // minutes of the day; `to` beyond the day goes on past midnight
};

class ActiveTimeLaws : public testing::Test {
 protected:
  int from_to(int lowest, int highest) {
    return std::uniform_int_distribution<int>{lowest, highest}(random_);
  }
  template <std::size_t count>
  std::string_view any_of(const std::array<std::string_view, count>& all) {
    return all.at(static_cast<std::size_t>(from_to(0, static_cast<int>(count) - 1)));
  }

  // Half of them near a change of the clock: from there on clocks differ from the hour before.
  Time any_time(std::string_view zone) {
    const Time any = Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} +
                     minutes{from_to(0, 2 * 365 * 24 * 60)} + Duration{from_to(0, 59'999)};
    if (from_to(0, 1) == 0) return any;
    for (Time hour = std::chrono::floor<std::chrono::hours>(any); hour < any + 200 * 24h; hour += 1h) {
      if (offset(zone, hour) != offset(zone, hour + 1h)) return hour - minutes{from_to(-120, 36 * 60)};
    }
    return any;
  }
  Span any_span() {
    const int from = from_to(0, 1439);
    return {from_to(0, 6), from, from_to(0, 2) == 0 ? from + from_to(1, 90) : from + from_to(1, 1440)};
  }
  static std::string clock(int minute) {
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return two(minute / 60) + ":" + two(minute % 60);
  }
  static std::string text(const Span& span) {
    const std::string end = span.to == 1440 ? "24:00" : clock(span.to % 1440);
    return std::string(kDays.at(static_cast<std::size_t>(span.weekday))) + " " + clock(span.from) + "-" + end;
  }

  minutes offset(std::string_view zone, Time at) const { return zones_.offset(zone, at).value(); }
  std::pair<int, int> day_and_minute(std::string_view zone, Time at) const {
    using namespace std::chrono;
    const Time local = at + offset(zone, at);
    const weekday day{floor<days>(local)};
    const auto minute = floor<minutes>(local - floor<days>(local));
    return {static_cast<int>(day.iso_encoding()) - 1, static_cast<int>(minute.count())};
  }
  bool expected(const std::vector<Span>& spans, std::string_view zone, Time at) const {
    const auto [day, minute] = day_and_minute(zone, at);
    for (const Span& span : spans) {
      const bool today = day == span.weekday && minute >= span.from && minute < span.to;
      const bool since_yesterday = day == (span.weekday + 1) % 7 && minute < span.to - 1440;
      if (today || since_yesterday) return true;
    }
    return false;
  }

  TimeZoneDatabase zones_;
  std::mt19937_64 random_{kSeed};
};

TEST_F(ActiveTimeLaws, NextIsTheFirstMinuteThatHolds) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string_view zone = any_of(kPlaces);
    std::vector<Span> spans;
    std::string written;
    for (int i = from_to(1, 3); i > 0; --i) {
      spans.push_back(any_span());
      written += (written.empty() ? "" : "; ") + text(spans.back());
    }
    const ActiveTime active = ActiveTime::parse(written, zone, zones_).value();
    const Time at = any_time(zone);
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round) + ": " + written + " " +
                 std::string(zone) + " from " + to_text(at));
    ASSERT_EQ(active.holds(at, zones_), expected(spans, zone, at));
    Time first = at;
    if (!expected(spans, zone, at)) {
      first = std::chrono::ceil<minutes>(at);
      while (first < at + 8 * 24h && !expected(spans, zone, first)) first += 1min;
      first = std::min<Time>(first, at + 8 * 24h);
    }
    ASSERT_EQ(to_text(active.next(at, zones_)), to_text(first));
  }
}

TEST_F(ActiveTimeLaws, NextAtIsTheFirstSuchMinute) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string_view zone = any_of(kPlaces);
    const int weekday = from_to(-1, 6);
    const int minute = from_to(0, 1) == 0 ? from_to(0, 180) : from_to(0, 1439);
    const Time after = any_time(zone);
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round) + ": day " +
                 std::to_string(weekday) + " minute " + std::to_string(minute) + " " + std::string(zone) +
                 " after " + to_text(after));
    Time first = std::chrono::floor<minutes>(after) + 1min;
    for (auto is = day_and_minute(zone, first); is.second != minute || (weekday >= 0 && is.first != weekday);
         is = day_and_minute(zone, first)) {
      first += 1min;
    }
    ASSERT_EQ(to_text(next_at(after, weekday, minute, zone, zones_)), to_text(first));
  }
}

}  // namespace
}  // namespace runneriq::alerting
