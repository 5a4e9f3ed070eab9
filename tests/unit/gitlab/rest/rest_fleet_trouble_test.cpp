// What a reading holds when GitLab does not answer as it should.
#include "gitlab/rest/rest_fleet.hpp"
#include "tests/unit/gitlab/rest/fleet_world.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

const Stale* find(const FleetReading& reading, std::string_view what) {
  const auto found = std::ranges::find(reading.stale, what, &Stale::what);
  return found == reading.stale.end() ? nullptr : &*found;
}

class Trouble : public testing::Test, protected FleetWorld {
 protected:
  Trouble() {
    add_runners(3);
    add_project(7, "acme/shop");
    add_project(8, "acme/web");
    add_job(7, 101, "pending");
    add_job(8, 102, "pending");
  }
  void break_route(const std::string& beginning, Result<HttpReply> outcome) {
    transport.route(beginning, [outcome](const HttpCall&) { return outcome; });
  }
  void break_all(const Result<HttpReply>& outcome) {
    for (const char* start :
         {"groups/acme/runners", "groups/acme/projects", "runners/", "projects/7/", "projects/8/"}) {
      break_route(kApi + start, outcome);
    }
    break_route(kUrl + "/api/graphql", outcome);
  }
};

struct RuinCase {
  std::string name;
  Result<HttpReply> outcome;
  Errc code;
  std::string words;
};
class Ruin : public Trouble, public testing::WithParamInterface<RuinCase> {};

TEST_P(Ruin, AtTheFirstReadingIsAnErrorWithItsRemedy) {
  break_all(GetParam().outcome);
  RestFleet it{settings(), transport};
  const auto reading = it.read(clock);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, GetParam().code);
  EXPECT_NE(reading.error().message.find(GetParam().words), std::string::npos) << reading.error().message;
  EXPECT_EQ(reading.error().message.find("glpat"), std::string::npos);
}

TEST_P(Ruin, LaterLeavesTheLastKnownStateUnlessTheTokenIsRefused) {
  RestFleet it{settings(), transport};
  ASSERT_TRUE(it.read(clock));
  clock += 30s;
  break_all(GetParam().outcome);
  const auto reading = it.read(clock);
  if (GetParam().name == "TokenRefused") {
    ASSERT_FALSE(reading);
    EXPECT_EQ(reading.error().code, Errc::permission);
    EXPECT_NE(reading.error().message.find("check the token"), std::string::npos) << reading.error().message;
    return;
  }
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->runners.size(), 3U);
  EXPECT_EQ(reading->pending.size(), 2U);
  const Stale* list = find(*reading, "the list of runners");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->age, 30s);
  EXPECT_TRUE(list->essential);
  EXPECT_NE(find(*reading, "jobs of project acme/shop"), nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Ruin,
    testing::Values(
        RuinCase{"TokenRefused", reply(401, R"({"message":"401 Unauthorized"})"), Errc::permission,
                 "check the token"},
        RuinCase{"ScopeMissing", reply(403, R"({"error":"insufficient_scope"})"), Errc::permission,
                 "read_api"},
        RuinCase{"NothingThere", reply(404, "{}"), Errc::not_found,
                 "check gitlab.url (https://gitlab.example.com)"},
        RuinCase{"NoGitLab", reply(200, "<html><title>Welcome</title></html>"), Errc::not_found,
                 "no GitLab API at"},
        RuinCase{"ListOfTheWrongKind", reply(200, "{}"), Errc::not_found, "no GitLab API at"},
        RuinCase{"Moved", reply(302, ""), Errc::not_found, "no GitLab API at"},
        RuinCase{"Html500", reply(500, "<html><title>Oops</title></html>"), Errc::unavailable, "Oops"},
        RuinCase{"NotReachable", fail(Errc::unavailable, "connection refused"), Errc::unavailable,
                 "the network"},
        RuinCase{"Slow", fail(Errc::timed_out, "no answer within 15 s"), Errc::timed_out, "the network"},
        RuinCase{"CertificateUnknown", fail(Errc::permission, "TLS: self-signed certificate"),
                 Errc::permission, "gitlab.ca_file"}),
    [](const auto& given) { return given.param.name; });

TEST_F(Trouble, ATokenThatWorksAgainNeedsNothingElse) {
  RestFleet it{settings(), transport};
  ASSERT_TRUE(it.read(clock));
  transport.once(kApi + "groups/acme/runners", reply(401, ""));
  clock += 30s;
  const auto one = it.read(clock);
  ASSERT_TRUE(one) << "other calls were answered";
  EXPECT_NE(find(*one, "the list of runners"), nullptr);
  clock += 30s;
  const auto next = it.read(clock);
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->stale.empty());
}

TEST_F(Trouble, OneProjectThatIsGoneIsNotTheFleet) {
  RestFleet it{settings(), transport};
  ASSERT_TRUE(it.read(clock));
  break_route(kApi + "projects/8/", reply(404, R"({"message":"404 Project Not Found"})"));
  clock += 30s;
  auto reading = it.read(clock);
  EXPECT_EQ(reading->pending.size(), 2U) << "said once it is not believed";
  EXPECT_TRUE(find(*reading, "jobs of project acme/web")->essential);
  clock += 30s;
  reading = it.read(clock);
  EXPECT_EQ(reading->pending.size(), 1U);
  EXPECT_FALSE(find(*reading, "jobs of project acme/web")->essential);
  for (int tick = 0; tick < 8; ++tick) reading = it.read(clock += 30s);
  transport.calls.clear();
  reading = it.read(clock += 30s);
  EXPECT_EQ(transport.count("projects/8/jobs"), 0) << "said ten times it rests for ten minutes";
  EXPECT_NE(find(*reading, "jobs of project acme/web"), nullptr);
  transport.calls.clear();
  reading = it.read(clock += 10min);
  EXPECT_EQ(transport.count("projects/8/jobs"), 1);
}

TEST_F(Trouble, RecoversWithTheNextReading) {
  RestFleet it{settings(), transport};
  ASSERT_TRUE(it.read(clock));
  for (const int status : {400, 401, 403, 404, 409, 429, 500, 503}) {
    SCOPED_TRACE(status);
    for (const std::string& path :
         {kApi + "groups/acme/runners", kApi + "projects/7/jobs", kUrl + "/api/graphql"}) {
      const int attempts = status == 429 || status >= 500 ? 3 : 1;
      for (int at = 0; at < attempts; ++at) transport.once(path, reply(status, "<html>"));
      clock += 30s;
      // A 401 to the only call of a reading is an error of that reading.
      for (int rest = 0; rest < 3; ++rest) EXPECT_TRUE(it.read(clock += 1min) || status == 401);
      const auto next = it.read(clock += 30s);
      ASSERT_TRUE(next);
      EXPECT_TRUE(next->stale.empty()) << next->stale.front().what << ": " << next->stale.front().why;
      EXPECT_EQ(next->pending.size(), 2U);
      EXPECT_EQ(next->runners.size(), 3U);
    }
  }
}

TEST_F(Trouble, HalfAListIsNoList) {
  page_size = 2;
  for (int id = 200; id < 206; ++id) add_job(7, id, "pending");
  RestFleet it{settings(), transport};
  ASSERT_EQ(it.read(clock)->pending.size(), 8U);
  for (const std::string& page :
       {std::string("[{\"id\":1"), std::string("<html>"), std::string("{}"), std::string()}) {
    SCOPED_TRACE(page);
    for (int id = 100; id < 206; ++id) projects[7].jobs.erase(id);
    for (int id = 300; id < 306; ++id) add_job(7, id, "pending");
    transport.route(kApi +
                        "projects/7/"
                        "jobs?scope%5B%5D=pending&scope%5B%5D=running&scope%5B%5D=waiting_for_resource&"
                        "pagination=keyset&order_by=id&sort="
                        "desc&per_page=100&page=2",
                    page);
    clock += 30s;
    const auto reading = it.read(clock);
    EXPECT_EQ(reading->pending.size(), 8U) << "the old list";
    EXPECT_EQ(reading->pending.front().id, JobId{101});
    const Stale* stale = find(*reading, "jobs of project acme/shop");
    ASSERT_NE(stale, nullptr);
    EXPECT_TRUE(stale->essential);
  }
}

struct LinkCase {
  std::string name;
  std::string next;
};
class WrongLinks : public Trouble, public testing::WithParamInterface<LinkCase> {};

TEST_P(WrongLinks, AreAnErrorOfThatListOnly) {
  transport.route(kApi + "projects/7/jobs", [](const HttpCall&) {
    return reply(200, R"([{"id":5,"status":"pending"}])",
                 {{"link", "<" + GetParam().next + ">; rel=\"next\""}});
  });
  RestFleet it{settings(), transport};
  const auto reading = it.read(clock);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->pending.size(), 1U);
  const Stale* stale = find(*reading, "jobs of project acme/shop");
  ASSERT_NE(stale, nullptr);
  EXPECT_EQ(stale->age, std::nullopt);
  for (const HttpCall& call : transport.calls) EXPECT_TRUE(call.url.starts_with(kUrl + "/api/")) << call.url;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WrongLinks,
    testing::Values(
        LinkCase{"Elsewhere", "https://evil.example/api/v4/projects/7/jobs?page=2"},
        LinkCase{
            "Circle",
            kApi + "projects/7/"
                   "jobs?scope%5B%5D=pending&scope%5B%5D=running&scope%5B%5D=waiting_for_resource&pagination="
                   "keyset&order_by=id&sort=desc&per_page=100"},
        LinkCase{"SamePageAgain", kApi + "projects/7/jobs?page=2"}, LinkCase{"NoAddress", "nonsense"}),
    [](const auto& given) { return given.param.name; });

TEST_F(Trouble, WithoutRunnerRightsJobsAreStillRead) {
  break_route(kApi + "groups/acme/runners", reply(403, R"({"message":"403 Forbidden"})"));
  RestFleet it{settings(), transport};
  const auto reading = it.read(clock);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->pending.size(), 2U);
  EXPECT_TRUE(reading->runners.empty());
  const Stale* stale = find(*reading, "the list of runners");
  ASSERT_NE(stale, nullptr);
  EXPECT_EQ(stale->age, std::nullopt);
  EXPECT_NE(stale->why.find("role Maintainer"), std::string::npos) << stale->why;
}

TEST_F(Trouble, WithRolesIsNotEssential) {
  break_route(kApi + "projects/7/members", reply(500, ""));
  RestFleet it{settings(), transport};
  const auto reading = it.read(clock);
  ASSERT_TRUE(reading);
  ASSERT_EQ(reading->stale.size(), 1U);
  EXPECT_EQ(reading->stale[0].what, "roles in project acme/shop");
  EXPECT_FALSE(reading->stale[0].essential);
  EXPECT_FALSE(reading->access_levels.contains({ProjectId{7}, UserId{1}})) << "not known is not no member";
}

TEST_F(Trouble, WithProtectedRefsIsEssential) {
  break_route(kApi + "projects/7/protected_branches", reply(500, ""));
  RestFleet it{settings(), transport};
  const auto reading = it.read(clock);
  ASSERT_EQ(reading->stale.size(), 1U);
  EXPECT_TRUE(reading->stale[0].essential);
  EXPECT_FALSE(reading->protected_refs.contains(ProjectId{7}));
}

TEST_F(Trouble, IsOverWithinTheTimeOfOneReading) {
  RestFleet it{settings(), transport};
  ASSERT_TRUE(it.read(clock));
  transport.latency = 9s;
  const Time start = clock += 30s;
  const auto reading = it.read(clock);
  ASSERT_TRUE(reading);
  EXPECT_LE(clock, start + 25s + 9s);
  EXPECT_FALSE(reading->stale.empty());
  EXPECT_EQ(reading->pending.size(), 2U);
}

TEST_F(Trouble, OfAClockThatJumpsPasses) {
  RestFleet it{settings(), transport};
  ASSERT_TRUE(it.read(clock));
  for (const Duration jump : {Duration(-24h), Duration(48h), Duration(-1h), Duration(1ms)}) {
    clock += jump;
    ASSERT_TRUE(it.read(clock));
    clock += 1min;
    const auto reading = it.read(clock);
    ASSERT_TRUE(reading);
    EXPECT_TRUE(reading->stale.empty());
    EXPECT_EQ(reading->pending.size(), 2U);
  }
}

}  // namespace
}  // namespace runneriq::gitlab
