// GitLab's API as its users see it.
#include "core/json_text.hpp"
#include "gitlab/graphql.hpp"
#include "gitlab/replies.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

class Api : public testing::Test {
 protected:
  Caller caller_{mock_scenario()};
};

TEST_F(Api, ListsRunnersWithoutTheirTagsAndShowsThemInDetails) {
  const json list = caller_.json("/runners/all");
  EXPECT_EQ(ids(list), (std::vector<int>{18, 17, 16, 15, 14, 13, 12, 11}));
  EXPECT_FALSE(list.at(0).contains("tag_list"));
  const json details = caller_.json("/runners/11");
  EXPECT_EQ(details.at("tag_list"), (json{"docker", "linux"}));
  EXPECT_EQ(details.at("access_level"), "not_protected");
  EXPECT_EQ(caller_.json("/runners/14").at("access_level"), "ref_protected");
  EXPECT_EQ(caller_.json("/runners/11/managers").size(), 2U);
}

struct ListCase {
  std::string name, path;
  std::vector<int> ids;
};
class Lists : public testing::TestWithParam<ListCase> {};

TEST_P(Lists, HoldWhatIsAskedFor) {
  Caller caller(mock_scenario());
  EXPECT_EQ(ids(caller.json(GetParam().path)), GetParam().ids);
}

INSTANTIATE_TEST_SUITE_P(
    Paths, Lists,
    testing::Values(
        ListCase{"OwnRunnersWithoutTheInstances", "/runners", {18, 17, 16, 14, 13, 12}},
        ListCase{"ByType", "/runners/all?type=group_type", {14, 12}},
        ListCase{"ByStatus", "/runners/all?status=offline", {15}},
        ListCase{"ByPause", "/runners/all?paused=true", {16}},
        ListCase{"NotPaused", "/runners/all?paused=false&type=project_type", {18, 17, 13}},
        ListCase{"ByAllTags", "/runners/all?tag_list=docker,fast", {12}},
        ListCase{"OfAProject", "/projects/101/runners", {15, 14, 12, 11}},
        ListCase{"OfAProjectByPath", "/projects/acme%2Fpayments/runners?type=project_type", {13}},
        ListCase{"OfAGroup", "/groups/acme%2Fweb/runners", {15, 14, 12, 11}},
        ListCase{"Projects", "/projects?membership=true", {104, 103, 102, 101}},
        ListCase{
            "ProjectsByKeyset", "/projects?pagination=keyset&order_by=id&sort=asc&per_page=2", {101, 102}},
        ListCase{"DirectProjectsOfAGroup", "/groups/acme/projects", {104, 103, 102}},
        ListCase{"AllProjectsOfAGroup", "/groups/acme/projects?include_subgroups=true", {104, 103, 102, 101}},
        ListCase{"NoMergeRequestOfThatNumber", "/projects/101/merge_requests?iids[]=8", {}},
        ListCase{"Members", "/projects/102/members/all?user_ids[]=2&user_ids[]=9", {2}}),
    [](const auto& one) { return one.param.name; });

TEST_F(Api, ShowsAMemberOnlyWhatTheRoleAllows) {
  caller_.control("POST", "/tokens", {{"token", "dev"}, {"scopes", {"api"}}, {"user", "developer"}});
  caller_.use_token("dev");
  EXPECT_TRUE(caller_.json("/runners").empty());
  EXPECT_EQ(caller_.get("/runners/all").status, 403);
  EXPECT_EQ(caller_.get("/projects/101/runners").status, 403);
  EXPECT_EQ(caller_.get("/projects/103").status, 404);
  EXPECT_EQ(caller_.get("/runners/11").status, 200) << "an instance runner is shown to all";
  EXPECT_EQ(caller_.get("/runners/13").status, 403);
  EXPECT_EQ(caller_.send("PUT", "/runners/11", {{"paused", true}}).status, 403);
}

// Follows rel="next" to the end.
std::vector<int> all_pages(Caller& caller, std::string path) {
  std::vector<int> found;
  for (int page = 0; page < 50 && !path.empty(); ++page) {
    const ServedReply reply = caller.get(path);
    for (const int id : ids(json_in(reply.body))) found.push_back(id);
    const std::string next = next_page(header(reply, "Link"));
    path = next.empty() ? "" : next.substr(next.find("/api/v4") + 7);
  }
  return found;
}

TEST_F(Api, PagesJobsByKeysetAndByOffsetAlike) {
  const std::vector<int> whole = ids(caller_.json("/projects/101/jobs?per_page=100"));
  ASSERT_GT(whole.size(), 20U);
  EXPECT_EQ(all_pages(caller_, "/projects/101/jobs?per_page=7"), whole);
  EXPECT_EQ(all_pages(caller_, "/projects/101/jobs?pagination=keyset&order_by=id&per_page=7"), whole);
  EXPECT_EQ(all_pages(caller_, "/projects/101/jobs?pagination=keyset&sort=asc&per_page=3"),
            std::vector<int>(whole.rbegin(), whole.rend()));
}

TEST_F(Api, TellsTheTotalsOfOffsetPages) {
  const ServedReply reply = caller_.get("/runners/all?per_page=4&page=2");
  EXPECT_EQ(ids(json_in(reply.body)), (std::vector<int>{14, 13, 12, 11}));
  EXPECT_EQ(header(reply, "x-total"), "8");
  EXPECT_EQ(header(reply, "x-total-pages"), "2");
  EXPECT_EQ(header(reply, "x-next-page"), "");
  EXPECT_EQ(header(reply, "x-prev-page"), "1");
  EXPECT_EQ(caller_.get("/runners/all?per_page=0").status, 400);
  EXPECT_EQ(caller_.get("/runners/all?per_page=x").status, 400);
}

TEST_F(Api, FiltersJobsByScope) {
  const json jobs = caller_.json("/projects/101/jobs?scope%5B%5D=pending&scope[]=running&per_page=100");
  EXPECT_EQ(jobs.size(), 7U);
  for (const json& job : jobs) EXPECT_TRUE(job.at("status") == "pending" || job.at("status") == "running");
  EXPECT_EQ(caller_.get("/projects/101/jobs?scope[]=waiting").status, 400);
}

TEST_F(Api, ShowsAMergeRequestsPipelineByItsRef) {
  const json pipelines = caller_.json("/projects/101/pipelines?source=merge_request_event");
  ASSERT_EQ(pipelines.size(), 1U);
  EXPECT_EQ(pipelines.at(0).at("ref"), "refs/merge-requests/7/head");
  EXPECT_EQ(caller_.json("/projects/101/merge_requests/7").at("labels"), (json{"priority::high", "bug"}));
}

TEST_F(Api, HidesRetriedAttemptsUnlessAsked) {
  const json pipeline = caller_.json("/projects/102/pipelines?source=merge_request_event").at(0);
  const std::string path =
      "/projects/102/pipelines/" + std::to_string(pipeline.at("id").get<int>()) + "/jobs";
  EXPECT_EQ(caller_.json(path).size(), 1U);
  EXPECT_EQ(caller_.json(path + "?include_retried=true").size(), 2U);
}

TEST_F(Api, PutReplacesTheWholeTagList) {
  const ServedReply reply = caller_.send("PUT", "/runners/11", {{"tag_list", {"b", " a ", "b", "c,d"}}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(json_in(reply.body).at("tag_list"), (json{"a", "b", "c", "d"}));
  EXPECT_EQ(caller_.json("/runners/11").at("run_untagged"), true);
  EXPECT_EQ(json_in(caller_.send("PUT", "/runners/11", {{"tag_list", "x,y"}}).body).at("tag_list"),
            (json{"x", "y"}));
}

json many_tags(int count) {
  json tags = json::array();
  for (int tag = 0; tag < count; ++tag) tags.push_back("t" + std::to_string(tag));
  return tags;
}

struct PutCase {
  std::string name;
  json body;
  int status;
  json reply;
};
class Put : public testing::TestWithParam<PutCase> {};

TEST_P(Put, RefusesWhatGitLabRefuses) {
  Caller caller(mock_scenario());
  const json before = caller.json("/runners/11");
  const ServedReply reply = caller.send("PUT", "/runners/11", GetParam().body);
  EXPECT_EQ(reply.status, GetParam().status);
  if (GetParam().status != 200) {
    EXPECT_EQ(json_in(reply.body), GetParam().reply);
    EXPECT_EQ(caller.json("/runners/11"), before);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, Put,
    testing::Values(
        PutCase{"EmptyListWithoutUntagged",
                {{"tag_list", json::array()}, {"run_untagged", false}},
                400,
                {{"message",
                  {{"tags_list", {"can not be empty when runner is not allowed to pick untagged jobs"}}}}}},
        PutCase{"FiftyOneTags",
                {{"tag_list", many_tags(51)}},
                400,
                {{"message",
                  {{"tags_list", {"Too many tags specified. Please limit the number of tags to 50"}}}}}},
        PutCase{"FiftyTags", {{"tag_list", many_tags(50)}}, 200, {}},
        PutCase{"EmptyListWithUntagged", {{"tag_list", ""}}, 200, {}},
        PutCase{"TagsOfTheWrongKind", {{"tag_list", {1}}}, 400, {{"error", "tag_list is invalid"}}},
        PutCase{"BothActiveAndPaused",
                {{"active", true}, {"paused", true}},
                400,
                {{"error", "active, paused are mutually exclusive"}}},
        PutCase{"AccessLevel",
                {{"access_level", "nobody"}},
                400,
                {{"error", "access_level does not have a valid value"}}},
        PutCase{"ShortTimeout",
                {{"maximum_timeout", 599}},
                400,
                {{"message", {{"maximum_timeout", {"needs to be at least 10 minutes"}}}}}},
        PutCase{"LongNote",
                {{"maintenance_note", std::string(1025, 'x')}},
                400,
                {{"message", {{"maintenance_note", {"is too long (maximum is 1024 characters)"}}}}}}),
    [](const auto& one) { return one.param.name; });

TEST_F(Api, PlaysRetriesAndCancelsJobs) {
  caller_.control("POST", "/pipelines",
                  {{"project", "acme/docs"},
                   {"jobs",
                    {{{
                          "name",
                          "go",
                      },
                      {"state", "manual"},
                      {"id", 5001},
                      {"tags", {"never"}}}}}});
  EXPECT_EQ(caller_.send("POST", "/projects/103/jobs/5001/play", {}).status, 200);
  EXPECT_EQ(caller_.send("POST", "/projects/103/jobs/5001/play", {}).status, 400);
  EXPECT_EQ(caller_.json("/projects/103/jobs/5001").at("status"), "pending");
  EXPECT_EQ(caller_.send("POST", "/projects/103/jobs/5001/retry", {}).status, 403);
  EXPECT_EQ(caller_.send("POST", "/projects/103/jobs/5001/cancel", {}).status, 201);
  EXPECT_EQ(caller_.json("/projects/103/jobs/5001").at("status"), "canceled");
  const ServedReply again = caller_.send("POST", "/projects/103/jobs/5001/retry", {});
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(json_in(again.body).at("id"), 5002);
  EXPECT_EQ(caller_.send("POST", "/projects/103/jobs/5001/retry", {}).status, 403) << "retried already";
}

TEST_F(Api, ShowsTheStatusOfAPipelineAsItIsNow) {
  caller_.control(
      "POST", "/pipelines",
      {{"project", "acme/docs"}, {"jobs", {{{"name", "go"}, {"id", 5001}, {"tags", {"never"}}}}}});
  const auto status = [&] { return caller_.json("/projects/103/jobs/5001").at("pipeline").at("status"); };
  EXPECT_EQ(status(), "pending");
  caller_.send("POST", "/projects/103/jobs/5001/cancel", {});
  EXPECT_EQ(status(), "canceled");
  caller_.send("POST", "/projects/103/jobs/5001/retry", {});
  EXPECT_EQ(status(), "pending");
}

TEST_F(Api, KeepsNotesAndIssues) {
  EXPECT_EQ(caller_.send("POST", "/projects/101/merge_requests/7/notes", {{"body", "hello"}}).status, 201);
  EXPECT_EQ(caller_.json("/projects/101/merge_requests/7/notes").at(0).at("body"), "hello");
  EXPECT_EQ(caller_.send("POST", "/projects/101/merge_requests/7/notes", {{"body", ""}}).status, 400);
  EXPECT_EQ(caller_.send("POST", "/projects/101/merge_requests/99/notes", {{"body", "x"}}).status, 404);
  EXPECT_EQ(caller_.send("POST", "/projects/101/issues", {{"title", "broken"}}).status, 201);
  EXPECT_EQ(caller_.json("/projects/101/issues").at(0).at("iid"), 1);
}

TEST_F(Api, GoesThroughTheClientsOwnParsers) {
  EXPECT_EQ(parse_runners(caller_.get("/runners/all").body)->size(), 8U);
  EXPECT_EQ(parse_runner(caller_.get("/runners/12").body)->traits->groups,
            (std::vector<std::string>{"acme/web"}));
  const auto jobs = parse_jobs(caller_.get("/projects/101/jobs?scope[]=pending").body, ProjectId{101});
  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->size(), 6U);
  EXPECT_EQ(parse_projects(caller_.get("/projects").body)->size(), 4U);
  EXPECT_EQ(parse_token(caller_.get("/personal_access_tokens/self").body)->scopes.front(), "api");
  EXPECT_EQ(*parse_version(caller_.get("/version").body), "17.10.0-ee");
  EXPECT_EQ(*parse_ref_patterns(caller_.get("/projects/101/protected_branches").body),
            (std::vector<std::string>{"main", "hotfix/*", "release/*"}));
  EXPECT_EQ(parse_members(caller_.get("/projects/103/members/all").body)->size(), 2U);
  EXPECT_EQ(parse_merge_requests(caller_.get("/projects/101/merge_requests").body)->size(), 1U);
}

TEST_F(Api, AnswersTheClientsGraphqlQuestions) {
  const auto ask = [&](const std::string& body) {
    return caller_.ask("POST", "/api/graphql", body).reply.body;
  };
  struct Case {
    RunnerOwner owner;
    std::size_t runners;
  };
  for (const Case& one :
       {Case{{RunnerOwner::Kind::instance, ""}, 8}, Case{{RunnerOwner::Kind::project, "acme/web/shop"}, 4},
        Case{{RunnerOwner::Kind::group, "acme/web"}, 4}}) {
    const auto answer = parse_runners_answer(ask(runners_question(one.owner, "")), one.owner);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->runners.size(), one.runners);
    for (const Runner& runner : answer->runners) {
      const auto rest = parse_runner(caller_.get("/runners/" + std::to_string(runner.id.value())).body);
      ASSERT_TRUE(rest && runner.traits);
      EXPECT_EQ(runner.traits->tags, rest->traits->tags);
      EXPECT_EQ(runner.traits->protected_only, rest->traits->protected_only);
      EXPECT_EQ(runner.traits->projects, rest->traits->projects);
      EXPECT_EQ(runner.status, rest->status);
    }
  }
  const auto manual = parse_manual_jobs_answer(ask(manual_jobs_question("acme/web/shop")));
  ASSERT_TRUE(manual) << manual.error().message;
  EXPECT_EQ(std::count_if(manual->begin(), manual->end(), [](const auto& row) { return row.second; }), 1);
  EXPECT_EQ(caller_.control("GET", "/calls").at("mutating"), 0);
}

TEST(Graphql, PagesRunners) {
  Scenario scenario;
  scenario.runners = {{.description = "many", .copies = 230}};
  Caller caller(scenario);
  const RunnerOwner owner{};
  std::string after;
  std::set<RunnerId> seen;
  for (int page = 0; page < 3; ++page) {
    const auto answer = parse_runners_answer(
        caller.ask("POST", "/api/graphql", runners_question(owner, after)).reply.body, owner);
    ASSERT_TRUE(answer);
    for (const Runner& runner : answer->runners) seen.insert(runner.id);
    after = answer->next_cursor;
  }
  EXPECT_EQ(seen.size(), 230U);
  EXPECT_EQ(after, "");
}

struct QueryCase {
  std::string name, query, words;
};
class BadQuery : public testing::TestWithParam<QueryCase> {};

TEST_P(BadQuery, IsAnErrorWithStatus200) {
  Caller caller(mock_scenario());
  const ServedReply reply =
      caller.ask("POST", "/api/graphql", json_line(json{{"query", GetParam().query}})).reply;
  EXPECT_EQ(reply.status, 200);
  const std::string words = json_in(reply.body).at("errors").at(0).at("message");
  EXPECT_EQ(words.substr(0, GetParam().words.size()), GetParam().words);
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int time = 0; time < times; ++time) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Queries, BadQuery,
    testing::Values(QueryCase{"Empty", "", "An operation name is required"},
                    QueryCase{"UnknownRoot", "{ users { nodes { id } } }",
                              "Field 'users' doesn't exist on type 'Query'"},
                    QueryCase{"UnknownField", "{ runners { nodes { colour } } }",
                              "Field 'colour' doesn't exist on type 'CiRunner'"},
                    QueryCase{"Unclosed", "{ runners { nodes", "Parse error"},
                    QueryCase{"UnclosedArguments", "{ runners(first: ", "Parse error"},
                    QueryCase{"UnclosedString", "{ project(fullPath: \"x", "Parse error"},
                    QueryCase{"UnclosedList", "{ runners(a: [1", "Parse error"},
                    QueryCase{"UnclosedVariables", "query x($a: ID", "Parse error"},
                    QueryCase{"NoSelection", "{ runners }", "Field must have selections"},
                    QueryCase{"Mutation", "mutation { runnerUpdate(input: {}) { errors } }", ""},
                    QueryCase{"UnknownFragment", "{ runners { ...x } }", "Fragment x was used"},
                    QueryCase{"CircularFragment", "{ ...x } fragment x on Query { ...x }", "Query has depth"},
                    QueryCase{"Bomb",
                              "{ ...a ...a } fragment a on Q { " + repeated("...b ", 50) +
                                  "} fragment b on Q { " + repeated("x ", 50) + "}",
                              "Query has more than 2000 fields"},
                    QueryCase{"Deep", repeated("{ a ", 100'000), "Query has depth"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace runneriq::gitlab::simulator
