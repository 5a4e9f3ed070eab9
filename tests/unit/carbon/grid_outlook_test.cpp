#include "carbon/outlook.hpp"
#include "tests/support/intensities.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using namespace support;

const Time kNoon = utc("2025-03-01T12:00:00Z");

ZoneRecord live(std::string_view key, double g_per_kwh, Basis basis = kLifecycle,
                std::string_view source = "maps") {
  return {
      .source = std::string(source), .zone = zone(key), .basis = basis, .latest = step(kNoon, 1h, g_per_kwh)};
}

GridOutlook grid(const std::vector<std::string_view>& keys, std::vector<ZoneRecord> records,
                 std::vector<TypicalZone> known = {}, Time now = kNoon) {
  std::vector<ZoneKey> zones;
  for (const std::string_view key : keys) zones.push_back(zone(key));
  return grid_outlook(zones, records, known, now, 24h);
}

// "DE 300 live, GB none", of now.
std::string now_of(const GridOutlook& grid) {
  std::string text;
  for (const auto& [key, outlook] : grid.zones) {
    const OutlookSlot& slot = outlook.now();
    text += (text.empty() ? "" : ", ") + key.value() + " ";
    if (slot.intensity) text += std::to_string(static_cast<int>(slot.intensity->g_per_kwh())) + " ";
    text += to_text(slot.rung);
  }
  return text;
}

TEST(GridOutlook, HasEachZoneOnceAlsoTheUnknownOnes) {
  const GridOutlook seen = grid({"DE", "XX", "DE", ""}, {live("DE", 300), live("FR", 50)});
  EXPECT_EQ(now_of(seen), "DE 300 live, XX none");
  EXPECT_EQ(seen.now, kNoon);
  EXPECT_EQ(seen.zones.at(zone("DE")).slots.size(), 96U);
  EXPECT_TRUE(seen.notes.empty());
}

TEST(GridOutlook, OfGivesAZoneOfWhichSomethingIsKnownNow) {
  ZoneRecord later{.source = "maps", .zone = zone("FR"), .forecast = Series{steps(kNoon + 1h, 1h, {50})}};
  later.forecast_made = kNoon;
  const GridOutlook seen = grid({"DE", "FR", "XX"}, {live("DE", 300), later});
  ASSERT_NE(seen.of(zone("DE")), nullptr);
  EXPECT_EQ(seen.of(zone("DE"))->now().intensity, g(300));
  EXPECT_EQ(seen.of(zone("FR")), nullptr) << "known later, not now";
  EXPECT_EQ(seen.of(zone("XX")), nullptr);
  EXPECT_EQ(seen.of(zone("ES")), nullptr);
  EXPECT_EQ(seen.of(zone("")), nullptr);
}

TEST(GridOutlook, NeverComparesDirectWithLifecycle) {
  const GridOutlook seen = grid({"DE", "GB"}, {live("DE", 300), live("GB", 90, kDirect, "uk_grid")},
                                {typical("DE", 380), typical("GB", 240)});
  EXPECT_EQ(seen.basis, kLifecycle);
  EXPECT_EQ(now_of(seen), "DE 300 live, GB 240 annual_mean");
  ASSERT_EQ(seen.notes.size(), 1U);
  EXPECT_EQ(
      seen.notes[0],
      "GB: live of uk_grid (average, direct) is left aside, since zones are compared on average, lifecycle; "
      "used: annual_mean");
}

TEST(GridOutlook, SaysSoEvenWhereNothingElseIsKnown) {
  const GridOutlook seen =
      grid({"DE", "GB", "FR"}, {live("DE", 300), live("FR", 50), live("GB", 90, kDirect, "uk_grid")});
  EXPECT_EQ(now_of(seen), "DE 300 live, FR 50 live, GB none");
  EXPECT_EQ(seen.of(zone("GB")), nullptr);
  EXPECT_EQ(seen.notes.size(), 1U);
}

TEST(GridOutlook, AFleetOfOneBasisUsesThatBasis) {
  const GridOutlook seen =
      grid({"GB"}, {live("GB", 90, kDirect, "uk_grid")}, {typical("GB", 240), typical("DE", 380)});
  EXPECT_EQ(seen.basis, kDirect);
  EXPECT_EQ(now_of(seen), "GB 90 live");
  EXPECT_TRUE(seen.notes.empty());
}

TEST(GridOutlook, TheBasisOfMostZonesWinsOverBetterRungs) {
  const GridOutlook seen = grid({"DE", "ES", "GB"}, {live("DE", 280, kDirect), live("GB", 90, kDirect)},
                                {typical("DE", 380), typical("ES", 200), typical("GB", 240)});
  EXPECT_EQ(seen.basis, kLifecycle);
  EXPECT_EQ(now_of(seen), "DE 380 annual_mean, ES 200 annual_mean, GB 240 annual_mean");
  EXPECT_EQ(seen.notes.size(), 2U);
}

TEST(GridOutlook, ZonesOfOthersDoNotCount) {
  const GridOutlook seen =
      grid({"GB"}, {live("GB", 90, kDirect), live("FR", 50), live("DE", 300), live("ES", 200)});
  EXPECT_EQ(seen.basis, kDirect);
}

TEST(GridOutlook, OfEqualBasesAverageGoesBeforeMarginalAndLifecycleBeforeDirect) {
  EXPECT_EQ(grid({"DE"}, {live("DE", 1, kMarginal), live("DE", 2, kDirect)}).basis, kDirect);
  EXPECT_EQ(grid({"DE"}, {live("DE", 1, kDirect), live("DE", 2, kLifecycle)}).basis, kLifecycle);
  const Basis marginal_direct{Signal::marginal, EmissionFactors::direct};
  EXPECT_EQ(grid({"DE"}, {live("DE", 1, marginal_direct), live("DE", 2, kMarginal)}).basis, kMarginal);
}

TEST(GridOutlook, TheBasisIsThatOfWhatIsKnownNowAndNotOfWhatWas) {
  ZoneRecord old = live("DE", 300);
  old.latest = step(kNoon - 30h, 1h, 300);
  EXPECT_EQ(grid({"DE"}, {old, live("DE", 280, kDirect)}).basis, kDirect);
}

TEST(GridOutlook, WithoutAnythingKnownIsOnTheUsualBasis) {
  const GridOutlook seen = grid({"DE"}, {});
  EXPECT_EQ(seen.basis, kLifecycle);
  EXPECT_EQ(now_of(seen), "DE none");
  EXPECT_EQ(grid({"DE"}, {live("FR", 50, kDirect)}, {typical("GB", 240, 1, kMarginal)}).basis, kLifecycle);
  EXPECT_EQ(now_of(grid({}, {live("DE", 300)})), "");
}

}  // namespace
}  // namespace runneriq::carbon
