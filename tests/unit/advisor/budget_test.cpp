#include "advisor/budget.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace runneriq::advisor {
namespace {

constexpr BudgetTerms kTerms{.daily_tokens = 50'000, .project_share = 0.5, .tie_break_share = 0.4};

struct Case {
  std::string name;
  DayUse use;
  QuestionKind kind;
  std::int64_t tokens;
  std::string expected;  // "" = may be asked
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}
class Hindrance : public testing::TestWithParam<Case> {};

TEST_P(Hindrance, IsWhatIsSpentBeforeTheQuestion) {
  const Case& c = GetParam();
  EXPECT_EQ(hindrance(kTerms, c.use, c.kind, c.tokens).value_or(""), c.expected);
}

constexpr auto kTie = QuestionKind::tie_break;
constexpr auto kTriage = QuestionKind::triage;

INSTANTIATE_TEST_SUITE_P(
    Uses, Hindrance,
    testing::Values(
        Case{"NothingSpent", {}, kTriage, 25'000, ""},
        Case{"ToTheLastToken", {.spent = 49'000}, kTriage, 1'000, ""},
        Case{"OneTooMany",
             {.spent = 49'000},
             kTriage,
             1'001,
             "the day's budget of 50,000 tokens has too little left (49,000 used, 1,001 needed)"},
        Case{"Spent",
             {.spent = 50'000},
             kTriage,
             1,
             "the day's budget of 50,000 tokens is spent (50,000 used, 1 needed)"},
        Case{"Overspent",
             {.spent = 60'000},
             kTriage,
             0,
             "the day's budget of 50,000 tokens is spent (60,000 used, 0 needed)"},
        Case{"TieBreaksShare",
             {.spent = 20'000, .by_kind = {20'000, 0, 0}},
             kTie,
             1,
             "the tie-breaks' share of the day's budget of 20,000 tokens is spent (20,000 used, 1 needed)"},
        Case{"TieBreaksToTheLast", {.spent = 19'000, .by_kind = {19'000, 0, 0}}, kTie, 1'000, ""},
        Case{"TriageDoesNotPayForTieBreaks", {.spent = 20'000, .by_kind = {20'000, 0, 0}}, kTriage, 1, ""},
        Case{"ProjectsShare",
             {.spent = 24'500, .by_project = 24'500},
             kTriage,
             501,
             "the project's share of the day's budget of 25,000 tokens has too little left (24,500 used, 501 "
             "needed)"},
        Case{"ProjectToTheLast", {.spent = 24'500, .by_project = 24'500}, kTriage, 500, ""},
        Case{"TieBreaksAreNoProjects",
             {.spent = 19'000, .by_kind = {0, 19'000, 0}, .by_project = 50'000},
             kTie,
             500,
             ""},
        Case{"TooLargeToAdd",
             {.spent = 1'000},
             kTriage,
             std::numeric_limits<std::int64_t>::max(),
             "the day's budget of 50,000 tokens has too little left (1,000 used, 9,223,372,036,854,775,807 "
             "needed)"}),
    [](const auto& test) { return test.param.name; });

TEST(Hindrance, IsNoneOfABudgetWithoutEnd) {
  const DayUse use{.spent = 1'000'000'000, .by_project = 1'000'000'000};
  EXPECT_FALSE(hindrance({.daily_tokens = 0}, use, kTriage, 1'000'000));
  EXPECT_TRUE(hindrance({.daily_tokens = -1}, {}, kTriage, 1));
}

TEST(Hindrance, TakesNoShareForMoreThanAll) {
  EXPECT_TRUE(hindrance({.daily_tokens = 100, .project_share = 7}, {}, kTriage, 101));
  EXPECT_FALSE(hindrance({.daily_tokens = 100, .project_share = 7}, {}, kTriage, 100));
  EXPECT_TRUE(hindrance({.daily_tokens = 100, .project_share = std::numeric_limits<double>::quiet_NaN()}, {},
                        kTriage, 1));
}

TEST(MostTokens, IsNoLessThanAllBytesAndTheLongestAnswer) {
  const QuestionForm& form = form_of(kTriage);
  const std::string document(5'000, 'x');
  const auto bytes =
      static_cast<std::int64_t>(form.instructions.size() + form.schema.size() + document.size());
  EXPECT_GT(most_tokens({.kind = kTriage, .document = document}), bytes + form.most_output);
  EXPECT_LT(most_tokens({.kind = kTriage, .document = document}), bytes + form.most_output + 2'000);
}

}  // namespace
}  // namespace runneriq::advisor
