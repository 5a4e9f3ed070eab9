#include "carbon/outlook.hpp"

#include "tests/support/intensities.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using namespace support;

const Time kNoon = utc("2025-03-01T12:00:00Z");
const ZoneKey kDe = zone("DE");

ZoneRecord live_of(Time from, double g_per_kwh, Duration length = 1h) {
  return {.source = "maps", .zone = kDe, .latest = step(from, length, g_per_kwh)};
}

ZoneRecord forecast_of(Time made, std::vector<Step> steps) {
  return {.source = "maps", .zone = kDe, .forecast = Series{std::move(steps)}, .forecast_made = made};
}

Outlook outlook(std::vector<ZoneRecord> records, Time now = kNoon, Duration horizon = 24h,
                std::vector<TypicalZone> known = {}) {
  return outlook_of(kDe, kLifecycle, records, known, now, horizon);
}

// "live 300, none …", the rung and g/kWh of the first slots.
std::string first(const Outlook& outlook, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const OutlookSlot& slot = outlook.slots.at(i);
    text += (i == 0 ? "" : ", ") + std::string(to_text(slot.rung));
    if (slot.intensity) text += " " + std::to_string(static_cast<int>(slot.intensity->g_per_kwh()));
  }
  return text;
}

TEST(SlotStart, IsTheQuarterOfAnHourInUtc) {
  EXPECT_EQ(slot_start(kNoon), kNoon);
  EXPECT_EQ(slot_start(kNoon + 15min - 1ms), kNoon);
  EXPECT_EQ(slot_start(kNoon + 15min), kNoon + 15min);
  EXPECT_EQ(slot_start(Time{-1ms}), Time{-15min});
}

TEST(Rungs, HaveNames) {
  EXPECT_EQ(to_text(Rung::live), "live");
  EXPECT_EQ(to_text(Rung::forecast), "forecast");
  EXPECT_EQ(to_text(Rung::hour_profile), "hour_profile");
  EXPECT_EQ(to_text(Rung::annual_mean), "annual_mean");
  EXPECT_EQ(to_text(Rung::none), "none");
}

TEST(OutlookSlots, CoverTheHorizonFromTheQuarterOfNowOn) {
  EXPECT_EQ(outlook({}, kNoon + 7min, 48h).slots.size(), 192U);
  EXPECT_EQ(outlook({}, kNoon + 7min, 48h).begin, kNoon);
  EXPECT_EQ(outlook({}, kNoon, 16min).slots.size(), 2U);
  EXPECT_EQ(outlook({}, kNoon, 0min).slots.size(), 1U);
  EXPECT_EQ(outlook({}, kNoon, -1h).slots.size(), 1U);
}

TEST(Live, HoldsUntilItWouldBeTooOldToBeRead) {
  const Outlook whole = outlook({live_of(kNoon, 300)});
  EXPECT_EQ(whole.at(kNoon + 3h - 1min)->rung, Rung::live);
  EXPECT_EQ(whole.at(kNoon + 3h)->rung, Rung::none);
  EXPECT_EQ(first(outlook({live_of(kNoon - 2h, 300)}), 5), "live 300, live 300, live 300, live 300, none");
  EXPECT_EQ(first(outlook({live_of(kNoon - 3h, 300)}), 2), "live 300, none");
  EXPECT_EQ(whole.why, "");
  EXPECT_EQ(whole.sources, std::vector<std::string>{"maps"});
}

TEST(Live, AForecastGoesBeforeASampleBeyondItsOwnEnd) {
  ZoneRecord record = live_of(kNoon, 300);
  record.forecast = Series{steps(kNoon, 1h, {310, 320})};
  record.forecast_made = kNoon;
  const Outlook known = outlook({record});
  EXPECT_EQ(known.at(kNoon + 30min)->rung, Rung::live);
  EXPECT_EQ(known.at(kNoon + 1h)->rung, Rung::forecast);
  EXPECT_EQ(known.at(kNoon + 2h)->rung, Rung::live);
}

TEST(Live, ItsAgeCountsFromItsOwnStart) {
  EXPECT_EQ(outlook({live_of(kNoon - 3h, 300)}).now().age, 3h);
  EXPECT_EQ(outlook({live_of(kNoon - 3h, 300)}).now().rung, Rung::live);
  EXPECT_EQ(outlook({live_of(kNoon - 3h - 1ms, 300)}).now().rung, Rung::none);
  EXPECT_EQ(outlook({live_of(kNoon - 5h, 300, 10h)}).now().rung, Rung::none) << "whenever it ends";
}

TEST(Live, ALongSampleIsNotTrustedForLongerThanAnOldOne) {
  const Outlook made = outlook({live_of(kNoon - 1h, 300, 24h)});
  EXPECT_EQ(made.at(kNoon + 105min)->rung, Rung::live);
  EXPECT_EQ(made.at(kNoon + 2h)->rung, Rung::none);
}

TEST(Live, ASampleOfTheFutureIsBelievedForAnHour) {
  EXPECT_EQ(first(outlook({live_of(kNoon + 1h, 300)}), 1), "live 300");
  EXPECT_EQ(outlook({live_of(kNoon + 1h, 300)}).now().age, 0ms);
  const Outlook later = outlook({live_of(kNoon + 1h + 1ms, 300)});
  EXPECT_EQ(later.now().rung, Rung::none);
  EXPECT_EQ(later.why,
            "the newest sample is from 1 h ahead of the clock; no forecast is known; this hour of the day "
            "was seen on 0 days, and 5 are needed; no annual mean is known");
}

TEST(Live, KeepsWhetherTheSampleWasEstimated) {
  ZoneRecord guessed = live_of(kNoon, 300);
  guessed.latest->estimated = true;
  EXPECT_TRUE(outlook({guessed}).now().estimated);
  EXPECT_FALSE(outlook({live_of(kNoon, 300)}).now().estimated);
}

TEST(Forecasts, CountForADayFromWhenTheyWereMade) {
  const auto steps_of_day = steps(kNoon, 1h, {200, 210, 220});
  EXPECT_EQ(first(outlook({forecast_of(kNoon - 24h, steps_of_day)}), 5),
            "forecast 200, forecast 200, forecast 200, forecast 200, forecast 210");
  EXPECT_EQ(outlook({forecast_of(kNoon - 24h, steps_of_day)}).now().age, 24h);
  EXPECT_EQ(outlook({forecast_of(kNoon - 24h - 1ms, steps_of_day)}).now().rung, Rung::none);
  EXPECT_EQ(outlook({forecast_of(kNoon + 1h, steps_of_day)}).now().rung, Rung::forecast);
  EXPECT_EQ(outlook({forecast_of(kNoon + 1h, steps_of_day)}).now().age, 0ms);
  EXPECT_EQ(outlook({forecast_of(kNoon + 2h, steps_of_day)}).now().rung, Rung::none);
}

TEST(Forecasts, WithoutTheTimeOfTheirMakingAreNotBelieved) {
  ZoneRecord record = forecast_of(kNoon, steps(kNoon, 1h, {200}));
  record.forecast_made.reset();
  EXPECT_EQ(outlook({record}).now().rung, Rung::none);
  EXPECT_NE(outlook({record}).why.find("does not say when it was made"), std::string::npos);
}

TEST(Forecasts, TakeOverWhereTheLiveSampleEnds) {
  ZoneRecord record = forecast_of(kNoon - 1h, steps(kNoon, 30min, {200, 210, 220}));
  record.latest = step(kNoon - 30min, 1h, 300);
  EXPECT_EQ(first(outlook({record}), 4), "live 300, live 300, forecast 210, forecast 210");
}

TEST(Forecasts, OfMixedStepsGiveEachQuarterItsMean) {
  std::vector<Step> mixed = steps(kNoon, 5min, {100, 200, 300});
  for (const Step& more : steps(kNoon + 15min, 15min, {400, 500, 600})) mixed.push_back(more);
  for (const Step& more : steps(kNoon + 1h, 30min, {700})) mixed.push_back(more);
  for (const Step& more : steps(kNoon + 90min, 1h, {800})) mixed.push_back(more);
  EXPECT_EQ(
      first(outlook({forecast_of(kNoon, mixed)}), 10),
      "forecast 200, forecast 400, forecast 500, forecast 600, forecast 700, forecast 700, forecast 800, "
      "forecast 800, forecast 800, forecast 800");
}

TEST(Forecasts, CountOnlyWhereTheyCoverTheWholeQuarter) {
  const auto most = steps(kNoon, 5min, {100, 200});
  EXPECT_EQ(outlook({forecast_of(kNoon, most)}).now().rung, Rung::none);
  EXPECT_NE(outlook({forecast_of(kNoon, most)}).why.find("does not cover this quarter of an hour"),
            std::string::npos);
}

TEST(Forecasts, AreEstimatedWhereAnyOfTheirStepsIs) {
  std::vector<Step> made = steps(kNoon, 5min, {100, 200, 300, 100, 200, 300});
  made[2].estimated = true;
  const Outlook seen = outlook({forecast_of(kNoon, made)});
  EXPECT_TRUE(seen.slots[0].estimated);
  EXPECT_FALSE(seen.slots[1].estimated);
}

TEST(Forecasts, ShorterThanTheHorizonAreFollowedByTheProfile) {
  ZoneRecord record = forecast_of(kNoon, steps(kNoon, 1h, {200}));
  record.past = days_until(kNoon, 28);
  const Outlook seen = outlook({record}, kNoon, 48h);
  EXPECT_EQ(seen.at(kNoon + 45min)->rung, Rung::forecast);
  EXPECT_EQ(seen.at(kNoon + 1h)->rung, Rung::hour_profile);
  EXPECT_EQ(seen.at(kNoon + 1h)->intensity, g(113));
  EXPECT_EQ(seen.at(kNoon + 47h)->intensity, g(111));
}

TEST(HourProfiles, AreMeansAtTheSameHourOfTheDay) {
  std::vector<Step> past;
  for (int day = 1; day <= 6; ++day) {
    past.push_back(step(kNoon - day * 24h, 1h, 100.0 * day));
    past.push_back(step(kNoon - day * 24h + 1h, 30min, 10));
    past.push_back(step(kNoon - day * 24h + 90min, 15min, 40));
  }
  const ZoneRecord record{.source = "maps", .zone = kDe, .past = Series{past}};
  const Outlook seen = outlook({record}, kNoon + 10min);
  EXPECT_EQ(first(seen, 1), "hour_profile 350");
  EXPECT_EQ(seen.at(kNoon + 1h)->intensity, g(20)) << "by time, not by samples";
  EXPECT_EQ(seen.at(kNoon + 2h)->rung, Rung::none);
  EXPECT_EQ(seen.now().age, 0ms);
}

TEST(HourProfiles, NeedThatHourOnFiveDays) {
  ZoneRecord record{.source = "maps", .zone = kDe, .past = days_until(kNoon, 4)};
  EXPECT_EQ(outlook({record}).now().rung, Rung::none);
  EXPECT_NE(outlook({record}).why.find("on 4 days, and 5 are needed"), std::string::npos);
  record.past = days_until(kNoon, 5);
  EXPECT_EQ(outlook({record}).now().rung, Rung::hour_profile);
  std::vector<Step> quarters;
  for (int i = 1; i <= 40; ++i) quarters.push_back(step(kNoon - 24h + i * 1min, 1min, 100));
  record.past = Series{quarters};
  EXPECT_EQ(outlook({record}).now().rung, Rung::none) << "forty samples of one day are one day";
}

TEST(HourProfiles, AreOfThe28DaysBefore) {
  std::vector<Step> past;
  for (int day = 29; day <= 60; ++day) past.push_back(step(kNoon - day * 24h, 1h, 900));
  for (int day = 24; day <= 28; ++day) past.push_back(step(kNoon - day * 24h, 1h, 100));
  past.push_back(step(kNoon, 1h, 900));
  past.push_back(step(kNoon + 24h, 1h, 900));
  const ZoneRecord record{.source = "maps", .zone = kDe, .past = Series{past}};
  EXPECT_EQ(first(outlook({record}), 1), "hour_profile 100");
}

TEST(HourProfiles, OfLongSamplesSpeakOfEachHour) {
  std::vector<Step> past;
  for (int day = 1; day <= 6; ++day) past.push_back(step(kNoon - day * 24h, 3h, 100));
  const ZoneRecord record{.source = "maps", .zone = kDe, .past = Series{past}};
  const Outlook seen = outlook({record});
  EXPECT_EQ(seen.at(kNoon + 2h)->intensity, g(100));
  EXPECT_EQ(seen.at(kNoon + 3h)->rung, Rung::none);
}

TEST(HourProfiles, TakeOfASampleThatRunsOnWhatHasPassed) {
  std::vector<Step> past;
  for (int day = 1; day <= 4; ++day) past.push_back(step(kNoon - day * 24h, 2h, 100));
  past.push_back(step(kNoon - 30min, 2h, 100));
  const ZoneRecord record{.source = "maps", .zone = kDe, .past = Series{past}};
  const Outlook seen = outlook({record}, kNoon + 10min);
  EXPECT_EQ(seen.now().rung, Rung::hour_profile) << "ten minutes of a fifth day";
  EXPECT_EQ(seen.at(kNoon + 1h)->rung, Rung::none);
}

TEST(HourProfiles, SplitASampleAcrossTheHour) {
  std::vector<Step> past;
  for (int day = 1; day <= 5; ++day) {
    past.push_back(step(kNoon - day * 24h, 30min, 100));
    past.push_back(step(kNoon - day * 24h + 30min, 1h, 300));
    past.push_back(step(kNoon - day * 24h + 90min, 30min, 500));
  }
  const ZoneRecord record{.source = "maps", .zone = kDe, .past = Series{past}};
  const Outlook seen = outlook({record});
  EXPECT_EQ(seen.at(kNoon)->intensity, g(200));
  EXPECT_EQ(seen.at(kNoon + 1h)->intensity, g(400));
}

TEST(AnnualMeans, FollowTheShapeOfTheDay) {
  TypicalZone known = typical("DE", 400);
  known.shape[13] = 1.25;
  const Outlook seen = outlook({}, kNoon, 24h, {typical("FR", 50), known});
  EXPECT_EQ(seen.now().intensity, g(400));
  EXPECT_EQ(seen.now().rung, Rung::annual_mean);
  EXPECT_EQ(seen.at(kNoon + 1h)->intensity, g(500));
  EXPECT_EQ(seen.sources, std::vector<std::string>{"typical"});
}

TEST(AnnualMeans, AreFlatWhereTheShapeGivesNoIntensity) {
  for (const double share : {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(outlook({}, kNoon, 1h, {typical("DE", 400, share)}).now().intensity, g(400)) << share;
  }
}

TEST(Nothing, IsNeverAnIntensity) {
  const Outlook seen = outlook({});
  for (const OutlookSlot& slot : seen.slots) {
    EXPECT_FALSE(slot.intensity);
    EXPECT_EQ(slot.rung, Rung::none);
  }
  EXPECT_EQ(
      seen.why,
      "no newest sample is known; no forecast is known; this hour of the day was seen on 0 days, and 5 are "
      "needed; no annual mean is known");
  const std::vector<ZoneRecord> nowhere{{.source = "maps", .latest = step(kNoon, 1h, 20)}};
  const Outlook unknown = outlook_of(ZoneKey{}, kLifecycle, nowhere, {}, kNoon, 1h);
  EXPECT_EQ(unknown.now().rung, Rung::none);
  EXPECT_EQ(unknown.why, "the zone is unknown");
}

TEST(Records, OfOtherZonesAndBasesAreNotLookedAt) {
  ZoneRecord france = live_of(kNoon, 20);
  france.zone = zone("FR");
  ZoneRecord lower = live_of(kNoon, 30);
  lower.zone = zone("de");
  ZoneRecord direct = live_of(kNoon, 40);
  direct.basis = kDirect;
  ZoneRecord marginal = live_of(kNoon, 50);
  marginal.basis = kMarginal;
  const Outlook seen = outlook({france, lower, direct, marginal}, kNoon, 1h,
                               {typical("DE", 60, 1, kDirect), typical("FR", 70)});
  EXPECT_EQ(seen.now().rung, Rung::none);
  EXPECT_TRUE(seen.sources.empty());
}

TEST(Providers, OfOneZoneGiveEachSlotTheBestRungThenTheYounger) {
  ZoneRecord a = forecast_of(kNoon - 2h, steps(kNoon, 1h, {200, 210}));
  a.latest = step(kNoon - 2h, 1h, 300);
  ZoneRecord b = forecast_of(kNoon - 1h, steps(kNoon, 1h, {220}));
  b.source = "grid";
  b.latest = step(kNoon - 1h, 1h, 310);
  for (const auto& records : {std::vector{a, b}, std::vector{b, a}}) {
    const Outlook seen = outlook(records);
    EXPECT_EQ(first(seen, 2), "live 310, forecast 220");
    EXPECT_EQ(seen.sources[seen.slots[0].source], "grid");
    EXPECT_EQ(seen.at(kNoon + 1h)->intensity, g(210));
    EXPECT_EQ(seen.sources[seen.at(kNoon + 1h)->source], "maps");
  }
}

TEST(Why, NamesWhatIsWrongWithEachBetterRung) {
  ZoneRecord record = forecast_of(kNoon - 30h, steps(kNoon, 1h, {200}));
  record.latest = step(kNoon - 5h - 10min, 1h, 300);
  record.past = days_until(kNoon, 2);
  EXPECT_EQ(outlook({record}, kNoon, 1h, {typical("DE", 400)}).why,
            "the newest sample is 5 h 10 min old, and at most 3 h count; the forecast is " + to_reading(30h) +
                " old, and at most " + to_reading(24h) +
                " count; this hour of the day was seen on 2 days, and 5 are needed");
  record.forecast_made = kNoon;
  EXPECT_EQ(outlook({record}).why, "the newest sample is 5 h 10 min old, and at most 3 h count");
}

TEST(Clocks, ThatWereSetBackTurnNothingIntoNews) {
  ZoneRecord record = forecast_of(kNoon, steps(kNoon, 1h, {200, 210}));
  record.latest = step(kNoon, 1h, 300);
  record.past = days_until(kNoon, 28);
  EXPECT_EQ(outlook({record}, kNoon - 48h).now().rung, Rung::hour_profile);
  EXPECT_EQ(outlook({record}, kNoon - 24h * 365).now().rung, Rung::none);
  EXPECT_EQ(outlook({record}, kNoon + 24h * 365).now().rung, Rung::none);
}

// ---- Outlook::at and mean ----------------------------------------------------------------------

Outlook known_for(std::vector<double> g_per_kwh) {
  const auto length = static_cast<int>(g_per_kwh.size()) * kSlot;
  return outlook({forecast_of(kNoon, steps(kNoon, kSlot, g_per_kwh))}, kNoon + 3min, length);
}

TEST(OutlookAt, IsTheSlotOrNull) {
  const Outlook seen = known_for({100, 200});
  EXPECT_EQ(seen.at(kNoon - 1ms), nullptr);
  EXPECT_EQ(seen.at(kNoon), &seen.slots[0]);
  EXPECT_EQ(seen.at(kNoon + 15min), &seen.slots[1]);
  EXPECT_EQ(seen.at(kNoon + 30min), nullptr);
}

TEST(OutlookMean, IsOverTime) {
  const Outlook seen = known_for({100, 200, 400});
  EXPECT_EQ(seen.mean(kNoon, kNoon + 45min), g(700.0 / 3));
  EXPECT_EQ(seen.mean(kNoon + 10min, kNoon + 20min), g(150));
  EXPECT_EQ(seen.mean(kNoon + 16min, kNoon + 17min), g(200));
  EXPECT_EQ(seen.mean(kNoon + 16min, kNoon + 16min), g(200));
  EXPECT_FALSE(seen.mean(kNoon + 16min, kNoon + 15min));
}

TEST(OutlookMean, TimesBeforeTheOutlookAreLikeItsBegin) {
  const Outlook seen = known_for({100, 200});
  EXPECT_EQ(seen.mean(kNoon - 1h, kNoon - 30min), g(100));
  EXPECT_EQ(seen.mean(kNoon - 1h, kNoon - 1h), g(100));
  EXPECT_EQ(seen.mean(kNoon - 15min, kNoon + 30min), g(400.0 / 3));
}

TEST(OutlookMean, IsNoneWhereASlotIsUnknown) {
  ZoneRecord record = forecast_of(kNoon, {step(kNoon, 30min, 100), step(kNoon + 45min, 15min, 100)});
  const Outlook seen = outlook({record}, kNoon, 1h);
  EXPECT_EQ(seen.mean(kNoon, kNoon + 30min), g(100));
  EXPECT_FALSE(seen.mean(kNoon, kNoon + 30min + 1ms));
  EXPECT_FALSE(seen.mean(kNoon + 40min, kNoon + 40min));
}

TEST(OutlookMean, BeyondTheHorizonIsLikeTheDayBefore) {
  std::vector<double> day(96, 100);
  day[2] = 700;
  const Outlook seen = known_for(day);
  EXPECT_EQ(seen.mean(kNoon + 24h + 30min, kNoon + 24h + 45min), g(700));
  EXPECT_EQ(seen.mean(kNoon + 24h * 9 + 30min, kNoon + 24h * 9 + 45min), g(700));
  EXPECT_EQ(seen.mean(kNoon + 23h, kNoon + 24h + 30min), g(100));
  EXPECT_EQ(seen.mean(kNoon, kNoon + 24h * 30), seen.mean(kNoon, kNoon + 24h));
}

TEST(OutlookMean, BeyondAnOutlookShorterThanADayIsUnknown) {
  const Outlook seen = known_for({100, 200});
  EXPECT_FALSE(seen.mean(kNoon + 15min, kNoon + 31min));
  EXPECT_EQ(seen.mean(kNoon + 24h, kNoon + 24h + 20min), g(125));
}

}  // namespace
}  // namespace runneriq::carbon
