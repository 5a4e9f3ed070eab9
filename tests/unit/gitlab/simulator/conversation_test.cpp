// Comments, issues and merge requests of the simulated GitLab, and what its webhooks tell of them.
#include "core/json_text.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

SimulatedPipeline failing(std::string sha) {
  return {.project = "g/a",
          .merge_request = 3,
          .sha = std::move(sha),
          .jobs = {{.name = "unit", .stage = "test", .takes = std::chrono::seconds{60}, .ends = "failed"}}};
}

Scenario one_merge_request() {
  return {.users = {"ann", "bot"},
          .runners = {{.description = "r"}},
          .projects = {{.id = 1, .path = "g/a", .members = {{"ann", 30}, {"bot", 30}}}},
          .merge_requests = {{.project = "g/a", .iid = 3, .source_branch = "fix", .labels = {"bug"}}},
          .pipelines = {failing("aaa")}};
}

class Conversation : public testing::Test {
 protected:
  void become(const std::string& user) {
    caller.control("POST", "/tokens", {{"token", "of-" + user}, {"scopes", {"api"}}, {"user", user}});
    caller.use_token("of-" + user);
  }
  void hook(const json& events) {
    json hook = events;
    hook["url"] = "http://127.0.0.1:9/hook";
    ASSERT_EQ(caller.send("POST", "/projects/1/hooks", hook).status, 201);
  }
  json last_delivery() {
    const auto sent = caller.site().take_deliveries();
    return sent.empty() ? json() : json_in(sent.back().body);
  }
  Caller caller{one_merge_request()};
  const std::string notes = "/projects/1/merge_requests/3/notes";
};

TEST_F(Conversation, KnowsWhoCalls) {
  become("bot");
  const json user = caller.json("/user");
  EXPECT_EQ(user["username"], "bot");
  EXPECT_GT(user["id"], 1);
}

TEST_F(Conversation, LetsAnAuthorEditHisNote) {
  become("bot");
  const json note = json_in(caller.send("POST", notes, {{"body", "first"}}).body);
  const std::string place = notes + "/" + json_line(note["id"]);
  const auto edited = caller.send("PUT", place, {{"body", "second"}});
  EXPECT_EQ(edited.status, 200);
  EXPECT_EQ(json_in(edited.body)["body"], "second");
  EXPECT_EQ(caller.json(notes).size(), 1U);
  EXPECT_EQ(caller.json(notes)[0]["body"], "second");
  EXPECT_EQ(caller.send("PUT", place, json::object()).status, 400);
  EXPECT_EQ(caller.send("PUT", notes + "/999", {{"body", "x"}}).status, 404);
  become("ann");
  EXPECT_EQ(caller.send("PUT", place, {{"body", "third"}}).status, 403);
}

TEST_F(Conversation, ListsNotesBothWays) {
  for (const char* const text : {"one", "two"}) caller.send("POST", notes, {{"body", text}});
  EXPECT_EQ(caller.json(notes)[0]["body"], "two");
  EXPECT_EQ(caller.json(notes + "?sort=asc")[0]["body"], "one");
}

TEST_F(Conversation, TellsOfCommentsByHook) {
  hook({{"note_events", true}});
  caller.control("POST", "/notes",
                 {{"project", "g/a"}, {"merge_request", 3}, {"user", "ann"}, {"body", "@bot diagnose"}});
  const auto sent = caller.site().take_deliveries();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].event, "Note Hook");
  const json told = json_in(sent[0].body);
  EXPECT_EQ(told["object_kind"], "note");
  EXPECT_EQ(told["object_attributes"]["note"], "@bot diagnose");
  EXPECT_EQ(told["object_attributes"]["noteable_type"], "MergeRequest");
  EXPECT_EQ(told["object_attributes"]["action"], "create");
  EXPECT_EQ(told["object_attributes"]["system"], false);
  EXPECT_EQ(told["merge_request"]["iid"], 3);
  EXPECT_EQ(told["user"]["username"], "ann");
  EXPECT_EQ(told["project"]["id"], 1);
}

TEST_F(Conversation, TellsOfEditedAndSystemNotesAsSuch) {
  hook({{"note_events", true}});
  const json note = json_in(caller.send("POST", notes, {{"body", "first"}}).body);
  caller.send("PUT", notes + "/" + json_line(note["id"]), {{"body", "second"}});
  EXPECT_EQ(last_delivery()["object_attributes"]["action"], "update");
  caller.control("POST", "/notes",
                 {{"project", "g/a"}, {"merge_request", 3}, {"body", "added"}, {"system", true}});
  EXPECT_EQ(last_delivery()["object_attributes"]["system"], true);
}

TEST_F(Conversation, TellsOnlyThoseHooksThatWantNotes) {
  hook({{"job_events", true}});
  caller.send("POST", notes, {{"body", "x"}});
  EXPECT_TRUE(caller.site().take_deliveries().empty());
}

TEST_F(Conversation, RefusesCommentsOnNothing) {
  EXPECT_EQ(
      caller.ask("POST", "/sim/notes", R"({"project":"g/a","merge_request":9,"body":"x"})").reply.status,
      404);
  EXPECT_EQ(caller.ask("POST", "/sim/notes", R"({"project":"g/a","body":"x","colour":1})").reply.status, 400);
}

TEST_F(Conversation, TellsTheMergeRequestOfAFailedPipelineByHook) {
  hook({{"pipeline_events", true}});
  caller.advance(70);
  const json told = last_delivery();
  EXPECT_EQ(told["object_attributes"]["status"], "failed");
  EXPECT_EQ(told["object_attributes"]["sha"], "aaa");
  EXPECT_EQ(told["object_attributes"]["ref"], "refs/merge-requests/3/head");
  EXPECT_EQ(told["merge_request"]["iid"], 3);
  EXPECT_EQ(told["merge_request"]["source_branch"], "fix");
}

TEST_F(Conversation, FollowsTheHeadOfAMergeRequest) {
  EXPECT_EQ(caller.json("/projects/1/merge_requests/3")["sha"], "aaa");
  EXPECT_EQ(ids(caller.json("/projects/1/repository/commits/aaa/merge_requests")).size(), 1U);
  const json added = caller.control(
      "POST", "/pipelines",
      {{"project", "g/a"}, {"merge_request", 3}, {"sha", "bbb"}, {"jobs", {{{"name", "unit"}}}}});
  EXPECT_EQ(added["sha"], "bbb");
  const json request = caller.json("/projects/1/merge_requests/3");
  EXPECT_EQ(request["sha"], "bbb");
  EXPECT_EQ(request["head_pipeline"]["id"], added["id"]);
  EXPECT_TRUE(caller.json("/projects/1/repository/commits/aaa/merge_requests").empty());
  EXPECT_EQ(caller.get("/projects/1/repository/commits/zzz/merge_requests").status, 404);
}

TEST_F(Conversation, ClosesAndOpensMergeRequestsOnDemand) {
  EXPECT_EQ(caller.control("PATCH", "/merge_requests/1/3", {{"state", "merged"}})["state"], "merged");
  EXPECT_EQ(caller.json("/projects/1/merge_requests/3")["labels"], json({"bug"}));
  EXPECT_EQ(caller.ask("PATCH", "/sim/merge_requests/1/3", R"({"state":"gone"})").reply.status, 400);
  EXPECT_EQ(caller.ask("PATCH", "/sim/merge_requests/1/9", R"({"state":"closed"})").reply.status, 404);
  const json fork = caller.control(
      "POST", "/merge_requests", {{"project", "g/a"}, {"iid", 4}, {"source_branch", "fix"}, {"fork", true}});
  EXPECT_NE(fork["source_project_id"], fork["target_project_id"]);
  EXPECT_EQ(caller.ask("POST", "/sim/merge_requests", R"({"project":"g/a","iid":4})").reply.status, 400);
}

TEST_F(Conversation, SearchesIssuesByTextAuthorAndState) {
  become("bot");
  caller.send("POST", "/projects/1/issues",
              {{"title", "One"}, {"description", "MARK alpha"}, {"labels", "ci,flaky"}});
  caller.send("POST", "/projects/1/issues", {{"title", "mark"}, {"description", "beta"}});
  become("ann");
  caller.send("POST", "/projects/1/issues", {{"title", "Three"}, {"description", "mark gamma"}});
  const auto count = [&](const std::string& query) {
    return caller.json("/projects/1/issues?" + query).size();
  };
  EXPECT_EQ(count(""), 3U);
  EXPECT_EQ(count("search=mark"), 3U);
  EXPECT_EQ(count("search=mark&in=description"), 2U);
  EXPECT_EQ(count("search=mark+alpha&in=description"), 1U);
  EXPECT_EQ(count("author_username=ann"), 1U);
  EXPECT_EQ(count("author_id=" + json_line(caller.json("/user")["id"])), 1U);
  EXPECT_EQ(count("labels=flaky"), 1U);
  caller.use_token(kToken);
  caller.use_token(kToken);
  EXPECT_EQ(json_in(caller.send("PUT", "/projects/1/issues/1", {{"state_event", "close"}}).body)["state"],
            "closed");
  EXPECT_EQ(count("state=opened"), 2U);
  EXPECT_EQ(count("state=closed"), 1U);
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
