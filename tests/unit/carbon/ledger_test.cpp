#include "carbon/ledger.hpp"

#include "carbon/belief.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

const ZoneKey kGermany{"DE"}, kFrance{"FR"};
const Basis kBasis{};
const Basis kDirect{Signal::average, EmissionFactors::direct};

Time at(std::string_view text) {
  return *parse_time(text);
}

OutlookSlot live(double g) {
  return {.intensity = Intensity::of(g), .rung = Rung::live};
}

// DE 400 g in the hours that are even and 200 g in odd ones, FR 50 g; nothing else is known.
OutlookSlot believed(const ZoneKey& zone, Time when) {
  if (zone == kFrance) return live(50);
  if (zone != kGermany) return {};
  const auto hour = std::chrono::floor<std::chrono::hours>(when).time_since_epoch().count();
  return live(hour % 2 == 0 ? 400 : 200);
}

// A kilowatt for 30 minutes: half a kilowatt-hour.
FinishedWork work() {
  return {.job = JobId{7},
          .zone = kFrance,
          .home = kGermany,
          .submitted = at("2025-03-03T10:00:00Z"),
          .started = at("2025-03-03T11:00:00Z"),
          .finished = at("2025-03-03T11:30:00Z"),
          .energy = {kJoulesPerKwh / 2, EnergyMethod::rapl}};
}

TEST(Account, BothPartsOfTheSavingAreKeptApart) {
  const LedgerRow row = account(work(), {.basis = kBasis, .fifo_g_per_kwh = 225}, kBasis, 1.2, believed);
  EXPECT_NEAR(*row.grams, 1.2 * 0.5 * 50, 1e-9);
  EXPECT_NEAR(*row.at_home_at_submit, 1.2 * 0.5 * 400, 1e-9);
  EXPECT_NEAR(*row.at_home_at_start, 1.2 * 0.5 * 200, 1e-9);
  EXPECT_NEAR(*row.fifo, 1.2 * 0.5 * 225, 1e-9);
  EXPECT_NEAR(*saved_by_time(row), 120, 1e-9);
  EXPECT_NEAR(*saved_by_place(row), 90, 1e-9);
  EXPECT_NEAR(*saved(row), 210, 1e-9);
  EXPECT_NEAR(*saved_against_fifo(row), 105, 1e-9);
  EXPECT_EQ(row.basis, kBasis);
  EXPECT_EQ(row.pue, 1.2);
}

TEST(Account, ALossIsANegativeSaving) {
  FinishedWork lost = work();
  lost.zone = kGermany;
  lost.home = kFrance;
  const LedgerRow row = account(lost, {.fifo_g_per_kwh = 100}, kBasis, 1, believed);
  EXPECT_NEAR(*saved_by_time(row), 0, 1e-9);
  EXPECT_NEAR(*saved_by_place(row), -75, 1e-9);
  EXPECT_NEAR(*saved(row), -75, 1e-9);
  EXPECT_NEAR(*saved_against_fifo(row), -50, 1e-9);
}

TEST(Account, EachQuarterTakesItsPartOfTheEnergy) {
  FinishedWork long_job = work();
  long_job.zone = kGermany;
  long_job.started = at("2025-03-03T11:50:00Z");
  long_job.finished = at("2025-03-03T12:20:00Z");
  const LedgerRow row = account(long_job, {}, kBasis, 1, believed);
  const double all = 0.5;  // kWh
  ASSERT_EQ(row.slots.size(), 3U);
  EXPECT_EQ(row.slots[0], (LedgerSlot{long_job.started, at("2025-03-03T12:00:00Z"), 200, Rung::live, false,
                                      row.slots[0].grams}));
  EXPECT_EQ(row.slots[1].to, at("2025-03-03T12:15:00Z"));
  EXPECT_EQ(row.slots[2].to, long_job.finished);
  EXPECT_NEAR(row.slots[0].grams, all * 200 / 3, 1e-9);
  EXPECT_NEAR(row.slots[1].grams, all * 400 / 2, 1e-9);
  EXPECT_NEAR(row.slots[2].grams, all * 400 / 6, 1e-9);
  EXPECT_NEAR(*row.grams, all * (200 / 3.0 + 400 / 2.0 + 400 / 6.0), 1e-9);
  EXPECT_NEAR(*recomputed(row), *row.grams, 1e-9);
}

TEST(Account, AJobWithoutLengthHasOneSlotWithAllItsEnergy) {
  for (const Duration length : {Duration{0}, Duration{-5min}}) {
    FinishedWork none = work();
    none.finished = none.started + length;
    const LedgerRow row = account(none, {}, kBasis, 1, believed);
    ASSERT_EQ(row.slots.size(), 1U);
    EXPECT_EQ(row.slots[0].from, row.slots[0].to);
    EXPECT_NEAR(*row.grams, 25, 1e-9);
    EXPECT_NEAR(*recomputed(row), 25, 1e-9);
  }
}

TEST(Account, OneSlotThatIsNotKnownLeavesNoGramsAtAll) {
  const Time gap = at("2025-03-03T11:15:00Z");
  const LedgerRow row =
      account(work(), {.fifo_g_per_kwh = 225}, kBasis, 1, [&](const ZoneKey& zone, Time when) {
        return zone == kFrance && when == gap ? OutlookSlot{} : believed(zone, when);
      });
  EXPECT_TRUE(row.slots.empty());
  EXPECT_FALSE(row.grams);
  EXPECT_TRUE(row.at_home_at_submit);
  EXPECT_TRUE(saved_by_time(row));
  EXPECT_FALSE(saved_by_place(row));
  EXPECT_FALSE(saved(row));
  EXPECT_FALSE(saved_against_fifo(row));
  EXPECT_FALSE(recomputed(row));
}

TEST(Account, WithoutAHomeAJobWasAtHomeWhereItRan) {
  FinishedWork here = work();
  here.zone = kGermany;
  here.home = ZoneKey{};
  const LedgerRow row = account(here, {}, kBasis, 1, believed);
  EXPECT_EQ(saved_by_place(row), 0);
  EXPECT_NEAR(*saved_by_time(row), 100, 1e-9);
  EXPECT_EQ(row.work.home, ZoneKey{}) << "what was not said is not written down";
}

TEST(Account, AZoneThatIsNotKnownIsNotAsked) {
  FinishedWork nowhere = work();
  nowhere.zone = nowhere.home = ZoneKey{};
  const LedgerRow row = account(nowhere, {}, kBasis, 1, [](const ZoneKey&, Time) { return live(10); });
  EXPECT_FALSE(row.grams);
  EXPECT_FALSE(row.at_home_at_submit);
  EXPECT_FALSE(row.at_home_at_start);
}

TEST(Account, FifosExpectationOfAnotherBasisIsNotCompared) {
  EXPECT_FALSE(account(work(), {.basis = kDirect, .fifo_g_per_kwh = 225}, kBasis, 1, believed).fifo);
  EXPECT_TRUE(account(work(), {.basis = kDirect, .fifo_g_per_kwh = 225}, kDirect, 1, believed).fifo);
  for (const double odd : {0.0, -1.0, 2001.0}) {
    EXPECT_FALSE(account(work(), {.fifo_g_per_kwh = odd}, kBasis, 1, believed).fifo) << odd;
  }
}

TEST(Account, TheTimeOfSubmissionMayBeMissingOrByAnotherClock) {
  FinishedWork unsaid = work();
  unsaid.submitted = Time{};
  EXPECT_FALSE(saved_by_time(account(unsaid, {}, kBasis, 1, believed)));
  FinishedWork early = work();
  early.submitted = early.started + 1h;
  EXPECT_EQ(saved_by_time(account(early, {}, kBasis, 1, believed)), 0);
}

TEST(Account, EnergyThatIsNoneAndALengthThatIsNoneHaveNoGrams) {
  for (const double odd :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    FinishedWork strange = work();
    strange.energy.joules = odd;
    const LedgerRow row = account(strange, {.fifo_g_per_kwh = 100}, kBasis, 1, believed);
    EXPECT_EQ(row.work.energy.joules, 0) << odd;
    EXPECT_FALSE(row.grams) << odd;
    EXPECT_FALSE(row.fifo) << odd;
    EXPECT_FALSE(saved_by_time(row)) << odd;
  }
  FinishedWork endless = work();
  endless.started = Time{};
  EXPECT_FALSE(account(endless, {}, kBasis, 1, believed).grams);
}

TEST(Restate, FiguresOfLaterStandBesideTheOnesThatWereUsed) {
  const LedgerRow row = account(work(), {.fifo_g_per_kwh = 225}, kBasis, 1, believed);
  const Time later = at("2025-06-03T00:00:00Z");
  const auto restated = restate(
      row, [](const ZoneKey& zone, Time) { return live(zone == kFrance ? 60 : 100); }, later);
  ASSERT_TRUE(restated);
  EXPECT_EQ(restated->when, later);
  EXPECT_NEAR(restated->grams, 30, 1e-9);
  EXPECT_NEAR(*restated->at_home_at_submit, 50, 1e-9);
  EXPECT_NEAR(*restated->at_home_at_start, 50, 1e-9);
  EXPECT_FALSE(restated->fifo);
  EXPECT_NEAR(*row.grams, 25, 1e-9);
}

TEST(Restate, NothingIsSaidWhereNothingIsKnown) {
  const LedgerRow row = account(work(), {}, kBasis, 1, believed);
  EXPECT_FALSE(restate(
      row, [](const ZoneKey&, Time) { return OutlookSlot{}; }, at("2025-06-03T00:00:00Z")));
}

TEST(Recomputed, AChangedRowIsSeen) {
  const LedgerRow sound = account(work(), {}, kBasis, 1.1, believed);
  ASSERT_NEAR(*recomputed(sound), *sound.grams, 1e-9);
  LedgerRow slot = sound, energy = sound, pue = sound, fewer = sound, later = sound, odd = sound;
  slot.slots[1].g_per_kwh = 49;
  energy.work.energy.joules *= 2;
  pue.pue = 1;
  fewer.slots.pop_back();
  later.work.finished += 1min;
  for (const LedgerRow* changed : {&slot, &energy, &pue, &fewer, &later}) {
    EXPECT_GT(std::abs(*recomputed(*changed) - *changed->grams), 1e-3);
  }
  odd.slots[0].g_per_kwh = 0;
  EXPECT_FALSE(recomputed(odd));
}

// ---- what is believed of an hour that has passed --------------------------------------------------

Step step(std::string_view from, Duration length, double g, bool estimated = false) {
  return {at(from), at(from) + length, *Intensity::of(g), estimated};
}

ZoneRecord record(std::vector<Step> past) {
  ZoneRecord made{.source = "one", .zone = kGermany, .basis = kBasis};
  made.past = Series{std::move(past)};
  return made;
}

std::vector<Step> same_hour_of_days(int days, double g) {
  std::vector<Step> steps;
  for (int day = 1; day <= days; ++day) {
    const Time from = at("2025-03-03T11:00:00Z") - day * 24h;
    steps.push_back({from, from + 1h, *Intensity::of(g), false});
  }
  return steps;
}

const TypicalZone kTypical{kGermany, kBasis, *Intensity::of(380), [] {
                             std::array<double, 24> shape{};
                             shape.fill(1);
                             return shape;
                           }()};
const Time kWhen = at("2025-03-03T11:20:00Z");

TEST(BelievedAt, ASampleOfTheTimeItselfIsLive) {
  const ZoneRecord told = record({step("2025-03-03T11:00:00Z", 1h, 321, true)});
  const OutlookSlot slot = believed_at(kGermany, kBasis, {&told, 1}, {&kTypical, 1}, kWhen);
  EXPECT_EQ(slot.intensity, Intensity::of(321));
  EXPECT_EQ(slot.rung, Rung::live);
  EXPECT_TRUE(slot.estimated);
}

TEST(BelievedAt, TheNewestSampleCountsForItsOwnTimeOnly) {
  ZoneRecord told = record({});
  told.latest = step("2025-03-03T11:00:00Z", 1h, 321);
  EXPECT_EQ(believed_at(kGermany, kBasis, {&told, 1}, {}, kWhen).rung, Rung::live);
  told.latest = step("2025-03-03T10:00:00Z", 1h, 321);
  EXPECT_EQ(believed_at(kGermany, kBasis, {&told, 1}, {&kTypical, 1}, kWhen).rung, Rung::annual_mean);
  told.latest = step("2025-03-03T12:00:00Z", 1h, 321);
  EXPECT_EQ(believed_at(kGermany, kBasis, {&told, 1}, {}, kWhen).rung, Rung::none);
}

TEST(BelievedAt, WhatWasMeasuredGoesBeforeWhatWasEstimated) {
  const std::vector<ZoneRecord> told{record({step("2025-03-03T11:00:00Z", 1h, 300, true)}),
                                     record({step("2025-03-03T11:00:00Z", 1h, 310)}),
                                     record({step("2025-03-03T11:00:00Z", 1h, 320)})};
  EXPECT_EQ(believed_at(kGermany, kBasis, told, {}, kWhen).intensity, Intensity::of(310));
}

TEST(BelievedAt, OtherZonesAndBasesAreNotLookedAt) {
  ZoneRecord told = record({step("2025-03-03T11:00:00Z", 1h, 321)});
  EXPECT_EQ(believed_at(kFrance, kBasis, {&told, 1}, {&kTypical, 1}, kWhen).rung, Rung::none);
  EXPECT_EQ(believed_at(kGermany, kDirect, {&told, 1}, {&kTypical, 1}, kWhen).rung, Rung::none);
}

TEST(BelievedAt, ElseAForecastThenTheProfileThenTheAnnualMean) {
  ZoneRecord told = record(same_hour_of_days(10, 250));
  const auto slot = [&] { return believed_at(kGermany, kBasis, {&told, 1}, {&kTypical, 1}, kWhen); };
  EXPECT_EQ(slot().rung, Rung::hour_profile);
  EXPECT_EQ(slot().intensity, Intensity::of(250));

  told.forecast = Series{{step("2025-03-03T11:00:00Z", 1h, 270)}};
  for (const Duration made : {Duration{-6h}, Duration{20h}}) {
    told.forecast_made = kWhen + made;
    EXPECT_EQ(slot().rung, Rung::forecast) << runneriq::to_text(*told.forecast_made);
    EXPECT_EQ(slot().intensity, Intensity::of(270));
  }
  told.forecast_made = kWhen - 25h;
  EXPECT_EQ(slot().rung, Rung::hour_profile);

  told.past = Series{same_hour_of_days(2, 250)};
  EXPECT_EQ(slot().rung, Rung::annual_mean);
  EXPECT_EQ(slot().intensity, Intensity::of(380));
}

TEST(BelievedAt, TheProfileIsOfTheDaysBefore) {
  std::vector<Step> later = same_hour_of_days(10, 250);
  for (Step& day : later) {
    day.from += 24h * 12;
    day.to += 24h * 12;
  }
  const ZoneRecord told = record(later);
  EXPECT_EQ(believed_at(kGermany, kBasis, {&told, 1}, {}, kWhen).rung, Rung::none);
}

// With gaps, a forecast and a second provider: each rung answers somewhere.
TEST(BeliefOf, IsWhatEachQuestionAloneWouldBeAnswered) {
  ZoneRecord told = record(same_hour_of_days(10, 250));
  told.forecast = Series{{step("2025-03-03T13:00:00Z", 1h, 270)}};
  told.forecast_made = at("2025-03-03T13:20:00Z");
  told.latest = step("2025-03-03T14:07:00Z", 10min, 321);
  ZoneRecord direct = told;
  direct.basis = kDirect;
  const std::vector<ZoneRecord> records{told, record({step("2025-03-02T11:05:00Z", 17min, 333)}), direct};
  for (const Basis& basis : {kBasis, kDirect}) {
    const Belief belief = belief_of(basis, records, {&kTypical, 1}, {});
    const Belief copy = belief;
    for (int round = 0; round < 2; ++round) {
      for (Time when = kWhen - 30h; when < kWhen + 30h; when += 7min) {
        for (const ZoneKey& zone : {kGermany, kFrance}) {
          const OutlookSlot alone = believed_at(zone, basis, records, {&kTypical, 1}, when);
          const OutlookSlot among = (round == 0 ? belief : copy)(zone, when);
          EXPECT_EQ(among.intensity, alone.intensity) << runneriq::to_text(when);
          EXPECT_EQ(among.rung, alone.rung);
          EXPECT_EQ(among.estimated, alone.estimated);
          EXPECT_EQ(among.age, alone.age);
        }
      }
    }
  }
}

}  // namespace
}  // namespace runneriq::carbon
