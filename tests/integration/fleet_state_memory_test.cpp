// What the fleet's state file remembers from tick to tick.
#include "platform/sqlite.hpp"
#include "platform/sqlite_rows.hpp"
#include "platform/state_file.hpp"
#include "scheduler/sqlite/finished_jobs.hpp"
#include "scheduler/sqlite/fleet_schema.hpp"
#include "scheduler/sqlite/fleet_state.hpp"
#include "scheduler/sqlite/scored_jobs.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iostream>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using platform::Database;

const GitLabUrl kA{"https://a.example.com"}, kB{"https://b.example.com"};
const Time kNow{Duration{1'740'798'000'000}};

class FleetStateMemory : public testing::Test {
 protected:
  FleetStateMemory() : state(open()) {}

  [[nodiscard]] std::string path() const { return folder.path() + "/state/state.db"; }
  FleetState open() const { return std::move(*FleetState::open({.path = path()})); }

  static KnownRunner runner(std::int64_t id, const GitLabUrl& gitlab = kA) {
    return {.key = {gitlab, RunnerId{id}},
            .description = "docker-" + std::to_string(id),
            .online = true,
            .paused = false,
            .tags = {"a,b", "x\ny", "ü"},
            .most_active = 2,
            .first_seen = kNow - 1h,
            .last_seen = kNow};
  }

  FinishedJob finished(std::int64_t id, Duration ran = 60s) const {
    FinishedJob made;
    made.key = {kA, JobId{id}};
    made.history = {kA, ProjectId{7}, "build", "compile"};
    made.runner = RunnerKey{kA, RunnerId{3}};
    made.ran = ran;
    made.succeeded = true;
    made.finished = kNow - 1h + std::chrono::seconds{id};
    return made;
  }

  void remember(const Observation& observation, Time now = kNow) {
    const auto done = state.remember(observation, now);
    ASSERT_TRUE(done) << done.error().message;
  }
  void remember_jobs(std::vector<FinishedJob> jobs, Time now = kNow) {
    Observation observation;
    observation.finished = std::move(jobs);
    remember(observation, now);
  }

  JobHistory history(std::string name, std::string stage = "compile", std::int64_t project = 7,
                     const GitLabUrl& gitlab = kA) {
    const HistoryKey key{gitlab, ProjectId{project}, std::move(name), std::move(stage)};
    auto found = state.histories({&key, 1});
    if (found && found->size() == 1) return found->front();
    ADD_FAILURE() << (found ? "not one" : found.error().message);
    return {};
  }

  // "5.5 0" for joules and method of one job.
  std::string energy_of(std::int64_t job) const {
    auto database = Database::open(path(), Database::Missing::is_error);
    std::string text;
    (void)platform::each_row(
        database->query("SELECT energy, energy_method FROM finished_jobs WHERE job = ?", job),
        [&](const platform::Statement& row) {
          text += row.is_null(0) ? "null" : std::to_string(row.real(0));
          text += row.is_null(1) ? " null" : " " + std::to_string(row.integer(1));
        });
    return text;
  }

  std::int64_t count(const std::string& table) const {
    return *Database::open(path(), Database::Missing::is_error)->number("SELECT count(*) FROM " + table);
  }

  TemporaryFolder folder;
  FleetState state;
};

// ---- energy -------------------------------------------------------------------------------

TEST_F(FleetStateMemory, TheEnergyOfAJobIsKeptWhoeverTellsOfItsEndFirst) {
  FinishedJob measured = finished(1);
  measured.energy = carbon::Energy{812.25, carbon::EnergyMethod::cpu_model};
  remember_jobs({measured, finished(2), finished(3)});
  EXPECT_EQ(energy_of(1), "812.250000 1");
  EXPECT_EQ(energy_of(2), "null null");
  FinishedJob late = finished(2, 999s);
  late.energy = carbon::Energy{0, carbon::EnergyMethod::rapl};
  remember_jobs({finished(1), late});
  EXPECT_EQ(energy_of(1), "812.250000 1");
  EXPECT_EQ(energy_of(2), "0.000000 0");
  EXPECT_EQ(history("build").fleet_average, 60s) << "nothing else of it changes";
  late.energy = carbon::Energy{7, carbon::EnergyMethod::cpu_model};
  remember_jobs({late});
  EXPECT_EQ(energy_of(2), "0.000000 0") << "the first that is told counts";
  EXPECT_EQ(count("finished_jobs"), 3);
}

// As the versions before energy left it.
TEST(FleetStateUpgrade, AFileOfTheSecondVersionKeepsItsJobsAndTakesEnergy) {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/state.db";
  platform::StateFileKind second = fleet_file();
  second.steps = second.steps.first(2);
  {
    auto old = platform::StateFile::open(second, path, 5s);
    ASSERT_TRUE(old) << old.error().message;
    ASSERT_TRUE(old->change([](Database& database) {
      return database.execute(
          "INSERT INTO finished_jobs (gitlab, job, pipeline, project, name, stage, ran, queued, succeeded,"
          " failure_reason, own_failure, finished) VALUES (1, 1, 0, 7, 'build', 'compile', 60000, 0, 1, '', "
          "0, ?)",
          kNow.time_since_epoch().count());
    }));
    ASSERT_TRUE(old->change([](Database& database) {
      return database.execute("INSERT INTO gitlabs (id, url) VALUES (1, ?)", kA.value());
    }));
  }
  auto state = FleetState::open({.path = path});
  ASSERT_TRUE(state) << state.error().message;
  Observation observation;
  observation.finished.resize(1);
  observation.finished[0].key = {kA, JobId{1}};
  observation.finished[0].energy = carbon::Energy{5, carbon::EnergyMethod::rapl};
  ASSERT_TRUE(state->remember(observation, kNow));
  EXPECT_TRUE(state->notices().empty());
  auto database = Database::open(path, Database::Missing::is_error);
  EXPECT_EQ(*database->number("PRAGMA user_version"), kFleetSchema);
  EXPECT_EQ(*database->number("SELECT count(*) FROM finished_jobs WHERE energy = 5 AND energy_method = 0"
                              " AND ran = 60000"),
            1);
}

// ---- runners ------------------------------------------------------------------------------

TEST_F(FleetStateMemory, ANewFileKnowsNothing) {
  const auto known = state.recall(kNow);
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->runners.empty() && known->scores.empty() && known->reliability.empty());
  EXPECT_EQ(history("build").estimate, estimate({}));
}

TEST_F(FleetStateMemory, RunnersComeBackAsTheyWereByKeyAlsoForAnotherProcess) {
  Observation observation;
  observation.seen = {kB, kA};
  observation.runners = {runner(9), runner(2, kB), runner(3)};
  observation.runners[0].online = false;
  observation.runners[1].paused = true;
  remember(observation);
  FleetState other = open();
  const auto known = other.recall(kNow + 30s);
  ASSERT_TRUE(known);
  ASSERT_EQ(known->runners.size(), 3U);
  EXPECT_EQ(known->runners[0].key, (RunnerKey{kA, RunnerId{3}}));
  EXPECT_EQ(known->runners[1].key, (RunnerKey{kA, RunnerId{9}}));
  EXPECT_EQ(known->runners[2].key, (RunnerKey{kB, RunnerId{2}}));
  EXPECT_FALSE(known->runners[1].online);
  EXPECT_TRUE(known->runners[2].paused);
  EXPECT_EQ(known->runners[0].tags, runner(3).tags);
  EXPECT_EQ(known->runners[0].description, "docker-3");
  EXPECT_EQ(known->runners[0].most_active, 2);
  EXPECT_EQ(known->runners[0].first_seen, kNow - 1h);
  EXPECT_EQ(known->runners[0].last_seen, kNow);
}

TEST_F(FleetStateMemory, ARunnerThatIsListedNoMoreHasVanishedButOnlyWhereAllAreListed) {
  Observation observation;
  observation.runners = {runner(3), runner(4), runner(5, kB)};
  remember(observation);
  observation.runners = {runner(3)};
  remember(observation);
  EXPECT_EQ(state.recall(kNow)->runners.size(), 3U) << "nothing was listed completely";
  observation.seen = {kA};
  remember(observation);
  const auto known = state.recall(kNow);
  ASSERT_EQ(known->runners.size(), 2U);
  EXPECT_EQ(known->runners[0].key.runner, RunnerId{3});
  EXPECT_EQ(known->runners[1].key.gitlab, kB);
}

TEST_F(FleetStateMemory, ARunnerThatComesBackKeepsItsCapacityAndItsFirstMoment) {
  Observation observation;
  observation.seen = {kA};
  observation.runners = {runner(3)};
  observation.runners[0].most_active = 8;
  remember(observation);
  observation.runners.clear();
  remember(observation);
  observation.runners = {runner(3)};
  observation.runners[0].most_active = 1;
  observation.runners[0].first_seen = kNow;
  remember(observation);
  const auto known = state.recall(kNow);
  ASSERT_EQ(known->runners.size(), 1U);
  EXPECT_EQ(known->runners[0].most_active, 8);
  EXPECT_EQ(known->runners[0].first_seen, kNow - 1h);
}

TEST_F(FleetStateMemory, ARunnerThatWasNotSeenForAWeekIsForgotten) {
  Observation observation;
  observation.runners = {runner(3)};
  remember(observation);
  EXPECT_EQ(state.recall(kNow + std::chrono::days{7})->runners.size(), 1U);
  EXPECT_TRUE(state.recall(kNow + std::chrono::days{7} + 1ms)->runners.empty());
  EXPECT_EQ(state.recall(kNow - std::chrono::days{400})->runners.size(), 1U) << "a clock that was set back";
  remember({}, kNow + std::chrono::days{8});
  EXPECT_EQ(count("runners"), 0);
}

// ---- histories ----------------------------------------------------------------------------

TEST_F(FleetStateMemory, TheEstimateIsOfTheLastTenRunsOfTheJob) {
  std::vector<FinishedJob> jobs;
  for (std::int64_t i = 1; i <= 12; ++i) jobs.push_back(finished(i, std::chrono::seconds{i <= 2 ? 9999 : i}));
  std::ranges::reverse(jobs);  // whatever the order in which they were heard of
  remember_jobs(jobs);
  const JobHistory found = history("build");
  EXPECT_EQ(found.estimate, (DurationEstimate{7500ms, 11s, EstimateBasis::job}));
  ASSERT_TRUE(found.fleet_average);
  EXPECT_EQ(*found.fleet_average, Duration{(2 * 9999 + 75) * 1000 / 12});
}

TEST_F(FleetStateMemory, AJobThatNeverRanIsEstimatedByItsStageItsProjectAndAll) {
  FinishedJob other = finished(1, 10s);
  remember_jobs({other});
  EXPECT_EQ(history("new").estimate, (DurationEstimate{10s, 10s, EstimateBasis::stage}));
  EXPECT_FALSE(history("new").fleet_average);
  EXPECT_EQ(history("new", "other").estimate.basis, EstimateBasis::project);
  EXPECT_EQ(history("new", "other", 8).estimate.basis, EstimateBasis::all);
  EXPECT_EQ(history("build", "compile", 7, kB).estimate.basis, EstimateBasis::all) << "another GitLab";
  EXPECT_EQ(history("build", "another stage").estimate.basis, EstimateBasis::job);
}

TEST_F(FleetStateMemory, AveragesAreOfSuccessfulRunsPerRunner) {
  FinishedJob failed = finished(4, 999s), elsewhere = finished(3, 30s), nowhere = finished(5, 90s);
  failed.succeeded = false;
  failed.failure_reason = "script_failure";
  elsewhere.runner = RunnerKey{kA, RunnerId{1}};
  nowhere.runner.reset();
  remember_jobs({finished(1, 10s), finished(2, 20s), elsewhere, failed, nowhere});
  const JobHistory found = history("build");
  EXPECT_EQ(found.fleet_average, std::optional<Duration>{37500ms});
  ASSERT_EQ(found.by_runner.size(), 2U);
  EXPECT_EQ(found.by_runner[0], (std::pair<RunnerKey, Duration>{{kA, RunnerId{1}}, 30s}));
  EXPECT_EQ(found.by_runner[1], (std::pair<RunnerKey, Duration>{{kA, RunnerId{3}}, 15s}));
}

TEST_F(FleetStateMemory, AveragesLookAtTheNewestTwoHundredOfThirtyDays) {
  std::vector<FinishedJob> jobs;
  for (std::int64_t i = 1; i <= 250; ++i) jobs.push_back(finished(i, i <= 50 ? 9999s : 10s));
  remember_jobs(jobs);
  EXPECT_EQ(history("build").fleet_average, std::optional<Duration>{10s});
  ASSERT_TRUE(state.recall(kNow + std::chrono::days{31}));
  EXPECT_FALSE(history("build").fleet_average);
}

TEST_F(FleetStateMemory, HistoriesAreOnePerKeyInTheirOrder) {
  remember_jobs({finished(1, 10s)});
  const std::vector<HistoryKey> keys{{kA, ProjectId{7}, "new", "compile"},
                                     {kA, ProjectId{7}, "build", "compile"}};
  const auto found = state.histories(keys);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].estimate.basis, EstimateBasis::stage);
  EXPECT_EQ((*found)[1].estimate.basis, EstimateBasis::job);
  EXPECT_TRUE(state.histories({})->empty());
}

TEST_F(FleetStateMemory, TheSameJobASecondTimeChangesNothing) {
  remember_jobs({finished(1, 10s)});
  remember_jobs({finished(1, 99s), finished(1, 98s)});
  EXPECT_EQ(count("finished_jobs"), 1);
  EXPECT_EQ(history("build").estimate.median, 10s);
  FinishedJob other = finished(1, 99s);
  other.key.gitlab = kB;
  remember_jobs({other});
  EXPECT_EQ(count("finished_jobs"), 2) << "ids of two GitLabs are not the same";
}

TEST_F(FleetStateMemory, NamesMayHoldAnything) {
  FinishedJob odd = finished(1, 10s);
  odd.history.job_name = std::string("a\0b'\"\n\x1b\xff", 9);
  remember_jobs({odd});
  EXPECT_EQ(history(odd.history.job_name).estimate.basis, EstimateBasis::job);
}

TEST_F(FleetStateMemory, FinishedJobsAreKeptForThirtyDaysAndRemovedAFewAtATime) {
  std::vector<FinishedJob> jobs;
  for (std::int64_t i = 1; i <= kPrunedPerCall + 500; ++i) jobs.push_back(finished(i));
  remember_jobs(jobs);
  remember({}, kNow + std::chrono::days{90});
  EXPECT_EQ(count("finished_jobs"), kPrunedPerCall + 500) << "the clock alone does not take history away";
  FinishedJob fresh = finished(9999);
  fresh.finished = kNow + std::chrono::days{40};
  remember_jobs({fresh}, kNow + std::chrono::days{40});
  EXPECT_EQ(count("finished_jobs"), 501);
  remember({}, kNow + std::chrono::days{40});
  EXPECT_EQ(count("finished_jobs"), 1);
  EXPECT_EQ(history("build").estimate.basis, EstimateBasis::job);
}

// ---- reliability and scores ----------------------------------------------------------------

TEST_F(FleetStateMemory, ReliabilityIsTheShareWithoutFailuresOfTheRunnerItself) {
  std::vector<FinishedJob> jobs;
  for (std::int64_t i = 1; i <= 20; ++i) jobs.push_back(finished(i));
  for (const std::size_t i : {0U, 1U, 2U}) jobs[i].succeeded = false;
  jobs[0].failure_reason = "script_failure";
  jobs[1].failure_reason = "runner_system_failure";
  jobs[2].failure_reason = "stuck_or_timeout_failure";
  const FinishedJob last = jobs.back();
  jobs.pop_back();
  remember_jobs(jobs);
  EXPECT_TRUE(state.recall(kNow)->reliability.empty()) << "19 prove nothing";
  remember_jobs({last});
  const auto known = state.recall(kNow);
  ASSERT_EQ(known->reliability.size(), 1U);
  EXPECT_DOUBLE_EQ(known->reliability.at({kA, RunnerId{3}}), 0.9);
  EXPECT_TRUE(state.recall(kNow + std::chrono::days{8})->reliability.empty());
  EXPECT_FALSE(is_own_failure("") || is_own_failure("script_failure"));
}

TEST_F(FleetStateMemory, TheFirstScoreOfAJobCountsForAWeek) {
  Observation observation;
  observation.scored = {{{kA, JobId{1}}, ProjectId{7}, 92.5, true},
                        {{kA, JobId{2}}, ProjectId{7}, 40, false},
                        {{kB, JobId{1}}, ProjectId{7}, 50, false}};
  remember(observation);
  observation.scored = {{{kA, JobId{1}}, ProjectId{7}, 10, false}};
  remember(observation);
  const auto known = state.recall(kNow);
  ASSERT_EQ(known->scores.size(), 2U);
  const ScoreHistory& scores = known->scores.at({kA, ProjectId{7}});
  EXPECT_EQ(scores.jobs, 2);
  EXPECT_EQ(scores.critical, 1);
  EXPECT_EQ(scores.scores, (std::vector<double>{40, 92.5}));
  EXPECT_TRUE(state.recall(kNow + std::chrono::days{8})->scores.empty());
  remember({}, kNow + std::chrono::days{8});
  EXPECT_EQ(count("scored_jobs"), 0);
}

TEST_F(FleetStateMemory, OfManyScoresAnEvenSampleIsGiven) {
  Observation observation;
  for (std::int64_t i = 0; i < 4 * kScoresPerProject; ++i) {
    observation.scored.push_back({{kA, JobId{i + 1}}, ProjectId{7}, static_cast<double>(i % 100), false});
  }
  remember(observation);
  const auto known = state.recall(kNow);
  const ScoreHistory& scores = known->scores.at({kA, ProjectId{7}});
  EXPECT_EQ(scores.jobs, 4 * kScoresPerProject);
  ASSERT_EQ(scores.scores.size(), static_cast<std::size_t>(kScoresPerProject));
  EXPECT_TRUE(std::ranges::is_sorted(scores.scores));
  for (int score = 0; score < 100; ++score) {
    EXPECT_EQ(std::ranges::count(scores.scores, score), kScoresPerProject / 100) << score;
  }
}

// ---- samples and decisions -----------------------------------------------------------------

TEST_F(FleetStateMemory, OneSamplePerRunnerAndFiveMinutesIsKeptForThirtyDays) {
  Observation observation;
  observation.samples = {{{kA, RunnerId{3}}, 1, 4}, {{kA, RunnerId{4}}, 0, 1}};
  remember(observation);
  remember(observation, kNow + 30s);
  EXPECT_EQ(count("samples"), 2);
  remember(observation, kNow + 5min);
  EXPECT_EQ(count("samples"), 4);
  remember({}, kNow + std::chrono::days{31});
  EXPECT_EQ(count("samples"), 0);
}

TEST_F(FleetStateMemory, ADecisionIsFoundAndReplacedByALaterOneWhateverTheClock) {
  const KeptDecision first{{kA, JobId{1}}, kNow, R"({"score":1})"};
  const KeptDecision other{{kB, JobId{1}}, kNow - 1h, R"({"score":2})"};
  ASSERT_TRUE(state.keep(std::vector{first, other}));
  EXPECT_EQ(state.decision(kA, JobId{1})->document, first.document);
  EXPECT_EQ(state.decision(kB, JobId{1})->decided, kNow - 1h);
  EXPECT_EQ(state.decision({}, JobId{1})->job, other.job) << "the one that was written last";
  const KeptDecision later{{kA, JobId{1}}, kNow - 2h, "{}"};
  ASSERT_TRUE(state.keep({&later, 1}));
  EXPECT_EQ(state.decision(kA, JobId{1})->document, "{}");
  EXPECT_EQ(count("decisions"), 2);
  EXPECT_EQ(state.decision({}, JobId{1})->job, later.job);
}

TEST_F(FleetStateMemory, ADecisionThatIsNotKeptIsNotFound) {
  const auto missing = state.decision(kA, JobId{1});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_NE(missing.error().message.find("job 1"), std::string::npos);
  const KeptDecision old{{kA, JobId{1}}, kNow, "{}"};
  ASSERT_TRUE(state.keep({&old, 1}));
  EXPECT_EQ(state.decision(kB, JobId{1}).error().code, Errc::not_found);
  remember({}, kNow + std::chrono::days{8});
  EXPECT_EQ(state.decision(kA, JobId{1}).error().code, Errc::not_found);
}

// ---- speed --------------------------------------------------------------------------------

TEST_F(FleetStateMemory, ManyFinishedJobsSlowNothingDown) {
  {
    auto database = Database::open(path(), Database::Missing::is_error);
    ASSERT_TRUE(database->execute("PRAGMA synchronous = OFF"));
    ASSERT_TRUE(database->execute("PRAGMA cache_size = -200000"));
    ASSERT_TRUE(database->execute("INSERT INTO gitlabs (url) VALUES ('https://a.example.com')"));
    ASSERT_TRUE(database->execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
        " INSERT INTO finished_jobs (gitlab, job, pipeline, project, name, stage, runner_gitlab, runner, ran,"
        " queued, succeeded, failure_reason, own_failure, finished)"
        " SELECT 1, i, i / 10, i % 50, 'job-' || (i % 500), 'stage-' || (i % 5), 1, i % 1000, 1000 * (i % "
        "600),"
        " 0, i % 10 != 0, '', 0, ?1 - 25920 * i FROM n",
        kNow.time_since_epoch().count()));
    ASSERT_TRUE(database->execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 23000)"
        " INSERT INTO scored_jobs SELECT 1, i, i % 50, (i * 7 % 1000) / 10.0, i % 10 = 0, ?1 FROM n",
        kNow.time_since_epoch().count()));
  }
  std::vector<HistoryKey> keys;
  for (int i = 0; i < 1000; ++i) {
    keys.push_back(
        {kA, ProjectId{i % 50}, "job-" + std::to_string(i % 500 + (i % 3 == 0 ? 1000 : 0)), "stage-1"});
  }
  const auto timed = [&](const char* what, auto work) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(work());
    const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
    std::cout << what << ": " << took.count() << " ms\n";
    EXPECT_LT(took, 5s) << what;
  };
  timed("recall", [&] { return state.recall(kNow).has_value(); });
  timed("1,000 histories", [&] { return state.histories(keys).has_value(); });
  Observation observation;
  for (std::int64_t i = 1; i <= 500; ++i) observation.finished.push_back(finished(2'000'000 + i));
  timed("remember", [&] { return state.remember(observation, kNow).has_value(); });
}

}  // namespace
}  // namespace runneriq::scheduler
