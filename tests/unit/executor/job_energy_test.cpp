#include "executor/job_energy.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;
using carbon::EnergyMethod;
using Records = std::vector<StageRecord>;

constexpr std::nullopt_t kStarted = std::nullopt;
constexpr carbon::HostPower kPower{.idle_watts_per_core = 1, .full_watts_per_core = 3};
// 100 s with 4 J a second at rest, of which the job's half of all processor time is beyond.
const StageEnergy kFirst{600, 40s, 60s};
const StageEnergy kSecond{200, 10s, 40s};
const AttemptUse kUse{.cores = 4, .slots = 2, .ran = 120s, .cpu = 25s};

TEST(JobEnergy, IsTheJobsShareOfWhatItsScriptsMeasured) {
  const Records records{{"get_sources", kStarted},
                        {"get_sources", 0, kSecond},
                        {"build_script", kStarted},
                        {"build_script", 1, kFirst}};
  const auto energy = energy_of(records, kUse, kPower);
  ASSERT_TRUE(energy);
  EXPECT_EQ(energy->method, EnergyMethod::rapl);
  EXPECT_NEAR(energy->joules, (800 - 400) * 0.5 + 400 / 2.0, 1e-9);
}

struct Unmeasured {
  const char* name;
  Records records;
};

class JobEnergyIsModelled : public testing::TestWithParam<Unmeasured> {};

TEST_P(JobEnergyIsModelled, WhenNotAllWasMeasured) {
  EXPECT_FALSE(measured_in_all(GetParam().records));
  const auto energy = energy_of(GetParam().records, kUse, kPower);
  ASSERT_TRUE(energy);
  EXPECT_EQ(energy->method, EnergyMethod::cpu_model);
  EXPECT_NEAR(energy->joules, 4 * 120 / 2.0 + 2 * 25, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    Each, JobEnergyIsModelled,
    testing::Values(
        Unmeasured{"NoScript", {}}, Unmeasured{"NoCounters", {{"a", kStarted}, {"a", 0}}},
        Unmeasured{"OneScriptWithout", {{"a", kStarted}, {"a", 0, kFirst}, {"b", kStarted}, {"b", 0}}},
        Unmeasured{"AScriptThatWasKilled", {{"a", kStarted}, {"a", 0, kFirst}, {"b", kStarted}}},
        Unmeasured{"AFirstTryThatWasKilled", {{"a", kStarted}, {"a", kStarted}, {"a", 0, kFirst}}}),
    [](const auto& test) { return test.param.name; });

TEST(JobEnergy, EveryTryOfAScriptCounts) {
  const Records records{{"a", kStarted}, {"a", 1, kFirst}, {"a", kStarted}, {"a", 0, kFirst}};
  EXPECT_EQ(measured_in_all(records), (StageEnergy{1200, 80s, 120s}));
}

TEST(JobEnergy, IsNotKnownWhereTheProcessorTimeIsNot) {
  const Records records{{"a", kStarted}, {"a", 0, kFirst}};
  for (const std::optional<Duration> cpu : {std::optional<Duration>{}, std::optional<Duration>{0s}}) {
    AttemptUse use = kUse;
    use.cpu = cpu;
    EXPECT_FALSE(energy_of(records, use, kPower));
    EXPECT_FALSE(energy_of({}, use, kPower));
  }
}

TEST(JobEnergy, AHostWithoutALimitLeavesAllItsRestToTheJob) {
  AttemptUse use = kUse;
  use.slots = 0;
  EXPECT_NEAR(energy_of({}, use, kPower)->joules, 4 * 120 + 2 * 25, 1e-9);
}

TEST(JobEnergy, IsNoNumberThatIsNone) {
  constexpr carbon::HostPower kBroken{.idle_watts_per_core = std::numeric_limits<double>::infinity(),
                                      .full_watts_per_core = 3};
  EXPECT_FALSE(energy_of({}, kUse, kBroken));
}

}  // namespace
}  // namespace runneriq::executor
