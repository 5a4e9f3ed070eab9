#include "scheduler/newcomers.hpp"

#include "tests/support/sample_tick.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

FleetRunner with_tags(std::int64_t id, std::vector<std::string> tags) {
  FleetRunner runner = sample_runner(id, "r" + std::to_string(id));
  runner.traits.tags = std::move(tags);
  return runner;
}

Tick tick_of(std::vector<FleetRunner> runners, std::vector<std::int64_t> appeared) {
  Tick tick;
  for (const std::int64_t id : appeared) {
    RunnerChange change;
    change.runner = {kSampleGitLab, RunnerId{id}};
    change.kind = ChangeKind::appeared;
    tick.monitor.changes.push_back(change);
  }
  tick.snapshot.runners = std::move(runners);
  return tick;
}

std::vector<std::int64_t> ids(const std::vector<Newcomer>& found) {
  std::vector<std::int64_t> all;
  for (const Newcomer& one : found) all.push_back(one.runner.runner.value());
  return all;
}

TEST(Newcomers, AreNewRunnersWithTheUsersTagsOfAManagedOne) {
  const auto found =
      newcomers(tick_of({with_tags(1, {"docker", "runneriq:long", "runneriq:managed"}),
                         with_tags(2, {"docker"}), with_tags(3, {"docker", "gpu"}), with_tags(4, {"docker"})},
                        {2, 3}));
  EXPECT_EQ(ids(found), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(found[0].remedy, "`runneriq lanes install 2`");
}

TEST(Newcomers, AreNoneWhereNobodyIsManagedOrTheDetailsAreNotKnown) {
  EXPECT_TRUE(newcomers(tick_of({with_tags(1, {"docker"}), with_tags(2, {"docker"})}, {2})).empty());
  FleetRunner unknown = with_tags(2, {"docker"});
  unknown.traits_known = false;
  EXPECT_TRUE(newcomers(tick_of({with_tags(1, {"docker", "runneriq:managed"}), unknown}, {2})).empty());
}

TEST(Newcomers, AreNotThoseThatAreManagedOrOfAnotherGitLab) {
  FleetRunner other = with_tags(2, {"docker"});
  other.key.gitlab = GitLabUrl{"https://other.example.com"};
  Tick tick = tick_of({with_tags(1, {"docker", "runneriq:managed"}), other}, {1});
  RunnerChange change;
  change.runner = other.key;
  change.kind = ChangeKind::appeared;
  tick.monitor.changes.push_back(change);
  EXPECT_TRUE(newcomers(tick).empty());
}

}  // namespace
}  // namespace runneriq::scheduler
