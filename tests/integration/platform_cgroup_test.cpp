// Control groups, where the host lets us make them.
#include "platform/accounts.hpp"
#include "platform/cgroup.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/process_table.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/poll.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

ChildSpec shell(const std::string& script, const std::vector<std::string>& cgroups) {
  ChildSpec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  spec.cgroups = cgroups;
  return spec;
}

TEST(CgroupRoots, AreNoneWhenOffOrWhereNoCgroupIs) {
  const TemporaryFolder folder;
  for (const std::string& configured :
       {std::string("off"), folder.path(), folder.path() + "/absent", std::string("")}) {
    EXPECT_TRUE(cgroup_roots(configured).empty()) << "'" << configured << "'";
  }
}

TEST(CgroupRoots, MayAllBeWrittenTo) {
  for (const std::string& root : cgroup_roots("auto")) {
    EXPECT_TRUE(may_write(root)) << root;
    EXPECT_EQ(cgroup_roots(root), std::vector<std::string>{root});
  }
  EXPECT_EQ(answer_of_ordinary_user([] {
              const auto roots = cgroup_roots("auto");
              return std::string(std::ranges::all_of(roots, may_write) ? "writable" : "not writable");
            }),
            "writable");
}

TEST(Cgroups, WhatCannotBeMadeOrJoinedIsLeftOut) {
  const TemporaryFolder folder;
  EXPECT_TRUE(make_cgroups({folder.path() + "/absent"}, "job", 5).empty());
  EXPECT_TRUE(make_cgroups({}, "job", 5).empty());
  EXPECT_FALSE(cpu_time({}));
  EXPECT_FALSE(cpu_time({folder.path()}));
  EXPECT_TRUE(remove_cgroups({}));
  EXPECT_TRUE(remove_cgroups({folder.path() + "/absent"}));
  const auto captured = run_to_end(shell("echo runs", {folder.path() + "/absent"}), 20s);
  ASSERT_TRUE(captured) << captured.error().message;
  EXPECT_EQ(captured->output, "runs\n");
}

// A job's groups, in all roots of this host.
class Cgroup : public testing::Test {
 protected:
  static constexpr int kPids = 6;

  void SetUp() override {
    const auto roots = cgroup_roots("auto");
    if (roots.empty()) GTEST_SKIP() << "no cgroup can be written to here";
    name = "test-" + std::to_string(::getpid());
    folders = make_cgroups(roots, name, kPids);
    ASSERT_FALSE(folders.empty());
  }
  void TearDown() override { EXPECT_TRUE(remove_cgroups(folders)); }

  [[nodiscard]] bool some_have(const char* file) const {
    return std::ranges::any_of(folders, [file](const std::string& each) { return exists(each + file); });
  }
  [[nodiscard]] std::vector<Pid> members() const {
    std::vector<Pid> pids;
    for (const std::string& each : folders) {
      std::ifstream procs(each + "/cgroup.procs");
      for (Pid pid = 0; procs >> pid;) pids.push_back(pid);
    }
    std::ranges::sort(pids);
    pids.erase(std::ranges::unique(pids).begin(), pids.end());
    return pids;
  }

  std::string name;
  std::vector<std::string> folders;
};

TEST_F(Cgroup, IsMadeWithItsNameAndBound) {
  for (const std::string& each : folders) {
    EXPECT_TRUE(is_folder(each)) << each;
    EXPECT_TRUE(each.ends_with("/runneriq/" + name)) << each;
    EXPECT_TRUE(!exists(each + "/pids.max") || content_of(each + "/pids.max") == "6\n") << each;
  }
  EXPECT_EQ(make_cgroups(cgroup_roots("auto"), name, kPids), folders) << "made again, they are the same";
}

TEST_F(Cgroup, WithoutABoundEverythingMayRun) {
  const auto unbound = make_cgroups(cgroup_roots("auto"), name + "-unbound", 0);
  for (const std::string& each : unbound) {
    EXPECT_TRUE(!exists(each + "/pids.max") || content_of(each + "/pids.max") == "max\n") << each;
  }
  EXPECT_TRUE(remove_cgroups(unbound));
}

TEST_F(Cgroup, MoreProcessesThanTheBoundCannotBeMade) {
  if (!some_have("/pids.max")) GTEST_SKIP() << "no pids controller here";
  auto captured = run_to_end(
      shell("for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1000 >/dev/null 2>&1 & done; echo all made", folders),
      20s);
  ASSERT_TRUE(captured) << captured.error().message;
  EXPECT_EQ(captured->output, "");
  EXPECT_NE(captured->errors.find("fork"), std::string::npos) << captured->errors;
  EXPECT_LE(members().size(), std::size_t{kPids});
}

TEST_F(Cgroup, IsJoinedBeforeTheChildBecomesAnother) {
  ChildSpec spec = shell("cat /proc/self/cgroup", folders);
  if (is_root()) spec.drop_to = Account{"somebody", kOrdinaryUser, kOrdinaryUser, {}, ""};
  const auto captured = run_to_end(spec, 20s);
  ASSERT_TRUE(captured) << captured.error().message;
  std::size_t joined = 0;
  std::istringstream lines(captured->output);
  for (std::string line; std::getline(lines, line);) joined += line.ends_with("/runneriq/" + name) ? 1 : 0;
  EXPECT_GE(joined, folders.size()) << captured->output;
}

TEST_F(Cgroup, CpuTimeGrowsAndOutlivesTheProcess) {
  const auto before = cpu_time(folders);
  if (!before) GTEST_SKIP() << "nothing accounts CPU time here";
  ASSERT_TRUE(run_to_end(shell("(head -c 300000000 /dev/zero | cksum >/dev/null); :", folders), 60s));
  const auto after = cpu_time(folders);
  ASSERT_TRUE(after);
  EXPECT_GT(*after - *before, 20ms);
  EXPECT_LT(*after - *before, 60s);
}

std::string forest_of_three() {
  return "trap '' TERM HUP; (setsid sleep 1000 >/dev/null 2>&1 &); (setsid sh -c 'sleep 1000; :' >/dev/null "
         "2>&1 &); exit 0";
}

TEST_F(Cgroup, AllMembersAreKilledAndNobodyElse) {
  auto outside = start(shell("exec sleep 1000", {}));
  ASSERT_TRUE(outside);
  ASSERT_TRUE(run_to_end(shell(forest_of_three(), folders), 20s));
  ASSERT_TRUE(wait_until([&] { return members().size() == 3; })) << members().size() << " members";
  kill_cgroups(folders);
  EXPECT_TRUE(wait_until([&] { return members().empty(); }));
  EXPECT_TRUE(is_alive(identify(outside->pid()).value()));
}

TEST_F(Cgroup, RemovalKillsTheMembers) {
  ASSERT_TRUE(run_to_end(shell(forest_of_three(), folders), 20s));
  ASSERT_TRUE(wait_until([&] { return members().size() == 3; })) << members().size() << " members";
  const std::vector<Pid> living = members();
  const auto removed = remove_cgroups(folders);
  EXPECT_TRUE(removed) << removed.error().message;
  for (const std::string& each : folders) EXPECT_FALSE(exists(each)) << each;
  for (const Pid pid : living) {
    EXPECT_TRUE(wait_until([&] {
      const auto identity = identify(pid);
      return !identity || !is_alive(*identity);
    }));
  }
}

}  // namespace
}  // namespace runneriq::platform
