#include "scheduler/reported_capacity.hpp"

#include "tests/support/sample_tick.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

FleetRunner runner(std::int64_t id, CapacityBasis basis) {
  FleetRunner made = sample_runner(id, "r");
  made.max_jobs = 1;
  made.capacity_basis = basis;
  return made;
}

HostReport report(std::string host, std::int64_t id, int slots, std::optional<double> load = {}) {
  HostReport made;
  made.host = std::move(host);
  made.runner = RunnerId{id};
  made.slots = slots;
  made.load = load;
  return made;
}

TEST(ReportedCapacity, IsTheSumOverTheHostsOfARunner) {
  FleetSnapshot fleet;
  fleet.runners = {runner(7, CapacityBasis::observed), runner(8, CapacityBasis::observed)};
  apply_reports(fleet, std::vector{report("a", 7, 2, 0.2), report("b", 7, 3, 0.6)});
  EXPECT_EQ(fleet.runners[0].max_jobs, 5);
  EXPECT_EQ(fleet.runners[0].capacity_basis, CapacityBasis::reported);
  EXPECT_DOUBLE_EQ(fleet.runners[0].host_load.value(), 0.4);
  EXPECT_EQ(fleet.runners[1].max_jobs, 1);
  EXPECT_FALSE(fleet.runners[1].host_load);
}

TEST(ReportedCapacity, GivesWayToWhatIsConfigured) {
  FleetSnapshot fleet;
  fleet.runners = {runner(7, CapacityBasis::configured)};
  apply_reports(fleet, std::vector{report("a", 7, 4, 0.5)});
  EXPECT_EQ(fleet.runners[0].max_jobs, 1);
  EXPECT_DOUBLE_EQ(fleet.runners[0].host_load.value(), 0.5);
}

TEST(ReportedCapacity, SaysNothingWhereAHostHasNoLimitOrTheRunnerIsNotNamed) {
  FleetSnapshot fleet;
  fleet.runners = {runner(7, CapacityBasis::observed), runner(0, CapacityBasis::observed)};
  apply_reports(fleet, std::vector{report("a", 7, 2), report("b", 7, 0), report("c", 0, 9)});
  EXPECT_EQ(fleet.runners[0].max_jobs, 1);
  EXPECT_EQ(fleet.runners[1].max_jobs, 1);
}

TEST(ReportedCapacity, IsNotUsedWhereTwoGitLabsHaveARunnerOfThatId) {
  FleetSnapshot fleet;
  fleet.runners = {runner(7, CapacityBasis::observed), runner(7, CapacityBasis::observed)};
  fleet.runners[1].key.gitlab = GitLabUrl{"https://other.example.com"};
  apply_reports(fleet, std::vector{report("a", 7, 2)});
  EXPECT_EQ(fleet.runners[0].max_jobs, 1);
  EXPECT_EQ(fleet.runners[1].max_jobs, 1);
}

}  // namespace
}  // namespace runneriq::scheduler
