// What a reading holds, and what it costs.
#include "gitlab/rest/rest_fleet.hpp"

#include "tests/unit/gitlab/rest/fleet_world.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

std::vector<std::int64_t> ids(const std::vector<Job>& jobs) {
  std::vector<std::int64_t> list;
  for (const Job& job : jobs) list.push_back(job.id.value());
  return list;
}

std::string stale_text(const FleetReading& reading) {
  std::string text;
  for (const Stale& stale : reading.stale) {
    text += stale.what + ": " + stale.why + (stale.essential ? " !" : "") + "\n";
  }
  return text;
}

using Ids = std::vector<std::int64_t>;

class Reading : public testing::Test, protected FleetWorld {
 protected:
  FleetReading read(RestFleet& it) {
    transport.calls.clear();
    auto reading = it.read(clock);
    EXPECT_TRUE(reading) << reading.error().message;
    EXPECT_EQ(static_cast<std::size_t>(reading->calls.calls), transport.calls.size());
    EXPECT_EQ(reading->calls.mutating, 0);
    return std::move(*reading);
  }
};

TEST_F(Reading, HoldsTheFleet) {
  add_runners(2);
  add_project(7, "acme/shop");
  add_job(7, 101, "running");
  add_job(7, 103, "pending")["user"] = {{"id", 1}};
  add_job(7, 102, "pending")["user"] = {{"id", 9}};
  add_job(7, 90, "success");
  projects[7].manual = {102};
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(stale_text(reading), "");
  EXPECT_EQ(reading.gitlab, GitLabUrl{kUrl});
  EXPECT_EQ(reading.read_at, clock);
  ASSERT_EQ(reading.runners.size(), 2U);
  EXPECT_EQ(reading.runners[0].description, "docker-1");
  EXPECT_EQ(reading.runners[0].traits->tags, std::vector<std::string>{"docker"});
  EXPECT_EQ(reading.runners[0].running_jobs, 1);
  ASSERT_EQ(reading.projects.size(), 1U);
  EXPECT_EQ(ids(reading.pending), (Ids{102, 103}));
  EXPECT_EQ(ids(reading.running), (Ids{101}));
  EXPECT_EQ(ids(reading.finished), (Ids{90}));
  EXPECT_EQ(reading.pending[0].manual, true);
  EXPECT_EQ(reading.pending[1].manual, false);
  EXPECT_EQ(reading.protected_refs.at(ProjectId{7}).branches, std::vector<std::string>{"main"});
  EXPECT_EQ(reading.access_levels.at({ProjectId{7}, UserId{1}}), 40);
  EXPECT_EQ(reading.access_levels.at({ProjectId{7}, UserId{9}}), 0) << "no member";
}

TEST_F(Reading, AsksInTheDocumentedWay) {
  add_runners(1);
  add_project(7, "acme/shop");
  auto& job = add_job(7, 103, "pending");
  job["ref"] = "refs/merge-requests/12/head";
  projects[7].merge_requests[12] = {{"iid", 12}, {"target_branch", "main"}, {"labels", {"a"}}};
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(reading.merge_requests.at({ProjectId{7}, MergeRequestIid{12}}).target_branch, "main");
  const std::string jobs = kApi + "projects/7/jobs?";
  const std::string keyset = "&pagination=keyset&order_by=id&sort=desc&per_page=100";
  for (const std::string& url :
       {jobs + "scope%5B%5D=pending&scope%5B%5D=running&scope%5B%5D=waiting_for_resource" + keyset,
        jobs + "scope%5B%5D=success&scope%5B%5D=failed" + keyset,
        kApi + "projects/7/members/all?user_ids%5B%5D=1&per_page=100",
        kApi + "projects/7/merge_requests?iids%5B%5D=12&per_page=100",
        kApi + "groups/acme/runners?per_page=100"}) {
    EXPECT_EQ(transport.count(url), 1) << url;
  }
  EXPECT_EQ(transport.count("protected_"), 0) << "no job is on a branch or a tag";
}

TEST_F(Reading, OfHundredRunnersAndTenProjectsIsCheap) {
  add_runners(100);
  for (int id = 1; id <= 10; ++id) {
    add_project(id, "acme/p" + std::to_string(id));
    add_job(id, 1000 * id + 1, "running");
    add_job(id, 1000 * id + 2, "pending");
    add_job(id, 1000 * id, "success");
  }
  RestFleet it{settings(), transport};
  const FleetReading cold = read(it);
  EXPECT_EQ(stale_text(cold), "");
  EXPECT_LE(cold.calls.calls, 65);
  EXPECT_EQ(cold.pending.size(), 10U);

  for (int tick = 0; tick < 20; ++tick) {
    clock += 30s;
    // Every project moves: one job ends, one starts, a new one comes.
    for (int id = 1; id <= 10; ++id) {
      if ((tick + id) % 3 != 0) continue;
      projects[id].jobs[1000 * id + tick + 1]["status"] = "success";
      projects[id].jobs[1000 * id + tick + 2]["status"] = "running";
      add_job(id, 1000 * id + tick + 3, "pending");
    }
    const FleetReading warm = read(it);
    EXPECT_LE(warm.calls.calls, 30) << "tick " << tick;
    for (const Stale& stale : warm.stale) EXPECT_FALSE(stale.essential) << stale.what << ": " << stale.why;
  }
}

TEST_F(Reading, WithNothingNewAsksForListsAndJobsOnly) {
  add_runners(100);
  for (int id = 1; id <= 10; ++id) {
    add_project(id, "acme/p" + std::to_string(id));
    add_job(id, 1000 * id + 2, "pending");
  }
  RestFleet it{settings(), transport};
  read(it);
  clock += 30s;
  EXPECT_EQ(read(it).calls.calls, 1 + 1 + 10);
}

TEST_F(Reading, FollowsAllPagesOfEachList) {
  page_size = 3;
  add_runners(10);
  for (int id = 1; id <= 5; ++id) add_project(id, "acme/p" + std::to_string(id));
  for (int id = 10; id < 20; ++id) add_job(3, id, id % 2 == 0 ? "pending" : "running");
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(stale_text(reading), "");
  EXPECT_EQ(reading.runners.size(), 10U);
  EXPECT_EQ(reading.projects.size(), 5U);
  EXPECT_EQ(ids(reading.pending), (Ids{10, 12, 14, 16, 18}));
  EXPECT_EQ(ids(reading.running), (Ids{11, 13, 15, 17, 19}));
}

TEST_F(Reading, CountsPagesWhereAProxyStripsTheirHeaders) {
  strips_paging = true;
  add_runners(154);
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(stale_text(reading), "");
  EXPECT_EQ(reading.runners.size(), 154U);
}

// Of a keyset list GitLab says nothing on the last page, full or not.
TEST_F(Reading, AFullLastPageByKeysetCostsNoFurtherCall) {
  add_project(1, "acme/p1");
  for (std::int64_t id = 1; id <= 200; ++id) add_job(1, id, "pending");
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(reading.pending.size(), 200U);
  EXPECT_EQ(transport.count("projects/1/jobs?scope%5B%5D=pending"), 2);
}

TEST_F(Reading, OneFullPageForAllIsTheWholeList) {
  strips_paging = true;
  add_runners(100);
  transport.route(kApi + "groups/acme/runners", [this](const HttpCall& call) {
    HttpCall first = call;
    first.url = first.url.substr(0, first.url.find("&page="));
    return runner_page(first);
  });
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(stale_text(reading), "");
  EXPECT_EQ(reading.runners.size(), 100U);
}

TEST_F(Reading, AsksForJobsByNumberedPagesWhereKeysetIsRefused) {
  add_project(1, "acme/p1");
  add_project(2, "acme/p2");
  add_job(1, 10, "pending");
  add_job(2, 20, "pending");
  transport.route(kApi + "projects/1/jobs", [this](const HttpCall& call) {
    if (call.url.find("pagination=keyset") == std::string::npos) return of_project(projects[1], call);
    return reply(405, R"({"error":"Keyset pagination is not yet available for this type of request"})");
  });
  RestFleet it{settings(), transport};
  FleetReading reading = read(it);
  EXPECT_EQ(stale_text(reading), "");
  EXPECT_EQ(ids(reading.pending), (Ids{10, 20}));
  clock += 30s;
  transport.calls.clear();
  reading = read(it);
  EXPECT_EQ(ids(reading.pending), (Ids{10, 20}));
  EXPECT_EQ(transport.count("projects/1/jobs?scope%5B%5D=pending"), 1) << "the refusal is remembered";
}

TEST_F(Reading, ReadsDetailsByPagesOfHundred) {
  add_runners(250);
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(transport.count("/api/graphql"), 3);
  EXPECT_EQ(transport.count("/runners/"), 0);
  for (const Runner& runner : reading.runners) EXPECT_TRUE(runner.traits) << runner.id.value();
}

TEST_F(Reading, ReadsDetailsOneByOneWhereGraphqlIsRefusedAndRemembersForAnHour) {
  graphql_allowed = false;
  add_runners(100);
  RestFleet it{settings(), transport};
  FleetReading reading = read(it);
  EXPECT_EQ(transport.count("/api/graphql"), 1);
  EXPECT_EQ(transport.count("/api/v4/runners/"), 57)
      << "what the budget leaves beside list, projects and GraphQL";
  EXPECT_EQ(stale_text(reading), "details of 43 runners: over the budget of 60 calls a minute !\n");
  for (int tick = 0; tick < 4; ++tick) {
    clock += 30s;
    reading = read(it);
    EXPECT_EQ(transport.count("/api/graphql"), tick == 0 ? 1 : 0) << "one refusal may be an accident";
  }
  EXPECT_EQ(stale_text(reading), "");
  for (const Runner& runner : reading.runners) {
    EXPECT_TRUE(runner.traits) << runner.id.value();
    EXPECT_LE(clock - *runner.contacted_at, 1min)
        << "while the list says online, the contact stays as young as it was";
  }
  clock += 1h;
  read(it);
  EXPECT_EQ(transport.count("/api/graphql"), 1);
}

TEST_F(Reading, NeverAsksGraphqlWhenItIsSwitchedOff) {
  client.graphql = false;
  add_runners(3);
  add_project(7, "acme/shop");
  add_job(7, 1, "pending");
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(transport.count("graphql"), 0);
  EXPECT_EQ(stale_text(reading), "");
  EXPECT_TRUE(reading.runners[0].traits);
  EXPECT_EQ(reading.pending[0].manual, std::nullopt);
}

TEST_F(Reading, TellsFinishedJobsOnceEach) {
  add_project(7, "acme/shop");
  for (int id = 10; id < 15; ++id) add_job(7, id, "running");
  add_job(7, 9, "success");
  RestFleet it{settings(), transport};
  EXPECT_EQ(ids(read(it).finished), (Ids{9}));
  projects[7].jobs[14]["status"] = "failed";
  clock += 30s;
  EXPECT_EQ(ids(read(it).finished), (Ids{14}));
  // A lower id that ends later is not missed.
  projects[7].jobs[11]["status"] = "success";
  clock += 30s;
  EXPECT_EQ(ids(read(it).finished), (Ids{11}));
  clock += 30s;
  EXPECT_EQ(ids(read(it).finished), Ids{});
  EXPECT_EQ(transport.count("scope%5B%5D=success"), 0) << "nothing has ended";
  clock += 2min;
  read(it);
  EXPECT_EQ(transport.count("scope%5B%5D=success"), 1);
}

TEST_F(Reading, ReadsOnePageOfFinishedJobsAtFirstAndLaterBackToTheKnown) {
  page_size = 5;
  add_project(7, "acme/shop");
  for (int id = 1; id <= 40; ++id) add_job(7, id, "success");
  RestFleet it{settings(), transport};
  EXPECT_EQ(ids(read(it).finished), (Ids{36, 37, 38, 39, 40}));
  for (int id = 41; id <= 48; ++id) add_job(7, id, "success");
  clock += 2min;
  EXPECT_EQ(ids(read(it).finished), (Ids{41, 42, 43, 44, 45, 46, 47, 48}));
  EXPECT_EQ(transport.count("scope%5B%5D=success"), 2);
}

TEST_F(Reading, LooksBackAsFarAsAJobIsMissed) {
  page_size = 5;
  add_project(7, "acme/shop");
  add_job(7, 10, "running");
  for (int id = 20; id < 32; ++id) add_job(7, id, "success");
  RestFleet it{settings(), transport};
  EXPECT_EQ(ids(read(it).finished), (Ids{27, 28, 29, 30, 31}));
  projects[7].jobs[10]["status"] = "success";
  clock += 30s;
  EXPECT_EQ(read(it).finished.front().id, JobId{10});
}

TEST_F(Reading, KnowsRetriesByTheJobsThatHaveEnded) {
  add_project(7, "acme/shop");
  add_job(7, 100, "failed", "deploy");
  add_job(7, 101, "pending", "deploy");
  add_job(7, 102, "pending", "other");
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(reading.pending[0].retry, true);
  EXPECT_NE(reading.pending[1].retry, true);
  clock += 30s;
  EXPECT_EQ(read(it).pending[0].retry, true) << "it is remembered";
}

TEST_F(Reading, AsksForRolesOfNewPeopleOnly) {
  add_project(7, "acme/shop");
  add_job(7, 1, "pending");
  RestFleet it{settings(), transport};
  read(it);
  add_job(7, 2, "pending")["user"] = {{"id", 2}};
  clock += 30s;
  read(it);
  EXPECT_EQ(transport.count("members/all?user_ids%5B%5D=2&per_page=100"), 1);
  clock += 1h;
  read(it);
  EXPECT_EQ(transport.count("members/all?user_ids%5B%5D=1&user_ids%5B%5D=2&per_page=100"), 1);
}

TEST_F(Reading, ForgetsProjectsThatAreGone) {
  add_project(7, "acme/shop");
  add_project(8, "acme/web");
  add_job(7, 1, "pending");
  add_job(8, 2, "pending");
  RestFleet it{settings(), transport};
  EXPECT_EQ(ids(read(it).pending), (Ids{1, 2}));
  projects.erase(8);
  clock += 11min;
  EXPECT_EQ(read(it).projects.size(), 2U) << "it is asked once more";
  clock += 30s;
  const FleetReading reading = read(it);
  EXPECT_EQ(ids(reading.pending), (Ids{1}));
  EXPECT_EQ(stale_text(reading), "");
}

TEST_F(Reading, OfOneProjectAsksForItAlone) {
  fleet.group = "";
  fleet.project = "acme/shop";
  add_project(7, "acme/shop");
  add_job(7, 1, "pending");
  transport.route(kApi + "projects/acme%2Fshop", R"({"id":7,"path_with_namespace":"acme/shop"})");
  transport.route(kApi + "projects/acme%2Fshop/runners", R"([{"id":3,"status":"online"}])");
  RestFleet it{settings(), transport};
  const FleetReading reading = read(it);
  EXPECT_EQ(ids(reading.pending), (Ids{1}));
  EXPECT_EQ(reading.runners.size(), 1U);
  EXPECT_NE(transport.calls.back().url, "");
}

TEST_F(Reading, MovesTheMomentsOfContactToOurClock) {
  add_runners(1);
  const struct {
    std::string date;
    Duration moved;
  } cases[] = {{"Fri, 28 Feb 2025 23:57:00 GMT", 3min},
               {"Sat, 01 Mar 2025 00:03:00 GMT", -3min},
               {"Sat, 01 Mar 2025 00:00:04 GMT", 0s},
               {"yesterday", 0s}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.date);
    date = one.date;
    RestFleet it{settings(), transport};
    EXPECT_EQ(read(it).runners.at(0).contacted_at, clock + one.moved);
  }
}

TEST_F(Reading, OfAGroupCountsTheRunnersOfItsProjects) {
  add_runners(3);
  runners[2]["runner_type"] = "project_type";
  add_project(7, "acme/shop");
  for (const bool allowed : {true, false}) {
    SCOPED_TRACE(allowed ? "told by GraphQL" : "those that the token's user manages");
    graphql_allowed = allowed;
    RestFleet it{settings(), transport};
    for (int round = 0; round < 3; ++round, clock += 30s) {
      const FleetReading reading = read(it);
      ASSERT_EQ(reading.runners.size(), 3U - (allowed || round == 2 ? 0U : 1U)) << "round " << round;
      EXPECT_EQ(reading.runners[1].id, RunnerId{allowed || round == 2 ? 2 : 3});
    }
  }
}

TEST_F(Reading, OfAGroupLeavesOutRunnersOfProjectsElsewhere) {
  client.graphql = false;
  add_runners(2);
  runners[2]["runner_type"] = "project_type";
  runners[2]["projects"] = json::array({{{"id", 99}}});
  add_project(7, "acme/shop");
  RestFleet it{settings(), transport};
  read(it);
  const FleetReading reading = read(it);
  ASSERT_EQ(reading.runners.size(), 1U);
  runners[2]["projects"] = json::array({{{"id", 7}}, {{"id", 99}}});
  clock += 6min;
  EXPECT_EQ(read(it).runners.size(), 2U);
}

TEST_F(Reading, SaysWhetherTheListOfRunnersIsOfNow) {
  add_runners(1);
  add_project(7, "acme/shop");
  RestFleet it{settings(), transport};
  EXPECT_TRUE(read(it).runners_current);
  transport.route(kApi + "groups/acme/runners", reply(503, "busy"));
  clock += 30s;
  const FleetReading reading = read(it);
  EXPECT_FALSE(reading.runners_current);
  EXPECT_EQ(reading.runners.size(), 1U);
}

TEST_F(Reading, OfAllFallsBackToOnesOwnRunners) {
  fleet.group = "";
  transport.route(kApi + "runners/all", reply(403, R"({"message":"403 Forbidden"})"));
  transport.route(kApi + "runners?", R"([{"id":3,"status":"online"}])");
  transport.route(kApi + "projects?", "[]");
  RestFleet it{settings(), transport};
  EXPECT_EQ(read(it).runners.size(), 1U);
  EXPECT_EQ(transport.count("runners/all"), 1);
  EXPECT_EQ(transport.count("membership=true&archived=false&pagination=keyset"), 1);
  clock += 30s;
  read(it);
  EXPECT_EQ(transport.count("runners/all"), 1) << "one refusal may be an accident";
  clock += 30s;
  EXPECT_EQ(read(it).runners.size(), 1U);
  EXPECT_EQ(transport.count("runners/all"), 0);
}

TEST_F(Reading, TakesProjectsInTurnsWhenThereAreTooMany) {
  add_runners(1);
  for (int id = 1; id <= 200; ++id) {
    add_project(id, "acme/p" + std::to_string(id));
    if (id <= 20) add_job(id, 1000 + id, "running");
  }
  page_size = 300;
  RestFleet it{settings(), transport};
  std::set<std::string> unread;
  for (int tick = 0; tick < 45; ++tick) {
    const FleetReading reading = read(it);
    EXPECT_LE(reading.calls.calls, tick == 0 ? 60 : 30);
    unread.clear();
    for (const Stale& stale : reading.stale) {
      if (!stale.what.starts_with("jobs of ")) continue;
      EXPECT_TRUE(stale.essential);
      if (!stale.age) unread.insert(stale.what);
      EXPECT_GE(stale.age.value_or(30s), 30s);
    }
    EXPECT_EQ(reading.running.size(), 20U) << "what was read stays";
    clock += 30s;
  }
  EXPECT_TRUE(unread.empty()) << unread.size() << " projects were never read";
}

TEST_F(Reading, AListThatHasBegunIsFinishedOnCredit) {
  page_size = 10;
  add_project(7, "acme/shop");
  for (int id = 1; id <= 700; ++id) add_job(7, id, "pending");
  RestFleet it{settings(), transport};
  EXPECT_EQ(read(it).pending.size(), 700U);
}

TEST_F(Reading, ForDoctorIsOutsideTheBudget) {
  transport.route(kApi + "version", R"({"version":"17.10.1-ee"})");
  transport.route(kApi + "personal_access_tokens/self",
                  R"({"name":"t","scopes":["read_api"],"active":true})");
  client.calls_per_minute = 30;
  RestFleet it{settings(), transport};
  for (int at = 0; at < 100; ++at) ASSERT_EQ(it.version().value(), "17.10.1-ee");
  EXPECT_EQ(it.token()->scopes, std::vector<std::string>{"read_api"});
}

}  // namespace
}  // namespace runneriq::gitlab
