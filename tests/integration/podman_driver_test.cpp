// The podman driver with real containers. Skipped by name where podman cannot run any; the
// exact command lines are tested in unit/executor/podman_commands_test.cpp.
#include "executor/podman/podman_driver.hpp"

#include "platform/accounts.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace runneriq::executor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kImage = "localhost/runneriq-test:1";

class NoLog final : public JobLog {
 public:
  void line(std::string_view) override {}
};

Result<platform::Captured> tool(std::vector<std::string> command,
                                const std::vector<std::string>& environment) {
  platform::ChildSpec spec;
  spec.argv = std::move(command);
  spec.environment = environment;
  return platform::run_to_end(spec, 120s);
}

// The environment in which podman runs a container here: the plain one, or one for machines
// without CAP_SYS_RESOURCE and with both versions of cgroups. None when it does not.
class UsablePodman {
 public:
  UsablePodman() {
    const char* home = ::getenv("HOME");
    const char* runtime = ::getenv("XDG_RUNTIME_DIR");
    const std::vector<std::string> plain{
        "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        std::string("HOME=") + (home != nullptr ? home : "/tmp"),
        std::string("XDG_RUNTIME_DIR=") + (runtime != nullptr ? runtime : "")};
    std::ofstream(folder_.path() + "/containers.conf")
        << "[engine]\nruntime = \"runc\"\n[containers]\ndefault_ulimits = [\"nofile=1024:1024\", "
           "\"nproc=1000:1000\"]\n";
    std::vector<std::string> modest = plain;
    modest.push_back("CONTAINERS_CONF=" + folder_.path() + "/containers.conf");
    for (const auto& candidate : {plain, modest}) {
      if (!environment_ && runs_containers(candidate)) environment_ = candidate;
    }
  }
  [[nodiscard]] const std::optional<std::vector<std::string>>& environment() const { return environment_; }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  bool runs_containers(const std::vector<std::string>& environment) {
    const std::string pod = "runneriq-probe-" + std::to_string(::getpid());
    for (const auto& command :
         {std::vector<std::string>{RUNNERIQ_SOURCE_DIR "/tests/support/make_container_image.sh", "podman",
                                   kImage},
          std::vector<std::string>{"podman", "run", "--rm", "--network", "none", kImage, "sh", "-c", ":"},
          std::vector<std::string>{"podman", "pod", "create", "--name", pod},
          std::vector<std::string>{"podman", "pod", "rm", "--force", pod}}) {
      const auto end = tool(command, environment);
      if (end && end->status.success()) continue;
      trouble_ = end ? end->errors : end.error().message;
      return false;
    }
    return true;
  }

  TemporaryFolder folder_;
  std::optional<std::vector<std::string>> environment_;
  std::string trouble_;
};

// What a script for bash prints where only `shells` are to be found.
std::string printed_where_there_is(const std::vector<std::string>& shells) {
  const TemporaryFolder folder;
  for (const std::string& shell : shells) fs::create_symlink("/bin/" + shell, folder.path() + "/" + shell);
  JobPlan plan;
  plan.attempt = AttemptId{"/tmp/attempt"};
  const PodmanOptions options;
  const CommandLine command = PodmanCommands::make(plan, options, 0)->run({"bash"});
  const auto job = std::ranges::find(command, "runneriq-attempt-job");
  platform::ChildSpec spec;
  spec.argv.assign(job + 1, command.end());
  spec.path = folder.path();
  spec.environment = {"PATH=" + folder.path()};
  std::ofstream(folder.path() + "/script") << "echo ${BASH_VERSION:+bash} $#\n";
  const platform::UniqueFd script{::open((folder.path() + "/script").c_str(), O_RDONLY | O_CLOEXEC)};
  spec.standard_input = script.get();
  const auto ran = platform::run_to_end(spec, 20s);
  return ran ? ran->output : ran.error().message;
}

TEST(PodmanScripts, AreRunByBashElseBySh) {
  EXPECT_EQ(printed_where_there_is({"sh", "bash"}), "bash 0\n");
  EXPECT_EQ(printed_where_there_is({"sh"}), "0\n");
}

class PodmanDriverTest : public testing::Test {
 protected:
  void SetUp() override {
    static const UsablePodman podman;
    if (!podman.environment()) GTEST_SKIP() << "podman cannot run containers here: " << podman.trouble();
    environment_.assign(podman.environment()->begin(), podman.environment()->end());
    options_.pull_policy = PullPolicy::never;
    plan_.driver = DriverKind::podman;
    plan_.attempt = AttemptId{folder_.path()};
    plan_.builds_dir = folder_.path() + "/builds";
    plan_.cache_dir = folder_.path() + "/cache";
    plan_.environment = {"LANG=C.UTF-8", "HOME=/host"};
    plan_.image = kImage;
    plan_.kill_grace = 5s;
    plan_.account = platform::current_account();
    fs::create_directory(plan_.builds_dir);
    fs::create_directory(plan_.cache_dir);
  }
  void TearDown() override {
    if (environment_.empty()) return;
    EXPECT_TRUE(driver().cleanup(plan_));
  }

  PodmanDriver driver() { return PodmanDriver(options_, 200, environment_, termination_, log_); }

  Result<StageEnd> run(const std::string& script) {
    const std::string path = folder_.path() + "/script";
    std::ofstream(path) << script << "\n";
    const platform::UniqueFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    return driver().run(plan_, {path, "build_script", file.get(), {"bash"}});
  }

  int code(const std::string& script) {
    const auto end = run(script);
    if (!end) throw std::runtime_error(end.error().message);
    return std::get<ScriptEnded>(*end).status.shell_code();
  }

  std::string content(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(plan_.builds_dir + "/" + name).rdbuf();
    return text.str();
  }

  platform::Termination termination_;
  TemporaryFolder folder_;
  std::vector<std::string_view> environment_;
  PodmanOptions options_;
  JobPlan plan_;
  NoLog log_;
};

TEST_F(PodmanDriverTest, RunsScriptsInOneContainerWithTheJobsFolders) {
  const auto ready = driver().prepare(plan_);
  ASSERT_TRUE(ready) << ready.error().message;
  EXPECT_EQ(code("pwd > seen; id -u >> seen; echo $LANG >> seen; echo $HOME >> seen; echo kept > /tmp/kept"),
            0);
  EXPECT_EQ(content("seen"), plan_.builds_dir + "\n0\nC.UTF-8\n/root\n");
  EXPECT_EQ(code("[[ $(< /tmp/kept) = kept && ! -e /home && ! -e /etc/shadow ]]"), 0);
  EXPECT_EQ(code("while read -r key value; do [[ $key = NoNewPrivs: ]] && exit $((10 + value)); done < "
                 "/proc/self/status"),
            11);
}

TEST_F(PodmanDriverTest, GivesTheScriptsExitCode) {
  ASSERT_TRUE(driver().prepare(plan_));
  for (const int expected : {1, 42, 125, 126, 127, 255}) {
    EXPECT_EQ(code("exit " + std::to_string(expected)), expected);
  }
  EXPECT_EQ(code("kill -KILL $$"), 137);
}

TEST_F(PodmanDriverTest, EndsWhatAStageLeavesBehind) {
  ASSERT_TRUE(driver().prepare(plan_));
  EXPECT_EQ(code("for i in 1 2 3; do (trap '' TERM; while :; do sleep 300; done) & done; : > started"), 0);
  EXPECT_EQ(code("set -- /proc/[0-9]*; exit $#"), 3) << "PID 1, its sleep and this script";
}

TEST_F(PodmanDriverTest, LetsTrapsRunAfterSigterm) {
  ASSERT_TRUE(driver().prepare(plan_));
  const std::string ready = plan_.builds_dir + "/ready";
  ASSERT_EQ(::mkfifo(ready.c_str(), 0600), 0);
  const std::jthread killer([ready] {
    std::string line;
    std::ifstream fifo(ready);
    std::getline(fifo, line);
    ::kill(::getpid(), SIGTERM);
  });
  const auto end = run("trap 'echo trapped > trapped; exit 9' TERM; echo > ready; while :; do :; done");
  ASSERT_TRUE(end) << end.error().message;
  ASSERT_TRUE(std::holds_alternative<Terminated>(*end));
  EXPECT_EQ(std::get<Terminated>(*end).status.shell_code(), 9);
  EXPECT_EQ(content("trapped"), "trapped\n");
}

TEST_F(PodmanDriverTest, KillsWhatIgnoresSigterm) {
  plan_.kill_grace = 300ms;
  ASSERT_TRUE(driver().prepare(plan_));
  const std::string ready = plan_.builds_dir + "/ready";
  ASSERT_EQ(::mkfifo(ready.c_str(), 0600), 0);
  const std::jthread killer([ready] {
    std::string line;
    std::ifstream fifo(ready);
    std::getline(fifo, line);
    ::kill(::getpid(), SIGTERM);
  });
  const auto end = run("trap '' TERM; echo > ready; while :; do :; done");
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_TRUE(std::holds_alternative<Terminated>(*end));
}

TEST_F(PodmanDriverTest, ReachesServicesByTheirNames) {
  plan_.services = {{kImage, "db", {}, {"sleep", "300"}}};
  const auto ready = driver().prepare(plan_);
  ASSERT_TRUE(ready) << ready.error().message;
  EXPECT_EQ(code("while read -r address names; do [[ $address = 127.0.0.1 && \" $names \" = "
                 "*[[:space:]]db[[:space:]]* ]] "
                 "&& exit 0; done < /etc/hosts; exit 1"),
            0);
}

TEST_F(PodmanDriverTest, RunsTheEntrypointThatTheJobNames) {
  plan_.image_entrypoint = {"sh", "-c", "echo entered > " + plan_.builds_dir + "/entered; \"$0\" \"$@\"; :"};
  const auto ready = driver().prepare(plan_);
  ASSERT_TRUE(ready) << ready.error().message;
  EXPECT_EQ(code("sleep 300 & exit 0"), 0);
  EXPECT_EQ(content("entered"), "entered\n");
  EXPECT_EQ(code("exit 3"), 3) << "the container stands again after what was left has been killed";
}

TEST_F(PodmanDriverTest, CleansUpTwiceAndWhatWasNeverMade) {
  EXPECT_TRUE(driver().cleanup(plan_));
  ASSERT_TRUE(driver().prepare(plan_));
  EXPECT_TRUE(driver().cleanup(plan_));
  EXPECT_TRUE(driver().cleanup(plan_));
  EXPECT_FALSE(run(":")) << "without a container a stage is the system's failure";
}

TEST_F(PodmanDriverTest, SaysInPodmansWordsWhyAContainerCannotBeMade) {
  plan_.image = "localhost/never-made:1";
  const auto ready = driver().prepare(plan_);
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().code, Errc::unavailable);
  EXPECT_NE(ready.error().message.find("never-made"), std::string::npos) << ready.error().message;
}

TEST_F(PodmanDriverTest, ProbeNamesTheVersion) {
  const auto version = probe_podman(options_, environment_, plan_.account, false);
  ASSERT_TRUE(version) << version.error().message;
  EXPECT_NE(version->find("podman "), std::string::npos) << *version;
}

}  // namespace
}  // namespace runneriq::executor
