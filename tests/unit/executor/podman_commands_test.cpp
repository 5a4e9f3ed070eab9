#include "executor/podman_commands.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::executor {
namespace {

const std::string kKeepAlive = "trap '' HUP INT TERM; while :; do sleep 2147483647 & wait; done";

JobPlan plan() {
  JobPlan plan;
  plan.driver = DriverKind::podman;
  plan.attempt = AttemptId{"/tmp/custom-executor42"};
  plan.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{4711}};
  plan.builds_dir = "/srv/builds/7/0";
  plan.cache_dir = "/srv/cache/7/open";
  plan.environment = {"PATH=/usr/bin", "LANG=C.UTF-8", "HOME=/root", "RUNNERIQ_ATTEMPT=custom-executor42"};
  plan.image = "docker.io/library/node:20";
  return plan;
}

PodmanCommands commands(const JobPlan& plan, const PodmanOptions& options, int pids_limit = 100) {
  return PodmanCommands::make(plan, options, pids_limit).value();
}

CommandLine created(const std::string& name) {
  CommandLine command{"podman",         "create",
                      "--pod",          "runneriq-custom-executor42",
                      "--name",         name,
                      "--label",        "runneriq.job=4711",
                      "--label",        "runneriq.attempt=custom-executor42",
                      "--pull",         "missing",
                      "--quiet",        "--http-proxy=false",
                      "--security-opt", "no-new-privileges",
                      "--cap-drop",     "ALL"};
  for (const char* capability : {"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE",
                                 "SETFCAP", "SETGID", "SETUID"}) {
    command.insert(command.end(), {"--cap-add", capability});
  }
  command.insert(command.end(), {"--pids-limit", "100"});
  return command;
}

CommandLine operator+(CommandLine left, const CommandLine& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

const CommandLine kInJob =
    created("runneriq-custom-executor42-job") +
    CommandLine{"--user",      "0:0",
                "--workdir",   "/srv/builds/7/0",
                "--mount",     "type=bind,source=/srv/builds/7/0,destination=/srv/builds/7/0",
                "--mount",     "type=bind,source=/srv/cache/7/open,destination=/srv/cache/7/open",
                "--env",       "LANG=C.UTF-8",
                "--env",       "RUNNERIQ_ATTEMPT=custom-executor42",
                "--entrypoint"};
const CommandLine kPod{"podman",
                       "pod",
                       "create",
                       "--name",
                       "runneriq-custom-executor42",
                       "--share",
                       "net",
                       "--label",
                       "runneriq.job=4711",
                       "--label",
                       "runneriq.attempt=custom-executor42"};
const CommandLine kStart{"podman", "pod", "start", "runneriq-custom-executor42"};

TEST(PodmanCommands, PrepareAJobWithoutServices) {
  const JobPlan job = plan();
  const PodmanOptions options;
  const auto steps = commands(job, options).prepare();
  ASSERT_TRUE(steps) << steps.error().message;
  const std::vector<CommandLine> expected{
      kPod, kInJob + CommandLine{"[\"sh\",\"-c\",\"" + kKeepAlive + "\"]", "docker.io/library/node:20"},
      kStart};
  EXPECT_EQ(*steps, expected);
}

TEST(PodmanCommands, PutServicesIntoThePodUnderTheirHostNames) {
  JobPlan job = plan();
  job.services = {{"postgres:16", "db", {}, {}},
                  {"docker.io/tutum/wordpress:1", "", {"/init"}, {"--port", "80"}}};
  const PodmanOptions options;
  const auto steps = commands(job, options).prepare();
  ASSERT_TRUE(steps) << steps.error().message;
  ASSERT_EQ(steps->size(), 5U);
  EXPECT_EQ((*steps)[0], kPod + (CommandLine{"--add-host", "db:127.0.0.1", "--add-host",
                                             "docker.io__tutum__wordpress:127.0.0.1", "--add-host",
                                             "docker.io-tutum-wordpress:127.0.0.1"}));
  EXPECT_EQ((*steps)[1], created("runneriq-custom-executor42-service-0") + CommandLine{"postgres:16"});
  EXPECT_EQ((*steps)[2],
            created("runneriq-custom-executor42-service-1") +
                (CommandLine{"--entrypoint", "[\"/init\"]", "docker.io/tutum/wordpress:1", "--port", "80"}));
}

TEST(PodmanCommands, RunTheEntrypointThatTheJobNamesWithTheKeepAliveAsItsArguments) {
  JobPlan job = plan();
  job.image_entrypoint = {"/entry\"point", "-x"};
  const PodmanOptions options;
  const auto steps = commands(job, options).prepare();
  ASSERT_TRUE(steps);
  EXPECT_EQ(steps->at(1), kInJob + (CommandLine{"[\"/entry\\\"point\",\"-x\"]", "docker.io/library/node:20",
                                                "sh", "-c", kKeepAlive}));
  EXPECT_TRUE(commands(job, options).may_stand_still());
}

TEST(PodmanCommands, TakeAnEmptyEntrypointAsNone) {
  JobPlan job = plan();
  job.image_entrypoint = {""};
  const PodmanOptions options;
  EXPECT_EQ(commands(job, options).prepare()->at(1), commands(plan(), options).prepare()->at(1));
  EXPECT_FALSE(commands(job, options).may_stand_still());
}

TEST(PodmanCommands, FollowTheOptions) {
  JobPlan job = plan();
  job.image.clear();
  PodmanOptions options;
  options.command = "/opt/podman";
  options.default_image = "registry.local:5000/ci/base:3";
  options.pull_policy = PullPolicy::never;
  options.run_arguments = {"--memory", "1g"};
  const CommandLine create = commands(job, options, 0).prepare()->at(1);
  EXPECT_EQ(create.front(), "/opt/podman");
  EXPECT_EQ(*(std::ranges::find(create, "--pull") + 1), "never");
  EXPECT_EQ(*(std::ranges::find(create, "--pids-limit") + 1), "-1");
  const CommandLine end(create.end() - 3, create.end());
  EXPECT_EQ(end, (CommandLine{"--memory", "1g", "registry.local:5000/ci/base:3"}));
}

TEST(PodmanCommands, NeverAskPodmanForAVariableOfItsOwn) {
  JobPlan job = plan();
  job.environment = {"NO_EQUALS", "*", "USER=ci", "TMPDIR=/x", "A=b=c"};
  const PodmanOptions options;
  const CommandLine create = commands(job, options).prepare()->at(1);
  EXPECT_EQ(std::ranges::count(create, "--env"), 1);
  EXPECT_EQ(*(std::ranges::find(create, "--env") + 1), "A=b=c");
}

TEST(PodmanCommands, AreTheseForTheLaterStages) {
  const JobPlan job = plan();
  const PodmanOptions options;
  const PodmanCommands podman = commands(job, options);
  const std::string name = "runneriq-custom-executor42-job";
  const CommandLine in_job{"podman", "exec", "--interactive", "--workdir", "/srv/builds/7/0", name};
  EXPECT_EQ(podman.run({"bash"}),
            in_job + (CommandLine{"sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh"}));
  EXPECT_EQ(podman.run({"sh"}), in_job + CommandLine{"sh"});
  EXPECT_EQ(podman.run({"pwsh", "-NoProfile"}), in_job + (CommandLine{"pwsh", "-NoProfile"}));
  EXPECT_EQ(podman.signal_all(ContainerSignal::terminate),
            (CommandLine{"podman", "exec", name, "sh", "-c", "kill -TERM -1 || :"}));
  EXPECT_EQ(podman.signal_all(ContainerSignal::kill),
            (CommandLine{"podman", "exec", name, "sh", "-c", "kill -KILL -1 || :"}));
  EXPECT_EQ(podman.kill_container(), (CommandLine{"podman", "kill", "--signal", "KILL", name}));
  EXPECT_EQ(podman.start_again(), (CommandLine{"podman", "start", name}));
  EXPECT_EQ(podman.count(),
            (CommandLine{"podman", "exec", name, "sh", "-c", "set -- /proc/[0-9]*; echo $#"}));
  EXPECT_EQ(podman.is_idle(3),
            (CommandLine{"podman", "exec", name, "sh", "-c", "set -- /proc/[0-9]*; [ $# -le 3 ]"}));
  EXPECT_EQ(podman.is_running(), (CommandLine{"podman", "exec", name, "sh", "-c", ":"}));
  EXPECT_EQ(podman.remove(), (CommandLine{"podman", "pod", "rm", "--force", "--time", "0", "--ignore",
                                          "runneriq-custom-executor42"}));
}

TEST(PodmanCommands, RefuseAttemptsThatGiveNoSafeName) {
  const std::vector<std::string> hostile{"",
                                         "/",
                                         "/tmp/",
                                         "/tmp/..",
                                         "/tmp/.hidden",
                                         "/tmp/-rf",
                                         "/tmp/a b",
                                         "/tmp/a;id",
                                         "/tmp/a\nb",
                                         "/tmp/$(id)",
                                         "/tmp/a:b",
                                         "/tmp/\xc3\xa4",
                                         "/tmp/" + std::string(101, 'a')};
  for (const std::string& attempt : hostile) {
    SCOPED_TRACE(attempt);
    JobPlan job = plan();
    job.attempt = AttemptId{attempt};
    const auto made = PodmanCommands::make(job, PodmanOptions{}, 100);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::unavailable);
  }
}

TEST(PodmanCommands, RefuseDirectoriesThatPodmanWouldMisread) {
  for (const char* directory : {"", "relative", "/a,readonly=false", "/a\"b", "/a\nb"}) {
    SCOPED_TRACE(directory);
    JobPlan job = plan();
    job.cache_dir = directory;
    const PodmanOptions options;
    const auto steps = commands(job, options).prepare();
    ASSERT_FALSE(steps);
    EXPECT_EQ(steps.error().code, Errc::unavailable);
  }
}

TEST(PodmanCommands, RefuseBadImagesOfJobAndServicesAsTheJobsFault) {
  JobPlan job = plan();
  job.image = "--privileged";
  const PodmanOptions options;
  EXPECT_EQ(commands(job, options).prepare().error().code, Errc::invalid_argument);
  job = plan();
  job.services = {{"dir:/etc", "db", {}, {}}};
  EXPECT_EQ(commands(job, options).prepare().error().code, Errc::invalid_argument);
}

TEST(CheckImage, TakesWhatRegistriesName) {
  for (const char* image :
       {"debian", "debian:12", "docker:dind", "group/tool", "docker.io/library/debian:12-slim",
        "localhost/a:1", "registry.local:5000/a/b_c/d-e.f:v1.2", "localhost:5000/a",
        "debian@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "r.io/a:1@sha256:0123456789abcdef", "a:_private"}) {
    EXPECT_TRUE(check_image(image)) << image;
  }
}

TEST(CheckImage, RefusesOptionsPlacesOnTheHostAndWhatIsNoName) {
  const std::vector<std::string> hostile{"",
                                         "-",
                                         "--privileged",
                                         "-v/etc:/etc",
                                         "a b",
                                         "a\nb",
                                         std::string("a\0b", 3),
                                         "a\x1b[0m",
                                         "dir:/etc",
                                         "dir:x",
                                         "oci-archive:x",
                                         "oci:x:y",
                                         "docker-archive:/x",
                                         "docker-daemon:x",
                                         "tarball:x",
                                         "containers-storage:x",
                                         "docker://debian",
                                         "https://r.io/a",
                                         "/etc",
                                         "./a",
                                         "../a",
                                         "a//b",
                                         "a/",
                                         "a:",
                                         "a:b/c",
                                         "r.io:port/a",
                                         "r.io:123456/a",
                                         "a@",
                                         "a@sha256",
                                         "a@sha256:",
                                         "a:1:2",
                                         "$(id)",
                                         "a;id",
                                         "\xc3\xa4",
                                         std::string(513, 'a')};
  for (const std::string& image : hostile) {
    SCOPED_TRACE(image);
    const auto checked = check_image(image);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, Errc::invalid_argument);
    EXPECT_EQ(checked.error().message.find('\n'), std::string::npos);
  }
}

TEST(HostNames, AreTheAliasesElseThoseOfTheImage) {
  const auto names = [](std::string image, std::string alias) {
    return host_names({std::move(image), std::move(alias), {}, {}});
  };
  EXPECT_EQ(*names("postgres:16", ""), std::vector<std::string>{"postgres"});
  EXPECT_EQ(*names("tutum/wordpress:latest", ""),
            (std::vector<std::string>{"tutum__wordpress", "tutum-wordpress"}));
  EXPECT_EQ(*names("r.io:5000/a/b:1", ""), (std::vector<std::string>{"r.io__a__b", "r.io-a-b"}));
  EXPECT_EQ(*names("postgres:16", "db"), std::vector<std::string>{"db"});
  EXPECT_EQ(*names("postgres:16", "db, pg  sql"), (std::vector<std::string>{"db", "pg", "sql"}));
  for (const char* alias : {"a:b", "-x", "a\nb", "db=1", "a/b"}) {
    SCOPED_TRACE(alias);
    ASSERT_FALSE(names("postgres", alias));
    EXPECT_EQ(names("postgres", alias).error().code, Errc::invalid_argument);
  }
}

TEST(PodmanEnvironment, HoldsNothingOfTheJob) {
  const std::vector<std::string_view> runner{
      "PATH=/bin", "HOME=/root",          "CUSTOM_ENV_HOME=/evil",       "TMPDIR=/tmp/x",
      "SECRET=1",  "LD_PRELOAD=/evil.so", "XDG_RUNTIME_DIR=/run/user/0", "HTTPS_PROXY=http://p"};
  JobPlan job = plan();
  EXPECT_EQ(podman_environment(runner, job, ""),
            (std::vector<std::string>{"PATH=/bin", "HTTPS_PROXY=http://p", "HOME=/root",
                                      "XDG_RUNTIME_DIR=/run/user/0"}));
  job.drop_privileges = true;
  job.account = {"ci", 998, 998, {}, "/var/lib/ci"};
  EXPECT_EQ(podman_environment(runner, job, "/run/user/998"),
            (std::vector<std::string>{"PATH=/bin", "HTTPS_PROXY=http://p", "HOME=/var/lib/ci", "USER=ci",
                                      "LOGNAME=ci", "XDG_RUNTIME_DIR=/run/user/998"}));
}

}  // namespace
}  // namespace runneriq::executor
