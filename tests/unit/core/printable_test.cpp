#include "core/printable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq {
namespace {

struct PrintableCase {
  const char* name;
  std::string text;
  std::string shown;
};

class Printable : public testing::TestWithParam<PrintableCase> {};

TEST_P(Printable, IsOneHarmlessLine) {
  EXPECT_EQ(printable(GetParam().text), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Core, Printable,
    testing::Values(
        PrintableCase{"PlainTextStays", "deploy prod: 1/3 (eu)", "deploy prod: 1/3 (eu)"},
        PrintableCase{"EmptyStays", "", ""}, PrintableCase{"UmlautsStay", "Prüfung Ω 🚀", "Prüfung Ω 🚀"},
        PrintableCase{"LineFeed", "a\nb", "a\\nb"}, PrintableCase{"Tab", "a\tb", "a\\tb"},
        PrintableCase{"CarriageReturn", "a\rb", "a\\x0db"}, PrintableCase{"Backslash", "a\\nb", "a\\\\nb"},
        PrintableCase{"AnsiColour", "\x1b[31mred", "\\x1b[31mred"},
        PrintableCase{"Nul", std::string("a\0b", 3), "a\\x00b"}, PrintableCase{"Del", "a\x7f", "a\\x7f"},
        PrintableCase{"C1ControlSequenceIntroducer", "a\xc2\x9b", "a\\xc2\\x9b"},
        PrintableCase{"NextLine", "a\xc2\x85", "a\\xc2\\x85"},
        PrintableCase{"NoBreakSpaceStays", "a\xc2\xa0", "a\xc2\xa0"},
        PrintableCase{"RightToLeftOverride", "a\xe2\x80\xae", "a\\xe2\\x80\\xae"},
        PrintableCase{"Isolate", "\xe2\x81\xa6x", "\\xe2\\x81\\xa6x"},
        PrintableCase{"ArabicLetterMark", "\xd8\x9cx", "\\xd8\\x9cx"},
        PrintableCase{"LineSeparator", "a\xe2\x80\xa8", "a\\xe2\\x80\\xa8"},
        PrintableCase{"ParagraphSeparator", "a\xe2\x80\xa9", "a\\xe2\\x80\\xa9"},
        PrintableCase{"Latin1", "caf\xe9!", "caf\\xe9!"}, PrintableCase{"LoneContinuation", "\x80", "\\x80"},
        PrintableCase{"Overlong", "\xc0\xaf", "\\xc0\\xaf"},
        PrintableCase{"OverlongOfThree", "\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        PrintableCase{"OverlongOfFour", "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},
        PrintableCase{"Surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        PrintableCase{"BeyondUnicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        PrintableCase{"CutCharacter", "a\xe2\x82", "a\\xe2\\x82"},
        PrintableCase{"QuickAction", "/close", "\\/close"},
        PrintableCase{"QuickActionBehindSpaces", "  /close", "  \\/close"},
        PrintableCase{"SlashWithinStays", "a/b", "a/b"}),
    [](const auto& given) { return given.param.name; });

TEST(PrintableLength, TextOfExactlyTheLimitStays) {
  EXPECT_EQ(printable("12345678", 8), "12345678");
  EXPECT_EQ(printable("123456789", 8), "12345…");
}

TEST(PrintableLength, CutsNeitherCharactersNorEscapes) {
  EXPECT_EQ(printable("aaaäää", 7), "aaa…");
  EXPECT_EQ(printable("abc\x01\x02\x03", 8), "abc…");
}

TEST(PrintableLength, NeverExceedsTheLimit) {
  const std::string text = "ä\n\x1b long enough for every limit";
  for (std::size_t limit = 0; limit < 20; ++limit) EXPECT_LE(printable(text, limit).size(), limit) << limit;
  EXPECT_EQ(printable("abcd", 2), "");
  EXPECT_EQ(printable("abcd", 3), "…");
}

struct PathCase {
  const char* name;
  std::string path;
  std::string shown;
};

class PrintablePath : public testing::TestWithParam<PathCase> {};

TEST_P(PrintablePath, CanBePastedAndIsOneLine) {
  EXPECT_EQ(printable_path(GetParam().path), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(Core, PrintablePath,
                         testing::Values(PathCase{"LeadingSlashStays", "/etc/runneriq/runneriq.yaml",
                                                  "/etc/runneriq/runneriq.yaml"},
                                         PathCase{"SlashBehindSpacesStays", "  /x", "  /x"},
                                         PathCase{"EmptyStays", "", ""},
                                         PathCase{"UmlautsStay", "/srv/Prüfung", "/srv/Prüfung"},
                                         PathCase{"LineFeed", "/a\nb", "/a\\nb"},
                                         PathCase{"AnsiColour", "/\x1b[31m", "/\\x1b[31m"},
                                         PathCase{"Backslash", "/a\\b", "/a\\\\b"},
                                         PathCase{"RightToLeftOverride", "/\xe2\x80\xae", "/\\xe2\\x80\\xae"},
                                         PathCase{"BytesThatAreNoText", "/caf\xe9", "/caf\\xe9"}),
                         [](const auto& given) { return given.param.name; });

TEST(PrintablePathLength, TheLongestPathOfTheKernelStaysWhole) {
  const std::string path = "/" + std::string(4094, 'x');
  EXPECT_EQ(printable_path(path), path);
  EXPECT_EQ(printable_path("/1234567", 6), "/12…");
}

TEST(PrintableLength, HasALimitUnlessToldOtherwise) {
  EXPECT_EQ(printable(std::string(1000, 'x')).size(), 200U);
}

}  // namespace
}  // namespace runneriq
