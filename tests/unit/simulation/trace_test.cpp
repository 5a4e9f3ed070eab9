#include "simulation/trace.hpp"

#include <gtest/gtest.h>

namespace runneriq::simulation {
namespace {

using namespace std::chrono_literals;
using scheduler::JobClass;

Result<Trace> read(std::string_view csv) {
  return read_trace(csv, scheduler::Lanes{});
}

TEST(SimulationTrace, ReadsAllColumnsInAnyOrder) {
  const auto trace = read(
      "class,arrived,duration,expected,lane,pipeline,pool\n"
      "CRITICAL,100.5,2m,60,critical,7,special\r\n"
      "\n"
      "low, 90 ,30,,,,\n");
  ASSERT_TRUE(trace) << trace.error().message;
  ASSERT_EQ(trace->jobs.size(), 2U);
  EXPECT_TRUE(trace->has_lanes);
  const SimulatedJob& first = trace->jobs[0];
  EXPECT_EQ(first.arrived, 0s);
  EXPECT_EQ(first.length, 30s);
  EXPECT_EQ(first.expected, 30s);
  EXPECT_EQ(first.job_class, JobClass::low);
  EXPECT_FALSE(first.lane);
  EXPECT_EQ(first.pool, PoolKind::general);
  const SimulatedJob& second = trace->jobs[1];
  EXPECT_EQ(second.arrived, 10'500ms);
  EXPECT_EQ(second.length, 120s);
  EXPECT_EQ(second.expected, 60s);
  EXPECT_EQ(second.lane, 0U);
  EXPECT_EQ(second.pipeline, 7);
  EXPECT_EQ(second.pool, PoolKind::special);
}

TEST(SimulationTrace, ReadsMoments) {
  const auto trace =
      read("arrived,duration,class\n2025-03-01T03:00:00Z,30,HIGH\n2025-03-01T04:00:10+01:00,30,MEDIUM\n");
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_FALSE(trace->has_lanes);
  EXPECT_EQ(trace->jobs[1].arrived, 10s);
  EXPECT_NE(trace->jobs[0].pipeline, trace->jobs[1].pipeline);
}

TEST(SimulationTrace, SaysWhichLineIsWrongAndWhy) {
  const struct {
    const char *csv, *words;
  } kRows[] = {
      {"", "the trace is empty"},
      {"arrived,duration,class\n", "the trace has no jobs"},
      {"arrived,class\n1,LOW\n", "line 1: the column 'duration' is missing"},
      {"arrived,duration,class,color\n", "line 1: no column is called 'color'"},
      {"arrived,duration,class,arrived\n", "line 1: the column 'arrived' is there twice"},
      {"arrived,duration,class\n1,2\n", "line 2: 2 fields, but the first line names 3"},
      {"arrived,duration,class\n1,2,LOW\nsoon,2,LOW\n", "line 3: 'arrived' is seconds"},
      {"arrived,duration,class\n1,-2,LOW\n", "line 2: 'duration' is seconds"},
      {"arrived,duration,class\n1,2,urgent\n", "line 2:"},
      {"arrived,duration,class,lane\n1,2,LOW,slow\n", "line 2: no lane is called 'slow'"},
      {"arrived,duration,class,pool\n1,2,LOW,gpu\n", "line 2: 'pool' is special or empty"},
      {"arrived,duration,class,pipeline\n1,2,LOW,1.5\n", "line 2: 'pipeline' is a whole number"},
      {"arrived,duration,class,expected\n1,2,LOW,long\n", "line 2: 'expected' is seconds"},
  };
  for (const auto& row : kRows) {
    const auto trace = read(row.csv);
    ASSERT_FALSE(trace) << row.csv;
    EXPECT_EQ(trace.error().code, Errc::invalid_argument);
    EXPECT_NE(trace.error().message.find(row.words), std::string::npos) << trace.error().message;
  }
}

}  // namespace
}  // namespace runneriq::simulation
