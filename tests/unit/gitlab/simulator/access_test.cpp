// Tokens, the count of calls, faults and the control interface.
#include "core/json_text.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

struct AccessCase {
  std::string name;
  json token;  // added first; null = none
  std::string method, path;
  int status;
  std::string word;  // in the body
};
class Access : public testing::TestWithParam<AccessCase> {};

TEST_P(Access, FollowsTheToken) {
  Caller caller(mock_scenario());
  if (!GetParam().token.is_null()) caller.control("POST", "/tokens", GetParam().token);
  caller.use_token("other");
  const ServedReply reply =
      caller.send(GetParam().method, GetParam().path, {{"paused", true}, {"title", "x"}});
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_NE(reply.body.find(GetParam().word), std::string::npos) << reply.body;
}

json token(const std::vector<std::string>& scopes) {
  return {{"token", "other"}, {"scopes", scopes}};
}
const json kExpired{{"token", "other"}, {"scopes", {"api"}}, {"expires_at", "2026-03-01T08:59:59Z"}};
const json kStillGood{{"token", "other"}, {"scopes", {"api"}}, {"expires_at", "2026-03-01T09:00:01Z"}};

INSTANTIATE_TEST_SUITE_P(
    Tokens, Access,
    testing::Values(
        AccessCase{"Unknown", nullptr, "GET", "/projects", 401, "401 Unauthorized"},
        AccessCase{"Expired", kExpired, "GET", "/projects", 401, "invalid_token"},
        AccessCase{"StillGood", kStillGood, "GET", "/projects", 200, ""},
        AccessCase{"ReadApiReads", token({"read_api"}), "GET", "/runners/all", 200, ""},
        AccessCase{"ReadApiMayNotWrite", token({"read_api"}), "PUT", "/runners/11", 403,
                   "insufficient_scope"},
        AccessCase{"ReadApiMayNotPost", token({"read_api"}), "POST", "/projects/101/issues", 403, "\"api\""},
        AccessCase{"ApiWrites", token({"api"}), "PUT", "/runners/11", 200, ""},
        AccessCase{"ManageRunnerWritesOneRunner", token({"manage_runner"}), "PUT", "/runners/11", 200, ""},
        AccessCase{"ManageRunnerReadsOneRunner", token({"manage_runner"}), "GET", "/runners/11", 200, ""},
        AccessCase{"ManageRunnerReadsNoList", token({"manage_runner"}), "GET", "/runners/all", 403,
                   "insufficient_scope"},
        AccessCase{"AnyTokenReadsItself", token({"read_user"}), "GET", "/personal_access_tokens/self", 200,
                   "read_user"},
        AccessCase{"NoSuchRunner", token({"api"}), "GET", "/runners/99", 404, "404 Runner Not Found"},
        AccessCase{"NoSuchProject", token({"api"}), "GET", "/projects/acme%2Fnone", 404,
                   "404 Project Not Found"},
        AccessCase{"NoSuchRoute", token({"api"}), "GET", "/nothing", 404, "404 Not Found"}),
    [](const auto& one) { return one.param.name; });

TEST(AccessByHeader, AlsoTakesBearer) {
  Caller caller(mock_scenario());
  caller.use_token("");
  EXPECT_EQ(caller.ask("GET", "/api/v4/projects").reply.status, 401);
  EXPECT_EQ(caller.ask("GET", "/api/v4/projects", "", {{"authorization", "Bearer " + kToken}}).reply.status,
            200);
}

TEST(Calls, AreCountedByRouteAndByWhetherTheyMayChangeSomething) {
  Caller caller(mock_scenario());
  caller.get("/runners/11");
  caller.get("/runners/12");
  caller.ask("HEAD", "/api/v4/runners/12");
  caller.ask("POST", "/api/graphql", R"({"query": "{ runners { count } }"})");
  caller.control("POST", "/advance", {{"seconds", 1}});
  EXPECT_EQ(
      caller.control("GET", "/calls"),
      (json{{"total", 4},
            {"mutating", 0},
            {"by_route",
             {{"GET /api/v4/runners/:id", 2}, {"HEAD /api/v4/runners/:id", 1}, {"POST /api/graphql", 1}}}}));
  caller.send("PUT", "/runners/11", {{"paused", true}});
  caller.ask("POST", "/api/graphql", R"({"query": "query a { x } mutation b { y }", "operationName": "b"})");
  caller.ask("POST", "/api/graphql", "no json");
  caller.ask("DELETE", "/api/v4/nothing");
  caller.use_token("wrong");
  caller.send("POST", "/projects/101/issues", {{"title", "x"}});
  EXPECT_EQ(caller.control("GET", "/calls").at("mutating"), 5);
}

TEST(FaultsOnRequest, StrikeTheRouteAndAsOftenAsTold) {
  Caller caller(mock_scenario());
  caller.control("POST", "/faults",
                 {{"route", "GET /api/v4/runners/*"},
                  {"kind", "status"},
                  {"status", 429},
                  {"retry_after", 2},
                  {"times", 2}});
  EXPECT_EQ(caller.get("/projects").status, 200);
  const ServedReply first = caller.get("/runners/11");
  EXPECT_EQ(first.status, 429);
  EXPECT_EQ(first.body, "Retry later\n");
  EXPECT_EQ(header(first, "Retry-After"), "2");
  EXPECT_EQ(caller.get("/runners/12").status, 429);
  EXPECT_EQ(caller.get("/runners/11").status, 200);
}

TEST(FaultsOnRequest, LastUntilDeleted) {
  Caller caller(mock_scenario());
  caller.control("POST", "/faults", {{"kind", "status"}, {"status", 500}});
  for (int call = 0; call < 5; ++call) EXPECT_EQ(caller.get("/projects").status, 500);
  EXPECT_NE(caller.get("/projects").body.find("<html>"), std::string::npos);
  caller.control("DELETE", "/faults");
  EXPECT_EQ(caller.get("/projects").status, 200);
}

TEST(FaultsOnRequest, KeepAFailedCallFromChangingAnythingButNotALostReply) {
  Caller caller(mock_scenario());
  caller.control("POST", "/faults", {{"kind", "status"}, {"status", 503}, {"times", 1}});
  caller.send("PUT", "/runners/11", {{"paused", true}});
  EXPECT_EQ(caller.json("/runners/11").at("paused"), false);
  caller.control("POST", "/faults", {{"kind", "reply_lost"}, {"times", 1}});
  const ServedReply lost = caller.send("PUT", "/runners/11", {{"paused", true}});
  EXPECT_EQ(lost.delivery.reset_after, 0U);
  EXPECT_EQ(caller.json("/runners/11").at("paused"), true);
}

TEST(FaultsOnRequest, SpoilTheReply) {
  Caller caller(mock_scenario());
  const auto with = [&](json fault) {
    fault["times"] = 1;
    caller.control("POST", "/faults", fault);
    return caller.ask("GET", "/api/v4/projects?per_page=1");
  };
  EXPECT_EQ(with({{"kind", "latency"}, {"milliseconds", 70}}).delay, Duration{70});
  EXPECT_EQ(with({{"kind", "reset"}, {"bytes", 5}}).reply.delivery.reset_after, 5U);
  EXPECT_EQ(with({{"kind", "slow"}, {"bytes", 9}}).reply.delivery.bytes_per_second, 9U);
  EXPECT_EQ(with({{"kind", "empty_page"}}).reply.body, "[]");
  EXPECT_TRUE(json_in(with({{"kind", "garbage"}}).reply.body).is_discarded());
  EXPECT_EQ(header(with({{"kind", "wrong_link"}}).reply, "Link"),
            "<http://gitlab.test/api/v4/projects?per_page=1>; rel=\"next\"");
  EXPECT_NE(
      header(with({{"kind", "wrong_link"}, {"link", "elsewhere"}}).reply, "Link").find("elsewhere.invalid"),
      std::string::npos);
  const ServedReply away = with({{"kind", "redirect"}, {"location", "http://x.invalid/"}}).reply;
  EXPECT_EQ(away.status, 302);
  EXPECT_EQ(header(away, "Location"), "http://x.invalid/");
}

TEST(FaultsOnRequest, ComeByChanceThatTheSeedDecides) {
  const auto run = [](std::uint64_t seed) {
    Scenario scenario;
    scenario.seed = seed;
    Caller caller(scenario);
    caller.control("POST", "/faults", {{"kind", "status"}, {"probability", 0.3}});
    std::string pattern;
    for (int call = 0; call < 300; ++call) pattern += caller.get("/projects").status == 200 ? '.' : 'x';
    return pattern;
  };
  const std::string first = run(1);
  EXPECT_EQ(first, run(1));
  EXPECT_NE(first, run(2));
  EXPECT_NEAR(static_cast<double>(std::count(first.begin(), first.end(), 'x')), 90, 30);
}

TEST(Control, RefusesWhatItDoesNotUnderstand) {
  Caller caller(mock_scenario());
  EXPECT_EQ(
      caller.control("POST", "/faults", {{"kind", "flood"}}).at("error").get<std::string>().substr(0, 15),
      "kind: 'flood' i");
  EXPECT_EQ(caller.ask("POST", "/sim/faults", "{").reply.status, 400);
  EXPECT_EQ(caller.ask("POST", "/sim/advance", R"({"seconds": -1})").reply.status, 400);
  EXPECT_EQ(
      caller.ask("POST", "/sim/pipelines", R"({"project": "none", "jobs": [{"name": "j"}]})").reply.status,
      400);
}

TEST(Control, IsClosedToWebPages) {
  struct Case {
    std::string name, value;
    int status;
  };
  const Case cases[] = {{"host", "127.0.0.1:8080", 200}, {"host", "localhost:8080", 200},
                        {"host", "[::1]:8080", 200},     {"host", "evil.example", 403},
                        {"host", "fade.cafe", 403},      {"host", "localhost.evil", 403},
                        {"origin", "http://evil", 403},  {"content-type", "text/plain", 403}};
  Caller caller(mock_scenario());
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name + ": " + one.value);
    ServedRequest request{
        .method = "POST", .target = "/sim/advance", .headers = {}, .body = R"({"seconds": 1})"};
    request.headers = {{one.name, one.value}, {"host", "127.0.0.1"}, {"content-type", "application/json"}};
    EXPECT_EQ(caller.site().answer(request, kStart).reply.status, one.status);
  }
}

TEST(Control, AddsAndRemovesRunners) {
  Caller caller(mock_scenario());
  const json added = caller.control("POST", "/runners", {{"description", "new"}, {"tags", {"gpu"}}});
  EXPECT_EQ(added.at("id"), 19);
  caller.advance(4);
  EXPECT_EQ(caller.json("/runners/19/jobs").size(), 1U) << "the job that asks for gpu";
  EXPECT_EQ(caller.ask("DELETE", "/sim/runners/19").reply.status, 204);
  EXPECT_EQ(caller.get("/runners/19").status, 404);
  caller.advance(7200);
  EXPECT_EQ(caller.control("GET", "/state").at("pending").size(), 0U);
}

TEST(HooksOut, TellOfJobsAndPipelines) {
  Caller caller(mock_scenario());
  EXPECT_EQ(caller
                .send("POST", "/projects/103/hooks",
                      {{"url", "http://127.0.0.1:1/"},
                       {"token", "s3cret"},
                       {"job_events", true},
                       {"pipeline_events", true}})
                .status,
            201);
  EXPECT_EQ(caller.send("POST", "/projects/103/hooks", {{"url", "ftp://x"}}).status, 422);
  caller.control("POST", "/pipelines",
                 {{"project", "acme/docs"}, {"jobs", {{{"name", "j"}, {"tags", {"never"}}}}}});
  const auto sent = caller.site().take_deliveries();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].event, "Job Hook");
  EXPECT_EQ(sent[0].token.reveal(), "s3cret");
  const json job = json_in(sent[0].body);
  EXPECT_EQ(job.at("object_kind"), "build");
  EXPECT_EQ(job.at("build_status"), "pending");
  EXPECT_EQ(job.at("build_created_at"), "2026-03-01 09:00:00 UTC");
  EXPECT_EQ(json_in(sent[1].body).at("object_kind"), "pipeline");
  EXPECT_NE(sent[0].key, sent[1].key);
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
