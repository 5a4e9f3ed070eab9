// Laws of the fleet's decisions on generated fleets. The seed is fixed and printed with every
// counter-example.
#include "scheduler/tick.hpp"
#include "tests/support/fleet_maker.hpp"
#include "tests/support/grid_maker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using gitlab::Match;

constexpr std::uint64_t kSeed = 4711;
constexpr int kRounds = 400;

class FleetLaws : public testing::Test {
 protected:
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }
  bool often() { return between(0, 1) == 1; }
  bool rarely() { return between(0, 7) == 0; }
  template <class Choices>
  auto one_of(const Choices& choices) {
    return choices[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(std::size(choices)) - 1))];
  }

  std::vector<std::string> any_tags(std::int64_t most) {
    std::vector<std::string> tags;
    for (std::int64_t i = between(0, most); i > 0; --i) {
      tags.emplace_back(one_of(std::array{"a", "b", "c", "d", "runneriq:high", "runneriq:low"}));
    }
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return tags;
  }
  GitLabUrl any_gitlab() { return rarely() ? GitLabUrl{"https://z"} : kGitLab; }

  FleetRunner any_runner(std::int64_t id) {
    FleetRunner runner =
        runner_with(id, any_tags(5), static_cast<int>(between(0, 5)), static_cast<int>(between(1, 4)));
    runner.key.gitlab = any_gitlab();
    runner.paused = rarely();
    runner.recent_contact = !rarely();
    runner.traits_known = !rarely();
    if (rarely()) runner.status = gitlab::RunnerStatus::offline;
    runner.traits.run_untagged = often();
    runner.traits.protected_only = rarely();
    runner.traits.type = one_of(
        std::array{gitlab::RunnerType::instance, gitlab::RunnerType::group, gitlab::RunnerType::project});
    if (often()) runner.traits.projects = {ProjectId{between(1, 3)}};
    if (often()) runner.traits.groups = {one_of(std::array{"acme", "acme/web", "other"})};
    if (rarely()) runner.host_load = 0.1 * static_cast<double>(between(0, 12));
    if (often()) runner.reliability = 0.9 + 0.01 * static_cast<double>(between(0, 9));
    return runner;
  }

  PendingJob any_job(std::int64_t id, const FleetSnapshot& fleet) {
    PendingJob job = job_with(id, any_tags(2));
    job.key.gitlab = any_gitlab();
    job.project = ProjectId{between(1, 3)};
    job.facts.name = one_of(std::array{"deploy", "build", "test", "lint"});
    job.facts.ref = one_of(std::array{"main", "develop", "feature/x", "topic"});
    job.facts.role = one_of(kRoles);
    job.facts.ref_protected = often();
    job.traits.project = job.project;
    job.traits.project_path = one_of(std::array{"", "acme/web/shop", "acme/website", "other/x"});
    job.traits.ref_protected = job.facts.ref_protected;
    job.traits.takes_instance_runners = !rarely();
    job.traits.takes_group_runners = !rarely();
    job.queued = std::chrono::minutes{between(0, 70)};
    job.history = static_cast<std::size_t>(between(0, std::ssize(fleet.histories) - 1));
    return job;
  }

  JobHistory any_history(const FleetSnapshot& fleet) {
    JobHistory history;
    const Duration median = std::chrono::seconds{between(1, 4) * 60};
    history.estimate = {.median = median, .p90 = 2 * median, .basis = EstimateBasis::job};
    if (!rarely()) history.fleet_average = median;
    std::map<RunnerKey, Duration> averages{{{kGitLab, RunnerId{0}}, 1s}, {{kGitLab, RunnerId{999}}, 1s}};
    for (const FleetRunner& runner : fleet.runners) {
      if (often()) averages[runner.key] = std::chrono::seconds{between(0, 300)};
    }
    history.by_runner.assign(averages.begin(), averages.end());
    return history;
  }

  FleetSnapshot any_fleet() {
    FleetSnapshot fleet = fleet_of({}, {});
    for (std::int64_t id = between(0, 12); id > 0; --id) fleet.runners.push_back(any_runner(id));
    for (std::int64_t i = between(0, 3); i > 0; --i) fleet.histories.push_back(any_history(fleet));
    for (std::int64_t id = between(0, 25); id > 0; --id) fleet.jobs.push_back(any_job(id, fleet));
    if (often())
      fleet.scores[{kGitLab, ProjectId{1}}] = {
          .jobs = 60, .critical = 40, .scores = std::vector<double>(60, 92.0)};
    return fleet;
  }

  TickRules any_rules() {
    TickRules rules;
    rules.assigner.mode =
        one_of(std::array{DecisionMode::hybrid, DecisionMode::rules_only, DecisionMode::claude_only});
    if (often()) {
      for (double* weight : {&rules.assigner.weights.utilisation, &rules.assigner.weights.capacity,
                             &rules.assigner.weights.tag_match, &rules.assigner.weights.history}) {
        *weight = 0.1 * static_cast<double>(between(0, 10));
      }
    }
    return rules;
  }

  static Decisions decide_all(const FleetSnapshot& fleet, const TickRules& rules = {}) {
    RulesAdvisor advisor;
    return decide(fleet, rules, Depth::full, advisor);
  }

  static std::string where(int round) {
    return "seed " + std::to_string(kSeed) + ", round " + std::to_string(round);
  }

  // A decision as text, without indices.
  static std::string told(const FleetSnapshot& fleet, const JobDecision& decision) {
    const Assignment& assignment = decision.assignment;
    std::string text = fleet.jobs[decision.job].key.gitlab.value() + " " +
                       std::to_string(fleet.jobs[decision.job].key.job.value()) + " " +
                       std::string(to_text(decision.job_class)) + " " +
                       std::string(to_text(assignment.path)) + " ";
    for (const auto& score : {assignment.chosen, assignment.runner_up}) {
      if (score) text += title(fleet.runners[score->runner]) + " " + std::to_string(score->score) + " ";
    }
    if (decision.expected_start) text += runneriq::to_text(*decision.expected_start);
    return text + " " + std::to_string(assignment.margin) + " " + assignment.reason;
  }
  static std::vector<std::string> told(const FleetSnapshot& fleet, const Decisions& decisions) {
    std::vector<std::string> all;
    for (const JobDecision& decision : decisions.jobs) all.push_back(told(fleet, decision));
    return all;
  }

  std::mt19937_64 random_{kSeed};
};

TEST_F(FleetLaws, OrderOfRunnersAndJobsInTheSnapshotChangesNothing) {
  for (int round = 0; round < kRounds; ++round) {
    FleetSnapshot fleet = any_fleet();
    const TickRules rules = any_rules();
    const auto first = told(fleet, decide_all(fleet, rules));
    ASSERT_EQ(told(fleet, decide_all(fleet, rules)), first) << where(round);
    std::shuffle(fleet.runners.begin(), fleet.runners.end(), random_);
    std::shuffle(fleet.jobs.begin(), fleet.jobs.end(), random_);
    ASSERT_EQ(told(fleet, decide_all(fleet, rules)), first) << where(round);
  }
}

bool passes_gate(const FleetRunner& runner, const PendingJob& job) {
  return runner.key.gitlab == job.key.gitlab && takes_jobs(runner) &&
         could_take(runner.traits, job.traits) == Match::takes;
}

TEST_F(FleetLaws, CandidatesAreJustThoseThatPassTheGate) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    for (const JobDecision& decision : decide_all(fleet, any_rules()).jobs) {
      const PendingJob& job = fleet.jobs[decision.job];
      const auto passing = std::count_if(fleet.runners.begin(), fleet.runners.end(),
                                         [&](const FleetRunner& runner) { return passes_gate(runner, job); });
      ASSERT_EQ(decision.assignment.candidates, passing) << where(round);
      ASSERT_EQ(decision.assignment.chosen.has_value(), passing > 0) << where(round);
      ASSERT_EQ(decision.assignment.runner_up.has_value(), passing > 1) << where(round);
      for (const auto& score : {decision.assignment.chosen, decision.assignment.runner_up}) {
        if (score) {
          ASSERT_TRUE(passes_gate(fleet.runners[score->runner], job)) << where(round);
        }
      }
    }
  }
}

TEST_F(FleetLaws, ReasonForNoRunnerCountsAsExclusionsDo) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    for (const JobDecision& decision : decide_all(fleet).jobs) {
      if (decision.assignment.candidates > 0) continue;
      const Exclusions found = exclusions(fleet, fleet.jobs[decision.job]);
      const std::string& reason = decision.assignment.reason;
      const auto says = [&](int count, const std::string& one, const std::string& several) {
        if (count == 0)
          return reason.find(one) == std::string::npos && reason.find(several) == std::string::npos;
        return reason.find(std::to_string(count) + " ") != std::string::npos &&
               reason.find(count == 1 ? one : several) != std::string::npos;
      };
      ASSERT_TRUE(says(found.by_match[1], "lacks a tag", "lack a tag")) << where(round) << reason;
      ASSERT_TRUE(says(found.by_match[2], "takes no jobs without", "take no jobs without"))
          << where(round) << reason;
      ASSERT_TRUE(says(found.by_match[3], "takes jobs of prot", "take jobs of prot"))
          << where(round) << reason;
      ASSERT_TRUE(says(found.by_match[4], "does not serve", "do not serve")) << where(round) << reason;
      ASSERT_TRUE(says(found.offline, "is offline", "are offline")) << where(round) << reason;
      ASSERT_TRUE(says(found.paused, "is paused", "are paused")) << where(round) << reason;
      ASSERT_TRUE(says(found.silent, "was not heard", "were not heard")) << where(round) << reason;
      ASSERT_TRUE(says(found.unknown_traits, "has no details", "have no details")) << where(round) << reason;
    }
  }
}

// The same jobs one at a time take the other way through the gate.
TEST_F(FleetLaws, ManyJobsHaveTheCandidatesThatOneHas) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    RulesAdvisor advisor;
    std::vector<RankedJob> all;
    for (std::size_t i = 0; i < fleet.jobs.size(); ++i) all.push_back({i, JobClass::low});
    const auto together = assign(fleet, all, {}, advisor);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto alone = assign(fleet, std::span{&all[i], 1}, {}, advisor).front();
      ASSERT_EQ(together[i].candidates, alone.candidates) << where(round);
      if (alone.candidates == 0) {
        ASSERT_EQ(together[i].reason, alone.reason) << where(round);
      }
    }
  }
}

TEST_F(FleetLaws, PointsAddUpToTheScore) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    for (const JobDecision& decision : decide_all(fleet, any_rules()).jobs) {
      for (const auto& score : {decision.assignment.chosen, decision.assignment.runner_up}) {
        if (!score) continue;
        double sum = 0, weights = 0;
        for (const ScoredFactor& factor : score->factors) {
          ASSERT_GE(factor.value, 0) << where(round);
          ASSERT_LE(factor.value, 100) << where(round);
          ASSERT_DOUBLE_EQ(factor.points, factor.value * factor.weight) << where(round);
          sum += factor.points;
          weights += factor.weight;
        }
        ASSERT_NEAR(weights, 1, 1e-9) << where(round);
        ASSERT_NEAR(score->score, sum, 0.05 + 1e-9) << where(round);
        ASSERT_NEAR(score->score * 10, std::round(score->score * 10), 1e-9) << where(round);
      }
      ASSERT_GE(decision.assignment.margin, 0) << where(round);
      ASSERT_LE(decision.assignment.margin, 1) << where(round);
    }
  }
}

double expected_history(const FleetSnapshot& fleet, const PendingJob& job, const FleetRunner& runner) {
  const JobHistory& history = history_of(fleet, job);
  const auto found = std::find_if(history.by_runner.begin(), history.by_runner.end(),
                                  [&](const auto& entry) { return entry.first == runner.key; });
  if (found == history.by_runner.end() || !history.fleet_average) return 50;
  return history_value(static_cast<double>(history.fleet_average->count()),
                       static_cast<double>(found->second.count()));
}

TEST_F(FleetLaws, HistoryFactorIsThatOfTheJobAndTheRunner) {
  for (int round = 0; round < kRounds; ++round) {
    FleetSnapshot fleet = any_fleet();
    if (!fleet.runners.empty()) fleet.runners.erase(fleet.runners.begin());  // known to histories only
    for (const JobDecision& decision : decide_all(fleet).jobs) {
      for (const auto& score : {decision.assignment.chosen, decision.assignment.runner_up}) {
        if (!score) continue;
        const PendingJob& job = fleet.jobs[decision.job];
        ASSERT_DOUBLE_EQ(value_of(*score, RunnerFactor::history),
                         expected_history(fleet, job, fleet.runners[score->runner]))
            << where(round);
      }
    }
  }
}

// Runners of equal tags, history and size: nobody waits while another has a free slot.
TEST_F(FleetLaws, NobodyWaitsWhileAnEqualRunnerHasAFreeSlot) {
  for (int round = 0; round < kRounds; ++round) {
    FleetSnapshot fleet = fleet_of({}, {});
    const int most = static_cast<int>(between(1, 5));
    int free = 0;
    for (std::int64_t id = between(1, 8); id > 0; --id) {
      fleet.runners.push_back(runner_with(id, {"a"}, static_cast<int>(between(0, most)), most));
      fleet.runners.back().reliability = 0.9 + 0.01 * static_cast<double>(between(0, 9));
      free += most - fleet.runners.back().active_jobs;
    }
    for (std::int64_t id = 1; id <= 40; ++id) fleet.jobs.push_back(job_with(id, {"a"}));
    int waiting = 0;
    for (const JobDecision& decision : decide_all(fleet).jobs)
      waiting += decision.assignment.waits_for_slot ? 1 : 0;
    ASSERT_EQ(waiting, std::max(0, 40 - free)) << where(round);
  }
}

TEST_F(FleetLaws, ThoseWhoWaitAreSpreadOverEqualRunners) {
  for (int round = 0; round < kRounds; ++round) {
    FleetSnapshot fleet = fleet_of({}, {});
    const auto runners = between(1, 6);
    for (std::int64_t id = runners; id > 0; --id) fleet.runners.push_back(runner_with(id, any_tags(4), 2, 2));
    for (std::int64_t id = 1; id <= 12 * runners; ++id) fleet.jobs.push_back(job_with(id));
    std::map<std::size_t, int> given;
    for (const JobDecision& decision : decide_all(fleet).jobs) ++given[decision.assignment.chosen->runner];
    for (const auto& [runner, jobs] : given) ASSERT_EQ(jobs, 12) << where(round);
    ASSERT_EQ(std::ssize(given), runners) << where(round);
  }
}

TEST_F(FleetLaws, ExpectedStartIsNowJustForThoseWhoNeedNotWait) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    std::map<std::size_t, Time> last;
    for (const JobDecision& decision : decide_all(fleet, any_rules()).jobs) {
      const Assignment& assignment = decision.assignment;
      ASSERT_EQ(decision.expected_start.has_value(), assignment.chosen.has_value()) << where(round);
      if (!assignment.chosen) continue;
      ASSERT_EQ(*decision.expected_start > fleet.now, assignment.waits_for_slot) << where(round);
      Time& before = last.try_emplace(assignment.chosen->runner, fleet.now).first->second;
      ASSERT_GE(*decision.expected_start, before) << where(round);
      before = *decision.expected_start;
    }
  }
}

TEST_F(FleetLaws, OrderIsStrictAndTransitive) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    const auto jobs = decide_all(fleet).jobs;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      ASSERT_FALSE(comes_before(fleet, jobs[i], jobs[i])) << where(round);
      for (std::size_t k = i + 1; k < jobs.size(); ++k) {
        ASSERT_TRUE(comes_before(fleet, jobs[i], jobs[k])) << where(round);
        ASSERT_FALSE(comes_before(fleet, jobs[k], jobs[i])) << where(round);
        ASSERT_LE(jobs[i].job_class, jobs[k].job_class) << where(round);
      }
    }
  }
}

TEST_F(FleetLaws, HigherScoreWithinTheClassIsNeverLater) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    for (const JobDecision& decision : decide_all(fleet).jobs) {
      JobDecision raised = decision;
      raised.priority.score += 0.1 * static_cast<double>(between(0, 100));
      for (const JobDecision& other : decide_all(fleet).jobs) {
        if (other.job == decision.job || !comes_before(fleet, decision, other)) continue;
        ASSERT_TRUE(comes_before(fleet, raised, other)) << where(round);
      }
    }
  }
}

TEST_F(FleetLaws, SplitCountsEveryJobOnce) {
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet();
    const Split split = decide_all(fleet, any_rules()).split;
    ASSERT_EQ(split.direct + split.rules + split.advisor + split.queued, std::ssize(fleet.jobs))
        << where(round);
  }
}

// ---- carbon -------------------------------------------------------------------------------

class CarbonLaws : public FleetLaws {
 protected:
  FleetSnapshot any_fleet_on_grid() {
    FleetSnapshot fleet = any_fleet();
    std::vector<std::string> zones;
    for (std::size_t i = 0; i < fleet.runners.size(); ++i) {
      zones.emplace_back(one_of(std::array{"", "A", "B", "C", "D", "unknown"}));
    }
    std::vector<std::pair<std::string, double>> grid;
    for (const char* zone : {"A", "B", "C", "D"}) {
      if (!rarely()) grid.emplace_back(zone, static_cast<double>(between(1, 9) * 100));
    }
    return on_grid(std::move(fleet), grid, zones);
  }

  // The decision for one job alone, so that nothing that others were given has a say.
  static Assignment alone(const FleetSnapshot& fleet, std::size_t job, JobClass job_class) {
    RulesAdvisor advisor;
    const RankedJob ranked{job, job_class};
    return assign(fleet, {&ranked, 1}, {}, advisor).front();
  }
  static FleetSnapshot off_grid(FleetSnapshot fleet) {
    fleet.carbon.reset();
    return fleet;
  }
  static double expected_ms(const FleetSnapshot& fleet, std::size_t job, std::size_t runner) {
    const JobHistory& history = history_of(fleet, fleet.jobs[job]);
    for (const auto& [key, average] : history.by_runner) {
      if (key == fleet.runners[runner].key && average > 0ms) return static_cast<double>(average.count());
    }
    const bool is_known = history.estimate.basis != EstimateBasis::none;
    return static_cast<double>(
        history.fleet_average.value_or(is_known ? history.estimate.median : Duration{10min}).count());
  }
  // The score that a runner has without carbon, where only it may be chosen.
  static double plain_score(FleetSnapshot fleet, std::size_t job, std::size_t runner, int most_free) {
    fleet.carbon.reset();
    for (std::size_t i = 0; i < fleet.runners.size(); ++i) fleet.runners[i].paused |= i != runner;
    const Assignment assignment = alone(fleet, job, JobClass::critical);
    const FleetRunner& chosen = fleet.runners[runner];
    const int free = std::max(0, chosen.max_jobs - chosen.active_jobs);
    double sum = 0;
    for (const ScoredFactor& factor : assignment.chosen->factors) {
      sum += factor.factor == RunnerFactor::capacity ? factor.weight * capacity_value(free, most_free)
                                                     : factor.points;
    }
    return sum;
  }
};

TEST_F(CarbonLaws, CriticalIsGivenAnotherRunnerForCarbonOnlyIfItIsAsGood) {
  int changed = 0;
  for (int round = 0; round < 4 * kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet_on_grid();
    const FleetSnapshot plain = off_grid(fleet);
    for (std::size_t job = 0; job < fleet.jobs.size(); ++job) {
      const Assignment with = alone(fleet, job, JobClass::critical);
      const Assignment without = alone(plain, job, JobClass::critical);
      ASSERT_EQ(with.chosen.has_value(), without.chosen.has_value()) << where(round);
      if (!with.chosen || with.chosen->runner == without.chosen->runner) continue;
      ++changed;
      int most_free = 0;
      for (const FleetRunner& runner : fleet.runners) {
        const bool is_candidate = takes_jobs(runner) && runner.key.gitlab == fleet.jobs[job].key.gitlab &&
                                  could_take(runner.traits, fleet.jobs[job].traits) == Match::takes;
        if (is_candidate) most_free = std::max(most_free, runner.max_jobs - runner.active_jobs);
      }
      ASSERT_NEAR(plain_score(fleet, job, with.chosen->runner, most_free),
                  plain_score(fleet, job, without.chosen->runner, most_free), 1e-9)
          << where(round) << " job " << job;
    }
  }
  EXPECT_GT(changed, 0);
}

TEST_F(CarbonLaws, NobodyIsSlowedBeyondTheLimit) {
  RulesAdvisor advisor;
  AssignerOptions rules_only;
  rules_only.mode = DecisionMode::rules_only;
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet_on_grid();
    const FleetSnapshot plain = off_grid(fleet);
    for (std::size_t job = 0; job < fleet.jobs.size(); ++job) {
      for (const JobClass job_class : {JobClass::high, JobClass::medium}) {
        const RankedJob ranked{job, job_class};
        const Assignment without = assign(plain, {&ranked, 1}, rules_only, advisor).front();
        const Assignment with = alone(fleet, job, job_class);
        if (!with.chosen || !with.carbon) continue;
        const double limit = expected_ms(fleet, job, without.chosen->runner) * (1 + most_slowdown(job_class));
        ASSERT_LE(expected_ms(fleet, job, with.chosen->runner), limit) << where(round) << " job " << job;
        ASSERT_TRUE(!with.waits_for_slot || without.waits_for_slot) << where(round) << " job " << job;
      }
    }
  }
}

TEST_F(CarbonLaws, LowNeverRunsDirtierThanOnARunnerThatIsEqualElse) {
  for (int round = 0; round < kRounds; ++round) {
    FleetSnapshot fleet = any_fleet_on_grid();
    if (fleet.runners.empty()) continue;
    FleetRunner twin = one_of(fleet.runners);
    const RunnerKey of = twin.key;
    twin.key.runner = RunnerId{between(100, 200)};
    twin.zone = carbon::ZoneKey{one_of(std::array{"", "A", "B", "C", "D"})};
    for (JobHistory& history : fleet.histories) {
      const auto own = std::ranges::find(history.by_runner, of, &std::pair<RunnerKey, Duration>::first);
      if (own == history.by_runner.end()) continue;
      history.by_runner.emplace_back(twin.key, own->second);
      std::ranges::sort(history.by_runner);
    }
    fleet.runners.push_back(twin);
    for (std::size_t job = 0; job < fleet.jobs.size(); ++job) {
      const Assignment assignment = alone(fleet, job, JobClass::low);
      if (!assignment.chosen || !assignment.carbon) continue;
      const RunnerKey& chosen = fleet.runners[assignment.chosen->runner].key;
      if (chosen != of && chosen != twin.key) continue;
      for (const RunnerCarbon& candidate : assignment.carbon->candidates) {
        const RunnerKey& key = fleet.runners[candidate.runner].key;
        if ((key != of && key != twin.key) || !candidate.intensity) continue;
        const auto& found = assignment.carbon->chosen.intensity;
        if (!found) {
          ASSERT_GT(*candidate.intensity, *assignment.carbon->candidates.front().intensity)
              << where(round) << " job " << job;
          continue;
        }
        ASSERT_LE(*found, *candidate.intensity) << where(round) << " job " << job;
      }
    }
  }
}

TEST_F(CarbonLaws, GramsAddUp) {
  const AssignerOptions options;
  for (int round = 0; round < kRounds; ++round) {
    const FleetSnapshot fleet = any_fleet_on_grid();
    for (std::size_t job = 0; job < fleet.jobs.size(); ++job) {
      const Assignment assignment = alone(fleet, job, JobClass::medium);
      if (!assignment.carbon) continue;
      const AssignmentCarbon& carbon = *assignment.carbon;
      ASSERT_EQ(std::ssize(carbon.candidates) + carbon.further_candidates, assignment.candidates);
      bool any_free = false;
      for (const RunnerCarbon& one : carbon.candidates) {
        const FleetRunner& runner = fleet.runners[one.runner];
        any_free |= runner.active_jobs < runner.max_jobs;
        if (!one.intensity) continue;
        const double kwh = options.default_watts * expected_ms(fleet, job, one.runner) / 3.6e9;
        ASSERT_NEAR(one.grams, kwh * one.intensity->g_per_kwh(), 1e-9) << where(round);
      }
      double grams = 0;
      int known = 0;
      for (const RunnerCarbon& one : carbon.candidates) {
        const FleetRunner& runner = fleet.runners[one.runner];
        if (!one.intensity || (any_free && runner.active_jobs >= runner.max_jobs)) continue;
        grams += one.grams;
        ++known;
      }
      ASSERT_EQ(carbon.fifo.known, known) << where(round);
      ASSERT_NEAR(carbon.fifo.grams, known > 0 ? grams / known : 0, 1e-9) << where(round);
      ASSERT_EQ(carbon.saved_percent.has_value(), known > 0 && carbon.chosen.grams > 0) << where(round);
    }
  }
}

}  // namespace
}  // namespace runneriq::scheduler
