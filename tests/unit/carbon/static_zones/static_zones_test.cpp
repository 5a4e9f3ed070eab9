#include "carbon/static_zones/static_zones.hpp"

#include "carbon/static_zones/day_shapes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq::carbon {
namespace {

double mean_of(const std::array<double, 24>& shape) {
  return std::accumulate(shape.begin(), shape.end(), 0.0) / 24;
}

// "DE", "DK-DK1", "US-CAL-CISO": two capitals, then groups of capitals and digits.
bool has_the_form_of_a_key(std::string_view key) {
  if (key.size() < 2 || key.ends_with('-') || key.find("--") != std::string_view::npos) return false;
  if (key.size() > 2 && key[2] != '-') return false;
  return std::ranges::all_of(
      key, [](char c) { return c == '-' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

TEST(StaticZones, AreEachWholeAndOnce) {
  std::set<std::pair<ZoneKey, Basis>> seen;
  for (const TypicalZone& each : typical_zones()) {
    SCOPED_TRACE(each.zone.value() + ", " + to_text(each.basis));
    EXPECT_TRUE(has_the_form_of_a_key(each.zone.value()));
    EXPECT_TRUE(seen.emplace(each.zone, each.basis).second) << "stands twice";
    EXPECT_GT(each.annual_mean.g_per_kwh(), 0);
    EXPECT_LE(each.annual_mean.g_per_kwh(), 2000);
    EXPECT_NEAR(mean_of(each.shape), 1, 1e-12);
    for (const double share : each.shape) {
      EXPECT_GT(share, 0.5);
      EXPECT_LT(share, 1.5);
    }
  }
}

TEST(StaticZones, AreRoundedAsTheySay) {
  for (const TypicalZone& each : typical_zones()) {
    const double g = each.annual_mean.g_per_kwh();
    EXPECT_EQ(std::fmod(g, g < 100 ? 5 : 10), 0) << each.zone.value();
  }
}

TEST(StaticZones, CoverTheGridsThatRunnersStandIn) {
  std::set<std::string> known;
  for (const TypicalZone& each : typical_zones()) {
    if (each.basis == Basis{}) known.insert(each.zone.value());
  }
  EXPECT_GE(known.size(), 45U);
  for (const char* zone : {"DE",         "FR",          "GB",           "DK-DK1",       "DK-DK2",
                           "NL",         "BE",          "ES",           "PT",           "IT-NO",
                           "PL",         "CZ",          "AT",           "CH",           "SE-SE3",
                           "SE-SE4",     "NO-NO1",      "NO-NO2",       "FI",           "IE",
                           "EE",         "US-CAL-CISO", "US-TEX-ERCO",  "US-MIDA-PJM",  "US-NW-BPAT",
                           "US-NY-NYIS", "US-NE-ISNE",  "US-MIDW-MISO", "US-CENT-SWPP", "CA-ON",
                           "CA-QC",      "AU-NSW",      "AU-SA",        "AU-VIC",       "JP-TK",
                           "IN-WE",      "SG",          "KR",           "ZA",           "BR-CS",
                           "CL-SEN",     "NZ",          "UY",           "GB-NIR",       "DK",
                           "SE",         "NO"}) {
    EXPECT_TRUE(known.contains(zone)) << zone;
  }
}

TEST(DayShapes, FollowTheSunOfTheZone) {
  const auto deepest = [](int ahead) {
    const auto shape = shape_in_utc(DayShape::solar, ahead);
    return std::ranges::min_element(shape) - shape.begin();
  };
  EXPECT_EQ(deepest(0), 12);
  EXPECT_EQ(deepest(10), 2);
  EXPECT_EQ(deepest(-8), 20);
  EXPECT_EQ(deepest(12), 0);
}

TEST(DayShapes, HaveTheMeanOneWhereverTheyStand) {
  for (const DayShape shape : {DayShape::solar, DayShape::wind, DayShape::flat, DayShape::thermal}) {
    for (int ahead = -12; ahead <= 14; ++ahead) {
      EXPECT_NEAR(mean_of(shape_in_utc(shape, ahead)), 1, 1e-12) << ahead;
    }
  }
}

}  // namespace
}  // namespace runneriq::carbon
