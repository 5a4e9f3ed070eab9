// What holds in every simulated run, whatever the load and the policy.
#include "simulation/experiment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::simulation {
namespace {

using namespace std::chrono_literals;

struct Case {
  std::string name;
  Scenario scenario;
  friend std::ostream& operator<<(std::ostream& out, const Case& of) { return out << of.name; }
};

Scenario base(double load) {
  Scenario scenario;
  scenario.load.load = load;
  scenario.load.jobs = 1000;
  return scenario;
}

std::vector<Case> cases() {
  std::vector<Case> cases{{"LowLoad", base(0.6)}, {"HighLoad", base(0.9)}, {"Overload", base(1.05)}};
  Scenario pipelines = base(0.85);
  pipelines.load.arrivals = Arrivals::batches;
  pipelines.lanes.basis = LaneBasis::pipeline;
  cases.push_back({"Pipelines", pipelines});
  Scenario special = base(0.85);
  special.fleet.special_hosts = 2;
  special.load.special_share = 0.1;
  cases.push_back({"SpecialPool", special});
  Scenario slots = base(0.85);
  slots.fleet.hosts = 3;
  slots.fleet.slots = 3;
  slots.fleet.window = 2;
  slots.load.slots = 9;
  slots.lanes.unlaned = 0.5;
  cases.push_back({"SlotsAndAWindow", slots});
  Scenario day = base(0.85);
  day.load.arrivals = Arrivals::day;
  day.phantoms = 3;
  cases.push_back({"DaysWithPhantoms", day});
  return cases;
}

struct Write {
  std::size_t host = 0;
  std::optional<std::size_t> cut;
};

struct SimulatedRun {
  Jobs jobs;
  Rules rules;
  Policy policy{};
  RunOutcome outcome;
  std::vector<Write> writes;
};

SimulatedRun run_of(const Scenario& scenario, Policy policy, std::uint64_t seed) {
  SimulatedRun run{
      jobs_of(scenario, seed), {scenario.fleet, scenario.steering, lanes_of(scenario.lanes)}, policy, {}, {}};
  run.outcome = dispatch(run.jobs, run.rules, policy, seed,
                         [&](Duration, std::size_t host, std::optional<std::size_t> cut) {
                           run.writes.push_back({host, cut});
                         });
  return run;
}

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000;
}

// ---- laws -----------------------------------------------------------------------------------

void no_job_is_lost_or_runs_twice_or_early(const SimulatedRun& run) {
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    const JobOutcome& of = run.outcome.jobs[i];
    ASSERT_EQ(of.started.has_value(), !run.jobs[i].phantom_for) << i;
    if (!of.started) continue;
    ASSERT_GE(*of.started, run.jobs[i].arrived) << i;
    ASSERT_EQ(of.finished, *of.started + run.jobs[i].length) << i;
  }
}

void no_host_runs_more_than_its_slots(const SimulatedRun& run) {
  std::vector<std::vector<std::pair<Duration, int>>> changes(static_cast<std::size_t>(run.rules.fleet.hosts));
  for (const JobOutcome& of : run.outcome.jobs) {
    if (!of.started) continue;
    changes[of.host].emplace_back(*of.started, 1);
    changes[of.host].emplace_back(of.finished, -1);  // sorts before a start of the same moment
  }
  for (auto& of_host : changes) {
    std::sort(of_host.begin(), of_host.end());
    int running = 0;
    for (const auto& [at, change] : of_host) ASSERT_LE(running += change, run.rules.fleet.slots);
  }
}

std::size_t first_special(const SimulatedRun& run) {
  return static_cast<std::size_t>(run.rules.fleet.hosts - run.rules.fleet.special_hosts);
}

void a_job_never_runs_where_its_tags_are_not(const SimulatedRun& run) {
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    const JobOutcome& of = run.outcome.jobs[i];
    ASSERT_TRUE(run.jobs[i].pool == PoolKind::general || of.host >= first_special(run)) << i;
    ASSERT_TRUE(!of.cut || !run.jobs[i].lane || *run.jobs[i].lane <= *of.cut) << i;
  }
}

// Little's law as an identity: what jobs wait in sum is the number of waiting ones over time.
void waits_add_up_to_the_waiting_jobs_over_time(const SimulatedRun& run) {
  double waits = 0, work = 0;
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    if (!run.outcome.jobs[i].started) continue;
    waits += seconds(*run.outcome.jobs[i].started - run.jobs[i].arrived);
    work += seconds(run.jobs[i].length);
  }
  const RunTotals& totals = run.outcome.totals;
  EXPECT_NEAR(totals.waiting_seconds, waits, 1e-6 * waits + 0.01);
  EXPECT_NEAR(totals.slot_seconds - totals.idle_seconds, work, 1e-6 * work + 0.01);
}

void strict_priority_leaves_no_slot_idle_while_a_job_waits(const SimulatedRun& run) {
  EXPECT_LE(run.outcome.totals.idle_with_work_seconds, run.outcome.totals.idle_seconds + 0.001);
  if (run.policy != Policy::strict || run.rules.fleet.window > 0) return;
  EXPECT_EQ(run.outcome.totals.idle_with_work_seconds, 0);
}

void only_the_gate_writes(const SimulatedRun& run) {
  EXPECT_EQ(run.outcome.totals.writes, run.writes.size());
  EXPECT_EQ(run.writes.empty(), run.policy != Policy::gate);
}

// One runner of the general pool and one of the special pool carry all lanes at every moment.
void each_pool_has_a_runner_that_carries_all_lanes(const SimulatedRun& run) {
  const auto hosts = static_cast<std::size_t>(run.rules.fleet.hosts);
  std::set<std::size_t> cut_now;
  for (const Write& write : run.writes) {
    write.cut ? void(cut_now.insert(write.host)) : void(cut_now.erase(write.host));
    ASSERT_LT(cut_now.size(), hosts);
    const auto cut_special = std::distance(cut_now.lower_bound(first_special(run)), cut_now.end());
    ASSERT_TRUE(first_special(run) == hosts || cut_special < run.rules.fleet.special_hosts);
  }
}

class SimulationLaws : public testing::TestWithParam<Case> {};

TEST_P(SimulationLaws, HoldInEveryRun) {
  for (const std::uint64_t seed : {1U, 2U}) {
    for (const Policy policy : {Policy::fifo, Policy::strict, Policy::gate}) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", policy " + std::to_string(static_cast<int>(policy)));
      const SimulatedRun run = run_of(GetParam().scenario, policy, seed);
      no_job_is_lost_or_runs_twice_or_early(run);
      no_host_runs_more_than_its_slots(run);
      a_job_never_runs_where_its_tags_are_not(run);
      waits_add_up_to_the_waiting_jobs_over_time(run);
      strict_priority_leaves_no_slot_idle_while_a_job_waits(run);
      only_the_gate_writes(run);
      each_pool_has_a_runner_that_carries_all_lanes(run);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, SimulationLaws, testing::ValuesIn(cases()),
                         [](const auto& tested) { return tested.param.name; });

TEST(SimulationLawsOfFifo, WithoutPollsNoSlotIdlesWhileAJobWaits) {
  Scenario scenario = base(0.9);
  scenario.fleet.runner_poll = 0s;
  EXPECT_EQ(run_of(scenario, Policy::fifo, 1).outcome.totals.idle_with_work_seconds, 0);
}

TEST(SimulationLawsOfFifo, EqualJobsStartInTheirOrder) {
  const SimulatedRun run = run_of(base(0.9), Policy::fifo, 1);
  for (std::size_t i = 1; i < run.jobs.size(); ++i) {
    ASSERT_LE(*run.outcome.jobs[i - 1].started, *run.outcome.jobs[i].started);
  }
}

}  // namespace
}  // namespace runneriq::simulation
