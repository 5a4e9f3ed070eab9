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

}  // namespace
}  // namespace runneriq
