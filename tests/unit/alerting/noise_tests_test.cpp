// Test reports: what they say of a job's failure, through all stages.
#include "alerting/noise_reduction.hpp"
#include "tests/support/noise_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace runneriq::alerting {
namespace {

// The test has flipped a day ago, in jobs that are not flaky themselves.
class TestReports : public testing::Test {
 protected:
  TestReports() {
    for (int i = 0; i < 6; ++i) {
      const Duration ago = -days{1} + minutes{4 * i};
      const std::string sha = "f1a4" + std::to_string(i);
      stages.noise.test_ended(failed("e2e", ago, sha), "Cart.adds tax", true);
      stages.noise.test_ended(passed("e2e", ago + minutes{2}, sha), "Cart.adds tax", false);
    }
    stages.noise.advance(at(-hours{1}));
  }
  std::int64_t fails(Duration after, const std::vector<std::string>& tests, std::string sha = "aaaa1111") {
    Event job = failed("e2e", after, std::move(sha));
    job.pipeline_id = 77;
    for (const std::string& test : tests) stages.noise.test_ended(job, test, true);
    stages.noise.test_ended(job, "Cart.removes", false);
    return stages.take(job);
  }
  Stages stages;
};

TEST_F(TestReports, OfFlakyTestsAloneHoldTheJob) {
  const auto number = fails({}, {"Cart.adds tax"});
  EXPECT_EQ(stages.verdict(number).stage, Stage::flaky);
  EXPECT_EQ(
      stages.verdict(number).reason,
      "flaky: the only test that failed is known to be; waits for its retry until 2026-03-02T12:30:00Z");
  stages.take(passed("e2e", minutes{25}, "aaaa1111"));
  stages.noise.finish(at(hours{5}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::suppressed);
  EXPECT_EQ(stages.verdict(number).stage, Stage::flaky);
  EXPECT_EQ(stages.notifications().size(), 0U);
}

TEST_F(TestReports, WithoutARetryTheJobIsTold) {
  const auto number = fails({}, {"Cart.adds tax"});
  stages.noise.advance(at(hours{2}));
  ASSERT_EQ(stages.notifications().size(), 1U);
  EXPECT_EQ(stages.notifications()[0].time, at(minutes{45}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
}

TEST_F(TestReports, OneTestThatIsNotFlakyIsTold) {
  const auto number = fails({}, {"Cart.adds tax", "Cart.total"});
  EXPECT_EQ(stages.verdict(number).stage, Stage::grouping);
  stages.noise.advance(at(minutes{15}));
  EXPECT_EQ(stages.verdict(number).fate, Fate::sent);
}

TEST_F(TestReports, OfAnotherJobSayNothing) {
  Event other = failed("e2e", {}, "cccc3333");
  other.pipeline_id = 77;
  stages.noise.test_ended(other, "Cart.adds tax", true);
  EXPECT_EQ(stages.verdict(fails({}, {})).stage, Stage::grouping);
}

TEST_F(TestReports, ATestThatFailsOnTheRetryTooIsBroken) {
  const auto first = fails({}, {"Cart.adds tax"});
  const auto second = fails(minutes{10}, {"Cart.adds tax"});
  stages.noise.advance(at(minutes{25}));
  EXPECT_EQ(stages.verdict(first).fate, Fate::sent);
  EXPECT_EQ(stages.verdict(second).fate, Fate::sent);
}

TEST_F(TestReports, AFlakyJobWithATestThatIsNotIsTold) {
  for (int i = 0; i < 12; ++i) {
    const std::string sha = "f1a4" + std::to_string(i);
    stages.take(failed("e2e", -hours{1} + minutes{2 * i}, sha));
    stages.take(passed("e2e", -hours{1} + minutes{2 * i + 1}, sha));
  }
  EXPECT_EQ(stages.verdict(fails({}, {}, "cccc3333")).stage, Stage::flaky);
  stages.take(passed("e2e", minutes{1}, "cccc3333"));
  const auto number = fails(minutes{2}, {"Cart.total"});
  EXPECT_EQ(stages.verdict(number).stage, Stage::grouping);
  bool is_said = false;
  for (const Step& step : stages.verdict(number).steps)
    is_said = is_said || step.words == "a test failed that is not known to be flaky";
  EXPECT_TRUE(is_said);
}

TEST_F(TestReports, TooManyTestsAreNoFlake) {
  std::vector<std::string> many;
  for (int i = 0; i < 2'000; ++i) many.push_back("test " + std::to_string(i));
  EXPECT_EQ(stages.verdict(fails({}, many)).stage, Stage::grouping);
}

}  // namespace
}  // namespace runneriq::alerting
