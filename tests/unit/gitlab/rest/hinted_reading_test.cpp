// What is read after a hint, what it costs, and what it leaves as it was.
#include "core/json_text.hpp"
#include "gitlab/rest/rest_fleet.hpp"
#include "tests/unit/gitlab/rest/fleet_world.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::int64_t>;

Ids ids(const std::vector<Job>& jobs) {
  Ids list;
  for (const Job& job : jobs) list.push_back(job.id.value());
  return list;
}

class Hinted : public testing::Test, protected FleetWorld {
 protected:
  Hinted() {
    add_runners(2);
    add_project(7, "acme/shop");
    add_project(8, "acme/web");
    add_job(7, 101, "running")["runner"] = {{"id", 1}};
    add_job(7, 103, "pending");
    add_job(8, 201, "running")["runner"] = {{"id", 2}};
  }
  FleetReading read() { return checked(it_.read(clock)); }
  FleetReading hinted(std::vector<std::int64_t> changed) {
    std::vector<ProjectId> hint;
    for (const std::int64_t id : changed) hint.emplace_back(id);
    transport.calls.clear();
    return checked(it_.read_hinted(clock, hint));
  }
  FleetReading checked(Result<FleetReading> reading) {
    EXPECT_TRUE(reading) << reading.error().message;
    EXPECT_EQ(reading->calls.mutating, 0);
    for (const Stale& stale : reading->stale)
      EXPECT_FALSE(stale.essential) << stale.what << ": " << stale.why;
    return std::move(*reading);
  }

  RestFleet it_{settings(), transport};
};

TEST_F(Hinted, ReadsTheJobsOfTheProjectThatChangedAndNoOthers) {
  read();
  clock += 10s;
  add_job(7, 104, "pending");
  add_job(8, 202, "pending");
  const FleetReading reading = hinted({7});
  EXPECT_EQ(ids(reading.pending), (Ids{103, 104}));
  EXPECT_EQ(ids(reading.running), (Ids{101, 201}));
  EXPECT_EQ(transport.count("projects/7/jobs?"), 1);
  EXPECT_EQ(transport.count("projects/8/"), 0);
  EXPECT_EQ(transport.count("/runners"), 0);
  EXPECT_LE(reading.calls.calls, 2) << "the jobs, and what was started by hand";
}

TEST_F(Hinted, SaysHowOldTheRestIs) {
  const FleetReading whole = read();
  EXPECT_EQ(whole.runners_age, 0s);
  EXPECT_TRUE(whole.jobs_age.empty());
  EXPECT_TRUE(whole.runners_current);
  clock += 10s;
  const FleetReading reading = hinted({7});
  EXPECT_EQ(reading.read_at, clock);
  EXPECT_EQ(reading.runners_age, 10s);
  EXPECT_FALSE(reading.runners_current);
  EXPECT_EQ(reading.jobs_age, (std::map<ProjectId, Duration>{{ProjectId{8}, 10s}}));
}

TEST_F(Hinted, JudgesNewJobsAsAPollDoes) {
  read();
  clock += 10s;
  add_job(7, 104, "pending")["user"] = {{"id", 2}};
  projects[7].members[2] = 30;
  projects[7].manual = {104};
  const FleetReading reading = hinted({7});
  EXPECT_EQ(reading.access_levels.at({ProjectId{7}, UserId{2}}), 30);
  EXPECT_EQ(reading.access_levels.at({ProjectId{7}, UserId{1}}), 40);
  EXPECT_EQ(reading.protected_refs.at(ProjectId{7}).branches, std::vector<std::string>{"main"});
  ASSERT_EQ(ids(reading.pending), (Ids{103, 104}));
  EXPECT_EQ(reading.pending[1].manual, true);
}

// GitLab's count of running jobs comes with the details of runners only; here it says 1 for each.
TEST_F(Hinted, CountsTheJobsOfRunnersFromOldAndNewListsTogether) {
  add_runners(1);  // the third runs a job of a project elsewhere
  const FleetReading whole = read();
  ASSERT_EQ(whole.runners.size(), 3U);
  EXPECT_EQ(whole.runners[2].running_jobs, 1);
  clock += 10s;
  projects[7].jobs[101]["status"] = "success";
  projects[7].jobs[103]["status"] = "running";
  projects[7].jobs[103]["runner"] = {{"id", 3}};
  const FleetReading reading = hinted({7});
  EXPECT_EQ(reading.runners[0].running_jobs, 0) << "its job has ended";
  EXPECT_EQ(reading.runners[1].running_jobs, 1) << "as before";
  EXPECT_EQ(reading.runners[2].running_jobs, 2) << "one elsewhere, one new";
  clock += 1s;
  EXPECT_EQ(hinted({8}).runners[2].running_jobs, 2);
}

TEST_F(Hinted, LeavesFinishedJobsToThePoll) {
  read();
  clock += 10s;
  projects[7].jobs[101]["status"] = "success";
  EXPECT_TRUE(hinted({7}).finished.empty());
  EXPECT_EQ(transport.count("scope%5B%5D=success"), 0);
  clock += 20s;
  EXPECT_EQ(ids(read().finished), (Ids{101}));
  clock += 10s;
  EXPECT_TRUE(hinted({7}).finished.empty()) << "told once";
}

TEST_F(Hinted, IsAWholeReadingBehindTwoPolls) {
  read();
  clock += 59s;
  EXPECT_EQ(hinted({7}).runners_age, 59s);
  clock += 1s;
  const FleetReading whole = hinted({7});
  EXPECT_EQ(whole.runners_age, 0s);
  EXPECT_TRUE(whole.jobs_age.empty()) << "the other project's jobs, too";
}

TEST_F(Hinted, IsAWholeReadingWhereNothingWasRead) {
  const FleetReading reading = hinted({7});
  EXPECT_EQ(ids(reading.running), (Ids{101, 201}));
  EXPECT_TRUE(reading.runners_current);
}

TEST_F(Hinted, OfAProjectThatWasNeverSeenReadsTheListOfProjectsAnew) {
  read();
  clock += 30s;
  read();
  add_project(9, "acme/new");
  add_job(9, 301, "pending");
  clock += 5s;
  const FleetReading reading = hinted({9});
  EXPECT_EQ(ids(reading.pending), (Ids{103, 301}));
  EXPECT_EQ(transport.count("groups/acme/projects"), 1);
  EXPECT_TRUE(reading.jobs_age.empty());
}

TEST_F(Hinted, OfOtherFleetsProjectsLooksOnceOnly) {
  read();
  clock += 5s;
  hinted({555});
  EXPECT_EQ(transport.count("groups/acme/projects"), 1);
  for (int second = 0; second < 20; ++second) {
    clock += 1s;
    const FleetReading reading = hinted({555});
    EXPECT_EQ(reading.calls.calls, 0);
    EXPECT_EQ(ids(reading.pending), (Ids{103}));
  }
  hinted({556});
  EXPECT_EQ(transport.calls.size(), 0U) << "not twice in one poll";
  clock += 20s;
  hinted({556});
  EXPECT_EQ(transport.count("groups/acme/projects"), 1);
}

TEST_F(Hinted, NeverTakesWhatTheNextPollNeeds) {
  for (int id = 11; id <= 20; ++id) add_project(id, "acme/p" + std::to_string(id));
  std::int64_t job = 1000;
  read();
  int calls = 0;
  for (int poll = 0; poll < 10; ++poll) {
    for (int second = 1; second < 30; ++second) {
      clock += 1s;
      for (const int id : {11, 12, 13, 14, 15, 16, 17}) add_job(id, ++job, "pending");
      calls += hinted({11, 12, 13, 14, 15, 16, 17}).calls.calls;
    }
    clock += 1s;
    transport.calls.clear();
    const FleetReading whole = read();
    EXPECT_TRUE(whole.jobs_age.empty()) << "poll " << poll;
    EXPECT_EQ(whole.runners_age, 0s);
  }
  EXPECT_GE(calls, 50) << "hints are heard all the same";
}

TEST_F(Hinted, WithManyProjectsAsksForAHandful) {
  Ids many;
  for (int id = 11; id <= 20; ++id) {
    add_project(id, "acme/p" + std::to_string(id));
    many.push_back(id);
  }
  read();
  clock += 20s;
  const FleetReading reading = hinted(many);
  EXPECT_EQ(reading.calls.calls, 5);
  EXPECT_EQ(reading.jobs_age.size(), 7U);
}

TEST_F(Hinted, DoesNotMakeRunnersSeemLost) {
  graphql_allowed = false;
  read();
  clock += 30s;
  read();
  clock += 25s;
  const FleetReading reading = hinted({7});
  // Their details are 55 s old, the list that calls them online is 25 s old.
  EXPECT_EQ(clock - *reading.runners[0].contacted_at, 25s);
}

TEST_F(Hinted, KeepsTheJobsOfAProjectThatCannotBeRead) {
  read();
  clock += 10s;
  transport.route(kApi + "projects/7/jobs?", [](const HttpCall&) { return reply(500, ""); });
  auto reading = it_.read_hinted(clock, std::vector{ProjectId{7}});
  ASSERT_TRUE(reading);
  EXPECT_EQ(ids(reading->pending), (Ids{103}));
  EXPECT_EQ(reading->jobs_age.size(), 2U);
  ASSERT_FALSE(reading->stale.empty());
  EXPECT_EQ(reading->stale[0].what, "jobs of project acme/shop");
}

TEST_F(Hinted, OfARefusedTokenIsAnError) {
  read();
  clock += 10s;
  transport.route(kApi + "projects/7/jobs?", [](const HttpCall&) { return reply(401, "{}"); });
  const auto reading = it_.read_hinted(clock, std::vector{ProjectId{7}});
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, Errc::permission);
}

TEST_F(Hinted, TheAgeOfAListThatFailedIsTold) {
  read();
  clock += 30s;
  transport.route(kApi + "groups/acme/runners", [](const HttpCall&) { return reply(500, ""); });
  transport.route(kApi + "projects/8/jobs?", [](const HttpCall&) { return reply(500, ""); });
  const auto reading = it_.read(clock);
  ASSERT_TRUE(reading);
  EXPECT_GE(reading->runners_age, 30s);
  EXPECT_FALSE(reading->runners_current);
  ASSERT_EQ(reading->jobs_age.size(), 1U);
  EXPECT_EQ(reading->jobs_age.begin()->first, ProjectId{8});
}

// ---- resource groups ----------------------------------------------------------------------

class Resources : public Hinted {
 protected:
  Resources() {
    add_job(7, 104, "waiting_for_resource", "deploy")["user"] = {{"id", 2}};
    projects[7].members[2] = 40;
    groups_["production"] = {{104}, 101};
    transport.route(kApi + "projects/7/resource_groups", [this](const HttpCall& call) { return of(call); });
  }
  struct Group {
    std::vector<std::int64_t> upcoming;
    std::int64_t holder = 0;
  };
  HttpReply of(const HttpCall& call) {
    json list = json::array();
    if (call.url.find("/upcoming_jobs?") == std::string::npos &&
        call.url.find("/current_job") == std::string::npos) {
      for (const auto& [key, group] : groups_) list.push_back({{"key", key}});
      return reply(200, json_line(list));
    }
    const auto begin = call.url.find("resource_groups/") + 16;
    const std::string key = call.url.substr(begin, call.url.find('/', begin) - begin);
    const Group& group = groups_.at(key);
    if (call.url.find("/current_job") != std::string::npos) {
      if (!holders_told_) return reply(404, R"({"error":"404 Not Found"})");
      return reply(200, group.holder == 0 ? "null" : json_line(json{{"id", group.holder}}));
    }
    for (const std::int64_t id : group.upcoming)
      list.push_back({{"id", id}, {"status", "waiting_for_resource"}});
    return reply(200, json_line(list));
  }
  std::map<std::string, Group> groups_;
  bool holders_told_ = true;
};

TEST_F(Resources, TellWhoHoldsWhatAJobWaitsFor) {
  const FleetReading reading = read();
  ASSERT_EQ(reading.held_resources.size(), 1U);
  const HeldResource& held = reading.held_resources[0];
  EXPECT_EQ(held.waiter.id, JobId{104});
  EXPECT_EQ(held.waiter.name, "deploy");
  EXPECT_EQ(held.resource_group, "production");
  EXPECT_EQ(held.holder, JobId{101});
  EXPECT_EQ(ids(reading.pending), (Ids{103})) << "it is not in the queue of runners";
  EXPECT_EQ(reading.access_levels.at({ProjectId{7}, UserId{2}}), 40) << "it is scored, too";
}

TEST_F(Resources, AreNotAskedForWhereNoJobWaits) {
  projects[7].jobs.erase(104);
  read();
  EXPECT_EQ(transport.count("resource_groups"), 0);
}

TEST_F(Resources, AreAskedAgainAfterAWhileOnly) {
  read();
  clock += 10s;
  EXPECT_EQ(hinted({7}).held_resources.size(), 1U);
  EXPECT_EQ(transport.count("resource_groups"), 0);
  clock += 20s;
  transport.calls.clear();
  read();
  EXPECT_EQ(transport.count("resource_groups"), 2) << "its queue and its holder, not the list";
}

TEST_F(Resources, WhoseHolderHasEndedAreAskedAtOnce) {
  read();
  clock += 10s;
  projects[7].jobs[101]["status"] = "success";
  add_job(7, 105, "running");
  groups_["production"].holder = 105;
  const FleetReading reading = hinted({7});
  ASSERT_EQ(reading.held_resources.size(), 1U);
  EXPECT_EQ(reading.held_resources[0].holder, JobId{105});
}

TEST_F(Resources, AHolderThatIsNeitherPendingNorRunningIsLeftOut) {
  groups_["production"].holder = 999;
  EXPECT_TRUE(read().held_resources.empty());
  clock += 30s;
  groups_["production"].holder = 0;
  EXPECT_TRUE(read().held_resources.empty());
}

TEST_F(Resources, OfAGitLabThatDoesNotTellTheHolderAreLeftOutAndNotAskedForEver) {
  holders_told_ = false;
  for (int poll = 0; poll < 3; ++poll) {
    const auto reading = it_.read(clock);
    ASSERT_TRUE(reading);
    EXPECT_TRUE(reading->held_resources.empty());
    for (const Stale& stale : reading->stale) EXPECT_FALSE(stale.essential);
    clock += 30s;
  }
  transport.calls.clear();
  EXPECT_TRUE(read().held_resources.empty());
  EXPECT_EQ(transport.count("resource_groups"), 0);
}

TEST_F(Resources, OfAProjectWithManyAreSearchedAFewAtATime) {
  groups_["production"].upcoming = {};
  for (int number = 1; number <= 9; ++number) groups_["review-" + std::to_string(number)] = {};
  groups_["review-9"] = {{104}, 101};
  std::size_t found = 0;
  for (int poll = 0; poll < 4 && found == 0; ++poll) {
    transport.calls.clear();
    found = read().held_resources.size();
    EXPECT_LE(transport.count("resource_groups"), 7);
    clock += 30s;
  }
  EXPECT_EQ(found, 1U);
  transport.calls.clear();
  EXPECT_EQ(read().held_resources.size(), 1U);
  EXPECT_LE(transport.count("resource_groups"), 3) << "only the one that matters";
}

TEST_F(Resources, ThatCannotBeReadAreMissedAndNothingElse) {
  transport.route(kApi + "projects/7/resource_groups", [](const HttpCall&) { return reply(403, "{}"); });
  const auto reading = it_.read(clock);
  ASSERT_TRUE(reading);
  EXPECT_EQ(ids(reading->pending), (Ids{103}));
  ASSERT_EQ(reading->stale.size(), 1U);
  EXPECT_EQ(reading->stale[0].what, "resource groups of project acme/shop");
  EXPECT_FALSE(reading->stale[0].essential);
}

}  // namespace
}  // namespace runneriq::gitlab
