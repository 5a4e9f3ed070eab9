#include "scheduler/carbon_books.hpp"

#include "tests/support/fleet_maker.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using carbon::LedgerRow;
using carbon::ZoneKey;

const Time kNow = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1} + 12h;

carbon::ZoneRecord record_of(const std::string& zone, double g_per_kwh) {
  carbon::ZoneRecord record{.source = "test", .zone = ZoneKey{zone}};
  std::vector<carbon::Step> steps;
  for (Time from = kNow - 48h; from < kNow + 1h; from += 1h) {
    steps.push_back({from, from + 1h, *carbon::Intensity::of(g_per_kwh), false});
  }
  record.latest = steps.back();
  record.past = carbon::Series{std::move(steps)};
  return record;
}

class KeptInMemory final : public carbon::LedgerStore {
 public:
  Result<void> keep(std::span<const carbon::DecisionCarbon> known) override {
    if (broken) return fail(Errc::unavailable, "the disk is full");
    for (const auto& each : known) decisions.try_emplace(each.job, each);
    return {};
  }
  Result<std::optional<carbon::DecisionCarbon>> decision(const GitLabUrl&, JobId job) override {
    const auto found = decisions.find(job);
    return found == decisions.end() ? std::nullopt : std::optional{found->second};
  }
  Result<void> keep_deferred(std::span<const carbon::Deferral> plans) override {
    for (const auto& plan : plans) deferred.try_emplace(plan.job, plan.planned);
    return {};
  }
  Result<std::optional<Time>> deferred_since(const GitLabUrl&, JobId job) override {
    const auto found = deferred.find(job);
    return found == deferred.end() ? std::nullopt : std::optional{found->second};
  }
  Result<std::vector<std::size_t>> append(std::span<const LedgerRow> more) override {
    if (broken) return fail(Errc::unavailable, "the disk is full");
    std::vector<std::size_t> added;
    for (std::size_t i = 0; i < more.size(); ++i) {
      if (find(more[i].work.job) != rows.end()) continue;
      rows.push_back(more[i]);
      added.push_back(i);
    }
    return added;
  }
  Result<void> read(const carbon::LedgerQuery& query,
                    const std::function<bool(const LedgerRow&)>& take) override {
    ++reads;
    for (const LedgerRow& row : rows) {
      const Time end = row.work.finished;
      if ((query.since && end < *query.since) || (query.until && end >= *query.until)) continue;
      if (!take(row)) break;
    }
    return {};
  }
  Result<bool> holds(const GitLabUrl&, JobId) override { return false; }
  Result<void> restate(std::span<const carbon::RestatedJob> jobs) override {
    if (broken && !jobs.empty()) return fail(Errc::unavailable, "the disk is full");
    for (const auto& each : jobs) find(each.job)->restated.push_back(each.restatement);
    return {};
  }
  std::vector<LedgerRow>::iterator find(JobId job) {
    return std::ranges::find(rows, job, [](const LedgerRow& each) { return each.work.job; });
  }
  [[nodiscard]] std::ptrdiff_t restated() const {
    return std::ranges::count_if(rows, [](const LedgerRow& row) { return row.restated.size() == 1; });
  }

  std::map<JobId, carbon::DecisionCarbon> decisions;
  std::map<JobId, Time> deferred;
  std::vector<LedgerRow> rows;
  int reads = 0;
  bool broken = false;
};

class PlayedJobs final : public carbon::DeferralStore {
 public:
  Result<std::vector<carbon::Deferral>> deferrals() override { return all; }
  Result<void> keep(std::span<const carbon::Deferral>) override { return {}; }
  std::vector<carbon::Deferral> all;
};

carbon::CarbonOptions with_watts(double watts) {
  carbon::CarbonOptions options;
  options.default_watts = watts;
  return options;
}

struct CarbonBooksTest : testing::Test {
  FinishedJob finished(std::int64_t id, Time end) const {
    FinishedJob job;
    job.key = {kGitLab, JobId{id}};
    job.pipeline = PipelineId{5};
    job.history = {kGitLab, ProjectId{1}, "build", "build"};
    job.runner = RunnerKey{kGitLab, RunnerId{1}};
    job.ran = 1h;
    job.queued = 10min;
    job.finished = end;
    job.succeeded = true;
    return job;
  }
  void hear(const FinishedJob& job) {
    heard.push_back({.number = static_cast<std::int64_t>(heard.size()) + 1, .job = job});
  }
  Tick tick(Time now) {
    Tick made;
    made.now = now;
    auto clean = runner_with(1, {});
    clean.zone = ZoneKey{"DK-DK1"};
    auto dirty = runner_with(2, {});
    dirty.zone = ZoneKey{"DE"};
    made.snapshot = fleet_of({clean, dirty}, {job_with(7)});
    made.snapshot.now = now;
    const std::vector zones{ZoneKey{"DE"}, ZoneKey{"DK-DK1"}};
    made.snapshot.carbon = carbon::grid_outlook(zones, records, {}, now, 24h);
    RulesAdvisor advisor;
    made.decisions = decide(made.snapshot, {}, Depth::full, advisor);
    return made;
  }
  CarbonBooks open() {
    return {{.ledger = &ledger,
             .deferrals = &deferrals,
             .finished = [this](std::int64_t number, Time since,
                                std::size_t most) -> Result<std::vector<HeardJob>> {
               std::vector<HeardJob> after;
               for (const HeardJob& job : heard) {
                 if (job.number > number && job.job.finished >= since && after.size() < most)
                   after.push_back(job);
               }
               return after;
             },
             .records = [this](Time) { return records; }},
            options,
            typical};
  }

  std::vector<carbon::ZoneRecord> records{record_of("DE", 400), record_of("DK-DK1", 100)};
  std::vector<carbon::TypicalZone> typical;
  carbon::CarbonOptions options = with_watts(100);
  KeptInMemory ledger;
  PlayedJobs deferrals;
  std::vector<HeardJob> heard;
  CarbonBooks books = open();
};

TEST_F(CarbonBooksTest, KeepsWhatWasKnownWhenAJobWasGivenARunner) {
  EXPECT_TRUE(books.keep(tick(kNow)).empty());
  ASSERT_EQ(ledger.decisions.size(), 1U);
  const carbon::DecisionCarbon& known = ledger.decisions.at(JobId{7});
  EXPECT_EQ(known.zone, ZoneKey{"DK-DK1"});
  EXPECT_EQ(known.g_per_kwh, 100);
  EXPECT_EQ(known.rung, carbon::Rung::live);
  EXPECT_EQ(known.source, "test");
  EXPECT_EQ(known.fifo_g_per_kwh, 250);
  EXPECT_EQ(known.decided, kNow);
}

TEST_F(CarbonBooksTest, ARowHasTheGramsOfTheJobsOwnHours) {
  hear(finished(4, kNow - 3min));
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 1U);
  const LedgerRow& row = ledger.rows[0];
  EXPECT_EQ(row.work.zone, ZoneKey{"DK-DK1"});
  EXPECT_EQ(row.work.submitted, kNow - 3min - 1h - 10min);
  EXPECT_EQ(row.work.energy.method, carbon::EnergyMethod::class_default);
  EXPECT_NEAR(row.grams.value_or(0), 10, 1e-9);  // 100 W for an hour at 100 g/kWh
}

TEST_F(CarbonBooksTest, TheHostsEnergyGoesBeforeTheDefault) {
  FinishedJob job = finished(4, kNow - 3min);
  job.energy = carbon::Energy{.joules = 3.6e6, .method = carbon::EnergyMethod::rapl};
  hear(job);
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_NEAR(ledger.rows[0].grams.value_or(0), 100, 1e-9);
}

TEST_F(CarbonBooksTest, TheHomeZoneIsWhatSavingsAreCountedAgainst) {
  options.home_zone = "DE";
  books = open();
  hear(finished(4, kNow - 3min));
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_NEAR(saved_by_place(ledger.rows[0]).value_or(0), 30, 1e-9);
  EXPECT_NEAR(saved_by_time(ledger.rows[0]).value_or(-1), 0, 1e-9);
}

TEST_F(CarbonBooksTest, AJobThatHasJustEndedWaitsForWhatItsHostTells) {
  hear(finished(4, kNow - 1min));
  books.keep(tick(kNow));
  EXPECT_TRUE(ledger.rows.empty());
  books.keep(tick(kNow + 1min));
  EXPECT_EQ(ledger.rows.size(), 1U);
  books.keep(tick(kNow + 2min));
  EXPECT_EQ(ledger.rows.size(), 1U);
}

TEST_F(CarbonBooksTest, HowLongARowWaitsForItsHostIsAnOption) {
  options.energy_wait = 10s;
  books = open();
  hear(finished(4, kNow - 9s));
  books.keep(tick(kNow));
  EXPECT_TRUE(ledger.rows.empty());
  books.keep(tick(kNow + 1s));
  EXPECT_EQ(ledger.rows.size(), 1U);
}

TEST_F(CarbonBooksTest, WhatCouldNotBeWrittenComesWithTheNextTick) {
  hear(finished(4, kNow - 3min));
  ledger.broken = true;
  const auto troubles = books.keep(tick(kNow));
  ASSERT_EQ(troubles.size(), 2U);
  EXPECT_EQ(troubles[0], "carbon ledger: the disk is full");
  ledger.broken = false;
  EXPECT_TRUE(books.keep(tick(kNow + 30s)).empty());
  EXPECT_EQ(ledger.rows.size(), 1U);
  EXPECT_EQ(ledger.decisions.size(), 1U);
}

TEST_F(CarbonBooksTest, AJobPlayedAtAGreenerHourCountsFromWhenItWasReady) {
  options.home_zone = "DE";
  books = open();
  deferrals.all = {{.gitlab = kGitLab, .job = JobId{4}, .planned = kNow - 12h}};
  hear(finished(4, kNow - 3min));
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_TRUE(ledger.rows[0].decision.deferred);
  EXPECT_EQ(ledger.rows[0].work.submitted, kNow - 12h);
}

TEST_F(CarbonBooksTest, AfterARestartAPlayedJobStillCountsFromItsFirstPlan) {
  deferrals.all = {{.gitlab = kGitLab, .job = JobId{4}, .planned = kNow - 12h}};
  books.keep(tick(kNow - 12h));
  deferrals.all[0].planned = kNow - 6h;  // planned anew
  books.keep(tick(kNow - 6h));
  books = open();
  books.keep(tick(kNow - 5h));
  deferrals.all.clear();  // played
  books = open();
  hear(finished(4, kNow - 3min));
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_TRUE(ledger.rows[0].decision.deferred);
  EXPECT_EQ(ledger.rows[0].work.submitted, kNow - 12h);
}

TEST_F(CarbonBooksTest, APlayedJobThatWaitsForARunnerHasADecisionThatSaysSo) {
  deferrals.all = {{.gitlab = kGitLab, .job = JobId{7}, .planned = kNow - 12h}};
  books.keep(tick(kNow));
  EXPECT_TRUE(ledger.decisions.at(JobId{7}).deferred);
}

TEST_F(CarbonBooksTest, AJobThatEndedAheadOfTheClockCountsAsEndedNow) {
  hear(finished(1, kNow + 24h * 365));
  hear(finished(2, kNow - 3min));
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 2U);
  EXPECT_EQ(ledger.rows[0].work.finished, kNow);
  EXPECT_EQ(ledger.rows[0].work.started, kNow - 1h);
  EXPECT_EQ(ledger.rows[0].work.submitted, kNow - 1h - 10min);
  EXPECT_NEAR(ledger.rows[0].grams.value_or(0), 10, 1e-9);
}

TEST_F(CarbonBooksTest, AJobThatEndedALittleAheadWaitsForItsHost) {
  hear(finished(1, kNow + 30s));
  books.keep(tick(kNow));
  EXPECT_TRUE(ledger.rows.empty());
  books.keep(tick(kNow + 30s + options.energy_wait));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_EQ(ledger.rows[0].work.finished, kNow + 30s);
}

TEST_F(CarbonBooksTest, RowsOfBeforeARestartAreNotCountedAgain) {
  hear(finished(1, kNow - 4min));
  books.keep(tick(kNow));
  EXPECT_EQ(books.ended().jobs, 1U);
  books = open();
  hear(finished(2, kNow - 3min));
  books.keep(tick(kNow + 1min));
  EXPECT_EQ(ledger.rows.size(), 2U);
  EXPECT_EQ(books.ended().jobs, 1U);
}

TEST_F(CarbonBooksTest, TheHomeZoneIsTakenWithoutRegardToCase) {
  const carbon::TypicalZone germany{ZoneKey{"DE"}, {}, *carbon::Intensity::of(380), {}};
  typical = {germany};
  options.home_zone = "de";
  books = open();
  hear(finished(4, kNow - 3min));
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_EQ(ledger.rows[0].work.home, ZoneKey{"DE"});
  EXPECT_TRUE(ledger.rows[0].at_home_at_start);
}

TEST_F(CarbonBooksTest, TheZoneOfARunnerThatIsGoneIsKnownForTwoDays) {
  books.keep(tick(kNow - 49h));
  Tick without = tick(kNow - 1h);
  without.snapshot.runners.clear();
  without.decisions = {};
  without.now = kNow - 2h;
  books.keep(without);
  hear(finished(1, kNow - 2h - 3min));
  books.keep(without);
  hear(finished(2, kNow - 3min));
  without.now = kNow;
  books.keep(without);
  ASSERT_EQ(ledger.rows.size(), 2U);
  EXPECT_EQ(ledger.rows[0].work.zone, ZoneKey{"DK-DK1"});
  EXPECT_EQ(ledger.rows[1].work.zone, ZoneKey{""});
}

TEST_F(CarbonBooksTest, ARunnerOfNoKnownZoneHasARowWithoutGrams) {
  FinishedJob job = finished(4, kNow - 3min);
  job.runner.reset();
  hear(job);
  books.keep(tick(kNow));
  ASSERT_EQ(ledger.rows.size(), 1U);
  EXPECT_FALSE(ledger.rows[0].grams);
  EXPECT_GT(ledger.rows[0].work.energy.joules, 0);
}

TEST_F(CarbonBooksTest, RowsAreRestatedOnceWhenTheyAreADayOld) {
  hear(finished(4, kNow - 3min));
  books.keep(tick(kNow));
  records = {record_of("DE", 400), record_of("DK-DK1", 120)};  // the provider has revised its figures
  books.keep(tick(kNow + 23h));
  EXPECT_TRUE(ledger.rows[0].restated.empty());
  books.keep(tick(kNow + 25h));
  ASSERT_EQ(ledger.rows[0].restated.size(), 1U);
  EXPECT_NEAR(ledger.rows[0].restated[0].grams, 12, 1e-9);
  EXPECT_NEAR(ledger.rows[0].grams.value_or(0), 10, 1e-9);
  books.keep(tick(kNow + 27h));
  EXPECT_EQ(ledger.rows[0].restated.size(), 1U);
}

TEST_F(CarbonBooksTest, ManyRowsAreRestatedInPiecesEachOnce) {
  for (int id = 1; id <= 450; ++id) hear(finished(id, kNow - 1h + id / 100 * 1min));
  books.keep(tick(kNow));
  const Time later = kNow + 24h;
  for (const std::ptrdiff_t so_far : {200, 400, 450}) {
    books.keep(tick(later));
    EXPECT_EQ(ledger.restated(), so_far);
  }
  const int reads = ledger.reads;
  books.keep(tick(later + 1min));
  EXPECT_EQ(ledger.reads, reads) << "not before the next hour";
}

TEST_F(CarbonBooksTest, RestatementsThatCouldNotBeWrittenComeWithTheNextTick) {
  for (int id = 1; id <= 250; ++id) hear(finished(id, kNow - 1h + id * 1s));
  books.keep(tick(kNow));
  ledger.broken = true;
  EXPECT_FALSE(books.keep(tick(kNow + 24h)).empty());
  ledger.broken = false;
  books.keep(tick(kNow + 24h));
  books.keep(tick(kNow + 24h));
  EXPECT_EQ(ledger.restated(), 250);
}

TEST_F(CarbonBooksTest, RowsThatCannotBeRestatedStandInNobodysWay) {
  for (int id = 1; id <= 250; ++id) {
    FinishedJob job = finished(id, kNow - 1h + id * 1s);
    job.runner->runner = RunnerId{id <= 240 ? 1 : 2};
    hear(job);
  }
  books.keep(tick(kNow));
  std::erase_if(records, [](const carbon::ZoneRecord& record) { return record.zone != ZoneKey{"DE"}; });
  books.keep(tick(kNow + 24h));
  EXPECT_EQ(ledger.restated(), 10);
}

TEST_F(CarbonBooksTest, WithoutCarbonNothingIsKept) {
  hear(finished(4, kNow - 3min));
  Tick without = tick(kNow);
  without.snapshot.carbon.reset();
  EXPECT_TRUE(books.keep(without).empty());
  EXPECT_TRUE(ledger.rows.empty());
  EXPECT_TRUE(ledger.decisions.empty());
}

}  // namespace
}  // namespace runneriq::scheduler
