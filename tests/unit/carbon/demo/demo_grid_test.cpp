#include "carbon/demo/demo_grid.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

const Time kNow = parse_time("2026-01-01T10:20:00Z").value();

TEST(DemoGrid, TellsFourZonesNowAndForTwoDays) {
  const auto records = demo_records(kNow);
  std::map<std::string, double> told;
  for (const ZoneRecord& record : records) {
    told[record.zone.value()] = record.latest.value().intensity.g_per_kwh();
    EXPECT_EQ(record.source, "demo");
    EXPECT_EQ(record.basis, Basis{});
    EXPECT_EQ(record.forecast.at(kNow + 47h)->intensity, record.latest->intensity);
    EXPECT_EQ(record.forecast.at(kNow + 48h), nullptr);
  }
  EXPECT_EQ(told,
            (std::map<std::string, double>{{"DE", 340}, {"FR", 58}, {"DK-DK1", 95}, {"US-CAL-CISO", 210}}));
}

TEST(DemoGrid, IsBelievedAsLiveNowAndAsForecastLater) {
  const std::vector<ZoneKey> zones{ZoneKey{"DE"}, ZoneKey{"FR"}};
  const GridOutlook grid = grid_outlook(zones, demo_records(kNow), {}, kNow, 24h);
  const Outlook* de = grid.of(ZoneKey{"DE"});
  ASSERT_NE(de, nullptr);
  EXPECT_EQ(de->now().rung, Rung::live);
  EXPECT_EQ(de->at(kNow + 23h)->rung, Rung::forecast);
  EXPECT_EQ(de->mean(kNow, kNow + 20h)->g_per_kwh(), 340);
}

}  // namespace
}  // namespace runneriq::carbon
