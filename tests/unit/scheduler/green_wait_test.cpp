#include "scheduler/green_wait.hpp"

#include "service/fleet_knowledge.hpp"
#include "tests/support/fleet_maker.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using carbon::ZoneKey;

const Time kNow = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 12h + 7min;
const ZoneKey kZone{"DE"};
const carbon::DeferralTerms kTerms{.least_gain_share = 0.05, .least_gain_g_per_kwh = 10};

// 400 g/kWh, and 200 from 12:15 on.
carbon::GridOutlook greener_soon() {
  carbon::ZoneRecord record{.source = "test", .zone = kZone};
  const Time noon = carbon::slot_start(kNow);
  record.forecast = carbon::Series{{{noon, noon + 15min, *carbon::Intensity::of(400), false},
                                    {noon + 15min, noon + 6h, *carbon::Intensity::of(200), false}}};
  record.forecast_made = kNow;
  const std::vector zones{kZone};
  const std::vector records{record};
  return carbon::grid_outlook(zones, records, {}, kNow, 24h);
}

TEST(GreenWaitOf, WaitsForTheQuarterOfAnHourFromWhichItIsCleaner) {
  const auto wait = green_wait(greener_soon(), kZone, 10min, kNow, kNow + 10min, kTerms);
  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->until, carbon::slot_start(kNow) + 15min);
  EXPECT_EQ(wait->why.substr(0, 43), "waits until 12:15 UTC for cleaner power: 20");
  EXPECT_TRUE(wait->why.ends_with("g/kWh in DE")) << wait->why;
}

TEST(GreenWaitOf, ItsHoldBoundsIt) {
  EXPECT_FALSE(green_wait(greener_soon(), kZone, 10min, kNow, kNow + 5min, kTerms));
  EXPECT_FALSE(green_wait(greener_soon(), kZone, 10min, kNow, kNow, kTerms));
}

TEST(GreenWaitOf, WithoutALengthOrAKnownZoneNothingIsWaitedFor) {
  EXPECT_FALSE(green_wait(greener_soon(), kZone, std::nullopt, kNow, kNow + 10min, kTerms));
  EXPECT_FALSE(green_wait(greener_soon(), ZoneKey{"FR"}, 10min, kNow, kNow + 10min, kTerms));
}

// ---- as the service asks -------------------------------------------------------------------

Booking booking_of(std::int64_t job, std::int64_t runner) {
  Booking booking;
  booking.runner = RunnerId{runner};
  booking.request.key = {kGitLab, JobId{job}};
  booking.request.max_hold = 10min;
  booking.arrived = kNow;
  return booking;
}

service::TickKnowledge knowledge() {
  service::TickKnowledge tick;
  tick.now = kNow;
  tick.grid = std::make_shared<const carbon::GridOutlook>(greener_soon());
  tick.zones = {{{kGitLab, RunnerId{1}}, kZone}};
  tick.green = kTerms;
  tick.waited_for = {{kGitLab, JobId{2}}};
  return tick;
}

TEST(GreenWaitInService, GoesByTheZoneOfTheRunnerThatAcceptedTheJob) {
  service::FleetKnowledge fleet;
  fleet.learn(knowledge());
  EXPECT_TRUE(fleet.green_wait(booking_of(1, 1), 10min, kNow));
  EXPECT_FALSE(fleet.green_wait(booking_of(1, 9), 10min, kNow));
}

TEST(GreenWaitInService, AJobThatOthersWaitForDoesNotWait) {
  service::FleetKnowledge fleet;
  fleet.learn(knowledge());
  EXPECT_FALSE(fleet.green_wait(booking_of(2, 1), 10min, kNow));
}

TEST(GreenWaitInService, WithoutCarbonNobodyWaits) {
  service::FleetKnowledge fleet;
  service::TickKnowledge tick = knowledge();
  tick.grid = nullptr;
  fleet.learn(tick);
  EXPECT_FALSE(fleet.green_wait(booking_of(1, 1), 10min, kNow));
}

TEST(GreenWaitInService, IsOffUnlessToldAndEndsWhenTheLoopGetsNoTicks) {
  service::FleetKnowledge fleet;
  service::TickKnowledge tick = knowledge();
  fleet.learn(tick);
  const Time later = kNow + service::kGridTrusted + 1ms;
  Booking booking = booking_of(1, 1);
  booking.request.max_hold = 1h;
  EXPECT_FALSE(fleet.green_wait(booking, 10min, later));
  tick.green.reset();
  fleet.learn(tick);
  EXPECT_FALSE(fleet.green_wait(booking, 10min, kNow));
}

}  // namespace
}  // namespace runneriq::scheduler
