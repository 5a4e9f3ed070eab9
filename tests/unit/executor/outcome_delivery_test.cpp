#include "executor/outcome_delivery.hpp"

#include "tests/support/fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

using scheduler::OutcomeReport;

class OutcomeDelivery : public testing::Test {
 protected:
  void finished(int jobs) {
    for (int job = 1; job <= jobs; ++job) {
      outcomes.outcomes.emplace_back().key = {GitLabUrl{"https://gitlab.example.com"}, JobId{job}};
    }
  }
  Result<void> deliver() { return deliver_outcomes(outcomes, service, {.host = "abc"}, log); }

  Journal journal;
  scheduler::RecordingOutcomes outcomes{journal};
  scheduler::ScriptedService service{journal};
  RecordingLog log;
};

TEST_F(OutcomeDelivery, NothingToTellIsNotTold) {
  ASSERT_TRUE(deliver());
  EXPECT_TRUE(journal.empty());
}

TEST_F(OutcomeDelivery, TheOldestHundredAreToldAndTheRestLater) {
  finished(130);
  ASSERT_TRUE(deliver());
  ASSERT_TRUE(deliver());
  EXPECT_EQ(journal, (Journal{"deliver 100", "delivered 100", "deliver 30", "delivered 30"}));
  EXPECT_EQ(service.reports[1].outcomes[0].key.job, JobId{101});
}

TEST_F(OutcomeDelivery, WhatTheServiceHasNotMadeDurableStays) {
  finished(5);
  service.accept = [](const OutcomeReport&) { return std::size_t{2}; };
  ASSERT_TRUE(deliver());
  EXPECT_EQ(outcomes.delivered, 2U);
  service.accept = [](const OutcomeReport&) { return std::size_t{1000}; };
  ASSERT_TRUE(deliver());
  EXPECT_EQ(outcomes.delivered, 5U);
}

TEST_F(OutcomeDelivery, ADeadServiceLosesNothing) {
  finished(5);
  service.accept = [](const OutcomeReport&) -> Result<std::size_t> { return fail(Errc::timed_out, "late"); };
  EXPECT_FALSE(deliver());
  EXPECT_EQ(outcomes.delivered, 0U);
  EXPECT_TRUE(log.lines.empty());
}

TEST_F(OutcomeDelivery, OneThatTheServiceRefusesDoesNotHoldUpThoseBehindIt) {
  finished(3);
  service.accept = [](const OutcomeReport& report) -> Result<std::size_t> {
    if (report.outcomes[0].key.job == JobId{1}) return fail(Errc::invalid_argument, "no such class");
    return report.outcomes.size();
  };
  ASSERT_TRUE(deliver());
  EXPECT_EQ(outcomes.delivered, 1U);
  ASSERT_EQ(log.lines.size(), 1U);
  EXPECT_EQ(log.lines[0], "the outcome of job 1 is not delivered: no such class");
  ASSERT_TRUE(deliver());
  EXPECT_EQ(outcomes.delivered, 3U);
}

TEST_F(OutcomeDelivery, OneThatIsRefusedFurtherBackDoesNotTakeTheGoodOnesWithIt) {
  finished(2);
  service.accept = [](const OutcomeReport& report) -> Result<std::size_t> {
    if (report.outcomes.back().key.job == JobId{2}) return fail(Errc::invalid_argument, "no such class");
    return report.outcomes.size();
  };
  ASSERT_TRUE(deliver());
  EXPECT_EQ(outcomes.delivered, 1U);
  EXPECT_TRUE(log.lines.empty());
}

}  // namespace
}  // namespace runneriq::executor
