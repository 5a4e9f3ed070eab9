// Changes, variables, configurations and logs of the simulated GitLab.
#include "core/json_text.hpp"
#include "tests/unit/gitlab/simulator/caller.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

Scenario told() {
  return *parse_scenario(json_in(R"({
    "users": ["ann", "mona"],
    "runners": [{"description": "r"}],
    "projects": [{"id": 1, "path": "g/a", "members": {"ann": 30, "mona": 40}, "ci_config": "job: {}",
      "variables": [{"key": "TOKEN", "value": "s3cr3t-s3cr3t", "masked": true},
                    {"key": "PLAIN", "value": "x"}, {"key": "HIDDEN", "value": "y", "hidden": true}],
      "comparisons": [{"files": [{"new_path": "any.c", "diff": "@@ -1 +1 @@\n-a\n+b\n"}]},
                      {"from": "aaa", "to": "bbb", "commits": ["b1", "bbb"], "timeout": true,
                       "files": [{"new_path": "new.c", "old_path": "old.c"},
                                 {"new_path": "big.c", "diff": "@@ -1 +1 @@\n", "too_large": true}]}]},
      {"id": 2, "path": "g/b"}],
    "pipelines": [{"project": "g/a", "sha": "aaa", "yaml_errors": "bad",
                   "jobs": [{"id": 1001, "name": "unit", "state": "failed", "runner": "r", "trace": "0123456789",
                             "trace_step": 4}]},
                  {"project": "g/b", "sha": "ccc",
                   "jobs": [{"id": 2001, "name": "unit", "state": "failed", "runner": "r", "trace": "0123456789"}]}]
  })"));
}

std::string trace(Caller& caller, const std::string& range) {
  const ServedReply reply =
      caller.ask("GET", "/api/v4/projects/2/jobs/2001/trace", "", {{"range", range}}).reply;
  return std::to_string(reply.status) + " " + reply.body + " " + header(reply, "Content-Range");
}

TEST(Comparisons, AreThoseOfTheScenario) {
  Caller caller(told());
  const json one = caller.json("/projects/1/repository/compare?from=aaa&to=bbb");
  EXPECT_EQ(one["commits"].size(), 2U);
  EXPECT_EQ(one["commit"]["id"], "bbb");
  EXPECT_EQ(one["compare_timeout"], true);
  EXPECT_EQ(one["diffs"][0]["renamed_file"], true);
  EXPECT_EQ(one["diffs"][1]["too_large"], true);
  EXPECT_EQ(one["diffs"][1]["diff"], "");
  EXPECT_EQ(caller.json("/projects/1/repository/compare?from=x&to=y")["diffs"][0]["new_path"], "any.c");
}

TEST(Comparisons, OfWhatNobodyToldAreEmptyOrOfNoRef) {
  Caller caller(told());
  EXPECT_TRUE(caller.json("/projects/2/repository/compare?from=main&to=ccc")["diffs"].empty());
  EXPECT_EQ(caller.get("/projects/2/repository/compare?from=main&to=zzz").status, 404);
  EXPECT_EQ(caller.get("/projects/2/repository/compare?from=main").status, 400);
  caller.control("POST", "/comparisons",
                 {{"project", "g/b"}, {"to", "zzz"}, {"files", {{{"new_path", "z"}}}}});
  EXPECT_EQ(caller.json("/projects/2/repository/compare?from=main&to=zzz")["diffs"][0]["new_path"], "z");
  EXPECT_EQ(caller.ask("POST", "/sim/comparisons", R"({"project":"g/none"})").reply.status, 404);
}

TEST(Variables, AreForMaintainers) {
  Caller caller(told());
  for (const char* const user : {"ann", "mona"})
    caller.control("POST", "/tokens", {{"token", user}, {"user", user}});
  caller.use_token("ann");
  EXPECT_EQ(caller.get("/projects/1/variables").status, 403);
  caller.use_token("mona");
  const json rows = caller.json("/projects/1/variables");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["value"], "s3cr3t-s3cr3t");
  EXPECT_EQ(rows[0]["masked"], true);
  EXPECT_EQ(rows[1]["masked"], false);
  EXPECT_EQ(rows[2]["value"], nullptr);
}

TEST(Configurations, AreAsValidAsTold) {
  Caller caller(told());
  EXPECT_EQ(caller.json("/projects/1/ci/lint")["valid"], true);
  caller.control("PATCH", "/projects/1",
                 {{"ci_errors", {"jobs:unit config is bad"}}, {"ci_warnings", {"w"}}});
  const json lint = caller.json("/projects/1/ci/lint?sha=aaa");
  EXPECT_EQ(lint["valid"], false);
  EXPECT_EQ(lint["errors"], json({"jobs:unit config is bad"}));
  EXPECT_EQ(lint["warnings"], json({"w"}));
  EXPECT_EQ(caller.json("/projects/1/pipelines/501")["yaml_errors"], "bad");
}

TEST(Traces, GrowWithEachReadingWhereTheScenarioWantsIt) {
  Caller caller(told());
  EXPECT_EQ(caller.get("/projects/1/jobs/1001/trace").body, "0123");
  EXPECT_EQ(caller.get("/projects/1/jobs/1001/trace").body, "01234567");
  EXPECT_EQ(caller.get("/projects/1/jobs/1001/trace").body, "0123456789");
  EXPECT_EQ(caller.get("/projects/1/jobs/1001/trace").body, "0123456789");
}

TEST(Traces, AreGivenInPartsOnlyWhereTheScenarioWantsIt) {
  Caller caller(told());
  EXPECT_EQ(trace(caller, "bytes=-3"), "200 0123456789 ");
  EXPECT_EQ(caller.control("PATCH", "/settings", {{"trace_ranges", true}})["trace_ranges"], true);
  EXPECT_EQ(trace(caller, "bytes=-3"), "206 789 bytes 7-9/10");
  EXPECT_EQ(trace(caller, "bytes=-30"), "206 0123456789 bytes 0-9/10");
  EXPECT_EQ(trace(caller, "bytes=4-"), "206 456789 bytes 4-9/10");
  EXPECT_EQ(trace(caller, "bytes=4-5"), "206 45 bytes 4-5/10");
  EXPECT_EQ(trace(caller, "bytes=10-"), "416  bytes */10");
  EXPECT_EQ(trace(caller, "lines=1-"), "200 0123456789 ");
  EXPECT_EQ(trace(caller, ""), "200 0123456789 ");
}

}  // namespace
}  // namespace runneriq::gitlab::simulator
