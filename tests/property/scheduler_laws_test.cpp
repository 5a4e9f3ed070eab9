// Laws of scheduler/ on generated input. The seed is fixed and printed with every counter-example.
#include "scheduler/admission.hpp"
#include "scheduler/analyzer.hpp"
#include "scheduler/history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <string>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeed = 4711;
constexpr int kRounds = 3000;

class SchedulerLaws : public testing::Test {
 protected:
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>{low, high}(random_);
  }
  Duration between(Duration low, Duration high) { return Duration{between(low.count(), high.count())}; }
  bool often() { return between(0, 1) == 1; }
  template <class Choices>
  auto one_of(const Choices& choices) {
    return choices[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(std::size(choices)) - 1))];
  }
  JobClass any_class() { return one_of(kJobClasses); }

  // Few different values, so that ties are frequent; now and then the clock was set back.
  HeldJob held_job(std::int64_t id) {
    HeldJob job;
    job.key = {GitLabUrl{often() ? "https://a" : "https://b"}, JobId{id}};
    job.attempt = AttemptId{"/tmp/" + job.key.gitlab.value() + std::to_string(id)};
    job.job_name = "job";
    job.score = static_cast<double>(between(0, 4)) * 25;
    job.job_class = any_class();
    job.queued_in_gitlab = one_of(std::array<Duration, 4>{0s, 4min, 19min, 2h});
    job.expected = Duration{between(0, 3) * 30'000};
    job.arrived = now_ - between(-3min, 30min);
    job.hold_until = job.arrived + between(0min, 20min);
    return job;
  }

  HostQueue any_queue() {
    HostQueue queue;
    queue.slots = static_cast<int>(between(1, 5));
    for (std::int64_t id = 1000; id < 1000 + between(0, 6); ++id) {
      const Duration median = between(1s, 20min);
      queue.running.push_back({{GitLabUrl{"https://a"}, JobId{id}},
                               now_ - between(-1min, 30min),
                               {median, median + between(0s, 10min), EstimateBasis::job}});
    }
    std::set<JobKey> known;
    for (std::int64_t i = between(0, 12); i > 0; --i) {
      HeldJob job = held_job(between(1, 9));
      if (known.insert(job.key).second) queue.held.push_back(std::move(job));
    }
    return queue;
  }

  JobFacts any_job() {
    JobFacts job;
    job.name = one_of(std::array{"deploy", "build", "test", "lint", "x"});
    job.stage = one_of(std::array{"deploy", "build", "test", ""});
    job.ref = one_of(std::array{"main", "hotfix/a", "release/1", "develop", "feature/x", "topic", ""});
    job.ref_kind = one_of(std::array{RefKind::branch, RefKind::tag, RefKind::merge_request});
    job.target_branch = one_of(std::array{"main", "develop", "topic", ""});
    job.default_branch = one_of(std::array{"main", "topic", ""});
    job.ref_protected = often();
    job.role = one_of(kRoles);
    job.manual = often();
    job.retry = often();
    job.allow_failure = often();
    job.draft = often();
    if (often()) job.labels = {"priority::high", "bug"};
    return job;
  }

  double any_number(double low, double high) {
    return std::uniform_real_distribution<double>{low, high}(random_);
  }

  PriorityRules any_rules() {
    PriorityRules rules = PriorityRules::defaults();
    for (PatternWeight& rule : rules.branch_weights) rule.weight = any_number(0, 100);
    for (PatternWeight& rule : rules.job_type_weights) rule.weight = any_number(0, 100);
    for (auto& [role, weight] : rules.role_weights) weight = any_number(0, 100);
    rules.label_rules = {{"priority::*", any_number(-100, 100)}, {"bug", any_number(-100, 100)}};
    rules.tag_weight = any_number(0, 100);
    for (double* bonus : {&rules.manual_bonus, &rules.retry_bonus, &rules.allow_failure_penalty,
                          &rules.protected_bonus, &rules.draft_penalty, &rules.non_production_cap}) {
      *bonus = any_number(0, 100);
    }
    return rules;
  }

  static std::string where(int round) {
    return "seed " + std::to_string(kSeed) + ", round " + std::to_string(round);
  }

  static std::vector<JobKey> keys(const std::vector<HeldJob>& jobs) {
    std::vector<JobKey> result;
    for (const HeldJob& job : jobs) result.push_back(job.key);
    return result;
  }

  const Time now_ = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1};
  std::mt19937_64 random_{kSeed};
};

// ---- order --------------------------------------------------------------------------------

TEST_F(SchedulerLaws, OrderIsAPermutation) {
  for (int round = 0; round < kRounds; ++round) {
    const HostQueue queue = any_queue();
    std::vector<JobKey> before = keys(queue.held);
    std::vector<JobKey> after = keys(in_order(queue.held, now_));
    std::sort(before.begin(), before.end());
    std::sort(after.begin(), after.end());
    ASSERT_EQ(before, after) << where(round);
  }
}

TEST_F(SchedulerLaws, OrderDoesNotDependOnTheOrderBefore) {
  for (int round = 0; round < kRounds; ++round) {
    HostQueue queue = any_queue();
    const auto first = keys(in_order(queue.held, now_));
    std::shuffle(queue.held.begin(), queue.held.end(), random_);
    ASSERT_EQ(keys(in_order(queue.held, now_)), first) << where(round);
  }
}

bool first_of_two(const HeldJob& a, const HeldJob& b, Time now) {
  return in_order({b, a}, now).front().key == a.key;
}

TEST_F(SchedulerLaws, OrderIsStrictAndTransitive) {
  for (int round = 0; round < kRounds; ++round) {
    const HeldJob a = held_job(1), b = held_job(2), c = held_job(3);
    ASSERT_NE(first_of_two(a, b, now_), first_of_two(b, a, now_)) << where(round);
    if (first_of_two(a, b, now_) && first_of_two(b, c, now_)) {
      ASSERT_TRUE(first_of_two(a, c, now_)) << where(round);
    }
  }
}

TEST_F(SchedulerLaws, AnotherJobInTheQueueDoesNotSwapTwo) {
  for (int round = 0; round < kRounds; ++round) {
    HostQueue queue = any_queue();
    if (queue.held.size() < 3) continue;
    std::vector<JobKey> expected = keys(in_order(queue.held, now_));
    expected.erase(std::find(expected.begin(), expected.end(), queue.held.back().key));
    queue.held.pop_back();
    ASSERT_EQ(keys(in_order(queue.held, now_)), expected) << where(round);
  }
}

// ---- classes ------------------------------------------------------------------------------

TEST_F(SchedulerLaws, EscalationNeverLowersAndGrowsWithTheWait) {
  for (int round = 0; round < kRounds; ++round) {
    const JobClass job_class = any_class();
    const Duration shorter = between(-1h, 3h);
    const Duration longer = shorter + between(0s, 1h);
    ASSERT_LE(escalated(job_class, shorter), job_class) << where(round);
    ASSERT_LE(escalated(job_class, longer), escalated(job_class, shorter)) << where(round);
    ASSERT_EQ(escalated(escalated(job_class, shorter), shorter), escalated(job_class, shorter))
        << where(round);
  }
}

TEST_F(SchedulerLaws, HigherScoreIsNeverALowerClass) {
  for (int round = 0; round < kRounds; ++round) {
    const double score = any_number(0, 100);
    ASSERT_LE(class_of_score(any_number(score, 100)), class_of_score(score)) << where(round) << ": " << score;
  }
}

// ---- score --------------------------------------------------------------------------------

TEST_F(SchedulerLaws, ScoreIsInTenthsWithinItsBoundsAndTheFactorsAddUp) {
  for (int round = 0; round < kRounds; ++round) {
    const PriorityRules rules = any_rules();
    const Priority priority = analyze(any_job(), rules);
    ASSERT_GE(priority.score, 0) << where(round);
    ASSERT_LE(priority.score, 100) << where(round);
    ASSERT_NEAR(priority.score * 10, std::round(priority.score * 10), 1e-9) << where(round);
    if (!priority.production) {
      ASSERT_LE(priority.score, rules.non_production_cap + 0.05) << where(round);
    }
    double sum = 0;
    for (const Factor& factor : priority.factors) {
      ASSERT_NEAR(factor.points * 10, std::round(factor.points * 10), 1e-9)
          << where(round) << " " << factor.name;
      sum += factor.points;
    }
    ASSERT_NEAR(sum, priority.score, 1e-9) << where(round);
    ASSERT_EQ(priority.job_class, class_of_score(priority.score)) << where(round);
  }
}

TEST_F(SchedulerLaws, WishNeverChangesTheScoreAndCountsOnProtectedRefsOnly) {
  for (int round = 0; round < kRounds; ++round) {
    JobFacts job = any_job();
    const PriorityRules rules = any_rules();
    const Priority without = analyze(job, rules);
    const JobClass wished = any_class();
    job.wish = to_text(wished);
    const Priority with = analyze(job, rules);
    ASSERT_EQ(with.score, without.score) << where(round);
    ASSERT_EQ(with.job_class, job.ref_protected ? wished : without.job_class) << where(round);
    ASSERT_EQ(with.anomalies.size(), job.ref_protected ? 0U : 1U) << where(round);
  }
}

TEST_F(SchedulerLaws, MergeRequestIsNeverAheadOfItsTarget) {
  for (int round = 0; round < kRounds; ++round) {
    const PriorityRules rules = any_rules();
    JobFacts job = any_job();
    job.ref_kind = RefKind::branch;
    const Priority of_branch = analyze(job, rules);
    job.target_branch = job.ref.empty() ? "unnamed" : job.ref;
    job.ref_kind = RefKind::merge_request;
    const Priority of_request = analyze(job, rules);
    ASSERT_FALSE(of_request.production) << where(round);
    if (!job.ref.empty()) {
      ASSERT_LE(of_request.score, of_branch.score) << where(round) << ": " << job.ref;
    }
  }
}

// ---- admission ----------------------------------------------------------------------------

TEST_F(SchedulerLaws, TheFirstInOrderGetTheFreeSlotsAndNobodyElse) {
  for (int round = 0; round < kRounds; ++round) {
    const HostQueue queue = any_queue();
    const auto slots = static_cast<std::size_t>(queue.slots);
    const std::size_t free = slots - std::min(slots, queue.running.size());
    const auto ordered = in_order(queue.held, now_);
    for (std::size_t i = 0; i < ordered.size(); ++i) {
      const Admission admission = decide(queue, ordered[i].key, now_);
      ASSERT_EQ(std::holds_alternative<Granted>(admission), i < free)
          << where(round) << ", position " << i + 1 << ": " << describe(admission, now_);
      if (const auto* held = std::get_if<Held>(&admission)) {
        ASSERT_EQ(held->position, i + 1) << where(round);
        ASSERT_EQ(held->queue_length, ordered.size()) << where(round);
      }
    }
  }
}

TEST_F(SchedulerLaws, NobodyIsHeldPastTheBound) {
  for (int round = 0; round < kRounds; ++round) {
    const HostQueue queue = any_queue();
    for (const HeldJob& job : queue.held) {
      const Time later = std::max(job.hold_until, now_) + between(0s, 1h);
      ASSERT_FALSE(std::holds_alternative<Held>(decide(queue, job.key, later))) << where(round);
    }
  }
}

TEST_F(SchedulerLaws, HeldJobsAreHeldForAtMostTheirBoundFromNow) {
  for (int round = 0; round < kRounds; ++round) {
    const HostQueue queue = any_queue();
    const Time jumped = now_ + between(-2h, 2h);  // the clock may be anywhere
    for (const HeldJob& job : queue.held) {
      const Admission admission = decide(queue, job.key, jumped);
      const auto* held = std::get_if<Held>(&admission);
      if (held == nullptr) continue;
      ASSERT_GT(held->hold_until, jumped) << where(round);
      ASSERT_LE(held->hold_until - jumped, job.hold_until - job.arrived) << where(round);
      ASSERT_LE(held->expected_start, held->hold_until) << where(round);
      ASSERT_LE(job.hold_until - jumped, 2 * (job.hold_until - job.arrived)) << where(round);
    }
  }
}

TEST_F(SchedulerLaws, HoldBoundGrowsWithMaxHoldAndStaysWithinAQuarterOfTheTimeout) {
  for (int round = 0; round < kRounds; ++round) {
    const Duration max_hold = between(-1min, 2h);
    const std::chrono::seconds timeout{between(1, 10'000)};
    const Duration bound = hold_bound(max_hold, timeout);
    ASSERT_GE(hold_bound(max_hold + between(0s, 1h), timeout), bound) << where(round);
    ASSERT_LE(bound, hold_bound(max_hold, std::nullopt)) << where(round);
    ASSERT_LE(4 * bound, timeout) << where(round);
    ASSERT_GE(bound, 0s) << where(round);
  }
}

TEST_F(SchedulerLaws, ExpectedStartGrowsWithThePosition) {
  for (int round = 0; round < kRounds; ++round) {
    const HostQueue queue = any_queue();
    Time before = now_;
    for (std::size_t position = 1; position <= queue.held.size() + 1; ++position) {
      const auto start = expected_start(queue, position, now_);
      ASSERT_TRUE(start) << where(round);
      ASSERT_GE(*start, before) << where(round) << ", position " << position;
      before = *start;
    }
  }
}

TEST_F(SchedulerLaws, MoreSlotsNeverDelayTheExpectedStart) {
  for (int round = 0; round < kRounds; ++round) {
    HostQueue queue = any_queue();
    const std::size_t position = queue.held.size() + 1;
    const auto before = expected_start(queue, position, now_);
    ++queue.slots;
    ASSERT_LE(expected_start(queue, position, now_), before) << where(round);
  }
}

// ---- history ------------------------------------------------------------------------------

TEST_F(SchedulerLaws, EstimatesLieWithinTheRunsTheyComeFrom) {
  for (int round = 0; round < kRounds; ++round) {
    DurationSamples samples;
    for (std::int64_t i = between(1, 15); i > 0; --i) samples.of_job.push_back(between(0s, 1h));
    const DurationEstimate found = estimate(samples);
    const auto end = samples.of_job.begin() + std::min<std::ptrdiff_t>(10, std::ssize(samples.of_job));
    const auto [shortest, longest] = std::minmax_element(samples.of_job.begin(), end);
    ASSERT_LE(*shortest, found.median) << where(round);
    ASSERT_LE(found.median, found.p90) << where(round);
    ASSERT_LE(found.p90, *longest) << where(round);
    ASSERT_EQ(std::count(samples.of_job.begin(), end, found.p90) > 0, true) << where(round);
  }
}

}  // namespace
}  // namespace runneriq::scheduler
