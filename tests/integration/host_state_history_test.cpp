// Outcomes on a real file, and what the next estimate makes of them.
#include "platform/sqlite.hpp"
#include "platform/state_file.hpp"
#include "scheduler/sqlite/outcomes.hpp"
#include "scheduler/sqlite/schema.hpp"
#include "tests/support/host_state_fixture.hpp"

#include <chrono>
#include <iostream>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

class HostStateHistory : public HostStateTest {
 protected:
  JobOutcome outcome(std::int64_t job, Duration ran) const {
    JobOutcome made;
    made.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{job}};
    made.attempt = AttemptId{"/tmp/attempt-" + std::to_string(job)};
    made.history = {made.key.gitlab, ProjectId{7}, "compile", "build"};
    made.ran = ran;
    made.succeeded = true;
    made.finished = now;
    return made;
  }

  // What a new job would be expected to last.
  Duration expected(const HistoryKey& history) {
    HostState state = desk(1);
    const std::int64_t job = ++asked_;
    (void)*state.ask(request(1'000'000), now);
    AdmissionRequest asking = request(2'000'000 + job);
    asking.history = history;
    (void)*state.ask(asking, now);
    return held_job(2'000'000 + job, now).expected;
  }

  std::int64_t count(const std::string& sql) const {
    auto database = platform::Database::open(path(), platform::Database::Missing::is_error);
    return database->number(sql).value();
  }

 private:
  std::int64_t asked_ = 0;
};

TEST_F(HostStateHistory, AnEstimateFallsBackFromJobToStageToProjectToAll) {
  HostState state = desk(0);
  const GitLabUrl here{"https://gitlab.example.com"};
  EXPECT_EQ(expected({here, ProjectId{7}, "compile", "build"}), kUnknownDuration);
  ASSERT_TRUE(state.record(outcome(1, 60s)));
  EXPECT_EQ(expected({here, ProjectId{7}, "compile", "build"}), 60s);
  EXPECT_EQ(expected({here, ProjectId{7}, "link", "build"}), 60s);
  EXPECT_EQ(expected({here, ProjectId{7}, "unit", "test"}), 60s);
  EXPECT_EQ(expected({here, ProjectId{9}, "compile", "build"}), 60s);
  JobOutcome unit = outcome(2, 10s);
  unit.history = {here, ProjectId{7}, "unit", "test"};
  ASSERT_TRUE(state.record(unit));
  EXPECT_EQ(expected({here, ProjectId{7}, "unit", "test"}), 10s) << "the job's own";
  EXPECT_EQ(expected({here, ProjectId{7}, "lint", "test"}), 10s) << "its stage's";
  EXPECT_EQ(expected({here, ProjectId{7}, "deploy", "deploy"}), 35s) << "its project's, the mean of two";
  EXPECT_EQ(expected({GitLabUrl{"https://gitlab.example.org"}, ProjectId{7}, "unit", "test"}), 35s)
      << "a project of another GitLab is another project";
}

TEST_F(HostStateHistory, OnlyTheLastTenSuccessfulRunsCount) {
  HostState state = desk(0);
  for (int job = 1; job <= 20; ++job) ASSERT_TRUE(state.record(outcome(job, job <= 10 ? 1000s : 50s)));
  JobOutcome failed = outcome(21, 1s);
  failed.succeeded = false;
  ASSERT_TRUE(state.record(failed));
  EXPECT_EQ(expected(outcome(1, 0s).history), 50s);
}

TEST_F(HostStateHistory, TheSameAttemptIsRecordedOnce) {
  HostState state = desk(0);
  ASSERT_TRUE(state.record(outcome(1, 60s)));
  ASSERT_TRUE(state.record(outcome(1, 90s)));
  EXPECT_EQ(state.snapshot(now)->outcomes, 1);
  EXPECT_EQ(expected(outcome(1, 0s).history), 60s);
}

TEST_F(HostStateHistory, EveryFieldIsStored) {
  JobOutcome full = outcome(5, 61s);
  full.job_class = JobClass::high;
  full.score = 77.5;
  full.queued_in_gitlab = 3s;
  full.held = 4s;
  full.cpu = 2500ms;
  full.succeeded = false;
  full.exit_code = 137;
  full.failed_stage = "build_script";
  full.energy = carbon::Energy{812.25, carbon::EnergyMethod::cpu_model};
  ASSERT_TRUE(desk(0).record(full));
  EXPECT_EQ(count("SELECT count(*) FROM outcomes WHERE job = 5 AND attempt = '/tmp/attempt-5' AND project = 7"
                  " AND name = 'compile' AND stage = 'build' AND class = 1 AND score = 77.5 AND queued = 3000"
                  " AND held = 4000 AND ran = 61000 AND cpu = 2500 AND succeeded = 0 AND exit_code = 137"
                  " AND failed_stage = 'build_script' AND finished = 1700000000000 AND delivered = 0"
                  " AND gitlab = 'https://gitlab.example.com' AND energy = 812.25 AND energy_method = 1"),
            1);
}

TEST_F(HostStateHistory, AnEnergyInTheFileThatCannotBeIsNone) {
  HostState state = desk(0);
  JobOutcome told = outcome(1, 60s);
  told.energy = carbon::Energy{5, carbon::EnergyMethod::rapl};
  ASSERT_TRUE(state.record(told));
  EXPECT_EQ(state.undelivered(1)->at(0).energy, told.energy);
  auto database = platform::Database::open(path(), platform::Database::Missing::is_error);
  for (const char* change : {"energy_method = 9", "energy = NULL, energy_method = 0", "energy = -5",
                             "energy = 9e999", "energy = 5, energy_method = NULL"}) {
    ASSERT_TRUE(database->execute("UPDATE outcomes SET " + std::string(change)));
    EXPECT_FALSE(state.undelivered(1)->at(0).energy) << change;
    EXPECT_EQ(state.undelivered(1)->at(0).ran, 60s);
  }
}

// As the version before energy left it.
TEST_F(HostStateHistory, AFileOfTheFirstVersionKeepsItsOutcomesAndTakesEnergy) {
  platform::StateFileKind first = host_file();
  first.steps = first.steps.first(1);
  {
    auto old = platform::StateFile::open(first, path(), 5s);
    ASSERT_TRUE(old) << old.error().message;
    ASSERT_TRUE(old->change([](platform::Database& database) {
      return database.execute(
          "INSERT INTO outcomes (gitlab, job, attempt, project, name, stage, class, score, queued, held, ran,"
          " cpu, succeeded, exit_code, failed_stage, finished) VALUES ('https://gitlab.example.com', 1, "
          "'/tmp/a',"
          " 7, 'compile', 'build', 3, 1, 0, 0, 60000, 1000, 1, 0, '', 1700000000000)");
    }));
  }
  ASSERT_EQ(count("PRAGMA user_version"), 1);
  HostState state = desk(0);
  JobOutcome told = outcome(2, 60s);
  told.energy = carbon::Energy{5, carbon::EnergyMethod::rapl};
  ASSERT_TRUE(state.record(told));
  EXPECT_EQ(count("PRAGMA user_version"), kHostSchema);
  EXPECT_TRUE(state.notices().empty());
  const auto found = state.undelivered(10);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->at(0).cpu, 1s);
  EXPECT_FALSE(found->at(0).energy);
  EXPECT_EQ(found->at(1).energy, told.energy);
}

TEST_F(HostStateHistory, OldOutcomesGoInSmallBatches) {
  HostState state = desk(0);
  for (int job = 1; job <= 60; ++job) ASSERT_TRUE(state.record(outcome(job, 60s)));
  JobOutcome late = outcome(61, 60s);
  late.finished = now + kOutcomeAge + 1ms;
  ASSERT_TRUE(state.record(late));
  EXPECT_EQ(state.snapshot(now)->outcomes, 11);
  late.key.job = JobId{62};
  ASSERT_TRUE(state.record(late));
  EXPECT_EQ(state.snapshot(now)->outcomes, 2);
}

// Fills the table in one transaction, as 20,000 durable commits would take long.
void fill(const std::string& path, int rows) {
  auto database = platform::Database::open(path, platform::Database::Missing::is_error);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
      " INSERT INTO outcomes (gitlab, job, attempt, project, name, stage, class, score, queued, held, ran,"
      " succeeded, exit_code, failed_stage, finished) SELECT 'https://gitlab.example.com', i,"
      " '/tmp/custom-executor' || i, i % 50, 'job ' || (i % 500), 'test', 3, 40, 0, 0, 60000 + i,"
      " i % 10 > 0, 0, '', 1700000000000 FROM n",
      rows));
}

TEST_F(HostStateHistory, AtMostTwentyThousandOutcomesStay) {
  HostState state = desk(0);
  fill(path(), kOutcomesKept + 30);
  ASSERT_TRUE(state.record(outcome(9'000'000, 60s)));
  EXPECT_EQ(state.snapshot(now)->outcomes, kOutcomesKept);
  EXPECT_EQ(count("SELECT min(job) FROM outcomes"), 32);
}

TEST_F(HostStateHistory, EstimatesReadAnIndexAndSortNothing) {
  HostState state = desk(0);
  fill(path(), 1000);
  auto database = platform::Database::open(path(), platform::Database::Missing::is_error);
  ASSERT_TRUE(database);
  for (const std::string sql :
       {"SELECT ran FROM outcomes INDEXED BY successes_of_job WHERE succeeded = 1 AND project = 1 AND name = "
        "'x'"
        " AND gitlab = 'y' ORDER BY id DESC LIMIT 10",
        "SELECT ran FROM outcomes INDEXED BY successes WHERE succeeded = 1 ORDER BY id DESC LIMIT 10"}) {
    auto plan = database->query("EXPLAIN QUERY PLAN " + sql);
    ASSERT_TRUE(plan);
    while (*plan->step()) {
      EXPECT_NE(plan->text(3).find("INDEX successes"), std::string::npos) << plan->text(3);
      EXPECT_EQ(plan->text(3).find("TEMP B-TREE"), std::string::npos) << plan->text(3);
    }
  }
}

// Figures only: a shared machine gives no promise about time.
TEST_F(HostStateHistory, SpeedIsPrinted) {
  HostState state = desk(0);
  constexpr int kThere = 10'000;
  constexpr int kRecords = 1000;
  fill(path(), kThere);
  const auto start = std::chrono::steady_clock::now();
  for (int job = kThere + 1; job <= kThere + kRecords; ++job) ASSERT_TRUE(state.record(outcome(job, 60s)));
  const std::chrono::duration<double> recorded = std::chrono::steady_clock::now() - start;
  ASSERT_EQ(state.snapshot(now)->outcomes, kThere + kRecords);

  auto database = platform::Database::open(path(), platform::Database::Missing::is_error);
  const auto read_start = std::chrono::steady_clock::now();
  constexpr int kReads = 1000;
  const HistoryKey never_seen{GitLabUrl{"https://gitlab.example.org"}, ProjectId{1}, "a", "b"};
  for (int read = 0; read < kReads; ++read)
    ASSERT_FALSE(duration_samples(*database, never_seen)->of_all.empty());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - read_start;
  std::cout << "beside " << kThere << " outcomes: " << kRecords << " recorded durably one by one in "
            << recorded.count() << " s (" << kRecords / recorded.count()
            << " /s); the longest read of samples takes " << took.count() / kReads * 1e6 << " us\n";
}

}  // namespace
}  // namespace runneriq::scheduler
