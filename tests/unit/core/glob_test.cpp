#include "core/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq {
namespace {

struct GlobCase {
  const char* name;
  std::string pattern;
  std::string text;
  bool matches;
};

class Glob : public testing::TestWithParam<GlobCase> {};

TEST_P(Glob, MatchesAsAWhole) {
  EXPECT_EQ(glob_matches(GetParam().pattern, GetParam().text), GetParam().matches)
      << "'" << GetParam().pattern << "' on '" << GetParam().text << "'";
}

INSTANTIATE_TEST_SUITE_P(Core, Glob,
                         testing::Values(GlobCase{"EqualTextMatches", "main", "main", true},
                                         GlobCase{"LongerTextDoesNot", "main", "mainline", false},
                                         GlobCase{"ShorterTextDoesNot", "main", "mai", false},
                                         GlobCase{"CaseMatters", "main", "Main", false},
                                         GlobCase{"EmptyMatchesEmpty", "", "", true},
                                         GlobCase{"EmptyDoesNotMatchText", "", "a", false},
                                         GlobCase{"StarMatchesNothing", "release*", "release", true},
                                         GlobCase{"StarAloneMatchesEmpty", "*", "", true},
                                         GlobCase{"StarCrossesSlashes", "hotfix/*", "hotfix/a/b", true},
                                         GlobCase{"SlashBeforeStarIsNeeded", "hotfix/*", "hotfix", false},
                                         GlobCase{"StarInTheMiddle", "a*z", "abcz", true},
                                         GlobCase{"StarTriesLaterPlaces", "*ab", "aab", true},
                                         GlobCase{"SeveralStarsFindTheirPlaces", "a*b*c", "a-b-b-c", true},
                                         GlobCase{"SeveralStarsNeedAllParts", "a*b*c", "a-c-b", false},
                                         GlobCase{"StarsInARowAreOne", "a***b", "ab", true},
                                         GlobCase{"QuestionMarkIsOneByte", "v?", "v1", true},
                                         GlobCase{"QuestionMarkIsNotNothing", "v?", "v", false},
                                         GlobCase{"QuestionMarkAfterStar", "*?", "", false},
                                         GlobCase{"BracketsAreOrdinary", "[ab]", "a", false},
                                         GlobCase{"BracketsMatchThemselves", "[ab]", "[ab]", true},
                                         GlobCase{"BackslashIsOrdinary", "\\*", "\\x", true},
                                         GlobCase{"NulIsAByteLikeOthers", std::string("a\0*", 3),
                                                  std::string("a\0b", 3), true}),
                         [](const auto& given) { return given.param.name; });

TEST(Glob, StaysQuickOnTextMadeToBacktrack) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "a*";
  EXPECT_FALSE(glob_matches(pattern + "b", std::string(20'000, 'a')));
}

TEST(Glob, AHostilePairIsDecidedAtItsEnd) {
  const std::string pattern = "*" + std::string(30'000, 'a') + "b";
  EXPECT_FALSE(glob_matches(pattern, std::string(60'000, 'a')));
  EXPECT_TRUE(glob_matches(pattern, std::string(60'000, 'a') + "b"));
  EXPECT_FALSE(glob_matches("ab*ba", "aba"));
  EXPECT_TRUE(glob_matches("ab*ba", "abba"));
}

}  // namespace
}  // namespace runneriq
