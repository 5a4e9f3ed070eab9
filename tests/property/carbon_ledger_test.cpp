// Laws of energy, ledger and sums on random jobs and grids. The seed is fixed and printed with every
// counter-example.
#include "carbon/summary.hpp"
#include "tests/support/ledger_maker.hpp"

#include <gtest/gtest.h>

#include <map>

namespace runneriq::carbon {
namespace {

constexpr std::uint64_t kSeed = 31'000;
constexpr int kGrids = 12, kJobs = 150;

void expect_near(double one, double other, double scale) {
  EXPECT_NEAR(one, other, 1e-9 * (1 + std::abs(scale)));
}

using Grid = std::map<ZoneKey, Series>;
Grid grid_of(LedgerMaker& maker) {
  Grid grid;
  for (const ZoneKey& zone : kMadeZones) grid.emplace(zone, Series{maker.steps(true)});
  return grid;
}

Belief belief_of(const Grid& grid) {
  return [&grid](const ZoneKey& zone, Time when) {
    const Step* step = grid.at(zone).at(when);
    return step == nullptr
               ? OutlookSlot{}
               : OutlookSlot{.intensity = step->intensity, .rung = Rung::live, .estimated = step->estimated};
  };
}

template <class Check>
void for_each_row(Check check) {
  for (int grid = 0; grid < kGrids; ++grid) {
    LedgerMaker maker{kSeed + static_cast<std::uint64_t>(grid)};
    const Grid known = grid_of(maker);
    for (int job = 1; job <= kJobs && !testing::Test::HasFailure(); ++job) {
      SCOPED_TRACE("seed " + std::to_string(kSeed + static_cast<std::uint64_t>(grid)) + ", job " +
                   std::to_string(job));
      check(maker.row(job, belief_of(known)), known);
    }
  }
}

TEST(CarbonLedgerLaws, SlotsAddUpToTheJob) {
  int with_grams = 0;
  for_each_row([&](const LedgerRow& row, const Grid&) {
    ASSERT_EQ(row.slots.empty(), !row.grams.has_value());
    if (!row.grams) return;
    ++with_grams;
    double sum = 0, joules = 0;
    Duration length{};
    Time last = row.work.started;
    for (const LedgerSlot& slot : row.slots) {
      EXPECT_EQ(slot.from, last) << "a gap or an overlap";
      EXPECT_LE(slot.to - slot_start(slot.from), kSlot) << "beyond its quarter of an hour";
      sum += slot.grams;
      joules += joules_of(slot, row.work);
      length += slot.to - slot.from;
      last = slot.to;
    }
    EXPECT_EQ(length, row.work.finished - row.work.started);
    expect_near(sum, *row.grams, sum);
    expect_near(joules, row.work.energy.joules, joules);
    expect_near(*recomputed(row), sum, sum);
  });
  EXPECT_GT(with_grams, kGrids * kJobs / 4);
}

TEST(CarbonLedgerLaws, ARowHasGramsExactlyWhenAllItsTimeIsKnown) {
  for_each_row([&](const LedgerRow& row, const Grid& grid) {
    const Series& series = grid.at(row.work.zone);
    const bool known = row.work.started == row.work.finished
                           ? series.at(row.work.started) != nullptr
                           : series.covered(row.work.started, row.work.finished) > 1 - 1e-12;
    EXPECT_EQ(row.grams.has_value(), known && !row.work.zone.value().empty());
  });
}

TEST(CarbonLedgerLaws, GramsAreEnergyTimesTheMeanIntensity) {
  for_each_row([&](const LedgerRow& row, const Grid& grid) {
    if (!row.grams) return;
    const auto mean = grid.at(row.work.zone).mean(row.work.started, row.work.finished);
    ASSERT_TRUE(mean);
    const double expected = grams(row.work.energy.joules, row.pue, *mean);
    EXPECT_NEAR(*row.grams, expected, 1e-9 * (1 + expected));
  });
}

TEST(CarbonLedgerLaws, BothPartsOfTheSavingAreTheWholeOfIt) {
  int lost = 0, won = 0;
  for_each_row([&](const LedgerRow& row, const Grid&) {
    if (!saved(row)) return;
    expect_near(*saved(row), *saved_by_time(row) + *saved_by_place(row), *row.grams);
    expect_near(*saved(row), *row.at_home_at_submit - *row.grams, *row.at_home_at_submit);
    ++(*saved(row) < 0 ? lost : won);
    if (row.work.home.value().empty() || row.work.home == row.work.zone) {
      EXPECT_EQ(saved_by_place(row), 0);
    }
  });
  EXPECT_GT(lost, 0);
  EXPECT_GT(won, 0);
}

TEST(CarbonLedgerLaws, RestatingByTheSameBeliefChangesNothing) {
  for_each_row([&](const LedgerRow& row, const Grid& grid) {
    const auto restated = restate(row, belief_of(grid), kMadeFrom);
    ASSERT_EQ(restated.has_value(), row.grams.has_value());
    if (!restated) return;
    EXPECT_EQ(restated->grams, row.grams);
    EXPECT_EQ(restated->at_home_at_submit, row.at_home_at_submit);
    EXPECT_EQ(restated->at_home_at_start, row.at_home_at_start);
  });
}

// ---- sums ----------------------------------------------------------------------------------------

template <class Map>
Sums sum_of(const Map& parts) {
  Sums all;
  for (const auto& [key, part] : parts) {
    all.jobs += part.jobs;
    all.without_grams += part.without_grams;
    all.with_savings += part.with_savings;
    all.joules += part.joules;
    all.grams += part.grams;
    all.saved_by_time += part.saved_by_time;
    all.saved_by_place += part.saved_by_place;
    all.saved_against_fifo += part.saved_against_fifo;
    all.compared_to_fifo += part.compared_to_fifo;
    all.greener_than_fifo += part.greener_than_fifo;
    all.deferred += part.deferred;
    all.weighted_intensity += part.weighted_intensity;
    all.joules_with_grams += part.joules_with_grams;
  }
  return all;
}

void expect_equal(const Sums& parts, const Sums& total) {
  EXPECT_EQ(parts.jobs, total.jobs);
  EXPECT_EQ(parts.without_grams, total.without_grams);
  EXPECT_EQ(parts.with_savings, total.with_savings);
  EXPECT_EQ(parts.compared_to_fifo, total.compared_to_fifo);
  EXPECT_EQ(parts.greener_than_fifo, total.greener_than_fifo);
  EXPECT_EQ(parts.deferred, total.deferred);
  expect_near(parts.joules, total.joules, total.joules);
  expect_near(parts.grams, total.grams, total.grams);
  expect_near(parts.saved_by_time, total.saved_by_time, total.grams);
  expect_near(parts.saved_by_place, total.saved_by_place, total.grams);
  expect_near(parts.saved_against_fifo, total.saved_against_fifo, total.grams);
  expect_near(parts.weighted_intensity, total.weighted_intensity, total.weighted_intensity);
  expect_near(parts.joules_with_grams, total.joules_with_grams, total.joules_with_grams);
}

TEST(CarbonSummaryLaws, EveryDivisionAddsUpToTheSameTotal) {
  for (int grid = 0; grid < kGrids; ++grid) {
    SCOPED_TRACE("seed " + std::to_string(kSeed + static_cast<std::uint64_t>(grid)));
    LedgerMaker maker{kSeed + static_cast<std::uint64_t>(grid)};
    const Grid known = grid_of(maker);
    std::vector<LedgerRow> rows;
    for (int job = 1; job <= kJobs; ++job) rows.push_back(maker.row(job, belief_of(known)));
    const Summary summary =
        summarize(rows, {kMadeFrom + std::chrono::hours{48}, kMadeFrom + std::chrono::hours{240}});
    EXPECT_GT(summary.total.jobs, 0);
    EXPECT_LT(summary.total.jobs, kJobs);
    expect_equal(sum_of(summary.pipelines), summary.total);
    expect_equal(sum_of(summary.projects), summary.total);
    expect_equal(sum_of(summary.runners), summary.total);
    expect_equal(sum_of(summary.zones), summary.total);
  }
}

// ---- energy --------------------------------------------------------------------------------------

// A host whose slots were taken the whole time: by jobs, and by what belongs to none, which may have cost
// processor time or none.
TEST(EnergyLaws, ThePartsOfAllAndTheRestAreWhatThePackageUsed) {
  for (std::uint64_t seed = kSeed; seed < kSeed + 500; ++seed) {
    LedgerMaker maker{seed};
    const int slots = static_cast<int>(maker.between(1, 16));
    const int cores = static_cast<int>(maker.between(1, 128));
    const Duration wall{maker.between(0, 7'200'000)};
    const double package = maker.real(0, 3e6);
    std::vector<Duration> cpu;
    Duration busy{};
    for (int slot = 0; slot < slots; ++slot) {
      cpu.push_back(maker.between(0, 3) == 0 ? Duration::zero() : Duration{maker.between(0, 1'000'000)});
      busy += cpu.back();
    }
    if (busy == Duration::zero()) continue;  // then nobody has what went beyond rest
    double sum = 0;
    for (const Duration job : cpu) {
      const auto part = measured_energy(
          package, {.cores = cores, .slots = slots, .wall = wall, .job_cpu = job, .host_busy_cpu = busy}, {});
      ASSERT_TRUE(part) << "seed " << seed;
      EXPECT_GE(part->joules, 0) << "seed " << seed;
      EXPECT_LE(part->joules, package * (1 + 1e-9)) << "seed " << seed;
      sum += part->joules;
    }
    EXPECT_NEAR(sum, package, 1e-9 * (1 + package)) << "seed " << seed;
  }
}

TEST(EnergyLaws, ACounterThatWrapsCountsLikeOneThatDoesNot) {
  for (std::uint64_t seed = kSeed; seed < kSeed + 500; ++seed) {
    LedgerMaker maker{seed};
    const auto range = static_cast<std::uint64_t>(maker.between(1, 300'000'000'000));
    const auto start = static_cast<std::uint64_t>(maker.between(0, static_cast<std::int64_t>(range)));
    const auto used = static_cast<std::uint64_t>(maker.between(0, static_cast<std::int64_t>(range) - 1));
    const std::uint64_t end = start + used <= range ? start + used : start + used - range;
    const RaplCounter before{"package-0", start, range}, after{"package-0", end, range};
    const auto joules = joules_between({&before, 1}, {&after, 1});
    ASSERT_TRUE(joules) << "seed " << seed;
    EXPECT_NEAR(*joules, static_cast<double>(used) * 1e-6, 1e-9 * (1 + *joules)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace runneriq::carbon
