#include "carbon/energy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using Counters = std::vector<RaplCounter>;

constexpr std::uint64_t kRange = 262'143'328'850;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

struct CounterCase {
  const char* what;
  Counters before, after;
  std::optional<double> joules;
};

class JoulesBetween : public testing::TestWithParam<CounterCase> {};

TEST_P(JoulesBetween, AddsUpWhatEachCounterRanOn) {
  const auto joules = joules_between(GetParam().before, GetParam().after);
  ASSERT_EQ(joules.has_value(), GetParam().joules.has_value()) << GetParam().what;
  if (joules) {
    EXPECT_NEAR(*joules, *GetParam().joules, 1e-9 * (1 + *joules)) << GetParam().what;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rapl, JoulesBetween,
    testing::Values(
        CounterCase{"runs on", {{"package-0", 1'000'000, kRange}}, {{"package-0", 3'500'000, kRange}}, 2.5},
        CounterCase{"stands still", {{"package-0", 7, kRange}}, {{"package-0", 7, kRange}}, 0.0},
        CounterCase{
            "wraps", {{"package-0", kRange - 1'000'000, kRange}}, {{"package-0", 2'000'000, kRange}}, 3.0},
        CounterCase{
            "wraps to 0", {{"package-0", kRange - 5'000'000, kRange}}, {{"package-0", 0, kRange}}, 5.0},
        CounterCase{
            "stands at its range", {{"package-0", 0, kRange}}, {{"package-0", kRange, kRange}}, 262143.32885},
        CounterCase{
            "the widest counter wraps", {{"p", kMost - 1'000'000, kMost}}, {{"p", 1'000'000, kMost}}, 2.0},
        CounterCase{"packages and dram add up",
                    {{"package-0", 0, kRange}, {"dram", 0, 65'536'000}, {"package-1", 5, kRange}},
                    {{"package-0", 2'000'000, kRange},
                     {"dram", 500'000, 65'536'000},
                     {"package-1", 1'000'005, kRange}},
                    3.5},
        CounterCase{"in another order",
                    {{"package-0", 0, kRange}, {"package-1", 9'000'000, kRange}},
                    {{"package-1", 10'000'000, kRange}, {"package-0", 2'000'000, kRange}},
                    3.0},
        CounterCase{"two drams of one name, one of which wraps",
                    {{"dram", 9'000'000, 10'000'000}, {"dram", 1'000'000, 10'000'000}},
                    {{"dram", 1'000'000, 10'000'000}, {"dram", 2'000'000, 10'000'000}},
                    3.0},
        CounterCase{"none at all", {}, {}, std::nullopt},
        CounterCase{"missing later", {{"a", 0, kRange}, {"b", 0, kRange}}, {{"a", 5, kRange}}, std::nullopt},
        CounterCase{"missing before", {{"a", 0, kRange}}, {{"a", 5, kRange}, {"b", 0, kRange}}, std::nullopt},
        CounterCase{"another in its place", {{"a", 0, kRange}}, {{"b", 5, kRange}}, std::nullopt},
        CounterCase{"a range of 0", {{"a", 0, 0}}, {{"a", 0, 0}}, std::nullopt},
        CounterCase{"beyond its range before", {{"a", 11, 10}}, {{"a", 5, 10}}, std::nullopt},
        CounterCase{"beyond its range later", {{"a", 1, 10}}, {{"a", 11, 10}}, std::nullopt},
        CounterCase{"another range", {{"a", 1, 10}}, {{"a", 5, 20}}, std::nullopt}));

TEST(JoulesBetweenReadings, ManyCountersOfOneNameKeepTheirOrder) {
  Counters before, after;
  for (std::uint64_t i = 0; i < 100; ++i) {
    before.push_back({"dram", i * 1'000'000, 100'000'000 + i});
    after.push_back({"dram", i * 1'000'000 + i, 100'000'000 + i});
  }
  before.push_back({"package-0", 0, kRange});
  after.insert(after.begin(), {"package-0", 0, kRange});
  const auto joules = joules_between(before, after);
  ASSERT_TRUE(joules);
  EXPECT_NEAR(*joules, 4950e-6, 1e-12);
}

TEST(MeasuredEnergy, GoesByProcessorTimeBeyondRestAndBySlotsForRest) {
  const HostShare share{.cores = 4, .slots = 2, .wall = 100s, .job_cpu = 50s, .host_busy_cpu = 200s};
  // 4 × 0.74 W × 100 s = 296 J at rest; of 704 J beyond it a quarter.
  const auto energy = measured_energy(1000, share, {});
  ASSERT_TRUE(energy);
  EXPECT_NEAR(energy->joules, 176 + 148, 1e-9);
  EXPECT_EQ(energy->method, EnergyMethod::rapl);
}

struct MeasuredCase {
  const char* what;
  double package;
  HostShare share;
  std::optional<double> joules;
};

TEST(MeasuredEnergy, OddReadings) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const HostShare one{.cores = 1, .slots = 1, .wall = 100s, .job_cpu = 10s, .host_busy_cpu = 10s};
  const MeasuredCase cases[]{
      {"less than rest is all rest", 50, one, 50},
      {"a job that seems to have used more than the host",
       174,
       {.cores = 1, .slots = 1, .wall = 100s, .job_cpu = 20s, .host_busy_cpu = 10s},
       174},
      {"an idle host", 174, {.cores = 1, .slots = 2, .wall = 100s, .job_cpu = 0s, .host_busy_cpu = 0s}, 37},
      {"no cores and no slots count as one",
       74,
       {.cores = 0, .slots = 0, .wall = 100s, .host_busy_cpu = 0s},
       74},
      {"a wall time set back",
       10,
       {.cores = 1, .slots = 1, .wall = -5s, .job_cpu = 5s, .host_busy_cpu = 5s},
       10},
      {"the host's time is not known",
       50,
       {.cores = 1, .slots = 1, .wall = 100s, .job_cpu = 10s},
       std::nullopt},
      {"negative", -1, one, std::nullopt},
      {"no number", nan, one, std::nullopt},
      {"without end", INFINITY, one, std::nullopt},
  };
  for (const MeasuredCase& odd : cases) {
    const auto energy = measured_energy(odd.package, odd.share, {});
    ASSERT_EQ(energy.has_value(), odd.joules.has_value()) << odd.what;
    if (energy) {
      EXPECT_NEAR(energy->joules, *odd.joules, 1e-9) << odd.what;
    }
  }
}

TEST(ModelledEnergy, IsRestBySlotsAndLoadByProcessorTime) {
  const HostShare share{.cores = 8, .slots = 4, .wall = 60s, .job_cpu = 90s, .host_busy_cpu = {}};
  const Energy energy = modelled_energy(share, {.idle_watts_per_core = 1, .full_watts_per_core = 4});
  EXPECT_NEAR(energy.joules, 8 * 1 * 60 / 4.0 + 3 * 90, 1e-9);
  EXPECT_EQ(energy.method, EnergyMethod::cpu_model);
}

TEST(ModelledEnergy, ALoadBelowRestTakesNothingAway) {
  const HostShare share{.cores = 1, .slots = 1, .wall = 10s, .job_cpu = 10s, .host_busy_cpu = {}};
  EXPECT_NEAR(modelled_energy(share, {.idle_watts_per_core = 2, .full_watts_per_core = 1}).joules, 20, 1e-9);
}

TEST(DefaultEnergy, IsPowerTimesTime) {
  EXPECT_EQ(default_energy(6, 349s), (Energy{6 * 349.0, EnergyMethod::class_default}));
  EXPECT_EQ(default_energy(6, -1s).joules, 0);
  EXPECT_EQ(default_energy(-6, 1s).joules, 0);
}

TEST(Grams, AreEnergyTimesIntensityTimesPue) {
  // 0.58 Wh at 400 g/kWh.
  EXPECT_NEAR(grams(349 * 6, 1, *Intensity::of(400)), 0.23267, 1e-5);
  EXPECT_NEAR(grams(kJoulesPerKwh, 1.125, *Intensity::of(400)), 450, 1e-9);
}

TEST(EnergyMethods, HaveNames) {
  EXPECT_EQ(to_text(EnergyMethod::rapl), "rapl");
  EXPECT_EQ(to_text(EnergyMethod::cpu_model), "cpu_model");
  EXPECT_EQ(to_text(EnergyMethod::class_default), "class_default");
}

}  // namespace
}  // namespace runneriq::carbon
