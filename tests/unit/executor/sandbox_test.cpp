#include "executor/sandbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace runneriq::executor {
namespace {

using Words = std::vector<std::string>;

Sandbox usual_sandbox() {
  Sandbox sandbox;
  sandbox.links = {{"usr/bin", "/bin"}};
  sandbox.system = {"/usr", "/etc"};
  sandbox.read_only = {"/srv", "/tmp/toolchain"};
  sandbox.hidden = {"/etc/gitlab-runner", "/srv/state"};
  sandbox.private_home = "/srv/state/jobs/1/home";
  sandbox.private_tmp = "/srv/state/jobs/1/tmp";
  sandbox.writable = {"/srv/state/builds/7/0", "/srv/state/cache/7/open"};
  return sandbox;
}

// Where `words` stand in `command`; its size when they do not.
std::ptrdiff_t place_of(const Words& command, const Words& words) {
  return std::ranges::search(command, words).begin() - command.begin();
}

bool holds(const Words& command, const Words& words) {
  return place_of(command, words) < std::ssize(command);
}

TEST(SandboxCommand, HasNamespacesOfItsOwnAndNoCapability) {
  const Words command = sandbox_command(usual_sandbox());
  EXPECT_EQ(command.front(), "bwrap");
  for (const char* word :
       {"--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent"}) {
    EXPECT_EQ(std::ranges::count(command, word), 1) << word;
  }
  EXPECT_TRUE(holds(command, {"--cap-drop", "ALL"}));
  EXPECT_FALSE(holds(command, {"--unshare-net"})) << "get_sources needs the network";
  EXPECT_FALSE(holds(command, {"--share-net"}));
  EXPECT_FALSE(holds(command, {"--cap-add"}));
}

TEST(SandboxCommand, TheProgramCanBeChosen) {
  Sandbox sandbox = usual_sandbox();
  sandbox.command = "/opt/bwrap";
  EXPECT_EQ(sandbox_command(sandbox).front(), "/opt/bwrap");
}

TEST(SandboxCommand, TheSystemIsReadOnly) {
  const Words command = sandbox_command(usual_sandbox());
  for (const std::string path : {"/usr", "/etc", "/srv", "/tmp/toolchain"}) {
    EXPECT_TRUE(holds(command, {"--ro-bind", path, path})) << path;
  }
  EXPECT_TRUE(holds(command, {"--symlink", "usr/bin", "/bin"}));
  EXPECT_FALSE(holds(command, {"--bind", "/"}));
  EXPECT_FALSE(holds(command, {"--dev-bind"}));
  EXPECT_TRUE(holds(command, {"--proc", "/proc"}));
  EXPECT_TRUE(holds(command, {"--dev", "/dev"}));
}

TEST(SandboxCommand, OnlyThePrivateFoldersAndWhatIsNamedAreWritable) {
  const Sandbox sandbox = usual_sandbox();
  const Words command = sandbox_command(sandbox);
  std::set<std::string> sources;
  for (auto word = command.begin(); word != command.end(); ++word) {
    if (*word == "--bind") sources.insert(*(word + 1));
  }
  std::set<std::string> allowed{sandbox.private_home, sandbox.private_tmp};
  allowed.insert(sandbox.writable.begin(), sandbox.writable.end());
  EXPECT_EQ(sources, allowed);
  EXPECT_TRUE(holds(command, {"--bind", sandbox.private_tmp, "/tmp"}));
  EXPECT_TRUE(holds(command, {"--bind", sandbox.private_home, kSandboxHome}));
  for (const std::string& path : sandbox.writable)
    EXPECT_TRUE(holds(command, {"--bind", path, path})) << path;
}

TEST(SandboxCommand, ThePrivateTmpDoesNotCoverWhatIsShownBelowIt) {
  const Words command = sandbox_command(usual_sandbox());
  EXPECT_LT(place_of(command, {"--bind", "/srv/state/jobs/1/tmp", "/tmp"}),
            place_of(command, {"--ro-bind", "/tmp/toolchain"}));
}

TEST(SandboxCommand, WhatIsHiddenComesAfterTheSystemAndBeforeWhatIsWritable) {
  const Words command = sandbox_command(usual_sandbox());
  for (const std::string path : {"/etc/gitlab-runner", "/srv/state"}) {
    const auto hidden = place_of(command, {"--tmpfs", path});
    ASSERT_LT(hidden, std::ssize(command)) << path;
    EXPECT_GT(hidden, place_of(command, {"--ro-bind", "/srv", "/srv"}));
    EXPECT_GT(hidden, place_of(command, {"--ro-bind", "/etc", "/etc"}));
    EXPECT_LT(hidden, place_of(command, {"--bind", "/srv/state/builds/7/0"}));
    EXPECT_LT(hidden, place_of(command, {"--bind", "/srv/state/cache/7/open"}));
    EXPECT_LT(hidden, place_of(command, {"--remount-ro", path}));
  }
}

TEST(SandboxCommand, TheRootIsMadeReadOnlyLast) {
  for (const Sandbox& sandbox : {usual_sandbox(), Sandbox{}}) {
    const Words command = sandbox_command(sandbox);
    ASSERT_GE(command.size(), 2U);
    EXPECT_EQ((Words{command.end() - 2, command.end()}), (Words{"--remount-ro", "/"}));
  }
}

TEST(SandboxCommand, StopsBeforeTheProgram) {
  EXPECT_FALSE(holds(sandbox_command(usual_sandbox()), {"--"}));
}

}  // namespace
}  // namespace runneriq::executor
