#include "scheduler/job_class.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(JobClass, ReadsBackAsWritten) {
  for (const JobClass job_class : kJobClasses) {
    SCOPED_TRACE(to_text(job_class));
    EXPECT_EQ(parse_job_class(to_text(job_class)).value(), job_class);
  }
}

TEST(JobClass, IsReadInAnyCase) {
  EXPECT_EQ(parse_job_class("critical").value(), JobClass::critical);
  EXPECT_EQ(parse_job_class("Medium").value(), JobClass::medium);
}

TEST(JobClass, RefusesOtherWords) {
  for (const char* text : {"", "CRITICALLY", "CRIT", "urgent", "LOW ", "3", "l\xc3\xb6w"}) {
    SCOPED_TRACE(text);
    const auto parsed = parse_job_class(text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(parse_job_class("urgent\x1b").error().message,
            "'urgent\\x1b' is no class; expected CRITICAL, HIGH, MEDIUM or LOW");
}

TEST(JobClass, ComesFromTheScoreByThreeThresholds) {
  struct Case {
    double score;
    JobClass expected;
  };
  for (const Case& c : {Case{100, JobClass::critical},
                        {90, JobClass::critical},
                        {89.9, JobClass::high},
                        {70, JobClass::high},
                        {69.9, JobClass::medium},
                        {55, JobClass::medium},
                        {54.9, JobClass::low},
                        {0, JobClass::low}}) {
    EXPECT_EQ(class_of_score(c.score), c.expected) << c.score;
  }
}

TEST(Escalation, RaisesTheClassByTheTimeWaited) {
  struct Case {
    JobClass from;
    Duration waited;
    JobClass expected;
  };
  for (const Case& c : {Case{JobClass::low, 0s, JobClass::low},
                        {JobClass::low, 5min - 1ms, JobClass::low},
                        {JobClass::low, 5min, JobClass::medium},
                        {JobClass::low, 20min - 1ms, JobClass::medium},
                        {JobClass::low, 20min, JobClass::high},
                        {JobClass::low, 60min - 1ms, JobClass::high},
                        {JobClass::low, 60min, JobClass::critical},
                        {JobClass::medium, 5min, JobClass::medium},
                        {JobClass::medium, 20min, JobClass::high},
                        {JobClass::medium, 60min, JobClass::critical},
                        {JobClass::high, 60min - 1ms, JobClass::high},
                        {JobClass::high, 60min, JobClass::critical},
                        {JobClass::critical, 0s, JobClass::critical},
                        {JobClass::critical, 100h, JobClass::critical},
                        {JobClass::low, -1h, JobClass::low}}) {
    EXPECT_EQ(escalated(c.from, c.waited), c.expected)
        << to_text(c.from) << " after " << runneriq::to_text(c.waited);
  }
}

}  // namespace
}  // namespace runneriq::scheduler
