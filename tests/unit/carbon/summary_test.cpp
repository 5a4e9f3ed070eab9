#include "carbon/summary.hpp"

#include <gtest/gtest.h>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

const GitLabUrl kOne{"https://one.example.com"}, kOther{"https://other.example.com"};

Time at(std::string_view text) {
  return *parse_time(text);
}

// A job of half an hour and half a kilowatt-hour that ended at `finished`.
LedgerRow row(std::string_view finished, double g_per_kwh, GitLabUrl gitlab = kOne,
              ProjectId project = ProjectId{1}) {
  const Time end = at(finished);
  return account({.gitlab = std::move(gitlab),
                  .project = project,
                  .pipeline = PipelineId{11},
                  .runner = RunnerId{5},
                  .zone = ZoneKey{"DE"},
                  .submitted = end - 1h,
                  .started = end - 30min,
                  .finished = end,
                  .energy = {kJoulesPerKwh / 2, EnergyMethod::cpu_model}},
                 {.fifo_g_per_kwh = 300}, {}, 1.5, [&](const ZoneKey&, Time when) {
                   const bool submitted = when < end - 30min;
                   return OutlookSlot{.intensity = Intensity::of(submitted ? 400 : g_per_kwh),
                                      .rung = Rung::live};
                 });
}

LedgerRow row_without_grams(std::string_view finished) {
  LedgerRow made = row(finished, 100);
  made.grams.reset();
  made.slots.clear();
  made.decision.deferred = true;
  return made;
}

TEST(Sums, AddEnergyGramsAndBothSavings) {
  Sums sums;
  LedgerRow deferred = row("2025-03-03T12:00:00Z", 200);
  deferred.decision.deferred = true;
  add(sums, deferred);
  add(sums, row("2025-03-03T13:00:00Z", 500));
  EXPECT_EQ(sums.jobs, 2);
  EXPECT_EQ(sums.with_savings, 2);
  EXPECT_EQ(sums.deferred, 1);
  EXPECT_EQ(sums.without_grams, 0);
  EXPECT_NEAR(sums.joules, kJoulesPerKwh, 1e-6);
  EXPECT_NEAR(sums.grams, 1.5 * (100 + 250), 1e-9);
  EXPECT_NEAR(sums.saved_by_time, 1.5 * (100 - 50), 1e-9);
  EXPECT_NEAR(sums.saved_by_place, 0, 1e-9);
  EXPECT_NEAR(sums.saved_against_fifo, 1.5 * (50 - 100), 1e-9);
  EXPECT_EQ(sums.compared_to_fifo, 2);
  EXPECT_EQ(sums.greener_than_fifo, 1);
  EXPECT_EQ(sums.green_routing_rate(), 0.5);
  EXPECT_NEAR(*sums.mean_g_per_kwh(), 350, 1e-9) << "without PUE";
}

TEST(Sums, ARowWithoutGramsCountsByItsEnergyOnly) {
  Sums sums;
  add(sums, row_without_grams("2025-03-03T12:00:00Z"));
  EXPECT_EQ(sums.jobs, 1);
  EXPECT_EQ(sums.without_grams, 1);
  EXPECT_NEAR(sums.joules, kJoulesPerKwh / 2, 1e-6);
  EXPECT_EQ(sums.grams, 0);
  EXPECT_EQ(sums.saved_by_time, 0);
  EXPECT_EQ(sums.deferred, 0);
  EXPECT_EQ(sums.compared_to_fifo, 0);
  EXPECT_FALSE(sums.mean_g_per_kwh());
  EXPECT_FALSE(sums.green_routing_rate());
}

TEST(Sums, ARowOfWhichOnePartOfTheSavingIsKnownHasNone) {
  Sums sums;
  LedgerRow half = row("2025-03-03T12:00:00Z", 200);
  half.at_home_at_submit.reset();
  half.fifo.reset();
  add(sums, half);
  EXPECT_EQ(sums.with_savings, 0);
  EXPECT_EQ(sums.saved_by_place, 0);
  EXPECT_EQ(sums.compared_to_fifo, 0);
  EXPECT_GT(sums.grams, 0);
}

struct PeriodCase {
  std::string_view now, day, week, month;
};

TEST(Periods, AreOfUtcAndWeeksBeginOnMonday) {
  const PeriodCase cases[]{
      {"2025-03-05T13:14:15.167Z", "2025-03-05T00:00:00Z", "2025-03-03T00:00:00Z", "2025-03-01T00:00:00Z"},
      {"2025-03-03T00:00:00Z", "2025-03-03T00:00:00Z", "2025-03-03T00:00:00Z", "2025-03-01T00:00:00Z"},
      {"2025-03-02T23:59:59.999Z", "2025-03-02T00:00:00Z", "2025-02-24T00:00:00Z", "2025-03-01T00:00:00Z"},
      {"2025-03-30T01:30:00Z", "2025-03-30T00:00:00Z", "2025-03-24T00:00:00Z", "2025-03-01T00:00:00Z"},
      {"2025-01-01T00:30:00Z", "2025-01-01T00:00:00Z", "2024-12-30T00:00:00Z", "2025-01-01T00:00:00Z"},
      {"2024-02-29T12:00:00Z", "2024-02-29T00:00:00Z", "2024-02-26T00:00:00Z", "2024-02-01T00:00:00Z"},
      {"2025-03-01T01:00:00+02:00", "2025-02-28T00:00:00Z", "2025-02-24T00:00:00Z", "2025-02-01T00:00:00Z"},
  };
  for (const PeriodCase& when : cases) {
    const Time now = at(when.now);
    EXPECT_EQ(runneriq::to_text(today(now).from), when.day) << when.now;
    EXPECT_EQ(runneriq::to_text(this_week(now).from), when.week) << when.now;
    EXPECT_EQ(runneriq::to_text(this_month(now).from), when.month) << when.now;
    for (const Period& period : {today(now), this_week(now), this_month(now)}) EXPECT_EQ(period.to, now);
  }
}

TEST(Summarize, TakesTheJobsThatEndedWithinThePeriod) {
  const Period day{at("2025-03-03T00:00:00Z"), at("2025-03-04T00:00:00Z")};
  const std::vector<LedgerRow> rows{row("2025-03-02T23:59:59Z", 100), row("2025-03-03T00:00:00Z", 200),
                                    row("2025-03-03T23:59:59Z", 300), row("2025-03-04T00:00:00Z", 400)};
  EXPECT_NEAR(summarize(rows, day).total.grams, 1.5 * (100 + 150), 1e-9);
}

TEST(Summarize, TheSameNumbersOfTwoGitLabsAreTwo) {
  const std::vector<LedgerRow> rows{row("2025-03-03T12:00:00Z", 100, kOne),
                                    row("2025-03-03T12:00:00Z", 100, kOther)};
  const Summary summary = summarize(rows, {at("2025-03-03T00:00:00Z"), at("2025-03-04T00:00:00Z")});
  EXPECT_EQ(summary.pipelines.size(), 2U);
  EXPECT_EQ(summary.projects.size(), 2U);
  EXPECT_EQ(summary.runners.size(), 2U);
  EXPECT_EQ(summary.zones.size(), 1U);
  EXPECT_EQ(summary.total.jobs, 2);
}

TEST(Sci, IsOperationalAndEmbodiedPerPipeline) {
  const Sums pipeline{.grams = 100};
  const EmbodiedCarbon host{.kilograms = 1000, .life = 1000h, .slots = 4};
  EXPECT_NEAR(sci_grams(pipeline, 2h, host), 100 + 1'000'000 * 2 / 4000.0, 1e-9);
  EXPECT_EQ(sci_grams(pipeline, 2h, {}), 100);
  EXPECT_EQ(sci_grams(pipeline, 2h, {.kilograms = 1000, .life = 0h, .slots = 4}), 100);
  EXPECT_NEAR(sci_grams(pipeline, 2h, {.kilograms = 1000, .life = 1000h, .slots = 0}), 2100, 1e-9);
}

using Level = BudgetState::Level;
struct BudgetCase {
  std::vector<std::string> projects;
  double grams_per_month;
  double used;
  Level level;
};

TEST(Budgets, WarnFromEightyPercent) {
  // Of project 1 of both GitLabs 100 g each, of project 12 also.
  const std::vector<LedgerRow> rows{row("2025-03-03T12:00:00Z", 400 / 3.0, kOne),
                                    row("2025-03-03T12:00:00Z", 400 / 3.0, kOther),
                                    row("2025-03-03T12:00:00Z", 400 / 3.0, kOne, ProjectId{12})};
  const Summary month = summarize(rows, this_month(at("2025-03-31T00:00:00Z")));
  const BudgetCase cases[]{
      {{"*"}, 1000, 300, Level::fine},
      {{"1"}, 1000, 200, Level::fine},
      {{"12"}, 1000, 100, Level::fine},
      {{"1", "12"}, 1000, 300, Level::fine},
      {{"*", "1"}, 1000, 300, Level::fine},
      {{"2"}, 0, 0, Level::fine},
      {{}, 10, 0, Level::fine},
      {{"01", "1*", ""}, 10, 0, Level::fine},
      {{"12"}, 125.1, 100, Level::fine},
      {{"12"}, 124.9, 100, Level::warning},
      {{"12"}, 100.1, 100, Level::warning},
      {{"12"}, 99.9, 100, Level::over},
      {{"12"}, 0, 100, Level::over},
  };
  for (const BudgetCase& given : cases) {
    const CarbonBudget budget{"team", given.projects, given.grams_per_month};
    const BudgetState state = budget_state(budget, month);
    EXPECT_EQ(state.budget, &budget);
    EXPECT_NEAR(state.used, given.used, 1e-9) << given.grams_per_month;
    EXPECT_EQ(state.level, given.level) << given.used << " of " << given.grams_per_month;
  }
}

}  // namespace
}  // namespace runneriq::carbon
