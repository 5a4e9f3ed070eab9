#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq {
namespace {

struct LengthCase {
  std::string name;
  std::string text;
  std::size_t length;
};

class Utf8Length : public testing::TestWithParam<LengthCase> {};

TEST_P(Utf8Length, IsTold) {
  EXPECT_EQ(utf8_length(GetParam().text), GetParam().length);
}

INSTANTIATE_TEST_SUITE_P(
    Characters, Utf8Length,
    testing::Values(
        LengthCase{"NoText", "", 0}, LengthCase{"Ascii", "ab", 1}, LengthCase{"Nul", std::string(1, '\0'), 1},
        LengthCase{"FirstOfTwoBytes", "\xC2\x80", 2}, LengthCase{"LastOfTwoBytes", "\xDF\xBF.", 2},
        LengthCase{"FirstOfThreeBytes", "\xE0\xA0\x80", 3},
        LengthCase{"LastBeforeSurrogates", "\xED\x9F\xBF", 3},
        LengthCase{"ReplacementCharacter", "\xEF\xBF\xBD", 3},
        LengthCase{"FirstOfFourBytes", "\xF0\x90\x80\x80", 4}, LengthCase{"LastOfAll", "\xF4\x8F\xBF\xBF", 4},
        LengthCase{"StrayContinuation", "\x80", 0}, LengthCase{"OverlongOfTwo", "\xC0\xAF", 0},
        LengthCase{"OverlongOfThree", "\xE0\x9F\xBF", 0}, LengthCase{"OverlongOfFour", "\xF0\x8F\xBF\xBF", 0},
        LengthCase{"Surrogate", "\xED\xA0\x80", 0}, LengthCase{"BeyondTheLast", "\xF4\x90\x80\x80", 0},
        LengthCase{"ImpossibleFirst", "\xF5\x80\x80\x80", 0}, LengthCase{"Ff", "\xFF", 0},
        LengthCase{"CutAfterOne", "\xE2", 0}, LengthCase{"CutAfterTwo", "\xE2\x82", 0},
        LengthCase{"WrongSecond", "\xE2z\xAC", 0}, LengthCase{"WrongThird", "\xE2\x82z", 0},
        LengthCase{"WrongFourth", "\xF0\x9F\x98z", 0}),
    [](const auto& one) { return one.param.name; });

TEST(IsUtf8, LooksAtTheWholeText) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"));
  EXPECT_FALSE(is_utf8("gr\xC3\xBC\xC3"));
  EXPECT_FALSE(is_utf8("a\xFFz"));
}

}  // namespace
}  // namespace runneriq
