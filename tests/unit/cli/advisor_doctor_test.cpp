#include "cli/advisor_doctor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::cli {
namespace {

using executor::Finding;
using executor::FindingStatus;

const Finding& named(const std::vector<Finding>& all, const std::string& name) {
  static const Finding none;
  const auto found = std::ranges::find(all, name, &Finding::name);
  return found == all.end() ? none : *found;
}

AdvisorFacts asking() {
  return {.provider = "anthropic", .tie_breaks = true, .triage = true, .spent = 960, .limit = 50'000};
}

TEST(TheAdvisorsDoctor, SaysWhyNobodyIsAsked) {
  const auto all = examine_advisor({.why = "no provider: set ANTHROPIC_API_KEY"});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().status, FindingStatus::skipped);
  EXPECT_NE(all.front().remedy.find("ANTHROPIC_API_KEY"), std::string::npos);
}

TEST(TheAdvisorsDoctor, SaysWhatIsLeftToWhomAndWhatItCost) {
  const auto all = examine_advisor(asking());
  EXPECT_EQ(named(all, "advisor.use").what, "asked about ties between runners and unsure failures");
  EXPECT_EQ(named(all, "advisor.budget").what, "960 of 50000 tokens of today are spent");
  EXPECT_EQ(named(all, "advisor.budget").status, FindingStatus::ok);
}

TEST(TheAdvisorsDoctor, WarnsOfASpentBudgetOfNoneAndOfALedgerThatCannotBeRead) {
  AdvisorFacts facts = asking();
  facts.spent = 50'000;
  EXPECT_EQ(named(examine_advisor(facts), "advisor.budget").status, FindingStatus::warn);
  facts.limit = 0;
  EXPECT_EQ(named(examine_advisor(facts), "advisor.budget").status, FindingStatus::warn);
  facts.ledger_trouble = "/x/advisor.db is no database";
  EXPECT_NE(named(examine_advisor(facts), "advisor.budget").what.find("no database"), std::string::npos);
}

TEST(TheAdvisorsDoctor, PassesOnWhatTheProviderComplainsOf) {
  AdvisorFacts facts = asking();
  facts.complaints = {"the provider does not know the model x\x1b[31m"};
  const auto all = examine_advisor(facts);
  EXPECT_EQ(named(all, "advisor.model").status, FindingStatus::warn);
  EXPECT_EQ(named(all, "advisor.model").what.find('\x1b'), std::string::npos);
}

TEST(TheAdvisorsDoctor, SaysThatNothingIsLeftToIt) {
  AdvisorFacts facts = asking();
  facts.tie_breaks = facts.triage = false;
  EXPECT_EQ(named(examine_advisor(facts), "advisor.use").status, FindingStatus::skipped);
}

}  // namespace
}  // namespace runneriq::cli
