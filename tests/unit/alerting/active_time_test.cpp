#include "alerting/active_time.hpp"

#include "tests/support/made_zones.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

const support::MadeZones kZones;

Time utc(std::string_view text) {
  return parse_time(text).value();
}

ActiveTime active(std::string_view text, std::string_view zone = "UTC") {
  return ActiveTime::parse(text, zone, kZones).value();
}

struct HoldsCase {
  std::string name, spans, at;
  bool holds;
};
class Holds : public testing::TestWithParam<HoldsCase> {};

TEST_P(Holds, AtThatTime) {
  const HoldsCase& given = GetParam();
  EXPECT_EQ(active(given.spans).holds(utc(given.at), kZones), given.holds) << given.spans << " " << given.at;
}

// 2026-03-02 is a Monday; clocks are set forward on 2026-03-29 and back on 2026-10-25.
INSTANTIATE_TEST_SUITE_P(
    ActiveTime, Holds,
    testing::Values(
        HoldsCase{"FirstMinute", "Mon 08:00-18:00", "2026-03-02T08:00:00Z", true},
        HoldsCase{"BeforeIt", "Mon 08:00-18:00", "2026-03-02T07:59:59.999Z", false},
        HoldsCase{"LastMinute", "Mon 08:00-18:00", "2026-03-02T17:59:59.999Z", true},
        HoldsCase{"TheEndIsNotInIt", "Mon 08:00-18:00", "2026-03-02T18:00:00Z", false},
        HoldsCase{"AnotherDay", "Mon 08:00-18:00", "2026-03-03T10:00:00Z", false},
        HoldsCase{"ARangeOfDays", "Mon-Fri 08:00-18:00", "2026-03-06T10:00:00Z", true},
        HoldsCase{"NotBehindTheRange", "Mon-Fri 08:00-18:00", "2026-03-07T10:00:00Z", false},
        HoldsCase{"ARangeOverTheWeek", "Sat-Mon 08:00-18:00", "2026-03-02T10:00:00Z", true},
        HoldsCase{"DaysWithCommas", "Mon,Wed 08:00-18:00", "2026-03-04T10:00:00Z", true},
        HoldsCase{"SmallLetters", "mon 08:00-18:00", "2026-03-02T10:00:00Z", true},
        HoldsCase{"Daily", "daily 08:00-09:00", "2026-03-08T08:30:00Z", true},
        HoldsCase{"WholeDay", "Mon 00:00-24:00", "2026-03-02T23:59:00Z", true},
        HoldsCase{"WholeDayEndsAtMidnight", "Mon 00:00-24:00", "2026-03-03T00:00:00Z", false},
        HoldsCase{"EqualEndsAreADay", "Mon 08:00-08:00", "2026-03-03T07:59:00Z", true},
        HoldsCase{"EqualEndsAreADayOnly", "Mon 08:00-08:00", "2026-03-03T08:00:00Z", false},
        HoldsCase{"PastMidnight", "Mon 22:00-06:00", "2026-03-03T05:59:00Z", true},
        HoldsCase{"NotTheMorningBefore", "Mon 22:00-06:00", "2026-03-02T05:00:00Z", false},
        HoldsCase{"SundayIntoMonday", "Sun 22:00-06:00", "2026-03-02T05:00:00Z", true},
        HoldsCase{"TheSecondSpan", "Mon 08:00-09:00; Sat 10:00-14:00", "2026-03-07T10:00:00Z", true},
        HoldsCase{"ThePlacesClock", "Mon 08:00-18:00 Europe/Berlin", "2026-03-02T07:00:00Z", true},
        HoldsCase{"ThePlacesSummer", "Mon 08:00-18:00 Europe/Berlin", "2026-07-06T06:00:00Z", true},
        HoldsCase{"ThePlacesDay", "Mon 00:00-02:00 Asia/Kolkata", "2026-03-01T19:00:00Z", true},
        HoldsCase{"OneZoneForAll", "Mon 08:00-09:00; Sat 10:00-14:00 Europe/Berlin", "2026-03-02T07:30:00Z",
                  true},
        HoldsCase{"TheMissingHourNeverComes", "Sun 02:15-02:45 Europe/Berlin", "2026-03-29T01:30:00Z", false},
        HoldsCase{"TheDoubledHourFirst", "Sun 02:15-02:45 Europe/Berlin", "2026-10-25T00:30:00Z", true},
        HoldsCase{"TheDoubledHourAgain", "Sun 02:15-02:45 Europe/Berlin", "2026-10-25T01:30:00Z", true},
        HoldsCase{"Before1970", "Wed 23:00-24:00", "1969-12-31T23:30:00Z", true}),
    [](const auto& given) { return given.param.name; });

struct NextCase {
  std::string name, spans, at, next;
};
class Next : public testing::TestWithParam<NextCase> {};

TEST_P(Next, IsThen) {
  const NextCase& given = GetParam();
  EXPECT_EQ(to_text(active(given.spans).next(utc(given.at), kZones)), given.next);
}

INSTANTIATE_TEST_SUITE_P(
    ActiveTime, Next,
    testing::Values(
        NextCase{"NowToTheMillisecond", "Mon 08:00-18:00", "2026-03-02T09:00:00.123Z",
                 "2026-03-02T09:00:00.123Z"},
        NextCase{"TheSameDay", "Mon 08:00-18:00", "2026-03-02T07:59:30Z", "2026-03-02T08:00:00Z"},
        NextCase{"TheNextWeek", "Mon 08:00-18:00", "2026-03-02T18:00:00Z", "2026-03-09T08:00:00Z"},
        NextCase{"AfterTheWeekend", "Mon-Fri 08:00-18:00", "2026-03-06T18:00:00Z", "2026-03-09T08:00:00Z"},
        NextCase{"OverTheChangeToSummer", "Mon 08:00-18:00 Europe/Berlin", "2026-03-28T12:00:00Z",
                 "2026-03-30T06:00:00Z"},
        NextCase{"WithinAHalfLostSpan", "Sun 02:30-05:00 Europe/Berlin", "2026-03-29T00:00:00Z",
                 "2026-03-29T01:00:00Z"},
        NextCase{"ASpanThatIsLostWhollyEndsTheSearch", "Sun 02:15-02:45 Europe/Berlin",
                 "2026-03-22T02:00:00Z", "2026-03-30T02:00:00Z"},
        NextCase{"BetweenTwoChangesOfOneWeek", "Thu 00:00-00:20 Made/Twice", "2026-05-03T00:00:00Z",
                 "2026-05-06T23:00:00Z"},
        NextCase{"TheDoubledHourAgain", "Sun 02:00-02:30 Europe/Berlin", "2026-10-25T00:30:00Z",
                 "2026-10-25T01:00:00Z"}),
    [](const auto& given) { return given.param.name; });

TEST(ActiveTimeText, IsKeptAndEmptyIsAlways) {
  EXPECT_TRUE(ActiveTime{}.is_always());
  EXPECT_TRUE(active("").is_always());
  EXPECT_TRUE(active("always").is_always());
  EXPECT_TRUE(active("").holds(Time{}, kZones));
  EXPECT_EQ(active("").next(Time{1ms}, kZones), Time{1ms});
  const ActiveTime hours = active("  Mon 08:00-09:00 ", "Europe/Berlin");
  EXPECT_FALSE(hours.is_always());
  EXPECT_EQ(hours.text(), "Mon 08:00-09:00");
  EXPECT_TRUE(hours.holds(utc("2026-03-02T07:30:00Z"), kZones));
}

TEST(ActiveTimeText, IsRefusedWithTheBadPart) {
  for (const auto& [text, part] : std::initializer_list<std::pair<std::string, std::string>>{
           {"Mo 08:00-18:00", "'Mo'"},
           {"Mon-Fry 08:00-18:00", "'Fry'"},
           {"Mon", "''"},
           {"Mon 8-18", "'8-18'"},
           {"Mon 08:00", "'08:00'"},
           {"Mon 24:00-08:00", "'24:00-08:00'"},
           {"Mon 08:00-24:01", "'08:00-24:01'"},
           {"Mon 08:60-09:00", "'08:60-09:00'"},
           {"Mon 08:00-0x:00", "'08:00-0x:00'"},
           {"; Mon 08:00-09:00", "''"},
           {"Mon 08:00-09:00 Mars/Base", "'Mars/Base'"},
           {"Mon 08:00-09:00 Europe/Berlin; Tue 08:00-09:00 UTC", "'UTC'"},
           {std::string(1001, 'x'), "1,000 bytes"}}) {
    SCOPED_TRACE(text.substr(0, 60));
    const auto read = ActiveTime::parse(text, "UTC", kZones);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find(part), std::string::npos) << read.error().message;
  }
  EXPECT_FALSE(ActiveTime::parse("Mon 08:00-09:00", "Mars/Base", kZones));
}

struct NextAtCase {
  std::string name, after;
  int weekday, minute;
  std::string zone, next;
};
class NextAt : public testing::TestWithParam<NextAtCase> {};

TEST_P(NextAt, IsThen) {
  const NextAtCase& given = GetParam();
  EXPECT_EQ(to_text(next_at(utc(given.after), given.weekday, given.minute, given.zone, kZones)), given.next);
}

INSTANTIATE_TEST_SUITE_P(
    ActiveTime, NextAt,
    testing::Values(
        NextAtCase{"Today", "2026-03-02T07:59:59Z", -1, 480, "UTC", "2026-03-02T08:00:00Z"},
        NextAtCase{"NotThatVeryTime", "2026-03-02T08:00:00Z", -1, 480, "UTC", "2026-03-03T08:00:00Z"},
        NextAtCase{"NotWithinThatMinute", "2026-03-02T08:00:59.999Z", -1, 480, "UTC", "2026-03-03T08:00:00Z"},
        NextAtCase{"OnAWeekday", "2026-03-03T09:00:00Z", 0, 480, "UTC", "2026-03-09T08:00:00Z"},
        NextAtCase{"InAPlace", "2026-03-02T07:00:00Z", -1, 480, "Europe/Berlin", "2026-03-03T07:00:00Z"},
        NextAtCase{"ADayWithoutThatMinute", "2026-03-28T02:00:00Z", -1, 150, "Europe/Berlin",
                   "2026-03-30T00:30:00Z"},
        NextAtCase{"AWeekWithoutThatMinute", "2026-03-22T02:00:00Z", 6, 150, "Europe/Berlin",
                   "2026-04-05T00:30:00Z"},
        NextAtCase{"AZoneThatIsGoneIsUtc", "2026-03-02T07:00:00Z", -1, 480, "Mars/Base",
                   "2026-03-02T08:00:00Z"}),
    [](const auto& given) { return given.param.name; });

TEST(MinuteOfDay, IsReadStrictly) {
  EXPECT_EQ(parse_minute_of_day("00:00"), 0);
  EXPECT_EQ(parse_minute_of_day("23:59"), 1439);
  for (const std::string_view bad : {"", "8:00", "24:00", "08:60", "08-00", "08:00 ", "-8:00", "aa:bb"}) {
    EXPECT_FALSE(parse_minute_of_day(bad)) << bad;
  }
}

}  // namespace
}  // namespace runneriq::alerting
