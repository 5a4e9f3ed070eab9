#include "gitlab/graphql.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using Kind = RunnerOwner::Kind;

const RunnerOwner kProject{Kind::project, "acme/shop"};

TEST(RunnersQuestion, SendsPathAndCursorAsVariables) {
  const Json first = Json::parse(runners_question(kProject, ""));
  EXPECT_EQ(first["variables"], (Json{{"path", "acme/shop"}, {"after", nullptr}}));
  const Json next = Json::parse(runners_question({Kind::group, "acme"}, "eyJpZCI6IjEifQ"));
  EXPECT_EQ(next["variables"], (Json{{"path", "acme"}, {"after", "eyJpZCI6IjEifQ"}}));
  const Json instance = Json::parse(runners_question({}, ""));
  EXPECT_EQ(instance["variables"], (Json{{"after", nullptr}}));
}

TEST(RunnersQuestion, IsTheSameTextWhateverThePath) {
  const std::string hostile = "\") { destroy } \\ \n \xFF $x";
  const Json question = Json::parse(runners_question({Kind::project, hostile}, "\"}"));
  EXPECT_EQ(question["query"], Json::parse(runners_question(kProject, ""))["query"]);
  EXPECT_EQ(question["variables"]["path"], "\") { destroy } \\ \n \xEF\xBF\xBD $x");
}

TEST(RunnersQuestion, AsksTheOwnerForAPageOfRunners) {
  struct Row {
    Kind kind;
    const char* words;
  };
  for (const Row& row :
       {Row{Kind::project, "project(fullPath: $path) { runners(first: 100, after: $after)"},
        Row{Kind::group,
            "group(fullPath: $path) { runners(membership: ALL_AVAILABLE, first: 100, after: $after)"},
        Row{Kind::instance, "query runners($after: String) {\n  runners(first: 100, after: $after)"}}) {
    const std::string query = Json::parse(runners_question({row.kind, "a"}, ""))["query"];
    EXPECT_NE(query.find(row.words), std::string::npos) << query;
    for (const char* field : {"id", "description", "runnerType", "status", "paused", "contactedAt", "tagList",
                              "runUntagged", "accessLevel", "maximumTimeout", "jobCount(statuses: [RUNNING])",
                              "managers { count }", "pageInfo { hasNextPage endCursor }"}) {
      EXPECT_NE(query.find(field), std::string::npos) << field;
    }
    EXPECT_EQ(query.find("mutation"), std::string::npos);
    EXPECT_EQ(std::count(query.begin(), query.end(), '{'), std::count(query.begin(), query.end(), '}'));
  }
}

constexpr std::string_view kAnswer = R"({"data":{"project":{"runners":{"nodes":[
  {"id":"gid://gitlab/Ci::Runner/12","description":"big","runnerType":"PROJECT_TYPE","status":"ONLINE","paused":false,
   "contactedAt":"2025-03-01T03:00:00Z","tagList":["linux","docker"],"runUntagged":false,"accessLevel":"REF_PROTECTED",
   "maximumTimeout":600,"jobCount":2,"managers":{"count":3},
   "projects":{"nodes":[{"id":"gid://gitlab/Project/9"},{"id":"gid://gitlab/Project/4"}],"pageInfo":{"hasNextPage":false}},
   "groups":null},
  {"id":"gid://gitlab/Ci::Runner/13","description":null,"runnerType":"GROUP_TYPE","status":"NEVER_CONTACTED",
   "paused":true,"contactedAt":null,"tagList":[],"runUntagged":true,"accessLevel":"NOT_PROTECTED",
   "maximumTimeout":null,"jobCount":null,"managers":null,"projects":null,
   "groups":{"nodes":[{"fullPath":"acme/web"}],"pageInfo":{"hasNextPage":false}}},
  {"id":"gid://gitlab/Ci::Runner/14","runnerType":"INSTANCE_TYPE","status":"STALE","tagList":null,"maximumTimeout":0},
  {"id":"gid://gitlab/Ci::Build/15"},{"id":"16"},{"id":null},null]
  ,"pageInfo":{"hasNextPage":true,"endCursor":"abc"}}}}})";

TEST(RunnersAnswer, ReadsTheDetails) {
  const auto answer = parse_runners_answer(kAnswer, kProject);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->next_cursor, "abc");
  ASSERT_EQ(answer->runners.size(), 3U);
  const Runner& big = answer->runners[0];
  EXPECT_EQ(big.id, RunnerId{12});
  EXPECT_EQ(big.description, "big");
  EXPECT_EQ(big.type, RunnerType::project);
  EXPECT_EQ(big.status, RunnerStatus::online);
  EXPECT_FALSE(big.paused);
  EXPECT_EQ(big.contacted_at, parse_time("2025-03-01T03:00:00Z").value());
  EXPECT_EQ(big.longest_timeout, 600s);
  EXPECT_EQ(big.running_jobs, 2);
  EXPECT_EQ(big.managers, 3);
  ASSERT_TRUE(big.traits);
  EXPECT_EQ(big.traits->tags, (std::vector<std::string>{"docker", "linux"}));
  EXPECT_FALSE(big.traits->run_untagged);
  EXPECT_TRUE(big.traits->protected_only);
  EXPECT_EQ(big.traits->type, RunnerType::project);
  EXPECT_EQ(big.traits->projects, (std::vector{ProjectId{4}, ProjectId{9}}));
}

TEST(RunnersAnswer, ToleratesNulls) {
  const auto answer = parse_runners_answer(kAnswer, kProject).value();
  const Runner& web = answer.runners[1];
  EXPECT_EQ(web.type, RunnerType::group);
  EXPECT_EQ(web.status, RunnerStatus::never_contacted);
  EXPECT_TRUE(web.paused);
  EXPECT_FALSE(web.contacted_at || web.longest_timeout || web.managers || web.running_jobs);
  EXPECT_TRUE(web.traits->tags.empty());
  EXPECT_EQ(web.traits->groups, (std::vector<std::string>{"acme/web"}));
  EXPECT_FALSE(web.traits->protected_only);
  EXPECT_FALSE(answer.runners[2].traits);  // tags not shown
  EXPECT_FALSE(answer.runners[2].longest_timeout);
  EXPECT_EQ(answer.runners[2].status, RunnerStatus::stale);
}

std::string page_of(std::string_view owner, std::string_view connection) {
  const std::string runners = "\"runners\":" + std::string(connection);
  if (owner.empty()) return "{\"data\":{" + runners + "}}";
  return "{\"data\":{\"" + std::string(owner) + "\":{" + runners + "}}}";
}

TEST(RunnersAnswer, IsFoundWithItsOwner) {
  const char* const page = R"({"nodes":[{"id":"gid://gitlab/Ci::Runner/1","tagList":[]}]})";
  EXPECT_EQ(parse_runners_answer(page_of("project", page), {Kind::project, "a"})->runners.size(), 1U);
  EXPECT_EQ(parse_runners_answer(page_of("group", page), {Kind::group, "a"})->runners.size(), 1U);
  EXPECT_EQ(parse_runners_answer(page_of("", page), {})->runners.size(), 1U);
  EXPECT_FALSE(parse_runners_answer(page_of("group", page), {Kind::project, "a"}));
}

TEST(RunnersAnswer, EndsWithTheLastPage) {
  for (const char* page :
       {R"({"nodes":[],"pageInfo":{"hasNextPage":false,"endCursor":"abc"}})",
        R"({"nodes":[],"pageInfo":{"hasNextPage":false,"endCursor":null}})", R"({"nodes":[]})"}) {
    EXPECT_EQ(parse_runners_answer(page_of("", page), {})->next_cursor, "") << page;
  }
  const auto lost = parse_runners_answer(page_of("", R"({"nodes":[],"pageInfo":{"hasNextPage":true}})"), {});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::corrupt);
}

TEST(RunnersAnswer, GivesNoScopeRatherThanHalfOfIt) {
  const auto traits = [](std::string_view fields) {
    return parse_runners_answer(page_of("", R"({"nodes":[{"id":"gid://gitlab/Ci::Runner/1","tagList":[],)" +
                                                std::string(fields) + "}]}"),
                                {})
        .value()
        .runners.front()
        .traits.value();
  };
  EXPECT_TRUE(traits(R"("runnerType":"PROJECT_TYPE","projects":{"nodes":[{"id":"gid://gitlab/Project/9"}],
                        "pageInfo":{"hasNextPage":true}})")
                  .projects.empty());
  EXPECT_TRUE(traits(R"("runnerType":"GROUP_TYPE","groups":{"nodes":[{"fullPath":"a"},{"fullPath":null}]})")
                  .groups.empty());
  EXPECT_TRUE(traits(R"("runnerType":"GROUP_TYPE","groups":{"nodes":[{"fullPath":"a"}],
                        "pageInfo":{"hasNextPage":true}})")
                  .groups.empty());
}

TEST(RunnersAnswer, TellsWhatGitLabRefuses) {
  struct Row {
    const char* json;
    Errc code;
    const char* words;
  };
  for (const Row& row :
       {Row{R"({"errors":[{"message":"Field 'jobCount' doesn't accept argument"}]})", Errc::permission,
            "jobCount"},
        Row{R"({"data":{"project":{"runners":{"nodes":[]}}},"errors":[{"message":"Timeout"}]})",
            Errc::permission, "Timeout"},
        Row{R"({"errors":[{}]})", Errc::permission, "without words"},
        Row{R"({"data":{"project":null}})", Errc::permission, "acme/shop"},
        Row{R"({"data":{"project":{"runners":null}}})", Errc::permission, "acme/shop"},
        Row{R"({"data":null})", Errc::corrupt, "no data"}, Row{"{}", Errc::corrupt, "no data"},
        Row{"[]", Errc::corrupt, "no JSON object"}, Row{"<html>", Errc::corrupt, "no valid JSON"}}) {
    const auto answer = parse_runners_answer(row.json, kProject);
    ASSERT_FALSE(answer) << row.json;
    EXPECT_EQ(answer.error().code, row.code) << row.json;
    EXPECT_NE(answer.error().message.find(row.words), std::string::npos) << answer.error().message;
  }
}

TEST(ManualJobs, AreAskedForByProject) {
  const Json question = Json::parse(manual_jobs_question("acme/shop"));
  EXPECT_EQ(question["variables"], (Json{{"path", "acme/shop"}}));
  EXPECT_NE(question["query"].get<std::string>().find(
                "jobs(statuses: [PENDING], first: 100) { nodes { id manualJob } }"),
            std::string::npos);
}

TEST(ManualJobs, AreReadByJob) {
  const auto manual = parse_manual_jobs_answer(R"({"data":{"project":{"jobs":{"nodes":[
    {"id":"gid://gitlab/Ci::Build/1","manualJob":true},{"id":"gid://gitlab/Ci::Build/2","manualJob":false},
    {"id":"gid://gitlab/Ci::Build/3","manualJob":null},{"id":"gid://gitlab/Ci::Build/5x","manualJob":true},{"id":"gid://gitlab/Ci::Build/x","manualJob":true},
    {"id":"gid://gitlab/Ci::Build/-4","manualJob":true},{"id":"gid://gitlab/Ci::Build/","manualJob":true},
    {"id":"gid://gitlab/Ci::Build/99999999999999999999","manualJob":true},{"id":null,"manualJob":true}]}}}})");
  ASSERT_TRUE(manual);
  EXPECT_EQ(*manual, (std::map<JobId, bool>{{JobId{1}, true}, {JobId{2}, false}}));
}

TEST(ManualJobs, TellWhatGitLabRefuses) {
  EXPECT_EQ(parse_manual_jobs_answer(R"({"data":{"project":null}})").error().code, Errc::permission);
  EXPECT_EQ(parse_manual_jobs_answer(R"({"errors":[{"message":"no"}]})").error().code, Errc::permission);
  EXPECT_EQ(parse_manual_jobs_answer("").error().code, Errc::corrupt);
}

}  // namespace
}  // namespace runneriq::gitlab
