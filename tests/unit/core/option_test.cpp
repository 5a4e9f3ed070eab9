#include "core/option.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace runneriq {
namespace {

TEST(ParseSwitch, ReadsSixWordsInAnyCase) {
  for (const char* text : {"true", "on", "yes", "True", "ON"}) {
    SCOPED_TRACE(text);
    EXPECT_TRUE(parse_switch(text).value());
  }
  for (const char* text : {"false", "off", "no", "False", "NO"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_switch(text).value());
  }
}

TEST(ParseSwitch, RefusesEverythingElse) {
  for (const char* text : {"", "1", "0", "y", "true ", "truth", "disabled"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_switch(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
}

TEST(ParseWhole, ReadsDigitsWithinTheBounds) {
  EXPECT_EQ(parse_whole("0", 0, 64).value(), 0);
  EXPECT_EQ(parse_whole("64", 0, 64).value(), 64);
  EXPECT_EQ(parse_whole("2147483647", 0, std::numeric_limits<int>::max()).value(), 2147483647);
}

TEST(ParseWhole, RefusesWhatIsNoDigitOrOutOfBounds) {
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "65", "2147483648",
                           "99999999999999999999", "two"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_whole(text, 0, 64);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
  EXPECT_FALSE(parse_whole("0", 1, 64));
  EXPECT_FALSE(parse_whole("-1", -5, 5));
}

TEST(ParseWhole, RefusesWhatMayBeOctal) {
  for (const std::string_view text : {"010", "007", "00"}) {
    const auto parsed = parse_whole(text, 0, 64);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(parse_whole("010", 0, 64).error().message,
            "'010' begins with 0, which may mean an octal number: write it without");
}

TEST(ParseWhole, SaysWhatWasReadAndWhatIsExpected) {
  EXPECT_EQ(parse_whole("two\n", 0, 64).error().message, "'two\\n' is not a whole number from 0 to 64");
}

TEST(ParseDecimal, ReadsPlainNumbersWithinTheBounds) {
  EXPECT_DOUBLE_EQ(parse_decimal("75", 0, 100).value(), 75);
  EXPECT_DOUBLE_EQ(parse_decimal("0.15", 0, 1).value(), 0.15);
  EXPECT_DOUBLE_EQ(parse_decimal("-5.5", -100, 100).value(), -5.5);
  EXPECT_DOUBLE_EQ(parse_decimal("100.0", 0, 100).value(), 100);
  EXPECT_EQ(decimal_text(parse_decimal("-0", 0, 1).value()), "0");
}

TEST(ParseDecimal, RefusesWhatIsNoPlainNumberOrOutOfBounds) {
  for (const char* text : {"", "+1", " 1", "1 ", "1,5", "1e1", "0x1", "inf", "nan", "-0.1", "100.1", "."}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_decimal(text, 0, 100);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(parse_decimal("101", 0, 100).error().message, "'101' is not a number from 0 to 100");
  EXPECT_EQ(parse_decimal("x", -0.5, 0.5).error().message, "'x' is not a number from -0.5 to 0.5");
}

TEST(DecimalText, IsTheShortestThatReadsBack) {
  EXPECT_EQ(decimal_text(75), "75");
  EXPECT_EQ(decimal_text(0.1), "0.1");
  EXPECT_EQ(decimal_text(-7.25), "-7.25");
  for (const double number : {std::numeric_limits<double>::denorm_min(), 1.0 / 3, 1e300}) {
    EXPECT_EQ(parse_decimal(decimal_text(number), 0, 1e301).value(), number) << number;
  }
}

}  // namespace
}  // namespace runneriq
