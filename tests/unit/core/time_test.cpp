#include "core/time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq {
namespace {

using namespace std::chrono_literals;

struct DurationText {
  const char* text;
  Duration value;
};

TEST(ParseDuration, ReadsAllUnits) {
  for (const DurationText& c : {DurationText{"30s", 30s},
                                {"10m", 10min},
                                {"2h", 2h},
                                {"1d", 24h},
                                {"250ms", 250ms},
                                {"90", 90s},
                                {"0", 0s},
                                {"0ms", 0s},
                                {"007s", 7s},
                                {"3652d", 24h * 3652},
                                {"315569520", 315'569'520s}}) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(parse_duration(c.text).value(), c.value);
  }
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text : {"",
                           " ",
                           "s",
                           "-1s",
                           "+1s",
                           "1.5h",
                           "1 h",
                           " 1h",
                           "1h ",
                           "1h30m",
                           "10M",
                           "5min",
                           "1w",
                           "1e3",
                           "0x10",
                           "ten",
                           "4000d",
                           "315569521",
                           "99999999999999999999s",
                           "9223372036854775807h"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
}

TEST(ParseDuration, SaysWhatIsWrongAndWhatIsExpected) {
  EXPECT_EQ(
      parse_duration("10 min").error().message,
      "'10 min' has no unit of time that is known here; expected for example 30s, 10m, 2h, 1d, 250ms or "
      "plain seconds");
  EXPECT_NE(parse_duration("soon\x1b").error().message.find("'soon\\x1b' is not a duration"),
            std::string::npos);
  EXPECT_NE(parse_duration("11000d").error().message.find("longer than ten years"), std::string::npos);
}

TEST(DurationToText, TakesTheLargestUnitThatFits) {
  for (const DurationText& c : {DurationText{"0s", 0s},
                                {"90s", 90s},
                                {"10m", 10min},
                                {"2h", 120min},
                                {"1d", 24h},
                                {"36h", 36h},
                                {"250ms", 250ms},
                                {"1500ms", 1500ms},
                                {"-90s", -90s}}) {
    EXPECT_EQ(to_text(c.value), c.text);
  }
}

TEST(DurationToReading, RoundsForPeople) {
  for (const DurationText& c : {DurationText{"0 s", 0s},
                                {"0 s", 499ms},
                                {"1 s", 500ms},
                                {"45 s", 45s},
                                {"1 min", 59'500ms},
                                {"1 min", 60s},
                                {"4 min 10 s", 250s},
                                {"59 min 59 s", 59min + 59s},
                                {"1 h", 59min + 59'600ms},
                                {"2 h 5 min", 2h + 5min + 20s},
                                {"2 h 6 min", 2h + 5min + 30s},
                                {"2 h", 2h + 20s},
                                {"23 h 59 min", 23h + 59min},
                                {"1 d", 23h + 59min + 40s},
                                {"1 d 3 h", 27h + 10min},
                                {"2 d", 47h + 30min},
                                {"0 s", -10s}}) {
    EXPECT_EQ(to_reading(c.value), c.text) << c.value.count() << " ms";
  }
}

TEST(DurationToReading, ReadsTheLongestDurationOfAll) {
  EXPECT_EQ(to_reading(Duration::max()), "106751991167 d 7 h");
  EXPECT_EQ(to_reading(Duration::min()), "0 s");
}

TEST(TimeToText, IsRfc3339InUtc) {
  using namespace std::chrono;
  const Time time = sys_days{2025y / March / 1} + 3h;
  EXPECT_EQ(to_text(time), "2025-03-01T03:00:00Z");
  EXPECT_EQ(to_text(time + 59min + 7s + 5ms), "2025-03-01T03:59:07.005Z");
  EXPECT_EQ(to_text(Time{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_text(Time{-1ms}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_text(Time{sys_days{2024y / February / 29}}), "2024-02-29T00:00:00Z");
}

TEST(TimeToText, StaysWithinTheYearsThatFourDigitsTell) {
  EXPECT_EQ(to_text(Time::max()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_text(Time::min()), "0000-01-01T00:00:00Z");
}

TEST(ParseTime, ReadsRfc3339) {
  using namespace std::chrono;
  const Time three = sys_days{2025y / March / 1} + 3h;
  for (const char* text :
       {"2025-03-01T03:00:00Z", "2025-03-01t03:00:00z", "2025-03-01 03:00:00Z", "2025-03-01T03:00:00+00:00",
        "2025-03-01T03:00:00-00:00", "2025-03-01T05:00:00+02:00", "2025-02-28T22:30:00-04:30",
        "2025-03-02T02:59:00+23:59", "2025-03-01T03:00:00.0Z", "2025-03-01T03:00:00.0009999999999Z"}) {
    const auto time = parse_time(text);
    ASSERT_TRUE(time) << time.error().message;
    EXPECT_EQ(*time, three) << text;
  }
  EXPECT_EQ(parse_time("2025-03-01T05:00:00.1+02:00").value(), three + 100ms);
  EXPECT_EQ(parse_time("2025-03-01T03:00:00.12Z").value(), three + 120ms);
  EXPECT_EQ(parse_time("2025-03-01T03:00:00.12399Z").value(), three + 123ms);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59.999Z").value(), Time{-1ms});
  EXPECT_EQ(parse_time("2024-02-29T00:00:00Z").value(), Time{sys_days{2024y / February / 29}});
  EXPECT_EQ(parse_time("2016-12-31T23:59:60Z").value(), Time{sys_days{2017y / January / 1}});
}

TEST(ParseTime, ReadsTheFormOfWebhooks) {
  using namespace std::chrono;
  const Time time = sys_days{2021y / January / 13} + 17h + 57min + 5s;
  EXPECT_EQ(parse_time("2021-01-13 17:57:05 UTC").value(), time);
  EXPECT_EQ(parse_time("2021-01-13 19:57:05 +0200").value(), time);
  EXPECT_EQ(parse_time("2021-01-13 13:27:05 -0430").value(), time);
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "now",
                           "2025-03-01",
                           "2025-03-01T03:00:00",
                           "2025-03-01T03:00Z",
                           "2025-3-1T03:00:00Z",
                           "2025-02-29T00:00:00Z",
                           "2025-13-01T00:00:00Z",
                           "2025-00-01T00:00:00Z",
                           "2025-04-31T00:00:00Z",
                           "2025-03-00T00:00:00Z",
                           "2025-03-01T24:00:00Z",
                           "2025-03-01T00:60:00Z",
                           "2025-03-01T00:00:61Z",
                           "2025-03-01T03:00:00+24:00",
                           "2025-03-01T03:00:00+02:60",
                           "2025-03-01T03:00:00+2",
                           "2025-03-01T03:00:00.Z",
                           "2025-03-01T03:00:00,5Z",
                           "2025-03-01T03:00:00 CET",
                           "2025-03-01T03:00:00Zx",
                           " 2025-03-01T03:00:00Z",
                           "2025-03-01T03:00:00Z ",
                           "2025-03-01T03:00:00  UTC",
                           "2025-03-01T03:00:00 UTC",
                           "12025-03-01T03:00:00Z",
                           "-025-03-01T03:00:00Z",
                           "+025-03-01T03:00:00Z",
                           "2025-03-01T-1:00:00Z",
                           "2025/03/01T03:00:00Z",
                           "2025-03-01T03:00:00+-1:00",
                           "0000-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "9999-12-31T23:59:60Z",
                           "2025-03-01T03:00:00.123456789012345678901234567890"}) {
    const auto time = parse_time(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().code, Errc::invalid_argument);
  }
}

TEST(ParseTime, NamesTheBadText) {
  EXPECT_EQ(parse_time("soon\n").error().message,
            "'soon\\n' is no date and time; expected for example 2025-03-01T03:00:00Z");
}

TEST(ParseTime, ReadsTheEarliestAndTheLatest) {
  EXPECT_EQ(to_text(parse_time("0000-01-01T00:00:00Z").value()), "0000-01-01T00:00:00Z");
  EXPECT_EQ(to_text(parse_time("9999-12-31T23:59:59.999Z").value()), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace runneriq
