// The chain driver against a small custom executor written as a shell script.
#include "executor/chain/chain_driver.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace runneriq::executor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Lines final : public JobLog {
 public:
  void line(std::string_view text) override { text_ += std::string(text) + "\n"; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

class ChainDriverTest : public testing::Test {
 protected:
  ChainDriverTest() {
    variables_ = {"PATH=/usr/bin:/bin",          "TMPDIR=" + folder_.string(), "BUILD_FAILURE_EXIT_CODE=11",
                  "SYSTEM_FAILURE_EXIT_CODE=12", "CUSTOM_ENV_CI_JOB_ID=4711",  "FOLDER=" + folder_.string()};
    plan_.kill_grace = 5s;
  }

  // `body` sees the stage as $1.
  std::vector<std::string> command(const std::string& body, const std::string& stage) {
    const fs::path script = folder_ / ("driver-" + stage);
    std::ofstream(script) << "#!/bin/sh\n" << body << "\n";
    fs::permissions(script, fs::perms::owner_all);
    return {script.string(), stage};
  }

  ChainDriver driver(ChainRights rights = ChainRights::ours) {
    views_.assign(variables_.begin(), variables_.end());
    if (options_.run.empty()) options_.run = {"/bin/true"};
    return ChainDriver(options_, views_, rights, termination_, log_);
  }

  std::string content(const char* name) {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  // Sends this process SIGTERM as soon as the chained command opens the fifo "$FOLDER/ready".
  std::jthread terminate_when_ready() {
    const fs::path ready = folder_ / "ready";
    ::mkfifo(ready.c_str(), 0600);
    return std::jthread([ready] {
      std::string line;
      std::ifstream fifo(ready);
      std::getline(fifo, line);
      ::kill(::getpid(), SIGTERM);
    });
  }

  static int code(const Result<StageEnd>& end) {
    if (!end) throw std::runtime_error(end.error().message);
    return std::get<PassedOn>(*end).exit_code;
  }

  platform::Termination termination_;
  TemporaryFolder temporary_;
  fs::path folder_{temporary_.path()};
  std::vector<std::string> variables_;
  std::vector<std::string_view> views_;
  ChainOptions options_;
  JobPlan plan_;
  Lines log_;
};

TEST_F(ChainDriverTest, ReadsTheConfigThatTheChainedDriverPrints) {
  options_.config =
      command(R"(echo '{"driver": {"name": "tart"}, "job_env": {"TMPDIR": "/x", "VM": "7"}}')", "config");
  const auto answer = driver().config(plan_);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->driver_name, "tart");
  EXPECT_EQ(answer->job_env, (std::map<std::string, std::string>{{"VM", "7"}}));
  EXPECT_NE(log_.text().find("TMPDIR"), std::string::npos);
}

TEST_F(ChainDriverTest, BadJsonIsTriedAgainAndNotTheJobsFault) {
  options_.config = command("echo not json", "config");
  const auto answer = driver().config(plan_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::unavailable);
}

TEST_F(ChainDriverTest, ADaemonOfConfigKeepsNobodyWaiting) {
  options_.config = command(R"(sleep 300 & echo $! > "$FOLDER/daemon"; echo '{"hostname": "vm"}')", "config");
  const auto answer = driver().config(plan_);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->hostname, "vm");
  const int daemon = std::stoi(content("daemon"));
  EXPECT_EQ(::kill(daemon, 0), 0) << "a daemon of the chained driver is its own";
  ::kill(daemon, SIGKILL);
}

TEST_F(ChainDriverTest, GivesTheWholeEnvironmentAndTheContractsArguments) {
  options_.run =
      command(R"(printf '%s\n' "$*" > "$FOLDER/arguments"; env > "$FOLDER/environment"; pwd > "$FOLDER/folder"
    if read -r line; then echo "read $line" > "$FOLDER/stdin"; fi)",
              "run");
  EXPECT_EQ(code(driver().run(plan_, {"/tmp/a script", "build_script", -1, {}})), 0);
  EXPECT_EQ(content("arguments"), "run /tmp/a script build_script\n");
  EXPECT_EQ(content("folder"), fs::current_path().string() + "\n");
  EXPECT_EQ(content("stdin"), "");
  for (const std::string& variable : variables_) {
    EXPECT_NE(("\n" + content("environment")).find("\n" + variable + "\n"), std::string::npos) << variable;
  }
}

TEST_F(ChainDriverTest, PassesExitCodesOnInTheTermsOfGitLabRunner) {
  const std::pair<const char*, int> cases[]{{"exit 0", 0},  {"exit 11", 11},       {"exit 12", 12},
                                            {"exit 1", 12}, {"kill -KILL $$", 12}, {"exit 255", 12}};
  for (const auto& [body, expected] : cases) {
    SCOPED_TRACE(body);
    options_.run = command(body, "run");
    EXPECT_EQ(code(driver().run(plan_, {"/s", "build_script", -1, {}})), expected);
  }
}

TEST_F(ChainDriverTest, TellsTheJobsFaultInPrepareFromTheSystems) {
  options_.prepare = command("exit 11", "prepare");
  EXPECT_EQ(driver().prepare(plan_).error().code, Errc::invalid_argument);
  options_.prepare = command("exit 12", "prepare");
  EXPECT_EQ(driver().prepare(plan_).error().code, Errc::unavailable);
  options_.prepare = {"/nonexistent/driver"};
  EXPECT_EQ(driver().prepare(plan_).error().code, Errc::unavailable);
  options_.prepare = command("exit 0", "prepare");
  EXPECT_TRUE(driver().prepare(plan_));
}

TEST_F(ChainDriverTest, SkipsEmptyCommandsButNotRun) {
  EXPECT_TRUE(driver().config(plan_));
  EXPECT_TRUE(driver().prepare(plan_));
  EXPECT_TRUE(driver().cleanup(plan_));
  ChainDriver chain = driver();
  options_.run.clear();
  for (const Error& error : {chain.config(plan_).error(), chain.prepare(plan_).error(),
                             chain.run(plan_, {"/s", "x", -1, {}}).error()}) {
    EXPECT_EQ(error.code, Errc::unavailable);
    EXPECT_NE(error.message.find("executor.chain.run"), std::string::npos);
  }
}

TEST_F(ChainDriverTest, SaysWhenCleanupFails) {
  options_.cleanup = command("exit 3", "cleanup");
  const auto cleaned = driver().cleanup(plan_);
  ASSERT_FALSE(cleaned);
  EXPECT_NE(cleaned.error().message.find("exit code 3"), std::string::npos);
}

TEST_F(ChainDriverTest, PassesSigtermToTheGroupAndKeepsTheAnswer) {
  options_.run = command(R"(trap 'wait; exit 11' TERM
    sh -c 'trap "echo child > $FOLDER/child; exit" TERM; echo > $FOLDER/ready; while :; do :; done' &
    wait)",
                         "run");
  const std::jthread killer = terminate_when_ready();
  EXPECT_EQ(code(driver().run(plan_, {"/s", "build_script", -1, {}})), 11);
  EXPECT_EQ(content("child"), "child\n");
}

TEST_F(ChainDriverTest, NeverSucceedsAfterSigterm) {
  options_.run = command(R"(trap 'exit 0' TERM; echo > "$FOLDER/ready"; while :; do :; done)", "run");
  const std::jthread killer = terminate_when_ready();
  EXPECT_EQ(code(driver().run(plan_, {"/s", "build_script", -1, {}})), 11);
}

TEST_F(ChainDriverTest, KillsTheGroupAfterTheGrace) {
  plan_.kill_grace = 200ms;
  options_.prepare = command(
      R"(trap '' TERM; echo $$ > "$FOLDER/pid"; echo > "$FOLDER/ready"; while :; do :; done)", "prepare");
  const std::jthread killer = terminate_when_ready();
  const auto prepared = driver().prepare(plan_);
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code, Errc::timed_out);
  EXPECT_NE(::kill(-std::stoi(content("pid")), 0), 0) << "the group is still there";
}

TEST_F(ChainDriverTest, DropsPrivilegesOnlyWhenToldTo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  fs::permissions(folder_, fs::perms::all);
  plan_.account = {"nobody", 65534, 65534, {}, "/"};
  plan_.drop_privileges = true;
  options_.prepare = command("id -u > $FOLDER/whoami-`id -u`", "prepare");
  fs::permissions(options_.prepare[0],
                  fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  ASSERT_TRUE(driver(ChainRights::ours).prepare(plan_));
  ASSERT_TRUE(driver(ChainRights::of_the_account).prepare(plan_));
  EXPECT_EQ(content("whoami-0"), "0\n");
  EXPECT_EQ(content("whoami-65534"), "65534\n");
}

}  // namespace
}  // namespace runneriq::executor
