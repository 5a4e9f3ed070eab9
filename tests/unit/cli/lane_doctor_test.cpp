#include "cli/lane_doctor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::cli {
namespace {

using executor::Finding;
using executor::FindingStatus;
using Tags = std::vector<std::string>;

const Tags kManaged{"docker",           "runneriq:critical", "runneriq:high", "runneriq:long",
                    "runneriq:managed", "runneriq:medium",   "runneriq:short"};

gitlab::Runner runner(std::int64_t id, Tags tags) {
  gitlab::Runner made;
  made.id = RunnerId{id};
  made.traits.emplace();
  made.traits->tags = std::move(tags);
  return made;
}

gitlab::Job job(std::int64_t id, Tags tags) {
  gitlab::Job made;
  made.id = JobId{id};
  made.tags = std::move(tags);
  return made;
}

gitlab::Runner unread(std::int64_t id) {
  gitlab::Runner made;
  made.id = RunnerId{id};
  return made;
}

struct LaneCase {
  std::string name;
  std::vector<gitlab::Runner> runners;
  std::vector<gitlab::Job> jobs;
  std::string finding;  // "" = none but the first
  FindingStatus status = FindingStatus::ok;
  std::string what;
};

class LaneDoctor : public testing::TestWithParam<LaneCase> {};

TEST_P(LaneDoctor, SaysWhatIsWrongWithTheLanes) {
  const LaneCase& one = GetParam();
  gitlab::FleetReading reading;
  reading.runners = one.runners;
  reading.pending = one.jobs;
  const auto all = examine_lanes(reading, scheduler::Lanes{}, "https://gitlab.example.com");
  if (one.finding.empty()) {
    EXPECT_EQ(all.size(), 1U) << all.back().what;
    return;
  }
  const auto found = std::ranges::find(all, one.finding, &Finding::name);
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->status, one.status);
  EXPECT_NE(found->what.find(one.what), std::string::npos) << found->what;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, LaneDoctor,
    testing::Values(
        LaneCase{"NothingManaged",
                 {runner(1, {"docker"})},
                 {},
                 "lanes",
                 FindingStatus::skipped,
                 "none of 1 runner"},
        LaneCase{"AllWell", {runner(1, kManaged)}, {job(5, {"runneriq:long"})}, "", FindingStatus::ok, ""},
        LaneCase{"Steered",
                 {runner(1, {"docker", "runneriq:critical", "runneriq:managed", "runneriq:steered"}),
                  runner(2, kManaged)},
                 {},
                 "",
                 FindingStatus::ok,
                 ""},
        LaneCase{"LacksLanesWithoutALease",
                 {runner(1, {"docker", "runneriq:critical", "runneriq:managed"})},
                 {},
                 "lanes.missing",
                 FindingStatus::warn,
                 "nothing is leased there: 1"},
        LaneCase{"LeftBehind",
                 {runner(1, {"docker", "runneriq:steered"})},
                 {},
                 "lanes.left-behind",
                 FindingStatus::warn,
                 "carry runneriq:steered: 1"},
        LaneCase{"Newcomer",
                 {runner(1, kManaged), runner(2, {"docker"})},
                 {},
                 "lanes.newcomers",
                 FindingStatus::warn,
                 "are not managed: 2"},
        LaneCase{"NobodyServesALane",
                 {runner(1, {"docker"})},
                 {job(5, {"runneriq:long"})},
                 "lanes.unserved",
                 FindingStatus::fail,
                 "runneriq:long that jobs ask for: 5"},
        LaneCase{"TagsThatAreNotReadable",
                 {unread(1), unread(2), runner(3, {"docker"})},
                 {job(5, {"runneriq:long"})},
                 "lanes.unserved",
                 FindingStatus::skipped,
                 "cannot be told: the tags of 2 runners are not readable"},
        LaneCase{"NoListOfRunners",
                 {},
                 {job(5, {"runneriq:long"})},
                 "lanes.unserved",
                 FindingStatus::skipped,
                 "cannot be told: the list of runners is not readable"},
        LaneCase{"AGrantAndTagsThatAreNotReadable",
                 {unread(1)},
                 {job(5, {"runneriq:preferred-gpu"})},
                 "lanes.grant",
                 FindingStatus::skipped,
                 "cannot be told"},
        LaneCase{"AReadableRunnerThatServesIt",
                 {unread(1), runner(2, kManaged)},
                 {job(5, {"runneriq:long"})},
                 "",
                 FindingStatus::ok,
                 ""},
        LaneCase{"NothingManagedAsFarAsCanBeRead",
                 {unread(1)},
                 {},
                 "lanes",
                 FindingStatus::skipped,
                 "cannot be told: the tags of 1 runner are not readable"},
        LaneCase{"NobodyServesATagThatIsNoLane",
                 {runner(1, kManaged)},
                 {job(5, {"runneriq:$RUNNERIQ_LANE"})},
                 "lanes.unserved",
                 FindingStatus::fail,
                 "runneriq:$RUNNERIQ_LANE"},
        LaneCase{"NobodyHasAGrantForGood",
                 {runner(1, kManaged)},
                 {job(5, {"runneriq:preferred-gpu"})},
                 "lanes.grant",
                 FindingStatus::warn,
                 "runneriq:preferred-gpu"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace runneriq::cli
