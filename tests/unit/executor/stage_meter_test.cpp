#include "executor/stage_meter.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;
using carbon::RaplCounter;

constexpr std::uint64_t kRange = 262'143'328'850;  // µJ, as Intel's have
constexpr std::uint64_t kJoule = 1'000'000;

HostUse use(Duration at, Duration busy, std::vector<RaplCounter> counters) {
  return {at, busy, std::move(counters)};
}
RaplCounter package(std::uint64_t microjoules) {
  return {"package-0", microjoules, kRange};
}

// Answers with each reading once; then there is nothing to be read.
ReadHostUse script(std::deque<std::optional<HostUse>> readings) {
  return [readings = std::move(readings)]() mutable -> std::optional<HostUse> {
    if (readings.empty()) return std::nullopt;
    auto next = readings.front();
    readings.pop_front();
    return next;
  };
}

TEST(StageMeter, AddsUpTheStepsBetweenItsReadings) {
  StageMeter meter{script({use(0s, 10s, {package(5 * kJoule), {"dram", 0, kRange}}),
                           use(30s, 40s, {package(1005 * kJoule), {"dram", 100 * kJoule, kRange}}),
                           use(40s, 41s, {package(1205 * kJoule), {"dram", 110 * kJoule, kRange}})})};
  ASSERT_TRUE(meter.measures());
  meter.look();
  const auto used = meter.end();
  ASSERT_TRUE(used);
  EXPECT_NEAR(used->package_joules, 1310, 1e-6);
  EXPECT_EQ(used->host_busy_cpu, 31s);
  EXPECT_EQ(used->wall, 40s);
}

TEST(StageMeter, ACounterThatBeganAnewIsCountedOn) {
  StageMeter meter{
      script({use(0s, 0s, {package(kRange - 10 * kJoule)}), use(1s, 1s, {package(90 * kJoule)})})};
  EXPECT_NEAR(meter.end()->package_joules, 100, 1e-6);
}

TEST(StageMeter, MoreLooksSeeMoreThanOneRound) {
  std::deque<std::optional<HostUse>> readings;
  for (int minute = 0; minute <= 120; ++minute) {
    const auto microjoules = static_cast<std::uint64_t>(minute) * 6000 * kJoule;
    readings.push_back(use(minute * 60s, minute * 30s, {package(microjoules % kRange)}));
  }
  StageMeter meter{script(readings)};
  for (int minute = 1; minute < 120; ++minute) meter.look();
  const auto used = meter.end();
  ASSERT_TRUE(used);
  EXPECT_NEAR(used->package_joules, 120 * 6000, 1);
  EXPECT_EQ(used->wall, 2h);
}

TEST(StageMeter, WithoutCountersItMeasuresNothingAndReadsNoMore) {
  int readings = 0;
  StageMeter meter{[&]() -> std::optional<HostUse> {
    ++readings;
    return std::nullopt;
  }};
  EXPECT_FALSE(meter.measures());
  meter.look();
  EXPECT_FALSE(meter.end());
  EXPECT_EQ(readings, 1);
}

struct SpoiltCase {
  const char* name;
  std::optional<HostUse> between;
};

class StageMeterSpoilt : public testing::TestWithParam<SpoiltCase> {};

TEST_P(StageMeterSpoilt, IsNoMeasurement) {
  StageMeter meter{script(
      {use(10s, 5s, {package(2000 * kJoule)}), GetParam().between, use(70s, 9s, {package(9000 * kJoule)})})};
  meter.look();
  EXPECT_FALSE(meter.measures());
  EXPECT_FALSE(meter.end());
}

INSTANTIATE_TEST_SUITE_P(
    Each, StageMeterSpoilt,
    testing::Values(SpoiltCase{"AReadingThatFailed", std::nullopt},
                    SpoiltCase{"ACounterThatIsGone", use(40s, 6s, {})},
                    SpoiltCase{"ACounterMore", use(40s, 6s, {package(3000 * kJoule), {"dram", 1, kRange}})},
                    SpoiltCase{"ACounterBeyondItsRange", use(40s, 6s, {package(kRange + 1)})},
                    SpoiltCase{"ACounterThatWasSetBack", use(40s, 6s, {package(0)})},
                    SpoiltCase{"ATimeThatRanBack", use(9s, 6s, {package(2001 * kJoule)})}),
    [](const auto& test) { return test.param.name; });

TEST(StageMeter, AStepOfNoTimeIsNotTakenForOneOfMuchPower) {
  StageMeter meter{script({use(5s, 1s, {package(0)}), use(5s, 1s, {package(900 * kJoule)})})};
  EXPECT_TRUE(meter.end());
}

TEST(StageMeter, ProcessorTimeThatRanBackByATickIsNone) {
  StageMeter meter{script({use(0s, 100s, {package(0)}), use(1s, 99'990ms, {package(kJoule)})})};
  EXPECT_EQ(meter.end()->host_busy_cpu, 0s);
}

}  // namespace
}  // namespace runneriq::executor
