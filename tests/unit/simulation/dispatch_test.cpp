#include "simulation/dispatch.hpp"

#include "simulation/lane_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace runneriq::simulation {
namespace {

using namespace std::chrono_literals;
using scheduler::JobClass;

// One host polls at once, unless a test says otherwise.
Rules rules_of(int hosts, int slots = 1) {
  return {.fleet = {.hosts = hosts, .slots = slots, .runner_poll = 0s}, .steering = {}, .lanes = {}};
}

SimulatedJob job(Duration arrived, Duration length, JobClass job_class,
                 std::optional<std::size_t> lane = {}) {
  return {.arrived = arrived, .length = length, .expected = length, .job_class = job_class, .lane = lane};
}

std::vector<Duration> starts(const Jobs& jobs, const Rules& rules, Policy policy) {
  std::vector<Duration> starts;
  for (const JobOutcome& outcome : dispatch(jobs, rules, policy, 1).jobs) {
    starts.push_back(outcome.started.value_or(-1ms));
  }
  return starts;
}

const Jobs kThree{job(0s, 100s, JobClass::low, 4), job(1s, 50s, JobClass::low, 4),
                  job(2s, 10s, JobClass::critical, 0)};

TEST(SimulatedDispatch, GivesTheOldestFirst) {
  EXPECT_EQ(starts(kThree, rules_of(1), Policy::fifo), (std::vector<Duration>{0s, 100s, 150s}));
}

TEST(SimulatedDispatch, StrictGoesByClassThenAge) {
  EXPECT_EQ(starts(kThree, rules_of(1), Policy::strict), (std::vector<Duration>{0s, 110s, 100s}));
}

TEST(SimulatedDispatch, TheGateLetsACriticalJobOvertakeOnAllButTheOpenRunner) {
  Jobs jobs{job(0s, 300s, JobClass::low, 4), job(0s, 100s, JobClass::low, 4), job(1s, 50s, JobClass::low, 4),
            job(2s, 10s, JobClass::critical, 0)};
  const auto gated = starts(jobs, rules_of(2), Policy::gate);
  // Whichever of the two is the open one, the other is cut: the critical job has the first of its slots.
  EXPECT_TRUE(gated[3] == 100s || gated[3] == 150s) << gated[3].count();
  bool closed = false;
  dispatch(jobs, rules_of(2), Policy::gate, 1, [&](Duration, std::size_t, auto cut) { closed |= cut == 0U; });
  EXPECT_TRUE(closed);
}

TEST(SimulatedDispatch, ARunnerTakesOneJobAPoll) {
  Rules rules = rules_of(1, 3);
  rules.fleet.runner_poll = 3s;
  const Jobs jobs{job(10s, 100s, JobClass::low), job(10s, 100s, JobClass::low),
                  job(10s, 100s, JobClass::low)};
  const auto when = starts(jobs, rules, Policy::fifo);
  EXPECT_LT(when[0] - 10s, 3s);
  EXPECT_EQ(when[1] - when[0], 3s);
  EXPECT_EQ(when[2] - when[1], 3s);
}

TEST(SimulatedDispatch, SpecialJobsRunOnSpecialHostsAlone) {
  Rules rules = rules_of(2);
  rules.fleet.special_hosts = 1;
  SimulatedJob special = job(0s, 10s, JobClass::low);
  special.pool = PoolKind::special;
  const RunOutcome outcome = dispatch({special, special, special}, rules, Policy::fifo, 1);
  for (const JobOutcome& of : outcome.jobs) EXPECT_EQ(of.host, 1U);
  EXPECT_EQ(outcome.jobs[2].started, 20s);
}

TEST(SimulatedDispatch, JobsThatNobodyMayTakeAreNamedAndEndTheRun) {
  SimulatedJob special = job(0s, 10s, JobClass::low);
  special.pool = PoolKind::special;
  const RunOutcome outcome = dispatch({special}, rules_of(1), Policy::fifo, 1);
  EXPECT_FALSE(outcome.jobs[0].started);
}

TEST(SimulatedDispatch, AHostOrdersWhatItAcceptedBeyondItsSlots) {
  Rules rules = rules_of(1);
  EXPECT_EQ(starts(kThree, rules, Policy::fifo)[2], 150s);
  rules.fleet.window = 2;
  EXPECT_EQ(starts(kThree, rules, Policy::fifo), (std::vector<Duration>{0s, 110s, 100s}));
}

TEST(SimulatedDispatch, AWindowPinsJobsToTheirHost) {
  Rules rules = rules_of(2);
  rules.fleet.window = 2;
  const Jobs jobs{job(0s, 1000s, JobClass::low), job(0s, 10s, JobClass::low), job(1s, 10s, JobClass::low),
                  job(1s, 10s, JobClass::low)};
  const RunOutcome outcome = dispatch(jobs, rules, Policy::fifo, 1);
  const bool waits_behind_the_long_one = outcome.jobs[2].started > 900s || outcome.jobs[3].started > 900s;
  EXPECT_TRUE(waits_behind_the_long_one);
}

// Three hosts are busy, and three jobs of the last lane wait: nothing to act on until a critical one comes.
Jobs full_then_critical(Duration comes) {
  Jobs jobs;
  for (int i = 0; i < 6; ++i) jobs.push_back(job(0s, 1000s, JobClass::low, 4));
  jobs.push_back(job(comes, 10s, JobClass::critical, 0));
  return jobs;
}

std::vector<Duration> moments_of_cuts(const Jobs& jobs, const Rules& rules, std::uint64_t seed = 1) {
  std::vector<Duration> cuts;
  dispatch(jobs, rules, Policy::gate, seed, [&](Duration now, std::size_t, auto cut) {
    if (cut) cuts.push_back(now);
  });
  return cuts;
}

Rules rules_that_react_in(Duration reaction) {
  Rules rules = rules_of(3);
  rules.steering.reaction = reaction;
  rules.steering.poll = 24h;
  return rules;
}

TEST(SimulatedDispatch, WritesTakeEffectAfterTheReaction) {
  for (const Duration reaction : {Duration{0s}, Duration{500ms}, Duration{20s}}) {
    const auto cuts = moments_of_cuts(full_then_critical(100s), rules_that_react_in(reaction));
    ASSERT_EQ(cuts.size(), 2U);
    EXPECT_EQ(cuts[0], 100s + reaction);
  }
}

TEST(SimulatedDispatch, DecidesOnWhatItReadJustBeforeItActs) {
  const auto cuts_when_slots_fall_free_at = [](Duration at) {
    Jobs jobs(3, job(0s, at, JobClass::low, 4));
    jobs.push_back(job(95s, 10s, JobClass::critical, 0));
    return moments_of_cuts(jobs, rules_that_react_in(20s)).size();
  };
  // The look is at 114 s, the effect at 115 s.
  EXPECT_EQ(cuts_when_slots_fall_free_at(113s), 0U);
  EXPECT_GT(cuts_when_slots_fall_free_at(116s), 0U);
}

TEST(SimulatedDispatch, EventsUntilTheLookAreSeenInIt) {
  Jobs jobs = full_then_critical(100s);
  jobs.insert(jobs.end() - 1, job(90s, 10s, JobClass::low, 4));
  const auto cuts = moments_of_cuts(jobs, rules_that_react_in(20s));
  ASSERT_FALSE(cuts.empty());
  EXPECT_EQ(cuts[0], 110s);
}

TEST(SimulatedDispatch, WithoutWebhooksAnEventWaitsForAPoll) {
  Rules rules = rules_that_react_in(5s);
  rules.steering.webhooks = false;
  rules.steering.poll = 30s;
  Duration latest{};
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {  // of the phase of the polls
    const auto cuts = moments_of_cuts(full_then_critical(100s), rules, seed);
    ASSERT_FALSE(cuts.empty());
    EXPECT_GE(cuts[0], 101s);  // it may come between the poll and the look
    EXPECT_LE(cuts[0], 135s);
    latest = std::max(latest, cuts[0]);
  }
  EXPECT_GT(latest, 105s);
}

TEST(SimulatedDispatch, NoMoreCutsAMinuteThanTheBudget) {
  Rules rules = rules_of(12);
  rules.steering.cuts_per_minute = 2;
  Jobs jobs;
  for (int i = 0; i < 30; ++i) jobs.push_back(job(0s, 2000s, JobClass::low, 4));
  jobs.push_back(job(100s, 10s, JobClass::critical, 0));
  std::vector<Duration> cuts;
  const RunOutcome outcome = dispatch(jobs, rules, Policy::gate, 1, [&](Duration now, std::size_t, auto cut) {
    if (cut) cuts.push_back(now);
  });
  ASSERT_GT(cuts.size(), 2U);
  for (std::size_t i = 2; i < cuts.size(); ++i) EXPECT_GE(cuts[i] - cuts[i - 2], 59s);
  EXPECT_GT(outcome.totals.refused_cuts, 0U);
}

TEST(SimulatedDispatch, AStuckCriticalJobDoesNotStopTheFleet) {
  Jobs jobs;
  for (int i = 0; i < 400; ++i) jobs.push_back(job(i * 20s, 100s, JobClass::low, 4));
  SimulatedJob phantom = job(100s, 10s, JobClass::critical, 0);
  phantom.phantom_for = 2h;
  jobs.insert(jobs.begin() + 6, phantom);
  const RunOutcome outcome = dispatch(jobs, rules_of(6), Policy::gate, 1);
  EXPECT_FALSE(outcome.jobs[6].started);
  double waited = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (i == 6) continue;
    ASSERT_TRUE(outcome.jobs[i].started);
    waited += std::chrono::duration<double>(*outcome.jobs[i].started - jobs[i].arrived).count();
  }
  EXPECT_LT(waited / 400, 30);
}

}  // namespace
}  // namespace runneriq::simulation
