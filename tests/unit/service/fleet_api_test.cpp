#include "core/json_text.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::service {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using scheduler::admission_key;
using scheduler::question_of;
using Kind = scheduler::AdmissionStanding::Kind;

class FleetApiTest : public ApiFixture {};

std::string code_of(const platform::ServedReply& reply) {
  return json_in(reply.body)["error"]["code"];
}

TEST_F(FleetApiTest, AnAnswerIsGivenOnceItIsDurable) {
  const auto asked = begin("POST", "/api/v1/admissions", scheduler::to_json(question_of(1)));
  EXPECT_EQ(asked->answers, 0);
  turn();
  EXPECT_EQ(asked->status(), 200);
  EXPECT_TRUE(rows.contains(admission_key(1)));
  EXPECT_EQ(standing(*asked).kind, Kind::next);
  EXPECT_EQ(asked->header("Cache-Control"), "no-store");
  EXPECT_EQ(asked->header("X-Content-Type-Options"), "nosniff");
}

TEST_F(FleetApiTest, QuestionsOfOneTurnShareACommit) {
  std::vector<std::shared_ptr<Asked>> all;
  for (int job = 1; job <= 50; ++job) {
    all.push_back(begin("POST", "/api/v1/admissions", scheduler::to_json(question_of(job))));
  }
  turn();
  EXPECT_EQ(commits, 1);
  for (const auto& asked : all) EXPECT_EQ(asked->answers, 1);
}

TEST_F(FleetApiTest, TheSameQuestionAgainIsAnsweredAndWritesNothing) {
  submit(question_of(1));
  const auto again = submit(question_of(1));
  EXPECT_EQ(again->status(), 200);
  EXPECT_EQ(commits, 1);
}

TEST_F(FleetApiTest, AFullDiskIs503AndLeavesNothingBehind) {
  disk_trouble = "disk full";
  const auto asked = submit(question_of(1));
  EXPECT_EQ(asked->status(), 503);
  EXPECT_EQ(poll(1, 0, 0s)->status(), 404);
  disk_trouble.reset();
  EXPECT_EQ(submit(question_of(1))->status(), 200);
}

TEST_F(FleetApiTest, WhatBuildsOnALostCommitIsLostWithIt) {
  disk_trouble = "disk full";
  const auto first = begin("POST", "/api/v1/admissions", scheduler::to_json(question_of(1)));
  auto start = std::move(work.front());
  work.pop_front();
  start();  // the commit is under way
  const auto second = begin("POST", "/api/v1/admissions", scheduler::to_json(question_of(2)));
  turn();
  EXPECT_EQ(first->status(), 503);
  EXPECT_EQ(second->status(), 503);
  EXPECT_EQ(second->answers, 1);
}

TEST_F(FleetApiTest, ALongPollIsAnsweredWhenTheJobBecomesNext) {
  submit(question_of(1, 95));
  const auto version = standing(*submit(question_of(2, 50))).version;
  const auto polled = poll(2, version, 30s);
  EXPECT_EQ(polled->answers, 0);
  EXPECT_EQ(leave(1)->status(), 204);
  EXPECT_EQ(polled->status(), 200);
  EXPECT_EQ(standing(*polled).kind, Kind::next);
  EXPECT_GT(standing(*polled).version, version);
}

TEST_F(FleetApiTest, ALongPollWithoutAChangeIs204AfterItsWait) {
  const auto version = standing(*submit(question_of(1))).version;
  const auto polled = poll(1, version, 20s);
  now += 19s;
  api().answer_due();
  EXPECT_EQ(polled->answers, 0);
  now += 1s;
  api().answer_due();
  EXPECT_EQ(polled->status(), 204);
  EXPECT_EQ(polled->answers, 1);
}

TEST_F(FleetApiTest, APollIsAnsweredAtOnceForAnotherVersionOrWithoutAWait) {
  const auto version = standing(*submit(question_of(1))).version;
  EXPECT_EQ(poll(1, version - 1, 30s)->status(), 200);
  EXPECT_EQ(poll(1, version, 0s)->status(), 204);
  EXPECT_EQ(poll(2, 0, 30s)->status(), 404);
}

TEST_F(FleetApiTest, APollOfAJobThatLeavesIs404) {
  const auto version = standing(*submit(question_of(1))).version;
  const auto polled = poll(1, version, 30s);
  leave(1);
  EXPECT_EQ(polled->status(), 404);
}

TEST_F(FleetApiTest, WhoIsGoneIsNotWaitedForAnyMore) {
  const auto version = standing(*submit(question_of(1))).version;
  const auto polled = poll(1, version, 30s);
  ASSERT_TRUE(polled->gone);
  polled->gone();
  now += 31s;
  api().answer_due();
  EXPECT_EQ(polled->answers, 0);
}

TEST_F(FleetApiTest, SilentJobsAreDroppedDurably) {
  submit(question_of(1));
  now += scheduler::kSilenceKept;
  api().pass_time();
  turn();
  EXPECT_FALSE(rows.at(admission_key(1)));
}

TEST_F(FleetApiTest, ALongPollKeepsItsJobAlive) {
  const auto version = standing(*submit(question_of(1))).version;
  for (int turns = 0; turns < 6; ++turns) {
    const auto polled = poll(1, version, 30s);
    now += 30s;
    api().answer_due();
    api().pass_time();
    EXPECT_EQ(polled->status(), 204) << "turn " << turns;
  }
}

TEST_F(FleetApiTest, AnOutcomeGoesIntoTheHistoryOnceAndFreesTheSlot) {
  submit(question_of(1));
  leave(1);
  scheduler::OutcomeReport report{question_of(1).host, {scheduler::outcome_of(1, now)}};
  report.outcomes[0].energy = carbon::Energy{812.5, carbon::EnergyMethod::rapl};
  for (int times = 0; times < 2; ++times) {
    const auto asked = ask("POST", "/api/v1/outcomes", scheduler::to_json(report));
    EXPECT_EQ(asked->status(), 200);
    EXPECT_EQ(asked->reply->body, scheduler::accepted_json(1));
  }
  ASSERT_EQ(finished.size(), 1U);
  const scheduler::FinishedJob& job = finished.begin()->second;
  EXPECT_EQ(job.ran, 90s);
  EXPECT_EQ(job.runner->runner, RunnerId{7});
  EXPECT_EQ(job.failure_reason, "");
  EXPECT_EQ(job.energy, report.outcomes[0].energy);
  EXPECT_FALSE(rows.at(admission_key(1)));
}

TEST_F(FleetApiTest, AJobOfAHostWhoseClockIsAheadHasEndedNow) {
  scheduler::OutcomeReport report{question_of(1).host, {scheduler::outcome_of(1, now)}};
  report.outcomes[0].finished = now + std::chrono::hours{9'000};
  EXPECT_EQ(ask("POST", "/api/v1/outcomes", scheduler::to_json(report))->status(), 200);
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(finished.begin()->second.finished, now);
}

TEST_F(FleetApiTest, OutcomesThatCannotBeKeptAre503) {
  disk_trouble = "disk full";
  scheduler::OutcomeReport report{question_of(1).host, {scheduler::outcome_of(1, now)}};
  EXPECT_EQ(ask("POST", "/api/v1/outcomes", scheduler::to_json(report))->status(), 503);
}

TEST_F(FleetApiTest, AdmissionsAndOutcomesHintAtTheirProjects) {
  submit(question_of(1));
  EXPECT_EQ(hints, std::set<std::int64_t>{1});
  hints.clear();
  submit(question_of(1));
  EXPECT_TRUE(hints.empty()) << "nothing has happened";
}

TEST_F(FleetApiTest, WhatAHostBearsIsNotForItsJobsToSay) {
  auto question = question_of(1);
  question.host.load = 0.0;
  submit(question);
  ASSERT_EQ(reports.recent(now).size(), 1U);
  EXPECT_FALSE(reports.recent(now)[0].load);
  EXPECT_EQ(reports.recent(now)[0].slots, 1);
  EXPECT_TRUE(reports.recent(now + kReportFresh + 1s).empty());
}

TEST_F(FleetApiTest, TheQueueOutlivesARestart) {
  submit(question_of(1, 95));
  submit(question_of(2, 50));
  for (const auto& [key, row] : rows) kept.push_back(*row);
  now += 10s;
  FleetApi later(ports(), settings, kept);
  later.serve(
      {.method = "GET",
       .target = "/api/v1/admissions?" + scheduler::to_query({admission_key(2), 0, 0s}),
       .headers = {},
       .body = ""},
      [](Reply reply) {
        EXPECT_EQ(reply.status, 200);
        EXPECT_EQ(scheduler::parse_admission_standing(reply.body)->position, 2U);
      },
      nullptr);
}

TEST_F(FleetApiTest, WhatIsWrongIsSaidWithARemedy) {
  struct Case {
    const char *method, *target, *body, *type;
    int status;
    const char* code;
  };
  const std::string large(70'000, ' ');
  const std::vector<Case> cases{
      {"POST", "/api/v1/admissions", "", "application/json", 400, "invalid_argument"},
      {"POST", "/api/v1/admissions", "[]", "application/json", 400, "invalid_argument"},
      {"POST", "/api/v1/admissions", "{\"host\":", "application/json", 400, "invalid_argument"},
      {"POST", "/api/v1/admissions", large.c_str(), "application/json", 413, "too_large"},
      {"POST", "/api/v1/admissions", "{}", "text/plain", 415, "unsupported_media_type"},
      {"POST", "/api/v1/outcomes", "{}", "application/json", 400, "invalid_argument"},
      {"GET", "/api/v1/admissions", "", "", 400, "invalid_argument"},
      {"GET", "/api/v1/admissions?gitlab=x&job=1&attempt=%zz", "", "", 400, "invalid_argument"},
      {"GET", "/api/v1/nothing", "", "", 404, "not_found"},
      {"GET", "/api/v1/approvals/", "", "", 404, "not_found"},
      {"PUT", "/api/v1/admissions", "", "", 405, "method_not_allowed"},
      {"GET", "/api/v1/outcomes", "", "", 405, "method_not_allowed"},
      {"GET", "/api/v1/decisions?job=-1", "", "", 400, "invalid_argument"},
      {"GET", "/api/v1/queue", "", "", 503, "unavailable"},
      {"GET", "/api/v1/audit", "", "", 503, "unavailable"},
      {"POST", "/webhooks/gitlab", "{}", "application/json", 404, "not_found"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(std::string(each.method) + " " + each.target + " " + std::string(each.body).substr(0, 20));
    const auto asked = ask(each.method, each.target, each.body, each.type);
    ASSERT_EQ(asked->answers, 1);
    EXPECT_EQ(asked->status(), each.status) << asked->reply->body;
    EXPECT_EQ(code_of(*asked->reply), each.code);
    EXPECT_NE(json_in(asked->reply->body)["error"]["message"], "");
  }
  EXPECT_EQ(ask("PUT", "/api/v1/admissions")->header("Allow"), "POST, GET, DELETE");
}

TEST_F(FleetApiTest, TheGuardIsAskedFirstWithTheAccessOfTheRoute) {
  std::vector<RouteAccess> asked_for;
  extra.guard = [&](const platform::ServedRequest&, RouteAccess access) -> std::optional<Reply> {
    asked_for.push_back(access);
    return access == RouteAccess::open ? std::nullopt : std::optional{error_reply(403, "permission", "no")};
  };
  EXPECT_EQ(ask("GET", "/healthz")->status(), 200);
  EXPECT_EQ(submit(question_of(1))->status(), 403);
  EXPECT_EQ(ask("GET", "/nothing")->status(), 403);
  EXPECT_EQ(ask("POST", "/webhooks/gitlab")->status(), 403);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(asked_for, (std::vector{RouteAccess::open, RouteAccess::caller, RouteAccess::caller,
                                    RouteAccess::own_secret}));
}

TEST_F(FleetApiTest, ItIsReadyWhileTicksSucceed) {
  EXPECT_EQ(ask("GET", "/healthz")->status(), 200);
  EXPECT_EQ(ask("GET", "/readyz")->status(), 503);
  TickFigures figures;
  figures.at = now;
  api().show({}, figures, {});
  EXPECT_EQ(ask("GET", "/readyz")->status(), 200);
  now += 90s;
  EXPECT_EQ(ask("GET", "/readyz")->status(), 200);
  now += 1ms;
  api().show_failure("GitLab does not answer");
  const auto unready = ask("GET", "/readyz");
  EXPECT_EQ(unready->status(), 503);
  EXPECT_NE(unready->reply->body.find("GitLab does not answer"), std::string::npos);
}

TEST_F(FleetApiTest, PublishedDocumentsAreShownAsTheyAre) {
  api().show({.queue = "{\"q\":1}", .runners = "{\"r\":1}", .decisions = "{\"d\":1}", .leases = "{\"l\":1}"},
             {}, {});
  EXPECT_EQ(ask("GET", "/api/v1/queue")->reply->body, "{\"q\":1}");
  EXPECT_EQ(ask("GET", "/api/v1/runners")->reply->body, "{\"r\":1}");
  EXPECT_EQ(ask("GET", "/api/v1/decisions")->reply->body, "{\"d\":1}");
  EXPECT_EQ(ask("GET", "/api/v1/leases")->reply->body, "{\"l\":1}");
}

TEST_F(FleetApiTest, AVerdictIsPassedOnWithItsActor) {
  FakeApprovals desk;
  scheduler::Proposal open;
  open.id = 3;
  desk.all = {open};
  extra.approvals = &desk;
  extra.actor = [](const platform::ServedRequest&) { return "user:alice"; };
  EXPECT_EQ(ask("POST", "/api/v1/approvals/3", R"({"verdict":"maybe"})")->status(), 400);
  EXPECT_EQ(ask("POST", "/api/v1/approvals/3", R"({"verdict":"approve","standing":7})")->status(), 400);
  EXPECT_EQ(ask("POST", "/api/v1/approvals/x", R"({"verdict":"approve"})")->status(), 400);
  EXPECT_EQ(ask("POST", "/api/v1/approvals/4", R"({"verdict":"approve"})")->status(), 404);
  const auto approved = ask("POST", "/api/v1/approvals/3", R"({"verdict":"approve","standing":"2h"})");
  EXPECT_EQ(approved->status(), 200);
  EXPECT_EQ(json_in(approved->reply->body)["decided_by"], "user:alice");
  EXPECT_EQ(desk.last->standing, 2h);
  EXPECT_EQ(ask("POST", "/api/v1/approvals/3", R"({"verdict":"reject"})")->status(), 409);
  EXPECT_EQ(json_in(ask("GET", "/api/v1/approvals")->reply->body)["approvals"].size(), 0U);
  EXPECT_EQ(json_in(ask("GET", "/api/v1/approvals?all=1")->reply->body)["approvals"].size(), 1U);
}

TEST_F(FleetApiTest, TheNewestRecordsOfTheTrailAreShownOldestFirst) {
  extra.audit = [](const std::function<bool(const scheduler::AuditRecord&)>& take) -> Result<void> {
    for (std::int64_t seq = 1; seq <= 200; ++seq) {
      take({.seq = seq,
            .entry = {kApiStart + std::chrono::seconds{seq}, "daemon", "advisory", "tick", "{\"a\":1}"},
            .previous = "",
            .digest = "d"});
    }
    return {};
  };
  now += 200s;
  const auto shown = json_in(ask("GET", "/api/v1/audit?limit=3")->reply->body)["records"];
  ASSERT_EQ(shown.size(), 3U);
  EXPECT_EQ(shown[0]["seq"], 198);
  EXPECT_EQ(shown[2]["document"]["a"], 1);
  EXPECT_EQ(json_in(ask("GET", "/api/v1/audit?since=10s")->reply->body)["records"].size(), 11U);
}

TEST_F(FleetApiTest, TheLoopsKnowledgeOutlivesTheTickInWhichAJobWasPending) {
  TickKnowledge tick{.now = now, .whole = true, .pending = {}, .running = {}};
  tick.pending.push_back({admission_key(1).job,
                          question_of(1).request.history,
                          {.score = 77, .job_class = scheduler::JobClass::high, .expected = std::nullopt}});
  api().show({}, {}, tick);
  api().show({}, {}, {.now = now + 30s, .whole = true, .pending = {}, .running = {}});
  EXPECT_EQ(standing(*submit(question_of(1, 10))).score, 77);
}

TEST_F(FleetApiTest, AJobThatGitLabNoLongerRunsLeavesTheQueue) {
  submit(question_of(1));
  TickKnowledge tick{.now = now, .whole = true, .pending = {}, .running = {admission_key(1).job}};
  api().show({}, {}, tick);
  turn();
  EXPECT_TRUE(rows.at(admission_key(1)));
  api().show({}, {}, {.now = now + 30s, .whole = false, .pending = {}, .running = {}});
  turn();
  EXPECT_TRUE(rows.at(admission_key(1))) << "half a reading proves nothing";
  api().show({}, {}, {.now = now + 60s, .whole = true, .pending = {}, .running = {}});
  turn();
  EXPECT_FALSE(rows.at(admission_key(1)));
}

}  // namespace
}  // namespace runneriq::service
