#include "gitlab/screened_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::gitlab {
namespace {

std::string screened(std::string_view json) {
  ScreenedJson source{json};
  std::string text;
  for (; !source.at_end(); source.advance()) text += source.current();
  return text;
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

constexpr std::size_t kLimit = ScreenedJson::kLongestString;

struct ScreenCase {
  std::string name;
  std::string json;
  std::string expected;
};

class Screening : public testing::TestWithParam<ScreenCase> {};

TEST_P(Screening, GivesTheText) {
  EXPECT_EQ(screened(GetParam().json), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Screening,
    testing::Values(
        ScreenCase{"Nothing", "", ""},
        ScreenCase{"WhatIsFineStays", R"({"a":[1,-2.5e3,true,"x\n\u00e9"]})",
                   R"({"a":[1,-2.5e3,true,"x\n\u00e9"]})"},
        ScreenCase{"WhiteSpaceBecomesOneSpace", "[ \t\r\n 1 , 2]", "[ 1 , 2]"},
        ScreenCase{"WhiteSpaceInStringsStays", "\"a  \t b\"", "\"a  \t b\""},
        ScreenCase{"BadBytesAreReplacedOneByOne", "\"a\xFF\xE2\x82z\"",
                   "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\""},
        ScreenCase{"CharactersStay", "\"\xE2\x82\xAC\xF0\x9F\x98\x80\"", "\"\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        ScreenCase{"SurrogatePairsStay", R"("\ud83d\ude00")", R"("\ud83d\ude00")"},
        ScreenCase{"LoneHighSurrogateIsReplaced", R"("\ud83dx")", "\"\xEF\xBF\xBDx\""},
        ScreenCase{"HighBeforeNonSurrogateIsReplaced", R"("\ud83d\u0041")", "\"\xEF\xBF\xBD\\u0041\""},
        ScreenCase{"LoneLowSurrogateIsReplaced", R"("\ude00")", "\"\xEF\xBF\xBD\""},
        ScreenCase{"EscapedQuoteDoesNotEndTheString", R"("a\"  b"  )", R"("a\"  b" )"},
        ScreenCase{"EscapedBackslashDoesNotHideTheQuote", R"("a\\"  1)", R"("a\\" 1)"},
        ScreenCase{"MalformedEscapesPass", R"("\q\u12")", R"("\q\u12")"},
        ScreenCase{"UnclosedStringEnds", R"("abc)", R"("abc)"},
        ScreenCase{"BackslashAtTheEnd", "\"\\", "\"\\"},
        ScreenCase{"OverflowIsNull", "[1e400,-1e400]", "[null,null]"},
        ScreenCase{"BigWholeNumbersStay", "[9223372036854775808]", "[9223372036854775808]"},
        ScreenCase{"LongNumberIsNull", "[" + repeated("1", 65) + "]", "[null]"},
        ScreenCase{"LongestNumberStays", "[" + repeated("1", 64) + "]", "[" + repeated("1", 64) + "]"},
        ScreenCase{"MalformedNumbersPass", "[1.,-]", "[1.,-]"}),
    [](const auto& one) { return one.param.name; });

struct CutCase {
  std::string name;
  std::string content;  // of the string
  std::size_t kept;     // bytes of it
};

class Cutting : public testing::TestWithParam<CutCase> {};

TEST_P(Cutting, KeepsWholeCharactersAndTheClosingQuote) {
  const std::string text = screened("\"" + GetParam().content + "\" ,1");
  EXPECT_EQ(text.size(), GetParam().kept + 5);
  EXPECT_EQ(text.substr(1, GetParam().kept), GetParam().content.substr(0, GetParam().kept));
  EXPECT_EQ(text.substr(text.size() - 4), "\" ,1");
}

INSTANTIATE_TEST_SUITE_P(
    Strings, Cutting,
    testing::Values(CutCase{"JustFits", repeated("a", kLimit), kLimit},
                    CutCase{"OneTooLong", repeated("a", kLimit + 1), kLimit},
                    CutCase{"CharacterOnTheEdge", repeated("a", kLimit - 1) + "\xC3\xA9z", kLimit - 1},
                    CutCase{"CharacterJustFits", repeated("a", kLimit - 2) + "\xC3\xA9z", kLimit},
                    CutCase{"EscapeOnTheEdge", repeated("a", kLimit - 1) + "\\nz", kLimit - 1},
                    CutCase{"UnicodeEscapeOnTheEdge", repeated("a", kLimit - 5) + "\\u00e9", kLimit - 5},
                    CutCase{"PairOnTheEdge", repeated("a", kLimit - 11) + "\\ud83d\\ude00", kLimit - 11},
                    CutCase{"PairJustFits", repeated("a", kLimit - 12) + "\\ud83d\\ude00z", kLimit},
                    CutCase{"QuoteInTheDroppedPart", repeated("a", kLimit) + "\\\"b\\\\", kLimit}),
    [](const auto& one) { return one.param.name; });

TEST(ScreenedJson, EndsWhereNeitherTextNorNumbersCome) {
  const std::string brackets = "[" + repeated("[],", ScreenedJson::kLongestRun);
  ScreenedJson source{brackets};
  std::size_t length = 0;
  for (; !source.at_end(); source.advance()) ++length;
  EXPECT_EQ(length, ScreenedJson::kLongestRun);
  EXPECT_TRUE(source.cut_short());
}

TEST(ScreenedJson, ReplacedNumbersDoNotFeedTheParser) {
  const std::string numbers = "[" + repeated("1e999,", ScreenedJson::kLongestRun);
  EXPECT_LE(screened(numbers).size(), ScreenedJson::kLongestRun + 4);
}

TEST(ScreenedJson, GoesOnWhereTextAndNumbersCome) {
  const std::string pairs = "[" + repeated("1,\"a\",", ScreenedJson::kLongestRun) + "1]";
  EXPECT_EQ(screened(pairs), pairs);
}

TEST(ScreenedJson, TellsWhereItStands) {
  ScreenedJson source{"[ 12,\"abc\"]"};
  EXPECT_EQ(source.offset(), 0U);
  for (int i = 0; i < 5; ++i) source.advance();
  EXPECT_EQ(source.current(), '"');
  EXPECT_EQ(source.offset(), 5U);
  EXPECT_FALSE(source.cut_short());
}

}  // namespace
}  // namespace runneriq::gitlab
