#include "gitlab/replies.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

Time at(std::string_view text) {
  return parse_time(text).value();
}

TEST(ParseRunners, ReadsTheList) {
  const auto runners = parse_runners(R"([
    {"id":8,"description":"big","ip_address":"","active":true,"paused":false,"is_shared":true,
     "runner_type":"instance_type","name":null,"online":true,"status":"online","tag_list":["new"]},
    {"id":9223372036854775807,"description":null,"paused":true,"runner_type":"group_type","online":null,
     "status":"never_contacted","created_by":{"id":1},"job_execution_status":"idle"}])");
  ASSERT_TRUE(runners);
  ASSERT_EQ(runners->size(), 2U);
  const Runner& big = runners->front();
  EXPECT_EQ(big.id, RunnerId{8});
  EXPECT_EQ(big.description, "big");
  EXPECT_EQ(big.type, RunnerType::instance);
  EXPECT_EQ(big.status, RunnerStatus::online);
  EXPECT_FALSE(big.paused);
  ASSERT_TRUE(big.traits);  // GitLab leaves them to the details, others tell them here
  EXPECT_EQ(big.traits->tags, (std::vector<std::string>{"new"}));
  const Runner& other = runners->back();
  EXPECT_EQ(other.id, RunnerId{9'223'372'036'854'775'807});
  EXPECT_FALSE(other.traits);
  EXPECT_EQ(other.description, "");
  EXPECT_EQ(other.type, RunnerType::group);
  EXPECT_EQ(other.status, RunnerStatus::never_contacted);
  EXPECT_TRUE(other.paused);
}

TEST(ParseRunners, LeavesOutWhatHasNoId) {
  const auto runners = parse_runners(
      R"([null,7,"x",[],{},{"id":null},{"id":0},{"id":-1},{"id":1.5},{"id":"2x"},{"id":9223372036854775808},{"id":3}])");
  ASSERT_TRUE(runners);
  ASSERT_EQ(runners->size(), 1U);
  EXPECT_EQ(runners->front().id, RunnerId{3});
}

TEST(ParseRunners, NeverGivesHalfAList) {
  for (const char* json : {R"([{"id":1},{"id":2)", R"([{"id":1}]x)", R"({"message":"500"})", "", "<html>"}) {
    const auto runners = parse_runners(json);
    ASSERT_FALSE(runners) << json;
    EXPECT_EQ(runners.error().code, Errc::corrupt);
  }
}

TEST(ParseRunners, LetsOnlineDecideWhereTheStatusIsAWordOfOldOrOfTomorrow) {
  struct Row {
    const char* json;
    RunnerStatus status;
    bool paused;
  };
  for (const Row& row :
       {Row{R"([{"id":1,"status":"paused","paused":true,"online":true}])", RunnerStatus::online, true},
        Row{R"([{"id":1,"status":"paused","online":false}])", RunnerStatus::offline, true},
        Row{R"([{"id":1,"status":"paused","paused":true,"online":null}])", RunnerStatus::never_contacted,
            true},
        Row{R"([{"id":1,"status":"paused","paused":false}])", RunnerStatus::unknown, false},
        Row{R"([{"id":1,"status":"active","online":true}])", RunnerStatus::online, false},
        Row{R"([{"id":1,"status":"hibernating","online":false}])", RunnerStatus::offline, false},
        Row{R"([{"id":1,"status":"stale","online":false}])", RunnerStatus::stale, false},
        Row{R"([{"id":1,"active":false,"online":true}])", RunnerStatus::online, true},
        Row{R"([{"id":1,"status":"hibernating"}])", RunnerStatus::unknown, false},
        Row{R"([{"id":1,"active":false,"paused":false}])", RunnerStatus::online, false}}) {
    const Runner runner = parse_runners(row.json).value().front();
    EXPECT_EQ(runner.status, row.status) << row.json;
    EXPECT_EQ(runner.paused, row.paused) << row.json;
  }
}

TEST(ParseRunners, KnowsASharedRunnerWithoutAType) {
  EXPECT_EQ(parse_runners(R"([{"id":1,"is_shared":true}])")->front().type, RunnerType::instance);
  EXPECT_EQ(parse_runners(R"([{"id":1,"is_shared":null}])")->front().type, RunnerType::project);
}

TEST(ParseRunner, ReadsTheDetails) {
  const auto runner = parse_runner(R"({"id":12,"description":"r","paused":false,"runner_type":"project_type",
    "online":true,"status":"online","tag_list":["linux","docker","linux","runneriq:high"],"run_untagged":false,
    "locked":true,"maximum_timeout":3600,"access_level":"ref_protected","contacted_at":"2025-03-01T03:00:00.123Z",
    "projects":[{"id":9,"path_with_namespace":"a/b"},{"id":4},{"id":null},{"id":9}],"groups":[]})");
  ASSERT_TRUE(runner);
  EXPECT_EQ(runner->id, RunnerId{12});
  EXPECT_EQ(runner->contacted_at, at("2025-03-01T03:00:00.123Z"));
  EXPECT_EQ(runner->longest_timeout, 3600s);
  ASSERT_TRUE(runner->traits);
  EXPECT_EQ(runner->traits->tags, (Texts{"docker", "linux", "runneriq:high"}));
  EXPECT_FALSE(runner->traits->run_untagged);
  EXPECT_TRUE(runner->traits->protected_only);
  EXPECT_EQ(runner->traits->type, RunnerType::project);
  EXPECT_EQ(runner->traits->projects, (std::vector{ProjectId{4}, ProjectId{9}}));
  EXPECT_FALSE(runner->managers);
  EXPECT_FALSE(runner->running_jobs);
}

TEST(ParseRunner, ToleratesNullsEverywhere) {
  const auto runner =
      parse_runner(R"({"id":12,"description":null,"paused":null,"runner_type":null,"online":null,
    "status":null,"tag_list":[],"run_untagged":null,"maximum_timeout":null,"access_level":null,"contacted_at":null,
    "projects":null,"groups":null,"is_shared":null,"active":null})");
  ASSERT_TRUE(runner);
  EXPECT_EQ(runner->status, RunnerStatus::never_contacted);
  EXPECT_FALSE(runner->contacted_at);
  EXPECT_FALSE(runner->longest_timeout);
  ASSERT_TRUE(runner->traits);
  EXPECT_TRUE(runner->traits->tags.empty());
  EXPECT_TRUE(runner->traits->run_untagged);
  EXPECT_FALSE(runner->traits->protected_only);
}

TEST(ParseRunner, TakesNoTimeForNoLimit) {
  EXPECT_FALSE(parse_runner(R"({"id":12,"maximum_timeout":0})")->longest_timeout);
  EXPECT_FALSE(parse_runner(R"({"id":12,"maximum_timeout":-600})")->longest_timeout);
}

TEST(ParseRunner, HasNoTraitsWithoutTheTags) {
  EXPECT_FALSE(parse_runner(R"({"id":12,"run_untagged":true})")->traits);
  for (const char* const none : {"null", "7", "{}"}) {
    EXPECT_FALSE(parse_runner(R"({"id":12,"tag_list":)" + std::string(none) + "}")->traits) << none;
  }
  EXPECT_EQ(parse_runner(R"({"id":12,"tag_list":"b, a"})")->traits->tags, (Texts{"a", "b"}));
}

TEST(ParseRunner, ReadsTheGroupsFromTheirAddresses) {
  const auto groups = [](std::string_view list) {
    return parse_runner(R"({"id":1,"runner_type":"group_type","tag_list":[],"groups":)" + std::string(list) +
                        "}")
        ->traits->groups;
  };
  EXPECT_EQ(groups(R"([{"id":3,"name":"Web","web_url":"https://gitlab.example.com/groups/acme/web"},
                       {"id":4,"web_url":"https://example.com/gitlab/groups/lab"}])"),
            (Texts{"acme/web", "lab"}));
  // Half a list would say that the other groups are not served.
  EXPECT_EQ(groups(R"([{"web_url":"https://gitlab.example.com/groups/acme"},{"id":4}])"), Texts{});
  EXPECT_EQ(groups("[]"), Texts{});
  EXPECT_EQ(groups("5"), Texts{});
}

TEST(ParseRunner, WithoutAnIdIsAnError) {
  for (const char* json : {"{}", R"({"message":"403 Forbidden"})", "[]", R"([{"id":1}])", R"({"id":-4})"}) {
    const auto runner = parse_runner(json);
    ASSERT_FALSE(runner) << json;
    EXPECT_EQ(runner.error().code, Errc::corrupt);
  }
}

TEST(ParseJobs, ReadsAJob) {
  const auto jobs =
      parse_jobs(R"([{"id":101,"status":"pending","stage":"test","name":"unit","ref":"main","tag":false,
    "coverage":null,"allow_failure":true,"created_at":"2025-03-01T03:00:00.123Z","started_at":null,
    "finished_at":"2021-01-13 17:57:05 UTC","duration":null,"queued_duration":12.345,
    "user":{"id":5,"username":"kim"},"commit":{"id":"abc"},"pipeline":{"id":55,"project_id":7,"source":"push"},
    "failure_reason":"script_failure","runner":null,"tag_list":["linux","docker","docker"]}])",
                 ProjectId{3});
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 1U);
  const Job& job = jobs->front();
  EXPECT_EQ(job.id, JobId{101});
  EXPECT_EQ(job.project, ProjectId{7});
  EXPECT_EQ(job.pipeline, PipelineId{55});
  EXPECT_EQ(job.pipeline_source, "push");
  EXPECT_EQ(job.name, "unit");
  EXPECT_EQ(job.stage, "test");
  EXPECT_EQ(job.status, JobStatus::pending);
  EXPECT_EQ(job.ref, "main");
  EXPECT_FALSE(job.is_tag);
  EXPECT_TRUE(job.allow_failure);
  EXPECT_EQ(job.tags, (Texts{"docker", "linux"}));
  EXPECT_EQ(job.user, UserId{5});
  EXPECT_EQ(job.runner, RunnerId{});
  EXPECT_EQ(job.failure_reason, "");  // it did not fail
  EXPECT_EQ(job.created_at, at("2025-03-01T03:00:00.123Z"));
  EXPECT_EQ(job.started_at, std::nullopt);
  EXPECT_EQ(job.finished_at, at("2021-01-13T17:57:05Z"));
  EXPECT_EQ(job.ran, std::nullopt);
  EXPECT_EQ(job.queued, 12'345ms);
  EXPECT_EQ(job.manual, std::nullopt);
  EXPECT_EQ(job.retry, std::nullopt);
}

TEST(ParseJobs, ReadsAnEndedJob) {
  const Job job = parse_jobs(R"([{"id":1,"status":"failed","tag":true,"ref":"v1","duration":61.5,
    "failure_reason":"runner_system_failure","runner":{"id":9},"user":null,"pipeline":{"id":2}}])",
                             ProjectId{3})
                      .value()
                      .front();
  EXPECT_EQ(job.status, JobStatus::failed);
  EXPECT_EQ(job.failure_reason, "runner_system_failure");
  EXPECT_EQ(job.ran, 61'500ms);
  EXPECT_EQ(job.runner, RunnerId{9});
  EXPECT_EQ(job.user, UserId{});
  EXPECT_TRUE(job.is_tag);
  EXPECT_EQ(job.project, ProjectId{3});  // the reply names none
}

Job ended_job(const std::string& members) {
  const auto job = parse_job(R"({"id":1,"status":"failed",)" + members + "}", ProjectId{3});
  EXPECT_TRUE(job) << members;
  return job.value_or(Job{});
}

TEST(ParseJobs, TellOfEndedOnesWhereTheyComeFrom) {
  const std::string origin =
      R"("ref":"main","commit":{"id":"abc","parent_ids":["p1","p2"]},"user":{"id":5,"username":"kim"},
         "web_url":"https://h/acme/shop/-/jobs/1","pipeline":{"id":2,"sha":"def"}})";
  for (const char* const status : {"failed", "success", "canceled"}) {
    const Job job = parse_job(R"({"id":1,"status":")" + std::string(status) + "\"," + origin, {}).value();
    EXPECT_EQ(job.sha, "abc") << status;
    EXPECT_EQ(job.user_name, "kim");
    EXPECT_EQ(job.url, "https://h/acme/shop/-/jobs/1");
  }
  const Job waiting = parse_job(R"({"id":1,"status":"pending",)" + origin, {}).value();
  EXPECT_EQ(waiting.sha + waiting.user_name + waiting.url, "");
  EXPECT_EQ(waiting.user, UserId{5});
}

TEST(ParseJobs, TakeTheSourceCommitOfAMergeRequest) {
  struct Case {
    std::string members;
    std::string sha;
  };
  const std::string merge = R"("ref":"refs/merge-requests/12/merge",)";
  for (const Case& one : {
           Case{merge + R"("commit":{"id":"made","parent_ids":["target","source"]})", "source"},
           Case{R"("ref":"refs/merge-requests/12/train","commit":{"id":"made","parent_ids":["t","source"]})",
                "source"},
           Case{R"("ref":"refs/merge-requests/12/head","commit":{"id":"head","parent_ids":["a","b"]})",
                "head"},
           Case{R"("ref":"topic/merge","commit":{"id":"own","parent_ids":["a","b"]})", "own"},
           Case{merge + R"("commit":{"id":"made","parent_ids":["one"]})", "made"},
           Case{merge + R"("commit":{"id":"made","parent_ids":["one",2]})", "made"},
           Case{merge + R"("commit":{"id":"made"})", "made"},
           Case{R"("pipeline":{"id":2,"sha":"def"},"commit":null)", "def"},
           Case{R"("commit":{"id":7})", ""},
       }) {
    EXPECT_EQ(ended_job(one.members).sha, one.sha) << one.members;
  }
}

TEST(ParseJobs, TakeNoAddressButOfAWebPage) {
  for (const char* const good : {"https://h/-/jobs/1", "http://127.0.0.1:8080/a/-/jobs/1"})
    EXPECT_EQ(ended_job(R"("web_url":")" + std::string(good) + "\"").url, good);
  for (const std::string& bad : {std::string("javascript:alert(1)"), std::string("ftp://h/x"),
                                 std::string("//h/x"), std::string("HTTPS"), std::string("https://h/a b"),
                                 std::string("https://h/a\\nb"), std::string("https://h/\xC3\xA9"),
                                 std::string("https://h/\x7f"), "https://h/" + std::string(2000, 'x')})
    EXPECT_EQ(ended_job("\"web_url\":\"" + bad + "\"").url, "") << bad;
  EXPECT_EQ(ended_job(R"("web_url":null)").url, "");
}

TEST(ParseJobs, ToleratesNullsEverywhere) {
  const Job job = parse_jobs(R"([{"id":1,"status":null,"stage":null,"name":null,"ref":null,"tag":null,
    "allow_failure":null,"created_at":null,"started_at":"yesterday","duration":-1,"queued_duration":"x","user":7,
    "pipeline":null,"failure_reason":null,"runner":[],"tag_list":null}])",
                             ProjectId{})
                      .value()
                      .front();
  EXPECT_EQ(job.id, JobId{1});
  EXPECT_EQ(job.status, JobStatus::unknown);
  EXPECT_EQ(job.project, ProjectId{});
  EXPECT_TRUE(job.tags.empty());
  EXPECT_FALSE(job.started_at || job.ran || job.queued);
}

TEST(ParseJobs, CutsNamesThatNobodyWrites) {
  const auto jobs = parse_jobs("[{\"id\":1,\"name\":\"" + std::string(1'000'000, 'x') + "\xFF\"}]", {});
  EXPECT_EQ(jobs->front().name.size(), 1024U);
}

TEST(ParseProjects, ReadsWhatRunnersMayServe) {
  const auto projects = parse_projects(R"([
    {"id":7,"path_with_namespace":"acme/web/shop","default_branch":"trunk","archived":true,
     "shared_runners_enabled":false,"group_runners_enabled":false},
    {"id":8,"path_with_namespace":"acme/empty","default_branch":null},{"path_with_namespace":"no/id"}])");
  ASSERT_TRUE(projects);
  ASSERT_EQ(projects->size(), 2U);
  const Project& shop = projects->front();
  EXPECT_EQ(shop.id, ProjectId{7});
  EXPECT_EQ(shop.path, "acme/web/shop");
  EXPECT_EQ(shop.default_branch, "trunk");
  EXPECT_TRUE(shop.archived);
  EXPECT_FALSE(shop.takes_instance_runners);
  EXPECT_FALSE(shop.takes_group_runners);
  const Project& empty = projects->back();
  EXPECT_EQ(empty.default_branch, "");
  EXPECT_FALSE(empty.archived);
  EXPECT_TRUE(empty.takes_instance_runners);
  EXPECT_TRUE(empty.takes_group_runners);
}

TEST(ParseProject, ReadsOne) {
  EXPECT_EQ(parse_project(R"({"id":7,"path_with_namespace":"a/b"})")->path, "a/b");
  EXPECT_FALSE(parse_project(R"({"message":"404 Project Not Found"})"));
  EXPECT_FALSE(parse_project("[]"));
}

TEST(ParseRefPatterns, ReadsTheNames) {
  EXPECT_EQ(
      parse_ref_patterns(R"([{"id":1,"name":"main"},{"name":"release/*"},{"name":null},{"name":""},{}])")
          .value(),
      (Texts{"main", "release/*"}));
  EXPECT_FALSE(parse_ref_patterns(R"({"message":"403 Forbidden"})"));
}

TEST(ParseMembers, ReadsTheLevels) {
  const auto members =
      parse_members(R"([{"id":5,"access_level":40},{"id":6,"access_level":null},{"access_level":50}])");
  ASSERT_TRUE(members);
  ASSERT_EQ(members->size(), 2U);
  EXPECT_EQ(members->front().user, UserId{5});
  EXPECT_EQ(members->front().access_level, 40);
  EXPECT_EQ(members->back().access_level, 0);
}

TEST(ParseMergeRequests, ReadsTargetLabelsAndDraft) {
  const auto requests = parse_merge_requests(R"([
    {"id":900,"iid":12,"target_branch":"main","labels":["priority::high","ui"],"draft":true},
    {"id":901,"iid":13,"target_branch":null,"labels":[{"name":"bug"},{"id":1},5],"work_in_progress":true},
    {"id":902,"iid":14,"labels":null,"draft":false,"work_in_progress":false},{"id":903}])");
  ASSERT_TRUE(requests);
  ASSERT_EQ(requests->size(), 3U);
  EXPECT_EQ((*requests)[0].iid, MergeRequestIid{12});
  EXPECT_EQ((*requests)[0].target_branch, "main");
  EXPECT_EQ((*requests)[0].labels, (Texts{"priority::high", "ui"}));
  EXPECT_TRUE((*requests)[0].draft);
  EXPECT_EQ((*requests)[1].target_branch, "");
  EXPECT_EQ((*requests)[1].labels, (Texts{"bug"}));
  EXPECT_TRUE((*requests)[1].draft);
  EXPECT_TRUE((*requests)[2].labels.empty());
  EXPECT_FALSE((*requests)[2].draft);
}

TEST(ParseToken, ReadsScopesAndExpiry) {
  const auto token = parse_token(R"({"id":4,"name":"watch","revoked":false,"active":true,
    "scopes":["read_api","manage_runner"],"expires_at":"2025-12-31"})");
  ASSERT_TRUE(token);
  EXPECT_EQ(token->name, "watch");
  EXPECT_EQ(token->scopes, (Texts{"read_api", "manage_runner"}));
  EXPECT_TRUE(token->active);
  EXPECT_EQ(token->expires_at, at("2025-12-31T00:00:00Z"));
}

TEST(ParseToken, ToleratesWhatIsMissing) {
  EXPECT_EQ(parse_token(R"({"scopes":[],"expires_at":null})")->expires_at, std::nullopt);
  EXPECT_EQ(parse_token(R"({"scopes":[],"expires_at":"soon"})")->expires_at, std::nullopt);
  EXPECT_EQ(parse_token(R"({"scopes":[],"expires_at":"2025-12-31T10:00:00Z"})")->expires_at,
            at("2025-12-31T00:00:00Z"));
  EXPECT_TRUE(parse_token(R"({"scopes":[]})")->active);
  EXPECT_FALSE(parse_token(R"({"scopes":[],"active":false})")->active);
  EXPECT_FALSE(parse_token(R"({"scopes":[],"active":true,"revoked":true})")->active);
  for (const char* json : {"{}", R"({"scopes":null})", "[]", "x"}) EXPECT_FALSE(parse_token(json)) << json;
}

TEST(ParseVersion, ReadsTheVersion) {
  EXPECT_EQ(parse_version(R"({"version":"17.10.1-ee","revision":"abc"})").value(), "17.10.1-ee");
  for (const char* json : {"{}", R"({"version":null})", R"({"version":""})", "[]", "<html>"}) {
    ASSERT_FALSE(parse_version(json)) << json;
    EXPECT_EQ(parse_version(json).error().code, Errc::corrupt);
  }
}

TEST(Bounds, NamesAreCutAndTagsCounted) {
  std::string tags;
  for (int at = 0; at < 1000; ++at) tags += (at == 0 ? "\"t" : ",\"t") + std::to_string(at) + "\"";
  const std::string json = R"([{"id":1,"name":")" + std::string(1023, 'a') + "\u00e9" +
                           std::string(5000, 'b') + R"(","tag_list":[)" + tags + "]}]";
  const auto jobs = parse_jobs(json, ProjectId{1});
  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->at(0).name, std::string(1023, 'a')) << "cut at a character";
  EXPECT_EQ(jobs->at(0).tags.size(), 100U);
}

TEST(Bounds, HalfAPatternProtectsNothing) {
  const auto patterns =
      parse_ref_patterns(R"([{"name":")" + std::string(2000, '*') + R"("},{"name":"main"}])");
  ASSERT_TRUE(patterns);
  EXPECT_EQ(*patterns, std::vector<std::string>{"main"});
}

TEST(Replies, KeysOfResourceGroups) {
  const auto keys =
      parse_resource_groups(R"([{"id": 3, "key": "production"}, {"id": 4, "key": "review/a"}])");
  ASSERT_TRUE(keys);
  EXPECT_EQ(*keys, (std::vector<std::string>{"production", "review/a"}));
  EXPECT_TRUE(parse_resource_groups("[]")->empty());
  EXPECT_FALSE(parse_resource_groups(R"([{"id": 3}])"));
  EXPECT_FALSE(parse_resource_groups(R"({"message": "404"})"));
}

TEST(Replies, WhoHoldsAResourceGroup) {
  EXPECT_EQ(*parse_current_job(R"({"id": 1154, "status": "running"})"), JobId{1154});
  EXPECT_EQ(*parse_current_job("null"), std::nullopt);
  EXPECT_EQ(*parse_current_job("{}"), std::nullopt);
  for (const auto* bad : {R"({"message": "no"})", "[]", "7", "", "<html>", R"({"id": -1})"})
    EXPECT_FALSE(parse_current_job(bad)) << bad;
}

}  // namespace
}  // namespace runneriq::gitlab
