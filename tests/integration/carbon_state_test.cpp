// What carbon keeps, on real files: what goes in comes out, two at once, damage, and a ledger that stays.
#include "carbon/sqlite/carbon_state.hpp"

#include "carbon/sqlite/carbon_schema.hpp"
#include "platform/sqlite.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/ledger_maker.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <stdexcept>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using platform::Database;

const GitLabUrl kUrl{"https://gitlab.example.com"};
const ZoneKey kGermany{"DE"}, kFrance{"FR"};
const Basis kBasis{};
const Basis kDirect{Signal::marginal, EmissionFactors::direct};
const Time kNow{std::chrono::sys_days{std::chrono::year{2025} / 3 / 3}};

Step step(Time from, double g, bool estimated = false, Duration length = 1h) {
  return {from, from + length, *Intensity::of(g), estimated};
}

OutlookSlot at_400_g(const ZoneKey&, Time) {
  return {.intensity = Intensity::of(400), .rung = Rung::live};
}

LedgerRow row(std::int64_t job, Time finished = kNow) {
  LedgerRow made = account({.gitlab = kUrl,
                            .job = JobId{job},
                            .project = ProjectId{job % 7},
                            .pipeline = PipelineId{job / 10},
                            .runner = RunnerId{3},
                            .name = "fuzz: [äöü 'quoted']",
                            .zone = kGermany,
                            .home = kFrance,
                            .submitted = finished - 2h,
                            .started = finished - 33min,
                            .finished = finished,
                            .energy = {1234.5678901234567, EnergyMethod::cpu_model}},
                           {.gitlab = kUrl,
                            .job = JobId{job},
                            .decided = finished - 1h,
                            .basis = kBasis,
                            .zone = kGermany,
                            .g_per_kwh = 390.1,
                            .rung = Rung::forecast,
                            .source = "electricity_maps",
                            .estimated = true,
                            .age = 17min,
                            .fifo_g_per_kwh = 420.7,
                            .deferred = true},
                           kBasis, 1.135, at_400_g);
  return made;
}

class CarbonStateFile : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/state/carbon.db"; }
  CarbonState open(Duration patience = 5s) const {
    auto state = CarbonState::open({.path = path(), .patience = patience});
    if (!state) throw std::runtime_error(state.error().message);
    return std::move(*state);
  }
  [[nodiscard]] Database database() const { return *Database::open(path(), Database::Missing::is_error); }
  [[nodiscard]] std::int64_t count(const std::string& table) const {
    return *database().number("SELECT count(*) FROM " + table);
  }
  static std::vector<LedgerRow> all(CarbonState& state, const LedgerQuery& query = {}) {
    std::vector<LedgerRow> rows;
    auto read = state.read(query, [&](const LedgerRow& one) {
      rows.push_back(one);
      return true;
    });
    EXPECT_TRUE(read) << read.error().message;
    return rows;
  }
  static std::vector<std::int64_t> jobs(CarbonState& state, const LedgerQuery& query = {}) {
    std::vector<std::int64_t> ids;
    for (const LedgerRow& one : all(state, query)) ids.push_back(one.work.job.value());
    return ids;
  }
  static void append(CarbonState& state, const std::vector<LedgerRow>& rows) {
    auto appended = state.append(rows);
    ASSERT_TRUE(appended) << appended.error().message;
  }

  TemporaryFolder folder;
};

// ---- intensities ---------------------------------------------------------------------------------

TEST_F(CarbonStateFile, SamplesAndForecastsComeBackAfterARestart) {
  const ChannelKey key{"electricity_maps", kGermany};
  const std::vector<Step> past{step(kNow - 3h, 300), step(kNow - 2h, 310, true)};
  const std::vector<Step> ahead{step(kNow, 330), step(kNow + 1h, 200)};
  {
    CarbonState state = open();
    ASSERT_TRUE(state.keep(key, Want::history, {kBasis, past, ""}, kNow));
    ASSERT_TRUE(state.keep(key, Want::latest, {kBasis, {step(kNow - 1h, 320)}, ""}, kNow));
    ASSERT_TRUE(state.keep(key, Want::forecast, {kBasis, ahead, ""}, kNow - 5min));
    ASSERT_TRUE(state.keep(key, Want::latest, {kDirect, {step(kNow - 1h, 100)}, ""}, kNow));
    ASSERT_TRUE(state.keep({"uk_grid", ZoneKey{"GB"}}, Want::latest, {kDirect, {step(kNow, 90)}, ""}, kNow));
  }
  const auto records = open().records(kNow);
  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), 3U);
  const ZoneRecord& germany = records->at(0);
  EXPECT_EQ(germany.source, "electricity_maps");
  EXPECT_EQ(germany.zone, kGermany);
  EXPECT_EQ(germany.basis, kBasis);
  EXPECT_EQ(germany.past.steps(), (std::vector<Step>{past[0], past[1], step(kNow - 1h, 320)}));
  EXPECT_EQ(germany.latest, step(kNow - 1h, 320));
  EXPECT_EQ(germany.forecast.steps(), ahead);
  EXPECT_EQ(germany.forecast_made, kNow - 5min);
  EXPECT_EQ(records->at(1).basis, kDirect);
  EXPECT_TRUE(records->at(1).forecast.empty());
  EXPECT_FALSE(records->at(1).forecast_made);
  EXPECT_EQ(records->at(2).zone, ZoneKey{"GB"});
}

TEST_F(CarbonStateFile, WhatIsToldAgainReplacesWhatWasTold) {
  CarbonState state = open();
  const ChannelKey key{"electricity_maps", kGermany};
  ASSERT_TRUE(state.keep(key, Want::latest, {kBasis, {step(kNow - 1h, 320, true)}, ""}, kNow));
  ASSERT_TRUE(state.keep(key, Want::history, {kBasis, {step(kNow - 1h, 305)}, ""}, kNow));
  ASSERT_TRUE(state.keep(key, Want::forecast, {kBasis, {step(kNow, 1), step(kNow + 1h, 2)}, ""}, kNow));
  ASSERT_TRUE(state.keep({"other", kGermany}, Want::forecast, {kBasis, {step(kNow, 5)}, ""}, kNow));
  ASSERT_TRUE(state.keep(key, Want::forecast, {kDirect, {step(kNow, 4)}, ""}, kNow));
  ASSERT_TRUE(state.keep(key, Want::forecast, {kBasis, {step(kNow + 1h, 3)}, ""}, kNow + 1h));
  const auto records = *state.records(kNow);
  EXPECT_EQ(records.at(0).past.steps(), (std::vector<Step>{step(kNow - 1h, 305)}));
  EXPECT_EQ(records.at(0).forecast.steps(), (std::vector<Step>{step(kNow + 1h, 3)}));
  EXPECT_EQ(records.at(0).forecast_made, kNow + 1h);
  EXPECT_EQ(records.at(1).forecast.steps().size(), 1U) << "of another basis";
  EXPECT_EQ(records.at(2).forecast.steps().size(), 1U) << "of another source";
}

TEST_F(CarbonStateFile, TheLatestIsTheNewestEvenWhenAnOlderOneIsToldLast) {
  CarbonState state = open();
  const ChannelKey key{"electricity_maps", kGermany};
  ASSERT_TRUE(state.keep(key, Want::latest, {kBasis, {step(kNow - 1h, 320)}, ""}, kNow));
  ASSERT_TRUE(state.keep(key, Want::latest, {kBasis, {step(kNow - 5h, 100)}, ""}, kNow));
  EXPECT_EQ(state.records(kNow)->at(0).latest, step(kNow - 1h, 320));
}

TEST_F(CarbonStateFile, ReadIsAMonthKeptAreAHundredDays) {
  CarbonState state = open();
  const ChannelKey key{"electricity_maps", kGermany};
  std::vector<Step> steps;
  for (const int days : {101, 99, 29, 27, 0}) steps.push_back(step(kNow - days * 24h, 100 + days));
  ASSERT_TRUE(state.keep(key, Want::history, {kBasis, steps, ""}, kNow));
  EXPECT_EQ(count("samples"), 4);
  EXPECT_EQ(state.records(kNow)->at(0).past.steps(), (std::vector<Step>{steps[3], steps[4]}));
  EXPECT_EQ(state.samples(kGermany, kBasis, kNow - 24h * 365, kNow)->steps(),
            (std::vector<Step>{steps[1], steps[2], steps[3]}));
}

TEST_F(CarbonStateFile, AClockThatHasJumpedAheadTakesNothingAway) {
  CarbonState state = open();
  const ChannelKey key{"electricity_maps", kGermany};
  ASSERT_TRUE(state.keep(key, Want::latest, {kBasis, {step(kNow - 1h, 320)}, ""}, kNow));
  ASSERT_TRUE(state.keep({"other", kFrance}, Want::latest, {kBasis, {step(kNow, 50)}, ""}, kNow + 24h * 400));
  EXPECT_EQ(count("samples"), 2);
}

TEST_F(CarbonStateFile, SamplesAreOfOneZoneAndBasisAndWhatTouchesTheTime) {
  CarbonState state = open();
  const std::vector<Step> steps{step(kNow, 100), step(kNow + 1h, 200), step(kNow + 2h, 300)};
  ASSERT_TRUE(state.keep({"b", kGermany}, Want::history, {kBasis, steps, ""}, kNow));
  ASSERT_TRUE(state.keep({"b", kGermany}, Want::history, {kDirect, {step(kNow, 1)}, ""}, kNow));
  ASSERT_TRUE(state.keep({"b", kFrance}, Want::history, {kBasis, {step(kNow, 2)}, ""}, kNow));
  EXPECT_EQ(state.samples(kGermany, kBasis, kNow + 30min, kNow + 2h)->steps(),
            (std::vector<Step>{steps[0], steps[1]}));
  // Of two sources the one that measured counts.
  ASSERT_TRUE(state.keep({"a", kGermany}, Want::history, {kBasis, {step(kNow, 111, true)}, ""}, kNow));
  EXPECT_EQ(state.samples(kGermany, kBasis, kNow, kNow + 1h)->steps(), (std::vector<Step>{steps[0]}));
  ASSERT_TRUE(state.keep({"c", kGermany}, Want::history, {kBasis, {step(kNow, 222, true)}, ""}, kNow));
  EXPECT_EQ(state.samples(kGermany, kBasis, kNow, kNow + 1h)->steps(), (std::vector<Step>{steps[0]}));
}

TEST_F(CarbonStateFile, ChannelsComeBackAsTheyWere) {
  Channel channel = new_channel({"electricity_maps", kGermany}, {}, kNow);
  channel.tokens = 17.25;
  channel.trouble = "the key was refused";
  channel.wants[0] = {.answered = kNow - 1h, .failures = 0, .refusals = 0, .not_before = {}};
  channel.wants[2] = {.answered = {}, .failures = 4, .refusals = 2, .not_before = kNow + 24h};
  ASSERT_TRUE(open().keep(channel));
  ASSERT_TRUE(open().keep(new_channel({"uk_grid", ZoneKey{"GB"}}, {}, kNow)));
  channel.tokens = 3;
  ASSERT_TRUE(open().keep(channel));
  const auto channels = open().channels();
  ASSERT_TRUE(channels) << channels.error().message;
  ASSERT_EQ(channels->size(), 2U);
  const Channel& kept = channels->at(0);
  EXPECT_EQ(kept.key, channel.key);
  EXPECT_EQ(kept.tokens, 3);
  EXPECT_EQ(kept.tokens_at, kNow);
  EXPECT_EQ(kept.trouble, channel.trouble);
  EXPECT_EQ(kept.wants[0].answered, kNow - 1h);
  EXPECT_FALSE(kept.wants[1].answered);
  EXPECT_EQ(kept.wants[2].failures, 4);
  EXPECT_EQ(kept.wants[2].refusals, 2);
  EXPECT_EQ(kept.wants[2].not_before, kNow + 24h);
}

// ---- decisions and deferrals ---------------------------------------------------------------------

TEST_F(CarbonStateFile, TheFirstDecisionOfAJobStaysAWeek) {
  CarbonState state = open();
  DecisionCarbon first = row(1).decision;
  DecisionCarbon second = first;
  second.g_per_kwh = 1;
  ASSERT_TRUE(state.keep(std::vector{first}));
  ASSERT_TRUE(state.keep(std::vector{second}));
  const auto kept = state.decision(kUrl, JobId{1});
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->g_per_kwh, 390.1);
  EXPECT_EQ((*kept)->decided, first.decided);
  EXPECT_EQ((*kept)->rung, Rung::forecast);
  EXPECT_EQ((*kept)->source, "electricity_maps");
  EXPECT_EQ((*kept)->age, 17min);
  EXPECT_EQ((*kept)->fifo_g_per_kwh, 420.7);
  EXPECT_TRUE((*kept)->estimated);
  EXPECT_TRUE((*kept)->deferred);
  EXPECT_FALSE(*state.decision(GitLabUrl{"https://other"}, JobId{1}));
  EXPECT_FALSE(*state.decision(kUrl, JobId{2}));

  DecisionCarbon unknown{.gitlab = kUrl, .job = JobId{2}, .decided = first.decided + 24h * 7};
  ASSERT_TRUE(state.keep(std::vector{unknown}));
  EXPECT_TRUE(*state.decision(kUrl, JobId{1}));
  EXPECT_FALSE((*state.decision(kUrl, JobId{2}))->g_per_kwh);
  unknown.job = JobId{3};
  unknown.decided += 1ms;
  ASSERT_TRUE(state.keep(std::vector{unknown}));
  EXPECT_FALSE(*state.decision(kUrl, JobId{1}));
}

TEST_F(CarbonStateFile, DeferralsAreReplacedAsAWhole) {
  CarbonState state = open();
  const Deferral late{.gitlab = kUrl,
                      .job = JobId{1},
                      .planned = kNow,
                      .start = kNow + 3h,
                      .latest_start = kNow + 5h,
                      .zone = kGermany,
                      .expected = Intensity::of(210),
                      .at_once = Intensity::of(320),
                      .why = "320 g/kWh now, 210 from 03:00 UTC"};
  const Deferral early{.gitlab = kUrl, .job = JobId{2}, .planned = kNow, .start = kNow, .latest_start = kNow};
  ASSERT_TRUE(state.keep(std::vector{late, early}));
  const auto kept = open().deferrals();
  ASSERT_TRUE(kept) << kept.error().message;
  ASSERT_EQ(kept->size(), 2U);
  EXPECT_EQ(kept->at(0).job, JobId{2});
  EXPECT_FALSE(kept->at(0).expected);
  EXPECT_FALSE(kept->at(0).at_once);
  EXPECT_EQ(kept->at(1).start, late.start);
  EXPECT_EQ(kept->at(1).latest_start, late.latest_start);
  EXPECT_EQ(kept->at(1).zone, kGermany);
  EXPECT_EQ(kept->at(1).expected, late.expected);
  EXPECT_EQ(kept->at(1).at_once, late.at_once);
  EXPECT_EQ(kept->at(1).why, late.why);
  ASSERT_TRUE(state.keep(std::vector{early}));
  EXPECT_EQ(state.deferrals()->size(), 1U);
  ASSERT_TRUE(state.keep(std::vector<Deferral>{}));
  EXPECT_TRUE(state.deferrals()->empty());
}

TEST_F(CarbonStateFile, WhenAJobWasDeferredFirstStaysFor35Days) {
  CarbonState state = open();
  const auto plan = [](std::int64_t job, Time planned) {
    return Deferral{.gitlab = kUrl, .job = JobId{job}, .planned = planned};
  };
  ASSERT_TRUE(state.keep_deferred(std::vector{plan(1, kNow), plan(2, kNow + 1h)}));
  ASSERT_TRUE(state.keep_deferred(std::vector{plan(1, kNow + 5h)}));
  ASSERT_TRUE(state.keep(std::vector<Deferral>{}));
  CarbonState again = open();
  EXPECT_EQ(*again.deferred_since(kUrl, JobId{1}), kNow);
  EXPECT_EQ(*again.deferred_since(kUrl, JobId{2}), kNow + 1h);
  EXPECT_FALSE(*again.deferred_since(kUrl, JobId{3}));
  EXPECT_FALSE(*again.deferred_since(GitLabUrl{"https://other"}, JobId{1}));
  ASSERT_TRUE(again.keep_deferred(std::vector{plan(3, kNow + 24h * 35 + 1ms)}));
  EXPECT_FALSE(*again.deferred_since(kUrl, JobId{1}));
  EXPECT_TRUE(*again.deferred_since(kUrl, JobId{2}));
}

TEST_F(CarbonStateFile, AFileOfTheFirstSchemaLearnsWhatIsDeferred) {
  {
    CarbonState state = open();
    append(state, {row(1)});
    ASSERT_TRUE(state.keep(std::vector{Deferral{.gitlab = kUrl, .job = JobId{5}, .planned = kNow}}));
  }
  ASSERT_TRUE(database().execute("DROP TABLE deferred"));
  ASSERT_TRUE(database().execute("PRAGMA user_version = 1"));
  CarbonState state = open();
  EXPECT_EQ(*state.deferred_since(kUrl, JobId{5}), kNow);
  EXPECT_EQ(jobs(state), (std::vector<std::int64_t>{1}));
}

// ---- the ledger ----------------------------------------------------------------------------------

void expect_same(const LedgerRow& one, const LedgerRow& other) {
  EXPECT_EQ(one.work.gitlab, other.work.gitlab);
  EXPECT_EQ(one.work.job, other.work.job);
  EXPECT_EQ(one.work.project, other.work.project);
  EXPECT_EQ(one.work.pipeline, other.work.pipeline);
  EXPECT_EQ(one.work.runner, other.work.runner);
  EXPECT_EQ(one.work.name, other.work.name);
  EXPECT_EQ(one.work.zone, other.work.zone);
  EXPECT_EQ(one.work.home, other.work.home);
  EXPECT_EQ(one.work.submitted, other.work.submitted);
  EXPECT_EQ(one.work.started, other.work.started);
  EXPECT_EQ(one.work.finished, other.work.finished);
  EXPECT_EQ(one.work.energy, other.work.energy);
  EXPECT_EQ(one.decision.job, other.decision.job);
  EXPECT_EQ(one.decision.decided, other.decision.decided);
  EXPECT_EQ(one.decision.basis, other.decision.basis);
  EXPECT_EQ(one.decision.zone, other.decision.zone);
  EXPECT_EQ(one.decision.g_per_kwh, other.decision.g_per_kwh);
  EXPECT_EQ(one.decision.rung, other.decision.rung);
  EXPECT_EQ(one.decision.source, other.decision.source);
  EXPECT_EQ(one.decision.estimated, other.decision.estimated);
  EXPECT_EQ(one.decision.age, other.decision.age);
  EXPECT_EQ(one.decision.fifo_g_per_kwh, other.decision.fifo_g_per_kwh);
  EXPECT_EQ(one.decision.deferred, other.decision.deferred);
  EXPECT_EQ(one.basis, other.basis);
  EXPECT_EQ(one.pue, other.pue);
  EXPECT_EQ(one.slots, other.slots);
  EXPECT_EQ(one.grams, other.grams);
  EXPECT_EQ(one.at_home_at_submit, other.at_home_at_submit);
  EXPECT_EQ(one.at_home_at_start, other.at_home_at_start);
  EXPECT_EQ(one.fifo, other.fifo);
}

TEST_F(CarbonStateFile, RowsComeBackToTheLastBit) {
  LedgerRow direct = row(2, kNow + 1h);
  direct.basis = direct.decision.basis = kDirect;
  LedgerRow unknown =
      account({.gitlab = kUrl, .job = JobId{3}, .finished = kNow + 2h}, {}, kBasis, 1, at_400_g);
  const std::vector<LedgerRow> rows{row(1), direct, unknown};
  {
    CarbonState state = open();
    append(state, rows);
  }
  CarbonState state = open();
  const auto kept = all(state);
  ASSERT_EQ(kept.size(), 3U);
  expect_same(kept[0], rows[0]);
  expect_same(kept[1], rows[1]);
  EXPECT_FALSE(kept[2].grams);
  EXPECT_TRUE(kept[2].slots.empty());
  EXPECT_EQ(recomputed(kept[0]), recomputed(rows[0]));
  EXPECT_TRUE(*state.holds(kUrl, JobId{3}));
  EXPECT_FALSE(*state.holds(kUrl, JobId{4}));
  EXPECT_FALSE(*state.holds(GitLabUrl{"https://other"}, JobId{3}));
}

TEST_F(CarbonStateFile, AJobThatHasARowKeepsIt) {
  CarbonState state = open();
  append(state, {row(1)});
  LedgerRow other = row(1);
  other.work.energy.joules = 1;
  const auto added = state.append(std::vector{other, row(2), row(2)});
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(*added, std::vector<std::size_t>{1});
  const auto kept = all(state);
  ASSERT_EQ(kept.size(), 2U);
  expect_same(kept[0], row(1));
  EXPECT_EQ(count("ledger_slots"), static_cast<std::int64_t>(2 * row(1).slots.size()));
}

TEST_F(CarbonStateFile, RestatementsStandBesideWhatWasUsed) {
  CarbonState state = open();
  append(state, {row(1), row(2)});
  const Restatement second{.when = kNow + 24h * 90, .grams = 7.5, .at_home_at_start = 9.25};
  const Restatement first{.when = kNow + 24h, .grams = 8, .at_home_at_submit = 1, .fifo = 3};
  ASSERT_TRUE(state.restate(std::vector<RestatedJob>{{kUrl, JobId{1}, second}, {kUrl, JobId{1}, first}}));
  const auto kept = all(state);
  expect_same(kept[0], row(1));
  ASSERT_EQ(kept[0].restated.size(), 2U);
  EXPECT_EQ(kept[0].restated[0].when, first.when);
  EXPECT_EQ(kept[0].restated[0].grams, 8);
  EXPECT_EQ(kept[0].restated[0].at_home_at_submit, 1);
  EXPECT_FALSE(kept[0].restated[0].at_home_at_start);
  EXPECT_EQ(kept[0].restated[0].fifo, 3);
  EXPECT_EQ(kept[0].restated[1].grams, 7.5);
  EXPECT_EQ(kept[0].restated[1].at_home_at_start, 9.25);
  EXPECT_TRUE(kept[1].restated.empty());

  const auto absent =
      state.restate(std::vector<RestatedJob>{{kUrl, JobId{2}, first}, {kUrl, JobId{99}, first}});
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Errc::not_found);
  EXPECT_NE(absent.error().message.find("job 99"), std::string::npos) << absent.error().message;
  EXPECT_EQ(absent.error().message.find("free space"), std::string::npos) << absent.error().message;
  EXPECT_EQ(count("restatements"), 2) << "all of them or none";
}

TEST_F(CarbonStateFile, QueriesNarrowByTimeProjectPipelineAndNumber) {
  CarbonState state = open();
  // Appended in another order than they ended in: 30 ended first.
  append(state, {row(10, kNow), row(11, kNow + 1h), row(24, kNow + 2h), row(30, kNow - 1h)});
  using Ids = std::vector<std::int64_t>;
  EXPECT_EQ(jobs(state), (Ids{30, 10, 11, 24}));
  EXPECT_EQ(jobs(state, {.since = kNow}), (Ids{10, 11, 24}));
  EXPECT_EQ(jobs(state, {.until = kNow + 1h}), (Ids{30, 10}));
  EXPECT_EQ(jobs(state, {.since = kNow, .until = kNow + 2h}), (Ids{10, 11}));
  EXPECT_EQ(jobs(state, {.project = ProjectId{3}}), (Ids{10, 24}));
  EXPECT_EQ(jobs(state, {.pipeline = PipelineId{1}}), (Ids{10, 11}));
  EXPECT_EQ(jobs(state, {.project = ProjectId{3}, .pipeline = PipelineId{1}}), (Ids{10}));
  EXPECT_EQ(jobs(state, {.job = JobId{11}}), (Ids{11}));
  EXPECT_EQ(jobs(state, {.job = JobId{11}, .most = 5}), (Ids{11}));
  EXPECT_EQ(jobs(state, {.since = kNow + 2h, .job = JobId{11}}), Ids{});
  EXPECT_EQ(jobs(state, {.project = ProjectId{4}, .job = JobId{10}}), Ids{});
  EXPECT_EQ(jobs(state, {.job = JobId{12}, .most = 1}), Ids{});
  EXPECT_EQ(jobs(state, {.most = 2}), (Ids{11, 24}));
  EXPECT_EQ(jobs(state, {.project = ProjectId{3}, .most = 1}), (Ids{24}));
  EXPECT_EQ(jobs(state, {.until = kNow + 1h, .most = 1}), (Ids{10}));
  EXPECT_EQ(jobs(state, {.most = 100}), (Ids{30, 10, 11, 24}));
  EXPECT_EQ(jobs(state, {.since = kNow + 24h}), Ids{});
}

TEST_F(CarbonStateFile, TenThousandRowsAreReadAsAStream) {
  CarbonState state = open();
  std::vector<LedgerRow> rows;
  // Many end in the same moment, also across the pages.
  for (std::int64_t job = 1; job <= 10'000; ++job) rows.push_back(row(job, kNow + job / 700 * 1h));
  append(state, rows);
  CarbonState writer = open();
  std::int64_t seen = 0;
  bool in_order = true;
  auto read = state.read({}, [&](const LedgerRow& one) {
    in_order = in_order && one.work.job.value() == ++seen && one.slots.size() == rows[0].slots.size();
    // Nothing is locked meanwhile.
    return seen != 5'000 || writer.append(std::vector{row(20'000, kNow - 24h)}).has_value();
  });
  EXPECT_TRUE(read) << read.error().message;
  EXPECT_TRUE(in_order);
  EXPECT_EQ(seen, 10'000);
  EXPECT_EQ(jobs(state, {.most = 1'200}).size(), 1'200U);
  EXPECT_EQ(jobs(state, {.most = 1'200}).front(), 8'801);

  seen = 0;
  ASSERT_TRUE(state.read({}, [&](const LedgerRow&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
}

TEST_F(CarbonStateFile, NothingOfTheLedgerIsChangedRemovedOrReplaced) {
  CarbonState state = open();
  append(state, {row(1), row(2)});
  ASSERT_TRUE(state.restate(std::vector<RestatedJob>{{kUrl, JobId{1}, {.when = kNow, .grams = 1}}}));
  const auto before = all(state);
  Database raw = database();
  // Copies under the number of one row, and of the job of another.
  ASSERT_TRUE(raw.execute("CREATE TEMP TABLE other_job AS SELECT * FROM ledger WHERE seq = 1"));
  ASSERT_TRUE(raw.execute("UPDATE other_job SET job = 99"));
  ASSERT_TRUE(raw.execute("CREATE TEMP TABLE other_number AS SELECT * FROM ledger WHERE seq = 1"));
  ASSERT_TRUE(raw.execute("UPDATE other_number SET seq = 9"));
  for (const char* sql : {
           "UPDATE ledger SET grams = 0",
           "UPDATE ledger SET joules = 0 WHERE seq = 1",
           "DELETE FROM ledger",
           "DELETE FROM ledger WHERE seq = 2",
           "REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 1",
           "REPLACE INTO ledger SELECT * FROM other_job",
           "REPLACE INTO ledger SELECT * FROM other_number",
           "UPDATE ledger_slots SET g = 1",
           "DELETE FROM ledger_slots WHERE entry = 1 AND number = 1",
           "REPLACE INTO ledger_slots VALUES (1, 1, 0, 0, 1.0, 0, 0, 0.0)",
           "INSERT INTO ledger_slots VALUES (1, 99, 0, 0, 1.0, 0, 0, 0.0)",
           "UPDATE restatements SET grams = 0",
           "DELETE FROM restatements",
           "REPLACE INTO restatements VALUES (1, 1, 0, 0.0, NULL, NULL, NULL)",
       }) {
    const auto done = raw.execute(sql);
    EXPECT_FALSE(done) << sql;
    if (!done) {
      EXPECT_NE(done.error().message.find(" never "), std::string::npos) << done.error().message;
    }
  }
  const auto after = all(state);
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) expect_same(after[i], before[i]);
  EXPECT_EQ(after[0].restated.size(), 1U);
  append(state, {row(3)});
  EXPECT_EQ(all(state).size(), 3U) << "it still grows";
}

TEST_F(CarbonStateFile, ABatchThatFailsLeavesNothingOfItself) {
  CarbonState state = open();
  append(state, {row(1)});
  LedgerRow impossible = row(3);
  impossible.pue = std::numeric_limits<double>::quiet_NaN();
  const auto appended = state.append(std::vector{row(2), impossible});
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, Errc::unavailable) << appended.error().message;
  EXPECT_EQ(jobs(state), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(count("ledger_slots"), static_cast<std::int64_t>(row(1).slots.size()));
}

// ---- the file ------------------------------------------------------------------------------------

TEST_F(CarbonStateFile, FolderAndFileAreMadeForTheirOwnerOnly) {
  open();
  struct stat status {};
  ASSERT_EQ(::stat((folder.path() + "/state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(CarbonStateFile, ADamagedFileIsMovedAsideAndTheLossOfTheLedgerIsSaid) {
  {
    CarbonState state = open();
    append(state, {row(1)});
  }
  for (const char* part : {"-wal", "-shm"}) std::filesystem::remove(path() + part);
  std::ofstream(path(), std::ios::binary) << std::string(8192, 'x');
  CarbonState state = open();
  ASSERT_EQ(state.notices().size(), 1U);
  EXPECT_NE(state.notices()[0].find("carbon ledger"), std::string::npos) << state.notices()[0];
  EXPECT_NE(state.notices()[0].find(path() + ".corrupt-"), std::string::npos) << state.notices()[0];
  append(state, {row(2)});
  EXPECT_EQ(jobs(state), (std::vector<std::int64_t>{2}));
}

TEST_F(CarbonStateFile, ANewerSchemaIsLeftUntouchedAndAnEmptyFileIsFilled) {
  open();
  ASSERT_TRUE(database().execute("PRAGMA user_version = 1000"));
  const auto state = CarbonState::open({.path = path()});
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, Errc::newer_schema) << state.error().message;
  const std::string empty = folder.path() + "/empty.db";
  std::ofstream{empty};
  auto filled = CarbonState::open({.path = empty});
  ASSERT_TRUE(filled) << filled.error().message;
  EXPECT_TRUE(filled->append(std::vector{row(1)}));
}

TEST_F(CarbonStateFile, AFileThatWasRemovedUnderUsIsMadeAgain) {
  CarbonState state = open();
  append(state, {row(1)});
  std::filesystem::remove_all(folder.path() + "/state");
  EXPECT_TRUE(all(state).empty());
  append(state, {row(2)});
  EXPECT_EQ(jobs(state), (std::vector<std::int64_t>{2}));
}

TEST_F(CarbonStateFile, TwoHandlesSeeEachOthersRows) {
  CarbonState one = open(), other = open();
  append(one, {row(1)});
  append(other, {row(1), row(2)});
  EXPECT_EQ(jobs(one), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(jobs(other), (std::vector<std::int64_t>{1, 2}));
}

TEST_F(CarbonStateFile, ProcessesAtOnceLoseNoRowAndDoubleNone) {
  constexpr int kProcesses = 4;
  constexpr std::int64_t kRounds = 20;
  std::vector<pid_t> children;
  for (std::int64_t child = 0; child < kProcesses; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      int failed = 0;
      CarbonState state = open(60s);
      for (std::int64_t round = 0; failed == 0 && round < kRounds; ++round) {
        const std::vector<LedgerRow> rows{row(1 + round), row(1'000 * (child + 1) + round)};
        const RestatedJob restated{kUrl, JobId{1 + round}, {.when = kNow, .grams = 1}};
        if (!state.append(rows) || !state.restate({&restated, 1})) failed = 1;
      }
      ::_exit(failed);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(count("ledger"), kRounds * (kProcesses + 1));
  EXPECT_EQ(count("restatements"), kRounds * kProcesses);
  EXPECT_EQ(*database().number("SELECT max(seq) FROM ledger"), kRounds * (kProcesses + 1)) << "a gap";
}

// ---- replay --------------------------------------------------------------------------------------

// What stands in the file is enough to find every gram again: from the row, and from the raw samples.
TEST_F(CarbonStateFile, RowsThatAreReadBackGiveTheSameGramsFromRawSamples) {
  constexpr std::uint64_t kSeed = 52'000;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  LedgerMaker maker{kSeed};
  CarbonState state = open();
  const Time end = kMadeFrom + kMadeFor;
  for (const ZoneKey& zone : kMadeZones) {
    if (zone.value().empty()) continue;
    ASSERT_TRUE(state.keep({"made", zone}, Want::history, {kBasis, maker.steps(true), ""}, end));
  }
  const auto records = state.records(end);
  ASSERT_TRUE(records) << records.error().message;
  std::vector<LedgerRow> rows;
  for (std::int64_t job = 1; job <= 400; ++job) {
    rows.push_back(maker.row(job, [&](const ZoneKey& zone, Time when) {
      return believed_at(zone, kBasis, *records, {}, when, {.samples_per_hour = 1'000});
    }));
  }
  append(state, rows);

  CarbonState later = open();
  std::map<ZoneKey, Series> raw;
  for (const ZoneKey& zone : kMadeZones) raw.emplace(zone, *later.samples(zone, kBasis, kMadeFrom, end));
  int with_grams = 0;
  ASSERT_TRUE(later.read({}, [&](const LedgerRow& kept) {
    if (!kept.grams) return true;
    ++with_grams;
    EXPECT_NEAR(*recomputed(kept), *kept.grams, 1e-9 * (1 + *kept.grams));
    const auto mean = raw.at(kept.work.zone).mean(kept.work.started, kept.work.finished);
    EXPECT_TRUE(mean);
    if (mean) {
      EXPECT_NEAR(grams(kept.work.energy.joules, kept.pue, *mean), *kept.grams, 1e-9 * (1 + *kept.grams));
    }
    return true;
  }));
  EXPECT_GT(with_grams, 100);
  EXPECT_EQ(*database().number("SELECT count(*) FROM ledger WHERE grams IS NOT NULL AND abs(grams - (SELECT"
                               " sum(grams) FROM ledger_slots WHERE entry = seq)) > 1e-9 * (1 + grams)"),
            0);
}

}  // namespace
}  // namespace runneriq::carbon
