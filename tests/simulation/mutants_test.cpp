// The laws catch what they are for: each fault of the wiring breaks the law that forbids it, on scripts on
// which the writer as it is breaks none.
#include "tests/simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace runneriq::scheduler::sim {
namespace {

struct Case {
  const char* name;
  Mutant mutant;
  const char* law;
};

// A day with everything that mutants may stumble over, and chance beside it.
std::vector<Script> days() {
  std::vector<Event> busy;
  for (int i = 0; i < 7; ++i) busy.push_back({What::job, 4, i < 4 ? 0 : 1, 150 + 40 * i});
  busy.push_back({What::pass, 6});
  const auto with = [&](std::vector<Event> more) {
    std::vector<Event> events = busy;
    events.insert(events.end(), more.begin(), more.end());
    return Script{.events = events};
  };
  std::vector<Event> long_wait{{What::phantom_job, 0, 0, 60}, {What::phantom_job, 0, 1, 60}};
  for (int i = 0; i < 40; ++i) {
    long_wait.push_back({What::tick});
    // Runners are never free: no phantom is found.
    long_wait.push_back({What::job, 0, 0, 600});
    long_wait.push_back({What::job, 0, 1, 600});
  }
  // What waits is not given to runners that fall free; others wait that they would take.
  std::vector<Event> idle{{What::phantom_job, 0, 0, 60}};
  for (int i = 0; i < 4; ++i) idle.push_back({What::job, 4, 0, 400});
  for (int i = 0; i < 20; ++i) idle.push_back({What::tick});
  std::vector<Event> crash_loop{{What::phantom_job, 0, 0, 60}, {What::tick}};
  for (int i = 0; i < 30; ++i) {
    crash_loop.push_back({What::restart});
    crash_loop.push_back({What::tick, 0, 3});
  }
  std::vector<Script> all{
      with({{What::job, 0, 0, 60},
            {What::tick},
            {What::edit, 1, 0, 1},
            {What::tick},
            {What::edit, 3, 0, 2},
            {What::pass, 200},
            {What::tick}}),
      with({{What::job, 0, 0, 60},
            {What::job, 0, 1, 60},
            {What::tick},
            {What::tick},
            {What::restart},
            {What::tick}}),
      with({{What::job, 0, 0, 60},
            {What::tick},
            {What::arm, 0, 0, static_cast<int>(Fault::is_lost)},
            {What::pass, 300},
            {What::tick},
            {What::tick}}),
      with({{What::job, 0, 0, 60},
            {What::phantom_job, 0, 0, 60},
            {What::tick},
            {What::edit, 1, 9},
            {What::edit, 2, 9},
            {What::tick},
            {What::tick},
            {What::tick}}),
      with(idle),
      with(long_wait),
      with(crash_loop),
  };
  for (std::uint64_t seed = 1; seed <= 150; ++seed) all.push_back(random_script(seed));
  return all;
}

class Mutants : public testing::TestWithParam<Case> {};

TEST_P(Mutants, AreCaughtByTheLaw) {
  int caught = 0;
  std::set<std::string> laws;
  for (Script script : days()) {
    script.mutant = GetParam().mutant;
    for (const Violation& violation : play(script).violations) laws.insert(violation.law);
    caught += laws.contains(GetParam().law) ? 1 : 0;
    if (caught > 0) break;
  }
  std::string others;
  for (const std::string& law : laws) others += law + "; ";
  EXPECT_GT(caught, 0) << "only these laws were broken: " << others;
}

TEST(WithoutMutant, NoLawIsBroken) {
  for (const Script& script : days()) {
    const Played played = play(script);
    ASSERT_TRUE(played.violations.empty()) << report(script);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, Mutants,
    testing::Values(Case{"ForgetsIntents", Mutant::forgets_intents, "intent first"},
                    Case{"AuditLies", Mutant::audit_lies, "intent first"},
                    Case{"CachedGet", Mutant::cached_get, "users' tags"},
                    Case{"GhostRunnerCoversAllPools", Mutant::ghost_runner_covers_all_pools,
                         "one open runner"},
                    Case{"CutsFleetWide", Mutant::cuts_fleet_wide, "one open runner"},
                    Case{"CutsBeforeOpens", Mutant::cuts_before_opens, "opens first"},
                    Case{"NoPhantomRule", Mutant::no_phantom_rule, "no phantom"},
                    Case{"NoSweep", Mutant::no_sweep, "at rest in the end"},
                    Case{"ClockStandsStill", Mutant::clock_stands_still, "bounded"},
                    Case{"VerificationLies", Mutant::verification_lies, "leased or at rest"},
                    Case{"MarkerStripped", Mutant::marker_stripped, "marker"},
                    Case{"LeasesRefreshedAtStart", Mutant::leases_refreshed_at_start, "bounded"},
                    Case{"NoBudget", Mutant::no_budget, "write budget"},
                    Case{"WritesInAdvisory", Mutant::writes_in_advisory, "advice only"},
                    Case{"DropsUsersTag", Mutant::drops_users_tag, "users' tags"},
                    Case{"NoLeftAlone", Mutant::no_left_alone, "left alone"},
                    Case{"TouchesManaged", Mutant::touches_managed, "managed is people's"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace runneriq::scheduler::sim
