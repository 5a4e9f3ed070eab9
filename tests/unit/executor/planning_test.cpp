#include "executor/planning.hpp"

#include "executor/sandbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;

// A job whose every text tries to leave the folders that it is to live in.
gitlab::JobResponse hostile_job() {
  gitlab::JobResponse job;
  job.id = JobId{4711};
  job.name = "../../etc/evil";
  job.stage = "a/b";
  job.project = ProjectId{7};
  job.project_path = "../../evil/..";
  job.ref = "evil/../../ref";
  job.image = "evil/image";
  job.queued = 90s;
  job.variables = {{"CI_SERVER_URL", "https://gitlab.example.com/../evil"}};
  return job;
}

class Planning : public testing::Test {
 protected:
  JobPlan plan() {
    return plan_job({options,
                     job,
                     environment,
                     attempt_dir,
                     {"/s/builds", "/s/cache", "/s/jobs"},
                     driver,
                     account,
                     true,
                     builds_number,
                     gitlab_digest});
  }
  [[nodiscard]] static std::string home_in(const JobPlan& plan) {
    const auto entry =
        std::ranges::find_if(plan.environment, [](const std::string& e) { return e.starts_with("HOME="); });
    return entry == plan.environment.end() ? "none" : entry->substr(5);
  }

  ExecutorOptions options;
  gitlab::JobResponse job = hostile_job();
  std::vector<std::string_view> environment;
  std::string attempt_dir = "/tmp/custom-executor1";
  DriverKind driver = DriverKind::shell;
  Account account{"ci", 998, 998, {4}, "/home/ci"};
  std::optional<int> builds_number = 3;
  std::string gitlab_digest = "0123456789abcdef0123";
};

TEST_F(Planning, SaysWhatTheServiceIsToldLater) {
  options.socket = "/run/s";
  options.slots = 3;
  job.variables = {{"CI_RUNNER_ID", "12"}};
  const JobPlan made = plan();
  EXPECT_EQ(made.service_socket, "/run/s");
  EXPECT_EQ(made.slots, 3);
  EXPECT_EQ(made.runner, RunnerId{12});
  EXPECT_FALSE(made.service_given_up);
  for (const char* odd : {"", "-5", "12x", "99999999999999999999"}) {
    job.variables = {{"CI_RUNNER_ID", odd}};
    EXPECT_EQ(plan().runner, RunnerId{0}) << odd;
  }
}

TEST_F(Planning, HostPathsHoldNumbersOurWordsAndTheAttemptOnly) {
  const JobPlan made = plan();
  EXPECT_EQ(made.builds_dir, "/s/builds/7/3");
  EXPECT_EQ(made.cache_dir, "/s/cache/0123456789ab/7/open");
  EXPECT_EQ(made.private_dir, "/s/jobs/custom-executor1");
}

TEST_F(Planning, NoTextOfTheJobReachesAPathOrTheEnvironment) {
  const JobPlan made = plan();
  for (const std::string& text : {made.builds_dir, made.cache_dir, made.private_dir}) {
    EXPECT_EQ(text.find("evil"), std::string::npos) << text;
    EXPECT_EQ(text.find(".."), std::string::npos) << text;
  }
  for (const std::string& entry : made.environment) EXPECT_EQ(entry.find("evil"), std::string::npos) << entry;
}

TEST_F(Planning, AJobOfAnUnknownProjectSharesNoFolder) {
  builds_number.reset();
  for (const std::int64_t project : {0, -1}) {
    job.project = ProjectId{project};
    EXPECT_FALSE(leaves_for_others(job));
    EXPECT_EQ(plan().builds_dir, "/s/builds/unknown/custom-executor1");
    EXPECT_EQ(plan().cache_dir, "/s/jobs/custom-executor1/cache");
  }
}

TEST_F(Planning, AJobOfAnUnknownGitLabSharesNoFolder) {
  EXPECT_TRUE(leaves_for_others(job));
  job.variables.clear();
  EXPECT_FALSE(leaves_for_others(job));
  EXPECT_EQ(plan().cache_dir, "/s/jobs/custom-executor1/cache");
}

TEST_F(Planning, TwoGitLabsShareNoCache) {
  const std::string one = plan().cache_dir;
  gitlab_digest = "fedcba9876543210fedc";
  EXPECT_NE(plan().cache_dir, one);
}

TEST_F(Planning, WithoutANumberTheCheckoutIsTheAttemptsAlone) {
  builds_number.reset();
  EXPECT_EQ(plan().builds_dir, "/s/builds/7/custom-executor1");
}

// Whoever removes private_dir must never remove the root of all jobs, or what is above it.
TEST_F(Planning, TheAttemptsFoldersLieBelowTheRootsWhateverTmpdirSays) {
  builds_number.reset();
  for (const std::string_view entry : {"TMPDIR=/tmp/custom-executor1/", "TMPDIR=/tmp/custom-executor1//",
                                       "TMPDIR=/tmp/..", "TMPDIR=/tmp/.", "TMPDIR=/"}) {
    SCOPED_TRACE(entry);
    attempt_dir = stage_environment(EnvironmentBlock{&entry, 1}).attempt_dir;
    if (attempt_dir.empty()) continue;  // refused before anything is planned
    const JobPlan made = plan();
    for (const auto& [path, root] : {std::pair{made.private_dir, std::string("/s/jobs/")},
                                     std::pair{made.builds_dir, std::string("/s/builds/7/")}}) {
      ASSERT_TRUE(path.starts_with(root)) << path;
      const std::string name = path.substr(root.size());
      EXPECT_TRUE(!name.empty() && name != "." && name != "..") << path;
    }
  }
}

struct CacheCase {
  const char* name;
  std::string git_info;  // its member `protected`
  std::string variables;
  const char* folder;
};

class CacheFolder : public Planning, public testing::WithParamInterface<CacheCase> {};

// Read as a job response, for both halves have a say in what counts as protected.
TEST_P(CacheFolder, IsApartForProtectedRefs) {
  job = gitlab::parse_job_response(R"({"job_info":{"project_id":7},"git_info":{"protected":)" +
                                   GetParam().git_info + R"(},"variables":[)" + GetParam().variables +
                                   R"({"key":"CI_SERVER_URL","value":"https://gitlab.example.com"}]})")
            .job;
  EXPECT_EQ(plan().cache_dir, GetParam().folder);
}

const std::string kSaysYes = R"({"key":"CI_COMMIT_REF_PROTECTED","value":"true"},)";
const std::string kSaysNo = R"({"key":"CI_COMMIT_REF_PROTECTED","value":"false"},)";

INSTANTIATE_TEST_SUITE_P(
    Each, CacheFolder,
    testing::Values(
        CacheCase{"Protected", "true", "", "/s/cache/0123456789ab/7/protected"},
        CacheCase{"NotProtected", "false", "", "/s/cache/0123456789ab/7/open"},
        CacheCase{"Unknown", "null", "", "/s/cache/0123456789ab/7/open"},
        CacheCase{"OlderGitLabProtected", "null", kSaysYes, "/s/cache/0123456789ab/7/protected"},
        CacheCase{"OlderGitLabNotProtected", "null", kSaysNo, "/s/cache/0123456789ab/7/open"},
        CacheCase{"AJobsOwnVariableDoesNotCount", "false", kSaysYes, "/s/cache/0123456789ab/7/open"},
        CacheCase{"AJobsOverrideDoesNotCount", "null", kSaysNo + kSaysYes, "/s/cache/0123456789ab/7/open"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(Planning, KeepsWhoTheJobIs) {
  job.variables = {{"CI_SERVER_URL", "https://gitlab.example.com"}, {"CI_SERVER_URL", "https://other"}};
  const JobPlan made = plan();
  EXPECT_EQ(made.key.gitlab.value(), "https://gitlab.example.com");
  EXPECT_EQ(made.key.job, JobId{4711});
  EXPECT_EQ(made.history.gitlab, made.key.gitlab);
  EXPECT_EQ(made.history.project, ProjectId{7});
  EXPECT_EQ(made.history.job_name, "../../etc/evil");
  EXPECT_EQ(made.history.stage, "a/b");
  EXPECT_EQ(made.attempt, AttemptId{"/tmp/custom-executor1"});
  EXPECT_EQ(made.queued_in_gitlab, 90s);
  EXPECT_EQ(made.admitted, std::nullopt);
}

TEST_F(Planning, AGitLabThatDoesNotSayWhoItIsIsNoTrouble) {
  job.variables.clear();
  job.queued.reset();
  EXPECT_EQ(plan().key.gitlab, GitLabUrl{});
  EXPECT_EQ(plan().queued_in_gitlab, 0s);
}

TEST_F(Planning, KeepsWhoRunsTheJobAndInWhat) {
  options.kill_grace = 4s;
  options.energy = {EnergyMeasure::off, {.idle_watts_per_core = 2, .full_watts_per_core = 4}};
  driver = DriverKind::podman;
  job.image_entrypoint = {"/bin/sh"};
  job.services = {{"postgres:16", "db", {}, {}}};
  const JobPlan made = plan();
  EXPECT_EQ(made.driver, DriverKind::podman);
  EXPECT_EQ(made.energy.measure, EnergyMeasure::off);
  EXPECT_EQ(made.energy.power.idle_watts_per_core, 2);
  EXPECT_EQ(made.account, account);
  EXPECT_TRUE(made.drop_privileges);
  EXPECT_EQ(made.kill_grace, 4s);
  EXPECT_EQ(made.image, "evil/image");
  EXPECT_EQ(made.image_entrypoint, job.image_entrypoint);
  ASSERT_EQ(made.services.size(), 1U);
  EXPECT_EQ(made.services[0].alias, "db");
}

TEST_F(Planning, ASandboxedJobHasThePrivateHome) {
  driver = DriverKind::bubblewrap;
  EXPECT_EQ(home_in(plan()), kSandboxHome);
}

TEST_F(Planning, AContainersJobHasTheContainersHome) {
  driver = DriverKind::podman;
  EXPECT_EQ(home_in(plan()), "/root");
}

TEST_F(Planning, WithoutASandboxTheAccountsHomeCountsWhereItHasOne) {
  for (const DriverKind kind : {DriverKind::shell, DriverKind::chain}) {
    driver = kind;
    account.home = "/home/ci";
    EXPECT_EQ(home_in(plan()), "/home/ci");
    for (const char* none : {"", "/", "/nonexistent"}) {
      account.home = none;
      EXPECT_EQ(home_in(plan()), "/s/jobs/custom-executor1/home") << none;
    }
  }
}

TEST_F(Planning, TheRunnersEnvironmentIsNotTheJobs) {
  environment = {"LD_PRELOAD=/evil.so", "GITLAB_TOKEN=secret", "CUSTOM_ENV_LANG=evil", "LANG=C.UTF-8"};
  const auto made = plan().environment;
  EXPECT_NE(std::ranges::find(made, "LANG=C.UTF-8"), made.end());
  for (const std::string& entry : made) {
    EXPECT_FALSE(entry.starts_with("LD_PRELOAD=") || entry.starts_with("GITLAB_TOKEN=")) << entry;
    EXPECT_EQ(entry.find("CUSTOM_ENV"), std::string::npos) << entry;
  }
}

TEST(HostRootsOf, LieBesideTheStateFileUnlessTheyAreSet) {
  ExecutorOptions options;
  const HostRoots beside = host_roots(options, "/var/lib/runneriq-executor");
  EXPECT_EQ(beside.builds, "/var/lib/runneriq-executor/builds");
  EXPECT_EQ(beside.cache, "/var/lib/runneriq-executor/cache");
  EXPECT_EQ(beside.jobs, "/var/lib/runneriq-executor/jobs");
  options.builds_dir = "/b";
  options.cache_dir = "/c";
  options.jobs_dir = "/j";
  const HostRoots set = host_roots(options, "/var/lib/runneriq-executor");
  EXPECT_EQ(set.builds, "/b");
  EXPECT_EQ(set.cache, "/c");
  EXPECT_EQ(set.jobs, "/j");
}

}  // namespace
}  // namespace runneriq::executor
