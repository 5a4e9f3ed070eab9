#include "alerting/abseil/time_zone_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace runneriq::alerting {
namespace {

using std::chrono::minutes;

Result<minutes> offset(std::string_view zone, std::string_view at = "2026-01-15T12:00:00Z") {
  return TimeZoneDatabase{}.offset(zone, parse_time(at).value());
}

TEST(TimeZoneDatabase, KnowTheOffsetsOfPlaces) {
  EXPECT_EQ(offset("UTC"), minutes{0});
  EXPECT_EQ(offset("Europe/Copenhagen"), minutes{60});
  EXPECT_EQ(offset("Europe/Copenhagen", "2026-07-15T12:00:00Z"), minutes{120});
  EXPECT_EQ(offset("America/New_York"), minutes{-300});
  EXPECT_EQ(offset("Asia/Kathmandu"), minutes{345});
  EXPECT_EQ(offset("Australia/Lord_Howe", "2026-07-15T12:00:00Z"), minutes{630});
}

TEST(TimeZoneDatabase, ChangeAtTheMoment) {
  EXPECT_EQ(offset("Europe/Copenhagen", "2026-03-29T00:59:59.999Z"), minutes{60});
  EXPECT_EQ(offset("Europe/Copenhagen", "2026-03-29T01:00:00Z"), minutes{120});
  EXPECT_EQ(offset("Europe/Copenhagen", "2026-10-25T00:59:59.999Z"), minutes{120});
  EXPECT_EQ(offset("Europe/Copenhagen", "2026-10-25T01:00:00Z"), minutes{60});
}

TEST(TimeZoneDatabase, RefuseWhatIsNoZone) {
  for (const std::string zone : {"", "Mars/Base", "europe/copenhagen", "../etc/passwd", "/etc/localtime",
                                 "Europe/../UTC", "UTC ", "Europe", "Copenhagen"}) {
    SCOPED_TRACE(zone);
    const auto refused = offset(zone);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::not_found);
    EXPECT_NE(refused.error().message.find("'" + zone + "'"), std::string::npos) << refused.error().message;
  }
  EXPECT_FALSE(offset(std::string_view{"UTC\0x", 5}));
  EXPECT_FALSE(offset(std::string(5000, 'A')));
}

TEST(TimeZoneDatabase, AnswerSeveralThreads) {
  const TimeZoneDatabase zones;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (const char* zone : {"Europe/Paris", "America/Chicago", "Asia/Tokyo", "Pacific/Auckland"}) {
        EXPECT_TRUE(zones.offset(zone, Time{}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace runneriq::alerting
