#include "diagnosis/rule_book.hpp"

#include "diagnosis/literal_finder.hpp"
#include "diagnosis/pattern_literals.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <vector>

namespace runneriq::diagnosis {
namespace {

std::vector<std::string_view> ids(RuleBook& book, std::string_view line) {
  std::vector<std::string_view> found;
  for (const RuleIndex index : book.match(line)) found.push_back(RuleBook::rule(index).id);
  return found;
}

TEST(RuleBook, FindsAllRulesOfALineInTheirOrder) {
  RuleBook book;
  const auto found = book.match("curl: (6) Could not resolve host: registry-1.docker.io: ECONNREFUSED");
  EXPECT_GE(found.size(), 2U);
  EXPECT_TRUE(std::ranges::is_sorted(found));
}

TEST(RuleBook, FindsNothingInOrdinaryLines) {
  RuleBook book;
  for (const std::string_view line :
       {"", "$ make test", "Compiling cart v1.0.0", "12 passed in 0.12s", "ok 3 - adds up",
        "Downloading from central: https://repo.maven.apache.org/maven2/cart.pom", "0 failures, 0 errors",
        "[INFO] --- maven-enforcer-plugin:1.0:enforce (enforce-maven) @ parent ---",
        "Tests run: 3, Failures: 0, Errors: 0, Skipped: 0"})
    EXPECT_TRUE(ids(book, line).empty()) << line << ": " << ids(book, line).front();
}

TEST(RuleBook, KeepsCaseWhereARuleDoes) {
  RuleBook book;
  EXPECT_EQ(ids(book, "npm ERR! code ETARGET").size(), 1U);
  EXPECT_TRUE(ids(book, "npm err! code etarget").empty());
}

TEST(RuleBook, LooksAtBothEndsOfALongLine) {
  RuleBook book;
  const std::string far(RuleBook::kLongestMatched, '.');
  EXPECT_FALSE(book.match(far + "No space left on device").empty());
  EXPECT_FALSE(book.match("No space left on device" + far).empty());
  EXPECT_TRUE(book.match(far + "No space left on device" + far).empty());
  const std::string head(RuleBook::kHead - 7, '.'), tail(RuleBook::kTail - 16, '.');
  EXPECT_TRUE(book.match(head + "No space" + far + " left on device" + tail).empty());
}

TEST(RuleBook, TellsWhatAMatchTook) {
  RuleBook book;
  EXPECT_TRUE(book.match("Compiling cart").empty());
  const std::int64_t least = book.last_work();
  EXPECT_FALSE(book.match("No space left on device").empty());
  const std::int64_t one = book.last_work();
  EXPECT_GE(one, least + RuleBook::kWorkOfTry);
  EXPECT_FALSE(book.match("No space left on device" + std::string(100'000, '.')).empty());
  EXPECT_GT(book.last_work(), one);
  EXPECT_LT(book.last_work(), 100'000);
}

TEST(RuleBook, TakesAnyBytes) {
  RuleBook book;
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes.push_back(static_cast<char>(i * 37));
  EXPECT_NO_THROW((void)book.match(bytes));
  EXPECT_FALSE(book.match(std::string("\0\xFF", 2) + "No space left on device\x80").empty());
}

// The literals that are looked for first must never hide a match: against every rule tried by itself.
TEST(RuleBook, FindsWhatEachRuleAloneFinds) {
  RuleBook book;
  std::vector<std::string> lines;
  for (const Rule* rule : all_rules()) {
    for (const std::string_view example : rule->examples) {
      lines.emplace_back(example);
      lines.push_back("[x] " + std::string{example} + " failed to fetch error: 1");
    }
  }
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  for (std::size_t i = 0; i < all_rules().size(); ++i) {
    const RE2 alone{re2::StringPiece{all_rules()[i]->pattern.data(), all_rules()[i]->pattern.size()},
                    options};
    ASSERT_TRUE(alone.ok()) << all_rules()[i]->id << ": " << alone.error();
    for (const std::string& line : lines) {
      if (!RE2::PartialMatch(line, alone)) continue;
      const auto found = book.match(line);
      EXPECT_TRUE(std::ranges::find(found, i) != found.end()) << all_rules()[i]->id << ": " << line;
    }
  }
}

struct LiteralsCase {
  std::string_view pattern;
  std::vector<std::string> literals;
};

TEST(PatternLiterals, AreThoseWithoutWhichNothingMatches) {
  const std::vector<LiteralsCase> cases{
      {"No space left", {"no space left"}},
      {"npm (ERR!|error) code", {"npm err! code", "npm error code"}},
      {"(?i)Disk full|quota exceeded", {"disk full", "quota exceeded"}},
      {"error TS\\d+: ", {"error ts"}},
      {"ab?cdef", {"abcdef", "acdef"}},
      {"(abc)*defg", {"defg"}},
      {"(abcd)+x", {"abcd"}},
      {"a{0,3}bcd", {"bcd"}},
      {"x.*longer part.y", {"longer part"}},
      {"[ab]cd", {"acd", "bcd"}},
      {"[^a]bcd", {"bcd"}},
      {"\\bword\\b", {"word"}},
      {"^start|end$", {"start", "end"}},
      {"(abc|x*)", {}},
      {".*", {}},
      {"\\d+", {}},
      {"(?P<name>x)", {}},
      {"(unbalanced", {}},
      {"[open", {}},
  };
  for (const LiteralsCase& one : cases) {
    auto found = literals_of(one.pattern);
    auto expected = one.literals;
    std::ranges::sort(found);
    std::ranges::sort(expected);
    EXPECT_EQ(found, expected) << one.pattern;
  }
}

TEST(LiteralFinder, FindsEachOnceInOrderAndWithinOthers) {
  LiteralFinder finder{{"he", "she", "hers", "his"}};
  std::vector<int> found;
  finder.find("uSHErs and she", found);
  EXPECT_EQ(found, (std::vector{0, 1, 2}));
  finder.find("nothing to see: h e", found);
  EXPECT_TRUE(found.empty());
  finder.find("he", found);
  EXPECT_EQ(found, (std::vector{0}));
  finder.find("his", found);
  EXPECT_EQ(found, (std::vector{3}));
}

}  // namespace
}  // namespace runneriq::diagnosis
