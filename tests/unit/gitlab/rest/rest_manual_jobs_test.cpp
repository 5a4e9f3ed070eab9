// What is asked and sent for manual jobs, and what is made of the answers.
#include "gitlab/rest/rest_manual_jobs.hpp"

#include "config/yaml/ci_config_document.hpp"
#include "gitlab/rest/question.hpp"
#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using platform::HttpCall;
using platform::HttpReply;
using Kind = PlayOutcome::Kind;

const std::string kProjects = "https://h/api/v4/projects";

HttpReply reply(int status, std::string body = "") {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

std::string job_json(int id, const std::string& name, const std::string& status = "manual", int pipeline = 50,
                     const std::string& created = "2025-02-28T10:00:00Z") {
  return R"({"id":)" + std::to_string(id) + R"(,"name":")" + name + R"(","status":")" + status +
         R"(","stage":"test","ref":"main","allow_failure":true,"created_at":")" + created +
         R"(","pipeline":{"id":)" + std::to_string(pipeline) + R"(,"project_id":7}})";
}

Result<CiConfig> read_ci(std::string_view text) {
  auto root = config::parse_ci_config(text);
  if (!root) return fail(root.error());
  return CiConfig{*std::move(root)};
}

class ManualJobsOverRest : public testing::Test {
 protected:
  ManualJobsOverRest() {
    transport.route(kProjects + "?",
                    R"([{"id":7,"path_with_namespace":"acme/shop","default_branch":"main"}])");
    transport.route(kProjects + "/7/jobs?", "[" + job_json(5, "bench 1/2") + "]");
    transport.route(kProjects + "/7/pipelines/50",
                    R"({"id":50,"sha":"abc","created_at":"2025-02-28T09:00:00Z"})");
    transport.route(kProjects + "/7/pipelines/50/variables", "[]");
    transport.route(kProjects + "/7/ci/lint?",
                    R"({"valid":true,"merged_yaml":"bench: {variables: {RUNNERIQ_DEADLINE: 9h, X: y}}"})");
  }
  RestManualJobs access(CiReader reader = read_ci) {
    RestSettings settings;
    settings.fleet.url = "https://h";
    settings.token = Secret{"glpat-very-secret"};
    settings.now = [this] { return clock; };
    settings.wait_until = [this](Time when) { clock = std::max(clock, when); };
    return {settings, transport, std::move(reader)};
  }
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  platform::ScriptedTransport transport{clock};
};

TEST_F(ManualJobsOverRest, AreReadWithWhatMarksThem) {
  RestManualJobs it = access();
  const auto reading = it.read(clock);
  ASSERT_TRUE(reading) << reading.error().message;
  ASSERT_EQ(reading->jobs.size(), 1U);
  const ManualJob& job = reading->jobs[0];
  EXPECT_EQ(job.job.id, JobId{5});
  EXPECT_EQ(job.project.path, "acme/shop");
  EXPECT_EQ(runneriq::to_text(job.pipeline_created), "2025-02-28T09:00:00Z");
  EXPECT_EQ(job.variables, (OurVariables{{"RUNNERIQ_DEADLINE", "9h"}}));
  EXPECT_EQ(transport.count("content_ref=abc"), 1);
  EXPECT_EQ(it.count().mutating, 0);
}

TEST_F(ManualJobsOverRest, TakeThePipelinesVariableBeforeTheJobs) {
  transport.route(kProjects + "/7/pipelines/50/variables", R"([{"key":"RUNNERIQ_DEADLINE","value":"2h"}])");
  EXPECT_EQ(access().read(clock)->jobs.at(0).variables.at("RUNNERIQ_DEADLINE"), "2h");
}

TEST_F(ManualJobsOverRest, AreFoundByTheirNameInTheConfiguration) {
  for (const auto& [name, found] : std::vector<std::pair<std::string, bool>>{{"bench", true},
                                                                             {"bench 2/5", true},
                                                                             {"bench: [a, b]", true},
                                                                             {"bench 2", false},
                                                                             {"bench a/b", false},
                                                                             {"benches", false}}) {
    transport.route(kProjects + "/7/jobs?", "[" + job_json(5, name) + "]");
    EXPECT_EQ(access().read(clock)->jobs.at(0).variables.size(), found ? 1U : 0U) << name;
  }
}

TEST_F(ManualJobsOverRest, AreAskedForEveryTwoMinutesAtMostAndConfigurationsEveryHour) {
  RestManualJobs it = access();
  for (int second = 0; second < 3600; second += 30) {
    (void)it.read(clock);
    clock += 30s;
  }
  EXPECT_EQ(transport.count("scope%5B%5D=manual"), 30);
  EXPECT_EQ(transport.count("/pipelines/50"), 2);
  EXPECT_EQ(transport.count("/ci/lint"), 1);
  EXPECT_EQ(transport.count("/projects?"), 6);
}

TEST_F(ManualJobsOverRest, OfManyProjectsAreReadInTurn) {
  std::string projects;
  for (int id = 1; id <= 50; ++id) {
    projects += (id == 1 ? "" : ",") + std::string(R"({"id":)") + std::to_string(id) +
                R"(,"path_with_namespace":"p"})";
    transport.route(kProjects + "/" + std::to_string(id) + "/jobs?", "[]");
  }
  transport.route(kProjects + "?", "[" + projects + "]");
  RestManualJobs it = access();
  for (const int asked : {20, 40, 60}) {
    (void)it.read(clock);
    EXPECT_EQ(transport.count("scope%5B%5D=manual"), asked);
    clock += 2min;
  }
  for (int id = 1; id <= 50; ++id)
    EXPECT_GE(transport.count("projects/" + std::to_string(id) + "/jobs"), 1) << id;
}

TEST_F(ManualJobsOverRest, AreLeftOutWhileSomethingThatMayMarkThemIsNotKnown) {
  for (const std::string place : {"/7/pipelines/50", "/7/pipelines/50/variables", "/7/ci/lint"}) {
    RestManualJobs it = access();
    for (int attempt = 0; attempt < 5; ++attempt) transport.once(kProjects + place, reply(500));
    EXPECT_TRUE(it.read(clock)->jobs.empty()) << place;
    clock += 10min;
    (void)it.read(clock);
    clock += 10min;
    EXPECT_EQ(it.read(clock)->jobs.size(), 1U) << place;
  }
}

TEST_F(ManualJobsOverRest, DoWithoutWhatTheTokenMayNotSeeAndSaySo) {
  transport.route(kProjects + "/7/pipelines/50/variables", reply(403));
  transport.route(kProjects + "/7/ci/lint?", reply(403));
  RestManualJobs it = access();
  (void)it.read(clock);
  clock += 2min;
  const auto reading = it.read(clock);
  ASSERT_EQ(reading->jobs.size(), 1U);
  EXPECT_TRUE(reading->jobs[0].variables.empty());
  EXPECT_EQ(reading->notes.size(), 2U);
}

TEST_F(ManualJobsOverRest, NeedNoConfigurationWhereNobodyReadsIt) {
  EXPECT_EQ(access({}).read(clock)->jobs.size(), 1U);
  EXPECT_EQ(transport.count("/ci/lint"), 0);
}

TEST_F(ManualJobsOverRest, AreThoseThatWaitAndAreNoMonthOld) {
  transport.route(kProjects + "/7/jobs?", "[" + job_json(5, "a") + "," + job_json(6, "b", "success") + "," +
                                              job_json(7, "c", "manual", 50, "2025-01-28T00:00:00Z") + "]");
  EXPECT_EQ(access().read(clock)->jobs.size(), 1U);
}

TEST_F(ManualJobsOverRest, AreAnErrorWithoutAnyProject) {
  transport.route(kProjects + "?", reply(403));
  const auto reading = access().read(clock);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, Errc::permission);
}

struct PlayCase {
  std::string name;
  Result<HttpReply> answer;
  Kind kind;
};
class PlayedOverRest : public ManualJobsOverRest, public testing::WithParamInterface<PlayCase> {};

TEST_P(PlayedOverRest, LeaveOnceAndSayWhatIsKnown) {
  transport.once(kProjects + "/7/jobs/5/play", GetParam().answer);
  RestManualJobs it = access();
  const PlayOutcome outcome = it.play(ProjectId{7}, JobId{5}, clock + 20s);
  EXPECT_EQ(outcome.kind, GetParam().kind) << outcome.error.message;
  ASSERT_EQ(transport.calls.size(), 1U);
  EXPECT_EQ(transport.calls[0].method, "POST");
  EXPECT_EQ(transport.calls[0].url, kProjects + "/7/jobs/5/play");
  EXPECT_TRUE(transport.calls[0].body.empty());
  EXPECT_EQ(it.count().mutating, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Of, PlayedOverRest,
    testing::Values(PlayCase{"AStartedJob", reply(200, job_json(5, "a", "pending")), Kind::applied},
                    PlayCase{"AJobThatIsAsItWas", reply(200, job_json(5, "a")), Kind::unknown},
                    PlayCase{"AnotherJob", reply(200, job_json(6, "a", "pending")), Kind::unknown},
                    PlayCase{"Garbage", reply(200, "{"), Kind::unknown},
                    PlayCase{"AnUnplayableJob", reply(400), Kind::refused},
                    PlayCase{"ARefusal", reply(403), Kind::refused},
                    PlayCase{"ALimit", reply(429), Kind::not_now},
                    PlayCase{"ATimeout", reply(408), Kind::unknown},
                    PlayCase{"AServerError", reply(502), Kind::unknown},
                    PlayCase{"Silence", fail(Errc::timed_out, "no answer"), Kind::unknown}),
    [](const auto& given) { return given.param.name; });

TEST_F(ManualJobsOverRest, AreNotAskedForWhereNoTimeIsLeft) {
  RestManualJobs it = access();
  EXPECT_EQ(it.play(ProjectId{7}, JobId{5}, clock - 1s).kind, Kind::not_now);
  EXPECT_TRUE(transport.calls.empty());
}

TEST_F(ManualJobsOverRest, AreTheFiveHundredNewestOfAProject) {
  for (int page = 1; page <= 8; ++page) {
    std::string jobs;
    for (int i = 0; i < 100; ++i)
      jobs += (i == 0 ? "" : ",") + job_json(10'000 - 100 * page - i, "bench 1/2");
    HttpReply listed = reply(200, "[" + jobs + "]");
    listed.headers = {{"x-next-page", std::to_string(page + 1)}};
    transport.once(kProjects + "/7/jobs?", listed);
  }
  EXPECT_EQ(access().read(clock)->jobs.size(), 500U);
  EXPECT_EQ(transport.count("scope%5B%5D=manual"), 5);
}

TEST_F(ManualJobsOverRest, TellTheirStateAfresh) {
  RestManualJobs it = access();
  for (const char* status : {"manual", "running"}) {
    transport.route(kProjects + "/7/jobs/5", job_json(5, "a", status));
    EXPECT_EQ(to_text(it.status(ProjectId{7}, JobId{5}, clock + 20s).value()), status);
  }
  EXPECT_EQ(it.status(ProjectId{7}, JobId{6}, clock + 20s).error().code, Errc::not_found);
}

TEST(PlayPermit, LetsOutReadsAndPlaysAlone) {
  const ApiBase base{"https://h"};
  const auto call = [](std::string method, std::string path, std::string body = "") {
    HttpCall made;
    made.method = std::move(method);
    made.url = "https://h" + path;
    made.body = std::move(body);
    return made;
  };
  const auto lets = [&](const HttpCall& made) { return permits(Permit::reads_and_plays, made, base); };
  const std::string play = "/api/v4/projects/7/jobs/5/play";
  EXPECT_TRUE(lets(call("POST", play)));
  EXPECT_TRUE(lets(call("GET", "/api/v4/projects/7/jobs/5")));
  EXPECT_FALSE(permits(Permit::reads_only, call("POST", play), base));
  EXPECT_FALSE(permits(Permit::reads_and_runner_tags, call("POST", play), base));
  for (const HttpCall& other :
       {call("POST", play, R"({"job_variables_attributes":[]})"),
        call("POST", "/api/v4/projects/7/jobs/5/retry"), call("POST", "/api/v4/projects/7/jobs/x/play"),
        call("POST", "/api/v4/projects/7/jobs//play"), call("POST", "/api/v4/projects/7/play"),
        call("POST", play + "?x=/play"), call("POST", "/api/v4/projects/7/trigger/jobs/5/play"),
        call("PUT", play), call("DELETE", play), call("PUT", "/api/v4/runners/7", R"({"tag_list":[]})")}) {
    EXPECT_FALSE(lets(other)) << other.method << " " << other.url;
  }
}

}  // namespace
}  // namespace runneriq::gitlab
