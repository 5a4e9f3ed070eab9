#include "executor/job_environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace runneriq::executor {
namespace {

class JobEnvironment : public testing::Test {
 protected:
  // By name; fails the test when a name occurs twice.
  std::map<std::string, std::string> made() {
    std::map<std::string, std::string> values;
    for (const std::string& entry :
         job_environment(runner, options, account, where, AttemptId{"/tmp/custom-executor1"})) {
      const std::size_t equals = entry.find('=');
      EXPECT_NE(equals, std::string::npos) << entry;
      EXPECT_TRUE(values.emplace(entry.substr(0, equals), entry.substr(equals + 1)).second) << entry;
    }
    return values;
  }

  std::vector<std::string_view> runner;
  ExecutorOptions options;
  Account account{"ci", 998, 998, {}, "/home/ci"};
  JobHome where{"/home/runneriq", "/tmp"};
};

TEST_F(JobEnvironment, HoldsOursOnlyWhereTheRunnerHasNothingToPass) {
  const std::map<std::string, std::string> ours{{"PATH", options.path},
                                                {"HOME", "/home/runneriq"},
                                                {"USER", "ci"},
                                                {"LOGNAME", "ci"},
                                                {"SHELL", "/bin/sh"},
                                                {"TMPDIR", "/tmp"},
                                                {"RUNNERIQ_ATTEMPT", "custom-executor1"}};
  EXPECT_EQ(made(), ours);
  runner = {"PATH=/evil",
            "HOME=/root",
            "USER=root",
            "LOGNAME=root",
            "SHELL=/evil/sh",
            "TMPDIR=/tmp/custom-executor1",
            "LD_PRELOAD=/evil.so",
            "LD_LIBRARY_PATH=/evil",
            "BASH_ENV=/evil.sh",
            "ENV=/evil.sh",
            "IFS=/",
            "PS4=$(evil)",
            "SHELLOPTS=xtrace",
            "PYTHONPATH=/evil",
            "GIT_SSH_COMMAND=evil",
            "BASH_FUNC_cd%%=() { evil; }",
            "GITLAB_TOKEN=secret",
            "JOB_RESPONSE_FILE=/tmp/custom-executor1/response.json",
            "BUILD_EXIT_CODE_FILE=/tmp/custom-executor1/build_exit_code",
            "CREDENTIALS_DIRECTORY=/run/credentials",
            "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/bus",
            "LANGX=evil",
            "LC=evil",
            "XLC_ALL=evil",
            "lang=evil",
            "no equals sign",
            "=empty name",
            ""};
  EXPECT_EQ(made(), ours);
}

TEST_F(JobEnvironment, PassesLanguageTimeZoneAndProxies) {
  runner = {"LANG=de_DE.UTF-8", "LC_ALL=C",          "TZ=UTC",
            "http_proxy=p:1",   "HTTPS_PROXY=p:2=3", "NO_PROXY=localhost"};
  const auto environment = made();
  EXPECT_EQ(environment.at("LANG"), "de_DE.UTF-8");
  EXPECT_EQ(environment.at("LC_ALL"), "C");
  EXPECT_EQ(environment.at("TZ"), "UTC");
  EXPECT_EQ(environment.at("http_proxy"), "p:1");
  EXPECT_EQ(environment.at("HTTPS_PROXY"), "p:2=3");
  EXPECT_EQ(environment.at("NO_PROXY"), "localhost");
}

TEST_F(JobEnvironment, PassesWhatTheAdministratorNames) {
  options.pass_environment = {"CCACHE_DIR", "EMPTY", "NOT_THERE"};
  runner = {"CCACHE_DIR=/c", "CCACHE_DIRS=/d", "EMPTY="};
  const auto environment = made();
  EXPECT_EQ(environment.at("CCACHE_DIR"), "/c");
  EXPECT_EQ(environment.at("EMPTY"), "");
  EXPECT_FALSE(environment.contains("CCACHE_DIRS"));
  EXPECT_FALSE(environment.contains("NOT_THERE"));
}

TEST_F(JobEnvironment, TextOfTheJobNeverPasses) {
  options.pass_environment = {"CUSTOM_ENV_LD_PRELOAD", "CUSTOM_ENV_", "LD_PRELOAD"};
  runner = {"CUSTOM_ENV_LD_PRELOAD=/evil.so", "CUSTOM_ENV_LANG=evil", "CUSTOM_ENV_=evil",
            "CUSTOM_ENV_PATH=/evil"};
  for (const auto& [name, value] : made()) {
    EXPECT_FALSE(name.starts_with("CUSTOM_ENV_")) << name;
    EXPECT_EQ(value.find("evil"), std::string::npos) << name;
  }
}

TEST_F(JobEnvironment, WhatIsOursStaysOursEvenWhenItIsNamed) {
  options.pass_environment = {"PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "SHELL"};
  runner = {"PATH=/evil", "HOME=/root", "TMPDIR=/evil", "USER=root", "LOGNAME=root", "SHELL=/evil"};
  for (const auto& [name, value] : made()) {
    EXPECT_EQ(std::ranges::count(runner, name + "=" + value), 0) << name;
  }
}

TEST_F(JobEnvironment, TheLastOfTwoEntriesWins) {
  runner = {"LANG=C", "LANG=C.UTF-8"};
  EXPECT_EQ(made().at("LANG"), "C.UTF-8");
}

TEST_F(JobEnvironment, ThePathCanBeChosen) {
  options.path = "/opt/bin:/bin";
  EXPECT_EQ(made().at("PATH"), "/opt/bin:/bin");
}

TEST_F(JobEnvironment, AnAccountWithoutANameIsItsNumber) {
  account.name.clear();
  EXPECT_EQ(made().at("USER"), "998");
  EXPECT_EQ(made().at("LOGNAME"), "998");
}

TEST(AttemptMarker, IsTheLastPartOfTmpdir) {
  EXPECT_EQ(attempt_marker(AttemptId{"/tmp/custom-executor42"}), "RUNNERIQ_ATTEMPT=custom-executor42");
}

}  // namespace
}  // namespace runneriq::executor
