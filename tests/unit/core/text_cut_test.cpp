#include "core/text_cut.hpp"

#include "core/utf8.hpp"

#include <gtest/gtest.h>

#include <array>

namespace runneriq {
namespace {

struct CutCase {
  std::string_view name, text;
  std::size_t most;
  std::string_view as_characters, as_escaped;
};

class TextCut : public testing::TestWithParam<CutCase> {};

TEST_P(TextCut, NeverCutsWithinACharacterOrAnEscape) {
  const CutCase& tried = GetParam();
  EXPECT_EQ(cut_characters(tried.text, tried.most), tried.as_characters);
  EXPECT_EQ(cut_escaped(tried.text, tried.most), tried.as_escaped);
}

INSTANTIATE_TEST_SUITE_P(
    Cuts, TextCut,
    testing::Values(CutCase{"WhatFitsStays", "abc", 3, "abc", "abc"},
                    CutCase{"TheEllipsisCounts", "abcd", 3, "ab…", "ab…"},
                    CutCase{"NothingHasNoEllipsis", "abcd", 0, "", ""},
                    CutCase{"OneIsTheEllipsis", "abcd", 1, "…", "…"},
                    CutCase{"CharactersOfManyBytes", "äöüß", 3, "äö…", "äö…"},
                    CutCase{"AnEntityIsWhole", "ab&amp;cd", 5, "ab&a…", "ab…"},
                    CutCase{"AnEntityThatFits", "ab&amp;cd", 8, "ab&amp;…", "ab&amp;…"},
                    CutCase{"AnEntityThatJustDoesNotLeaveRoom", "ab&amp;cd", 7, "ab&amp…", "ab…"},
                    CutCase{"ANumericEntityIsWhole", "a&#64;bc", 4, "a&#…", "a…"},
                    CutCase{"ABackslashStaysWithItsCharacter", "a\\*bc", 3, "a\\…", "a…"},
                    CutCase{"TwoBackslashesAreOneEscape", "\\\\\\\\x", 4, "\\\\\\…", "\\\\…"},
                    CutCase{"ABareAmpersandIsACharacter", "a & b & c", 4, "a &…", "a &…"},
                    CutCase{"BytesThatAreNoUtf8CountOneEach", "\xFF\xFF\xFF", 2, "\xFF…", "\xFF…"}),
    [](const auto& tried) { return std::string(tried.param.name); });

TEST(TextCutAll, EveryLengthIsKeptOnTextOfAllKinds) {
  const std::string text = "a&lt;ü\\*🔥&amp;\\\\end & x";
  for (std::size_t most = 0; most < 40; ++most) {
    SCOPED_TRACE(most);
    EXPECT_LE(characters(cut_characters(text, most)), most);
    EXPECT_LE(characters(cut_escaped(text, most)), most);
    EXPECT_TRUE(is_utf8(cut_escaped(text, most)));
  }
}

TEST(LeadingLines, KeepsTheLastLineInAnyCase) {
  constexpr std::array<std::size_t, 4> kLengths{10, 10, 10, 5};
  EXPECT_EQ(leading_lines(kLengths, 35, 1), 4U);
  EXPECT_EQ(leading_lines(kLengths, 34, 1), 2U);
  EXPECT_EQ(leading_lines(kLengths, 26, 1), 2U);
  EXPECT_EQ(leading_lines(kLengths, 25, 1), 1U);
  EXPECT_EQ(leading_lines(kLengths, 15, 1), 0U);
  EXPECT_EQ(leading_lines(kLengths, 1, 1), 0U);
  EXPECT_EQ(leading_lines({}, 1, 1), 0U);
}

}  // namespace
}  // namespace runneriq
