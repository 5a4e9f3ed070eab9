// FleetConditions: what lasts becomes an event when it begins, when it ends, and once an hour.
#include "alerting/sources.hpp"

#include <gtest/gtest.h>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using scheduler::ChangeKind;
using scheduler::MonitorReport;
using scheduler::RunnerChange;
using scheduler::StuckJob;

const Time kNow = parse_time("2026-03-01T09:00:00Z").value();
const GitLabUrl kUrl{"https://gitlab.example.com"};
const GitLabUrl kOther{"https://other.example.com"};

RunnerChange changed(ChangeKind kind, std::int64_t id = 7, std::string description = "docker-1") {
  RunnerChange change;
  change.runner = {kUrl, RunnerId{id}};
  change.description = std::move(description);
  change.kind = kind;
  return change;
}

StuckJob stuck(std::int64_t id = 100, GitLabUrl url = kUrl, std::string minutes = "42") {
  return {.key = {url, JobId{id}},
          .project = ProjectId{3},
          .name = "bench",
          .runner = scheduler::RunnerKey{url, RunnerId{7}},
          .running = 42min,
          .reason = "runs for " + minutes + " min, twice its p90 of 12 min is 24 min"};
}

gitlab::FleetReading reading(const GitLabUrl& url = kUrl) {
  gitlab::FleetReading made;
  made.gitlab = url;
  made.read_at = kNow;
  made.projects = {{.id = ProjectId{3}, .path = "acme/shop"}};
  made.runners = {{.id = RunnerId{7}, .description = "docker-1"}};
  return made;
}

class Conditions : public testing::Test {
 protected:
  std::vector<Event> change(ChangeKind kind, Duration later = {}, std::int64_t id = 7) {
    return conditions.monitored({.changes = {changed(kind, id)}, .stuck_jobs = {}}, kNow + later);
  }
  std::vector<Event> report(std::vector<StuckJob> jobs, Duration later = {}) {
    conditions.heard(reading());
    return conditions.monitored({.changes = {}, .stuck_jobs = std::move(jobs)}, kNow + later);
  }
  FleetConditions conditions;
};

TEST_F(Conditions, ARunnerThatGoesOfflineIsToldAndSoIsItsReturn) {
  const auto gone = change(ChangeKind::went_offline);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].kind, EventKind::runner);
  EXPECT_EQ(gone[0].kind_word, "runner_offline");
  EXPECT_EQ(gone[0].gitlab, kUrl.value());
  EXPECT_EQ(gone[0].name, "docker-1 (7)");
  EXPECT_EQ(gone[0].runner, "docker-1");
  EXPECT_EQ(gone[0].time, kNow);
  EXPECT_EQ(outcome_of(gone[0]), Outcome::failed);
  const auto back = change(ChangeKind::went_online, 5min);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].kind_word, "runner_online");
  EXPECT_EQ(back[0].kind, EventKind::runner);
  EXPECT_EQ(back[0].name, "docker-1 (7)");
  EXPECT_EQ(back[0].time, kNow + 5min);
  EXPECT_EQ(outcome_of(back[0]), Outcome::passed);
}

TEST_F(Conditions, ARunnerThatStaysOfflineIsToldOnceAnHour) {
  change(ChangeKind::went_offline);
  EXPECT_TRUE(report({}, 59min).empty()) << "of stuck jobs there is news";
  const auto again = conditions.monitored({}, kNow + 60min);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].time, kNow + 60min);
  EXPECT_EQ(again[0].kind_word, "runner_offline");
  EXPECT_TRUE(conditions.monitored({}, kNow + 61min).empty());
  EXPECT_EQ(conditions.monitored({}, kNow + 120min).size(), 1U);
  EXPECT_EQ(change(ChangeKind::went_online, 125min).size(), 1U);
  EXPECT_TRUE(conditions.monitored({}, kNow + 10h).empty());
}

TEST_F(Conditions, ARunnerThatComesBackWithoutEverHavingBeenGoneIsToldToo) {
  const auto back = change(ChangeKind::went_online);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(outcome_of(back[0]), Outcome::passed);
  EXPECT_TRUE(conditions.monitored({}, kNow + 2h).empty());
}

TEST_F(Conditions, ARunnerThatVanishesIsToldOnceUnlessItWasOffline) {
  const auto gone = change(ChangeKind::vanished);
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].kind_word, "runner_offline");
  EXPECT_EQ(gone[0].failure_reason, "vanished");
  EXPECT_EQ(outcome_of(gone[0]), Outcome::failed);
  EXPECT_TRUE(conditions.monitored({}, kNow + 2h).empty());
  change(ChangeKind::went_offline, 0min, 8);
  const auto removed = change(ChangeKind::vanished, 5min, 8);
  ASSERT_EQ(removed.size(), 1U) << "somebody removed a dead one";
  EXPECT_EQ(outcome_of(removed[0]), Outcome::passed);
}

TEST_F(Conditions, OtherChangesOfRunnersAreNoNews) {
  for (const ChangeKind kind :
       {ChangeKind::appeared, ChangeKind::paused, ChangeKind::resumed, ChangeKind::tags_changed})
    EXPECT_TRUE(change(kind).empty());
}

TEST_F(Conditions, RunnersOfOneDescriptionAreToldApart) {
  const auto gone = conditions.monitored(
      {.changes = {changed(ChangeKind::went_offline, 7), changed(ChangeKind::went_offline, 8),
                   changed(ChangeKind::went_offline, 9, "")},
       .stuck_jobs = {}},
      kNow);
  ASSERT_EQ(gone.size(), 3U);
  EXPECT_EQ(gone[1].name, "docker-1 (8)");
  EXPECT_EQ(gone[2].name, "9");
  EXPECT_EQ(gone[2].runner, "9");
  EXPECT_EQ(change(ChangeKind::went_online, 1min, 8).at(0).name, "docker-1 (8)");
}

TEST_F(Conditions, AStuckJobIsToldWhenItGetsStuckAndWhenItIsSoNoLonger) {
  const auto begun = report({stuck()});
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].kind, EventKind::stuck);
  EXPECT_EQ(begun[0].kind_word, "job_stuck");
  EXPECT_EQ(begun[0].project, "acme/shop");
  EXPECT_EQ(begun[0].job_id, 100);
  EXPECT_EQ(begun[0].name, "bench");
  EXPECT_EQ(begun[0].runner, "docker-1");
  EXPECT_EQ(begun[0].log_excerpt, "runs for 42 min, twice its p90 of 12 min is 24 min");
  EXPECT_EQ(outcome_of(begun[0]), Outcome::failed);
  EXPECT_TRUE(report({stuck()}, 1min).empty());
  const auto over = report({}, 2min);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].kind, EventKind::stuck);
  EXPECT_EQ(over[0].status, "resolved");
  EXPECT_EQ(over[0].name, "bench");
  EXPECT_EQ(over[0].time, kNow + 2min);
  EXPECT_EQ(outcome_of(over[0]), Outcome::passed);
  EXPECT_TRUE(report({}, 3min).empty());
}

TEST_F(Conditions, AStuckJobIsToldAgainInTheSameWords) {
  report({stuck()});
  const auto again = report({stuck(100, kUrl, "102")}, 60min);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_NE(again[0].log_excerpt.find("42 min"), std::string::npos);
  EXPECT_EQ(again[0].time, kNow + 60min);
}

TEST_F(Conditions, AStuckJobOfAGitLabThatIsSilentStaysStuck) {
  conditions.heard(reading(kOther));
  report({stuck(), stuck(100, kOther)});
  const auto events = report({}, 1min);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].gitlab, kUrl.value());
  EXPECT_EQ(events[0].project, "acme/shop");
  conditions.heard(reading(kOther));
  EXPECT_EQ(report({}, 2min).at(0).gitlab, kOther.value());
}

TEST_F(Conditions, AStuckJobOfWhatWasNeverHeardOfIsNamedByIds) {
  const Event event = conditions.monitored({.changes = {}, .stuck_jobs = {stuck()}}, kNow).at(0);
  EXPECT_EQ(event.project, "3");
  EXPECT_EQ(event.runner, "7");
}

TEST_F(Conditions, AClockThatIsSetBackDelaysAnHourAtMost) {
  report({stuck()});
  EXPECT_TRUE(report({stuck()}, -5h).empty());
  EXPECT_EQ(report({stuck()}, -4h).size(), 1U);
}

TEST_F(Conditions, SentencesArePrintableAndBounded) {
  StuckJob job = stuck();
  job.reason = "runs\x1b[2J" + std::string(100'000, 'x');
  const Event event = report({job}).at(0);
  EXPECT_LE(event.log_excerpt.size(), kLongestExcerpt);
  EXPECT_EQ(event.log_excerpt.find('\x1b'), std::string::npos);
}

scheduler::SteeringStep step_of(scheduler::SteeringStep::Kind kind) {
  scheduler::SteeringStep step;
  step.kind = kind;
  step.runner = {kUrl, RunnerId{7}};
  step.description = "docker-1";
  return step;
}

scheduler::SteeringReport not_at_rest(std::string runner = "runner 7") {
  scheduler::SteeringReport report;
  report.sentences = {"a lane was closed", runner + std::string(scheduler::kNotAtRest) + "503"};
  report.steps = {step_of(scheduler::SteeringStep::Kind::planned)};
  return report;
}

TEST_F(Conditions, ALeaseThatCannotBeRevertedIsToldUntilItIs) {
  const auto begun = conditions.steered(not_at_rest(), kNow);
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].kind, EventKind::lease);
  EXPECT_EQ(begun[0].kind_word, "lease_expired");
  EXPECT_EQ(begun[0].name, "runner 7");
  EXPECT_EQ(begun[0].gitlab, kUrl.value());
  EXPECT_EQ(begun[0].runner, "docker-1");
  EXPECT_EQ(begun[0].log_excerpt, "runner 7 could not be brought back to rest for too long: 503");
  EXPECT_TRUE(conditions.steered(not_at_rest(), kNow + 5min).empty());
  EXPECT_TRUE(conditions.steered({}, kNow + 6min).empty());
  EXPECT_EQ(conditions.steered(not_at_rest(), kNow + 65min).size(), 1U);
  scheduler::SteeringReport back;
  back.steps = {step_of(scheduler::SteeringStep::Kind::reverted)};
  const auto over = conditions.steered(back, kNow + 70min);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(outcome_of(over[0]), Outcome::passed);
  EXPECT_TRUE(conditions.steered(back, kNow + 71min).empty());
}

TEST_F(Conditions, ABrokenAuditTrailIsToldUntilItIsWhole) {
  using Kind = scheduler::AuditVerdict::Kind;
  EXPECT_TRUE(conditions.audited({.kind = Kind::fine, .seq = 9, .words = "fine"}, kNow).empty());
  EXPECT_TRUE(conditions.audited({.kind = Kind::torn_tail, .seq = 9, .words = "torn"}, kNow).empty());
  const auto begun = conditions.audited({.kind = Kind::broken, .seq = 4, .words = "record 4 differs"}, kNow);
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].kind, EventKind::audit);
  EXPECT_EQ(begun[0].kind_word, "audit_broken");
  EXPECT_EQ(begun[0].log_excerpt, "record 4 differs");
  EXPECT_TRUE(conditions.audited({.kind = Kind::truncated, .seq = 4, .words = "short"}, kNow + 1min).empty());
  EXPECT_EQ(conditions.audited({.kind = Kind::fine, .seq = 9, .words = ""}, kNow + 2min).at(0).status,
            "resolved");
  EXPECT_EQ(conditions.audited({.kind = Kind::truncated, .seq = 4, .words = "short"}, kNow + 3min).size(),
            1U);
}

TEST_F(Conditions, ABudgetThatIsExceededIsToldUntilItIsNot) {
  using Level = carbon::BudgetState::Level;
  const carbon::CarbonBudget web{.name = "web", .projects = {"*"}, .grams_per_month = 100'000};
  const carbon::CarbonBudget ml{.name = "ml", .projects = {"7"}, .grams_per_month = 5'000};
  using States = std::vector<carbon::BudgetState>;
  const States over{{&web, 123'400, Level::over}, {&ml, 4'500, Level::warning}, {}};
  const auto begun = conditions.budgeted(over, kNow);
  ASSERT_EQ(begun.size(), 1U);
  EXPECT_EQ(begun[0].kind, EventKind::budget);
  EXPECT_EQ(begun[0].kind_word, "budget_exceeded");
  EXPECT_EQ(begun[0].name, "web");
  EXPECT_EQ(begun[0].log_excerpt, "over the month's budget of 100 kg CO2e: 123 kg so far");
  EXPECT_TRUE(conditions.budgeted(over, kNow + 1min).empty());
  EXPECT_EQ(conditions.budgeted(States{{&web, 0, Level::fine}}, kNow + 2min).at(0).status, "resolved");
  EXPECT_EQ(conditions.budgeted(over, kNow + 3min).size(), 1U);
  EXPECT_EQ(conditions.budgeted({}, kNow + 4min).at(0).status, "resolved") << "it is configured no more";
}

TEST_F(Conditions, OfOneKindLeaveTheOthersAsTheyAre) {
  report({stuck()});
  change(ChangeKind::went_offline);
  EXPECT_TRUE(conditions.budgeted({}, kNow).empty());
  EXPECT_TRUE(conditions.audited({}, kNow).empty());
  EXPECT_TRUE(conditions.steered({}, kNow).empty());
}

}  // namespace
}  // namespace runneriq::alerting
