// scheduler/assigner: which runner each job is given, on what path, and why.
#include "scheduler/assigner.hpp"

#include "tests/support/fleet_maker.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using gitlab::Match;

// Says what it is told to, and counts how often it was asked.
class ScriptedAdvisor final : public Advisor {
 public:
  std::optional<std::size_t> answer;  // none: it fails
  std::string reason = "because", model;
  int asked = 0;
  // As told last.
  JobClass job_class = JobClass::low;
  bool second_may_win = false;
  Result<AdvisorAnswer> choose(const AdvisorQuestion& question) override {
    ++asked;
    job_class = question.job_class;
    second_may_win = question.second_may_win;
    if (!answer) return fail(Errc::unavailable, "no network");
    return AdvisorAnswer{*answer, reason, model};
  }
};

std::vector<Assignment> assign_all(const FleetSnapshot& fleet, const AssignerOptions& options,
                                   Advisor& advisor) {
  std::vector<RankedJob> order;
  for (std::size_t i = 0; i < fleet.jobs.size(); ++i) order.push_back({i, JobClass::medium});
  return assign(fleet, order, options, advisor);
}

std::vector<Assignment> assign_by_rules(const FleetSnapshot& fleet) {
  RulesAdvisor advisor;
  return assign_all(fleet, {.weights = {}, .mode = DecisionMode::rules_only}, advisor);
}

Assignment assign_first(const FleetSnapshot& fleet) {
  return assign_by_rules(fleet).front();
}

std::int64_t chosen_id(const FleetSnapshot& fleet, const Assignment& assignment) {
  return assignment.chosen ? fleet.runners[assignment.chosen->runner].key.runner.value() : 0;
}

std::map<std::int64_t, int> jobs_by_runner(const FleetSnapshot& fleet) {
  std::map<std::int64_t, int> jobs;
  for (const Assignment& assignment : assign_by_rules(fleet)) ++jobs[chosen_id(fleet, assignment)];
  return jobs;
}

// ---- score --------------------------------------------------------------------------------

TEST(Assigner, ScoresAsWorkedOutByHand) {
  // Runner 1: load 1/4, 3 of 3 most free, one further tag. Runner 2: load 3/4, 1 of 3, exact tags, 20 %
  // faster.
  FleetSnapshot fleet = fleet_of({runner_with(1, {"docker", "gpu"}, 1), runner_with(2, {"docker"}, 3)},
                                 {job_with(10, {"docker"})});
  fleet.jobs[0].history = 1;
  fleet.histories.push_back({.estimate = {.median = 60s, .p90 = 90s, .basis = EstimateBasis::job},
                             .fleet_average = 60s,
                             .by_runner = {{fleet.runners[1].key, 50s}}});
  const Assignment assignment = assign_first(fleet);
  ASSERT_TRUE(assignment.chosen && assignment.runner_up);
  EXPECT_EQ(chosen_id(fleet, assignment), 1);
  const double first = 0.4 * 75 + 0.2 * 100 + 0.2 * 90 + 0.2 * 50;
  const double second = 0.4 * 25 + 0.2 * (100.0 / 3) + 0.2 * 100 + 0.2 * 60;
  EXPECT_DOUBLE_EQ(assignment.chosen->score, 78.0);
  EXPECT_DOUBLE_EQ(assignment.runner_up->score, 48.7);
  EXPECT_NEAR(assignment.margin, (first - second) / first, 1e-12);
  EXPECT_NEAR(exact_score(*assignment.chosen), first, 1e-12);
  ASSERT_EQ(assignment.runner_up->factors.size(), 4U);
  EXPECT_EQ(assignment.runner_up->factors[3].factor, RunnerFactor::history);
  EXPECT_DOUBLE_EQ(assignment.runner_up->factors[3].value, 60);
  EXPECT_EQ(assignment.reason, "runner 1 scores 78.0; runner 2 is 38 % behind with 48.7");
  EXPECT_EQ(assignment.candidates, 2);
}

TEST(Assigner, DoesNotCountItsOwnTagsAsFurtherOnes) {
  const FleetSnapshot fleet = fleet_of(
      {runner_with(1, {"a", "docker"}), runner_with(2, {"docker", "runneriq:high", "runneriq:managed"})},
      {job_with(10, {"docker"})});
  EXPECT_EQ(chosen_id(fleet, assign_first(fleet)), 2);
  const FleetSnapshot lane =
      fleet_of({runner_with(1, {"docker", "runneriq:high"})}, {job_with(10, {"runneriq:high"})});
  EXPECT_DOUBLE_EQ(value_of(*assign_first(lane).chosen, RunnerFactor::tag_match), 90);
}

TEST(Assigner, BelievesTheHostLoadThatIsReported) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}), runner_with(2, {})}, {job_with(10), job_with(11)});
  fleet.runners[0].host_load = 0.5;
  const auto assignments = assign_by_rules(fleet);
  EXPECT_EQ(chosen_id(fleet, assignments[0]), 2);
  fleet.runners.pop_back();
  const auto alone = assign_by_rules(fleet);
  EXPECT_DOUBLE_EQ(value_of(*alone[0].chosen, RunnerFactor::utilisation), 50);
  EXPECT_DOUBLE_EQ(value_of(*alone[1].chosen, RunnerFactor::utilisation), 25);
}

TEST(Assigner, LowerIdWinsATie) {
  const FleetSnapshot fleet = fleet_of({runner_with(9, {}), runner_with(4, {})}, {job_with(10)});
  const Assignment assignment = assign_first(fleet);
  EXPECT_EQ(chosen_id(fleet, assignment), 4);
  EXPECT_DOUBLE_EQ(assignment.margin, 0);
  EXPECT_EQ(assignment.reason, "runner 4 scores 90.0; runner 9 scores alike and has the higher id");
}

TEST(Assigner, MarginIsZeroWhenTheBetterScoreIsZero) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {}, 4), runner_with(2, {}, 4)}, {job_with(10)});
  RulesAdvisor advisor;
  const AssignerOptions options{.weights = {.utilisation = 1, .capacity = 0, .tag_match = 0, .history = 0},
                                .mode = DecisionMode::rules_only};
  const Assignment assignment = assign_all(fleet, options, advisor).front();
  EXPECT_DOUBLE_EQ(assignment.chosen->score, 0);
  EXPECT_DOUBLE_EQ(assignment.margin, 0);
}

// ---- capacity -----------------------------------------------------------------------------

TEST(Assigner, DoesNotSendTenJobsToTheOneIdleRunner) {
  std::vector<PendingJob> jobs;
  for (int id = 10; id < 20; ++id) jobs.push_back(job_with(id));
  const FleetSnapshot fleet =
      fleet_of({runner_with(1, {}, 0, 4), runner_with(2, {}, 2, 4), runner_with(3, {}, 3, 4)}, jobs);
  EXPECT_EQ(jobs_by_runner(fleet), (std::map<std::int64_t, int>{{1, 5}, {2, 3}, {3, 2}}));
}

TEST(Assigner, CountsThoseWhoWait) {
  const FleetSnapshot fleet =
      fleet_of({runner_with(1, {}, 1, 2)}, {job_with(10), job_with(11), job_with(12), job_with(13)});
  const auto assignments = assign_by_rules(fleet);
  EXPECT_FALSE(assignments[0].waits_for_slot);
  EXPECT_TRUE(assignments[1].waits_for_slot);
  EXPECT_EQ(assignments[1].reason, "runner 1 is the only one that can take it; all 2 slots are taken");
  EXPECT_EQ(assignments[2].reason,
            "runner 1 is the only one that can take it; all 2 slots are taken, 1 job waits ahead");
  EXPECT_EQ(assignments[3].reason,
            "runner 1 is the only one that can take it; all 2 slots are taken, 2 jobs wait ahead");
}

TEST(Assigner, FullRunnersStayCandidatesWithNeitherUtilisationNorCapacity) {
  const FleetSnapshot fleet = fleet_of({runner_with(1, {}, 9, 4)}, {job_with(10)});
  const Assignment assignment = assign_first(fleet);
  ASSERT_TRUE(assignment.chosen);
  EXPECT_DOUBLE_EQ(value_of(*assignment.chosen, RunnerFactor::utilisation), 0);
  EXPECT_DOUBLE_EQ(value_of(*assignment.chosen, RunnerFactor::capacity), 0);
  EXPECT_DOUBLE_EQ(assignment.chosen->score, 30.0);
}

TEST(Assigner, SpreadsThoseWhoWaitThoughOneRunnerFitsBetter) {
  std::vector<PendingJob> jobs;
  for (int id = 10; id < 18; ++id) jobs.push_back(job_with(id));
  const FleetSnapshot fleet = fleet_of({runner_with(1, {"x"}, 2, 2), runner_with(2, {}, 2, 2)}, jobs);
  EXPECT_EQ(jobs_by_runner(fleet), (std::map<std::int64_t, int>{{1, 4}, {2, 4}}));
  const auto assignments = assign_by_rules(fleet);
  EXPECT_EQ(chosen_id(fleet, assignments[1]), 2);
  EXPECT_EQ(chosen_id(fleet, assignments[2]), 1);
  EXPECT_EQ(assignments[2].reason,
            "runner 1 scores 28.0; runner 2 with 30.0 has the longer queue of jobs; all 2 slots are taken");
}

TEST(Assigner, AmongEqualFullRunnersTheOneWithFewerWaitingGoesFirst) {
  const FleetSnapshot fleet = fleet_of({runner_with(1, {}, 2, 2), runner_with(2, {}, 2, 2)},
                                       {job_with(10), job_with(11), job_with(12)});
  const auto assignments = assign_by_rules(fleet);
  EXPECT_EQ(chosen_id(fleet, assignments[0]), 1);
  EXPECT_EQ(chosen_id(fleet, assignments[1]), 2);
  EXPECT_EQ(assignments[1].reason,
            "runner 2 scores 30.0; runner 1 scores alike, but has more jobs waiting; all 2 slots are taken");
}

// ---- paths --------------------------------------------------------------------------------

// Two runners 10 % apart: 90.0 and 81.0… by tags.
FleetSnapshot close_call() {
  return fleet_of({runner_with(1, {}), runner_with(2, {"a", "b", "c"})}, {job_with(10)});
}

TEST(Assigner, AsksTheAdvisorWhenItIsClose) {
  ScriptedAdvisor advisor;
  advisor.answer = 1;
  const FleetSnapshot fleet = close_call();
  const Assignment assignment = assign_all(fleet, {}, advisor).front();
  EXPECT_EQ(assignment.path, DecisionPath::advisor);
  EXPECT_EQ(chosen_id(fleet, assignment), 2);
  EXPECT_EQ(assignment.runner_up->runner, 0U);
  EXPECT_EQ(assignment.reason, "because");
  EXPECT_NEAR(assignment.margin, 6.0 / 90, 1e-12);
}

TEST(Assigner, SaysWhichModelDecided) {
  ScriptedAdvisor advisor;
  advisor.answer = 1;
  EXPECT_EQ(assign_all(close_call(), {}, advisor).front().model, "");
  advisor.model = "a model\n" + std::string(500, 'x');
  const Assignment assignment = assign_all(close_call(), {}, advisor).front();
  EXPECT_TRUE(assignment.model.starts_with("a model\\nxxx")) << assignment.model;
  EXPECT_EQ(assignment.model.size(), 60U);
  advisor.answer = 77;
  EXPECT_EQ(assign_all(close_call(), {}, advisor).front().model, "");
}

TEST(Assigner, TellsTheAdvisorTheClassAndWhetherTheSecondMayWin) {
  ScriptedAdvisor advisor;
  advisor.answer = 0;
  const AssignerOptions options{.weights = {}, .mode = DecisionMode::claude_only};
  const auto told = [&](const FleetSnapshot& fleet) {
    const RankedJob job{.job = 0, .job_class = JobClass::high};
    static_cast<void>(assign(fleet, std::array{job, job, job}, options, advisor));
    return advisor.second_may_win;
  };
  EXPECT_TRUE(told(close_call()));
  EXPECT_EQ(advisor.job_class, JobClass::high);
  // Of two full runners the one that has just been given a job has a whole round more that waits.
  EXPECT_FALSE(told(fleet_of({runner_with(1, {}, 1, 1), runner_with(2, {}, 2, 2)}, {job_with(10)})));
}

TEST(Assigner, MarginAtTheThresholdIsStillClose) {
  ScriptedAdvisor advisor;
  advisor.answer = 0;
  AssignerOptions options;
  options.margin_threshold = 0;
  EXPECT_EQ(assign_all(close_call(), options, advisor).front().path, DecisionPath::rules);
  const FleetSnapshot alike = fleet_of({runner_with(1, {}), runner_with(2, {})}, {job_with(10)});
  EXPECT_EQ(assign_all(alike, options, advisor).front().path, DecisionPath::advisor);
  EXPECT_EQ(advisor.asked, 1);
}

TEST(Assigner, BetterScoreWinsWhenTheAdvisorFailsOrNamesAnother) {
  ScriptedAdvisor advisor;
  const FleetSnapshot fleet = close_call();
  const Assignment failed = assign_all(fleet, {}, advisor).front();
  EXPECT_EQ(failed.path, DecisionPath::rules);
  EXPECT_EQ(chosen_id(fleet, failed), 1);
  EXPECT_EQ(failed.reason,
            "the advisor failed (no network), so the better score wins: runner 1 scores 90.0; "
            "runner 2 is 7 % behind with 84.0");
  advisor.answer = 77;
  const Assignment other = assign_all(fleet, {}, advisor).front();
  EXPECT_EQ(other.path, DecisionPath::rules);
  EXPECT_EQ(chosen_id(fleet, other), 1);
  EXPECT_TRUE(other.reason.starts_with("the advisor named neither of the two best")) << other.reason;
}

TEST(Assigner, ModesSayWhetherTheAdvisorIsAsked) {
  ScriptedAdvisor advisor;
  advisor.answer = 0;
  const FleetSnapshot far = fleet_of({runner_with(1, {}), runner_with(2, {}, 3)}, {job_with(10)});
  EXPECT_EQ(assign_all(far, {.weights = {}, .mode = DecisionMode::hybrid}, advisor).front().path,
            DecisionPath::rules);
  EXPECT_EQ(assign_all(close_call(), {.weights = {}, .mode = DecisionMode::rules_only}, advisor).front().path,
            DecisionPath::rules);
  EXPECT_EQ(advisor.asked, 0);
  EXPECT_EQ(assign_all(far, {.weights = {}, .mode = DecisionMode::claude_only}, advisor).front().path,
            DecisionPath::advisor);
  EXPECT_EQ(advisor.asked, 1);
}

TEST(Assigner, OneCandidateIsDirectInEveryMode) {
  ScriptedAdvisor advisor;
  const FleetSnapshot fleet =
      fleet_of({runner_with(1, {"gpu"}), runner_with(2, {})}, {job_with(10, {"gpu"})});
  for (const DecisionMode mode :
       {DecisionMode::hybrid, DecisionMode::rules_only, DecisionMode::claude_only}) {
    const Assignment assignment = assign_all(fleet, {.weights = {}, .mode = mode}, advisor).front();
    EXPECT_EQ(assignment.path, DecisionPath::direct);
    EXPECT_FALSE(assignment.runner_up);
    EXPECT_DOUBLE_EQ(assignment.margin, 1);
    EXPECT_EQ(assignment.reason, "runner 1 is the only one that can take it");
  }
  EXPECT_EQ(advisor.asked, 0);
}

TEST(Assigner, AdviceIsMadePrintable) {
  ScriptedAdvisor advisor;
  advisor.answer = 0;
  advisor.reason = "a\nb\x1b[31m";
  EXPECT_EQ(assign_all(close_call(), {}, advisor).front().reason.find_first_of("\n\x1b"), std::string::npos);
  advisor.reason = "";
  EXPECT_EQ(assign_all(close_call(), {}, advisor).front().reason, "the advisor chose runner 1");
}

TEST(Assigner, SplitCountsThePaths) {
  std::vector<Assignment> assignments(5);
  assignments[1].path = DecisionPath::direct;
  assignments[2].path = DecisionPath::rules;
  assignments[3].path = DecisionPath::advisor;
  const Split split = split_of(assignments);
  EXPECT_EQ(split.queued, 2);
  EXPECT_EQ(split.direct, 1);
  EXPECT_EQ(split.rules, 1);
  EXPECT_EQ(split.advisor, 1);
  EXPECT_EQ(to_text(DecisionPath::none), "none");
  EXPECT_EQ(to_text(DecisionPath::direct), "direct");
  EXPECT_EQ(to_text(DecisionPath::rules), "rules");
  EXPECT_EQ(to_text(DecisionPath::advisor), "advisor");
}

// ---- the gate -----------------------------------------------------------------------------

TEST(Assigner, NobodyIsGivenARunnerOfAnotherGitLab) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {})}, {job_with(10)});
  fleet.runners[0].key.gitlab = GitLabUrl{"https://other"};
  EXPECT_EQ(assign_first(fleet).reason, "no runner can take it: none is known");
}

TEST(Assigner, SaysWhyNoRunnerCanTakeTheJob) {
  FleetSnapshot fleet =
      fleet_of({runner_with(1, {"docker"}), runner_with(2, {"docker", "x"}), runner_with(3, {"gpu"})},
               {job_with(10, {"gpu"})});
  fleet.runners[2].paused = true;
  const Assignment assignment = assign_first(fleet);
  EXPECT_EQ(assignment.path, DecisionPath::none);
  EXPECT_FALSE(assignment.chosen);
  EXPECT_EQ(assignment.candidates, 0);
  EXPECT_EQ(assignment.reason, "no runner can take it: 2 runners lack a tag of the job (gpu), 1 is paused");
}

TEST(Assigner, ExclusionsCountEachRunnerOnceByItsFirstReason) {
  FleetSnapshot fleet = fleet_of({}, {job_with(10)});
  for (int id = 1; id <= 9; ++id) fleet.runners.push_back(runner_with(id, {}));
  auto& runners = fleet.runners;
  runners[0].traits_known = false;
  runners[1].traits.run_untagged = false;
  runners[2].traits.protected_only = true;
  runners[3].traits.type = gitlab::RunnerType::project;
  runners[3].traits.projects = {ProjectId{2}};
  runners[4].status = gitlab::RunnerStatus::stale;
  runners[5].paused = true;
  runners[6].recent_contact = false;
  runners[7].status = gitlab::RunnerStatus::offline;
  runners[7].paused = true;
  const Exclusions found = exclusions(fleet, fleet.jobs[0]);
  EXPECT_EQ(found.unknown_traits, 1);
  EXPECT_EQ(found.by_match, (std::array<int, 5>{0, 0, 1, 1, 1}));
  EXPECT_EQ(found.offline, 2);
  EXPECT_EQ(found.paused, 1);
  EXPECT_EQ(found.silent, 1);
  runners.pop_back();
  EXPECT_EQ(
      assign_first(fleet).reason,
      "no runner can take it: 1 runner takes no jobs without tags, 1 takes jobs of protected refs only, 1 "
      "does "
      "not serve the project, 2 are offline, 1 is paused, 1 was not heard of lately, 1 has no details yet");
}

// ---- anomalies ----------------------------------------------------------------------------

TEST(Assigner, FlagsACriticalJobOnAnOverloadedRunner) {
  RulesAdvisor advisor;
  for (const auto& [active, most, flagged] : {std::tuple{8, 10, false}, {9, 10, true}, {2, 2, true}}) {
    const FleetSnapshot fleet = fleet_of({runner_with(1, {}, active, most)}, {job_with(10)});
    const RankedJob critical{0, JobClass::critical}, high{0, JobClass::high};
    EXPECT_EQ(assign(fleet, std::span{&critical, 1}, {}, advisor).front().anomalies.size(), flagged ? 1U : 0U)
        << active;
    EXPECT_TRUE(assign(fleet, std::span{&high, 1}, {}, advisor).front().anomalies.empty());
  }
}

TEST(Assigner, FlagsARunnerThatTakesThreeTimesTheP90) {
  FleetSnapshot fleet = fleet_of({runner_with(1, {})}, {job_with(10)});
  fleet.jobs[0].history = 1;
  fleet.histories.push_back({.estimate = {.median = 60s, .p90 = 100s, .basis = EstimateBasis::job},
                             .fleet_average = 60s,
                             .by_runner = {{fleet.runners[0].key, 300s}}});
  EXPECT_EQ(assign_first(fleet).anomalies,
            std::vector<std::string>{
                "takes 5 min on average on runner 1, at least three times its p90 of 1 min 40 s"});
  fleet.histories[1].by_runner[0].second = 299s;
  EXPECT_TRUE(assign_first(fleet).anomalies.empty());
}

}  // namespace
}  // namespace runneriq::scheduler
