// Every rule by its own examples, through the whole book.
#include "diagnosis/pattern_literals.hpp"
#include "diagnosis/rule_book.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

namespace runneriq::diagnosis {
namespace {

bool matches(RuleBook& book, RuleIndex rule, std::string_view line) {
  const auto found = book.match(line);
  return std::ranges::find(found, rule) != found.end();
}

TEST(Rules, MatchTheirExamplesAndNotTheirCounterexamples) {
  RuleBook book;
  for (std::size_t i = 0; i < all_rules().size(); ++i) {
    const Rule& rule = *all_rules()[i];
    const auto index = static_cast<RuleIndex>(i);
    EXPECT_FALSE(rule.examples.front().empty()) << rule.id;
    for (const std::string_view line : rule.examples)
      EXPECT_TRUE(line.empty() || matches(book, index, line)) << rule.id << ": " << line;
    for (const std::string_view line : rule.counterexamples)
      EXPECT_FALSE(!line.empty() && matches(book, index, line)) << rule.id << ": " << line;
  }
}

// Time stamps, indentation and what a tool puts around a message do not hide it, unless the rule asks for a
// line's start or end.
TEST(Rules, MatchWithinALine) {
  RuleBook book;
  for (std::size_t i = 0; i < all_rules().size(); ++i) {
    const Rule& rule = *all_rules()[i];
    if (rule.pattern.find_first_of("^$") != std::string_view::npos) continue;
    const std::string line = "12:00:01 | " + std::string{rule.examples.front()} + " (see above)";
    EXPECT_TRUE(matches(book, static_cast<RuleIndex>(i), line)) << rule.id << ": " << line;
  }
}

TEST(Rules, HaveIdsOfTheirOwnAndSaneFigures) {
  std::set<std::string_view> ids;
  for (const Rule* rule : all_rules()) {
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id << " is there twice";
    EXPECT_TRUE(std::ranges::all_of(rule->id, [](unsigned char c) {
      return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
    })) << rule->id;
    EXPECT_NE(rule->failure_class, FailureClass::unknown) << rule->id;
    EXPECT_TRUE(rule->precedence >= 0 && rule->precedence <= 100) << rule->id;
    EXPECT_TRUE(rule->confidence > 0 && rule->confidence < 1) << rule->id;
    EXPECT_TRUE(rule->weight > 0 && rule->weight <= 1) << rule->id;
    EXPECT_FALSE(rule->why.empty()) << rule->id;
    EXPECT_TRUE(rule->suggestion.empty() || rule->suggestion.ends_with('.')) << rule->id;
  }
}

TEST(Rules, CoverEveryClassButUnknown) {
  std::set<FailureClass> classes;
  for (const Rule* rule : all_rules()) classes.insert(rule->failure_class);
  EXPECT_EQ(classes.size(), kFailureClasses - 1);
  EXPECT_GE(all_rules().size(), 200U);
}

// A rule without literals would be tried on every line of every log.
TEST(Rules, AllNeedLiteralsThatAreLookedForFirst) {
  for (const Rule* rule : all_rules()) EXPECT_FALSE(literals_of(rule->pattern).empty()) << rule->id;
}

struct Cause {
  std::string_view rule, effect;
};

// The lesson of Spack's taxonomy: most logs match several classes, and what names the cause must win.
TEST(Rules, PutCausesAboveTheirEffects) {
  const auto precedence = [](std::string_view id) {
    const auto rule = std::ranges::find(all_rules(), id, &Rule::id);
    EXPECT_NE(rule, all_rules().end()) << id;
    return rule == all_rules().end() ? 0 : (*rule)->precedence;
  };
  for (const Cause& cause :
       {Cause{"no-space-left", "gcc-error"}, Cause{"no-space-left", "pytest-failed"},
        Cause{"oom-killed", "ld-returned"}, Cause{"node-heap", "jest-failed"},
        Cause{"docker-hub-limit", "image-not-found"}, Cause{"name-not-resolved", "maven-cannot-resolve"},
        Cause{"npm-network", "npm-not-found"}, Cause{"unbound-variable", "command-not-found"},
        Cause{"missing-header", "gcc-error"}, Cause{"job-execution-timeout", "go-test-failed"},
        Cause{"docker-daemon-unreachable", "connection-refused"},
        Cause{"database-unreachable", "connection-refused"},
        Cause{"pip-requires-python", "package-build-failed"}})
    EXPECT_GT(precedence(cause.rule), precedence(cause.effect)) << cause.rule << " over " << cause.effect;
}

}  // namespace
}  // namespace runneriq::diagnosis
