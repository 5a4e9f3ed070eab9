// Real child processes: what they are given, and that none of them gets away.
#include "platform/accounts.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/memory_file.hpp"
#include "platform/pipe.hpp"
#include "platform/process_table.hpp"
#include "platform/termination.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/poll.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <thread>
#include <vector>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Duration kLong = 20s;  // that something takes at most on a busy host

ChildSpec shell(const std::string& script) {
  ChildSpec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  return spec;
}

// What a command prints, or why it did not run.
std::string printed_by(const ChildSpec& spec) {
  const auto captured = run_to_end(spec, kLong);
  return captured ? captured->output : "error: " + captured.error().message;
}

std::string described(ExitStatus status) {
  return "ended with " + std::to_string(status.shell_code());
}

void write_file(const std::string& path, std::string_view content) {
  std::ofstream(path) << content;
}

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The number that a process writes to `path`; 0 when it never does.
Pid pid_in(const std::string& path) {
  if (!wait_until([&] { return content_of(path).ends_with('\n'); })) return 0;
  return std::stoi(content_of(path));
}

bool is_running(Pid pid) {
  const auto identity = identify(pid);
  return identity && is_alive(*identity);
}

bool contains(const std::vector<Pid>& pids, Pid pid) {
  return std::ranges::find(pids, pid) != pids.end();
}

class Processes : public testing::Test {
 protected:
  Processes() { EXPECT_EQ(::chmod(folder.path().c_str(), 0777), 0); }
  [[nodiscard]] std::string in(std::string_view name) const {
    return folder.path() + "/" + std::string(name);
  }
  std::string script(std::string_view name, std::string_view content, mode_t mode = 0755) const {
    write_file(in(name), content);
    EXPECT_EQ(::chmod(in(name).c_str(), mode), 0);
    return in(name);
  }
  TemporaryFolder folder;
};

using Start = Processes;
using RunToEnd = Processes;
using Supervise = Processes;
using ProcessTable = Processes;
using CallingRunner = Processes;

// ---- what a child is given

TEST_F(Start, ArgumentsArriveAsTheyAre) {
  ChildSpec spec;
  spec.argv = {"/bin/sh",
               "-c",
               R"(for each in "$0" "$@"; do printf '<%s>' "$each"; done)",
               "zero",
               "",
               "two words",
               "$HOME `id` \"'\\",
               "a\nb",
               "*",
               "\xff\xfe"};
  EXPECT_EQ(printed_by(spec), "<zero><><two words><$HOME `id` \"'\\><a\nb><*><\xff\xfe>");
}

TEST_F(Start, TheEnvironmentIsExactlyTheGivenOne) {
  ::setenv("RUNNERIQ_TEST_OURS", "leaks", 1);
  ChildSpec spec;
  spec.argv = {"/usr/bin/env", "-0"};
  const auto expected_of = [&spec] {
    std::string text;
    for (const std::string& entry : spec.environment) text += entry + '\0';
    return text;
  };
  EXPECT_EQ(printed_by(spec), "");
  spec.environment = {"A=1", "EMPTY=", "B=two words\nand a line", "C=x=y", "A=twice", "PATH=/nowhere"};
  EXPECT_EQ(printed_by(spec), expected_of());
  ::unsetenv("RUNNERIQ_TEST_OURS");
}

TEST_F(Start, ABareNameIsFoundOnThePathOfTheSpec) {
  std::filesystem::create_directories(in("first"));
  std::filesystem::create_directories(in("second"));
  script("first/tool", "#!/bin/sh\necho not executable", 0644);
  script("second/tool", "#!/bin/sh\necho second $0");
  ChildSpec spec;
  spec.argv = {"tool"};
  spec.path = "/nowhere::" + in("first") + ":" + in("second");
  EXPECT_EQ(printed_by(spec), "second " + in("second/tool") + "\n");
  script("first/tool", "#!/bin/sh\necho first");
  EXPECT_EQ(printed_by(spec), "first\n");
  spec.path = "";
  EXPECT_FALSE(start(spec));
}

TEST_F(Start, AFolderOnThePathIsNoProgram) {
  std::filesystem::create_directories(in("first/tool"));
  std::filesystem::create_directories(in("second"));
  script("second/tool", "#!/bin/sh\necho second");
  ChildSpec spec;
  spec.argv = {"tool"};
  spec.path = in("first") + ":" + in("second");
  EXPECT_EQ(printed_by(spec), "second\n");
}

struct Refusal {
  const char* what;
  std::function<ChildSpec(const std::string& folder)> spec;
  Errc code;
  std::vector<std::string> words;
};

class StartRefused : public Processes, public testing::WithParamInterface<Refusal> {};

TEST_P(StartRefused, IsToldAndLeavesNoProcess) {
  const std::string answer = answer_of_fork([&]() -> std::string {
    const auto child = start(GetParam().spec(folder.path()));
    if (child) return "started";
    std::string wrong = child.error().code == GetParam().code ? "" : "another code; ";
    for (const std::string& word : GetParam().words) {
      if (child.error().message.find(word) == std::string::npos) wrong += "no '" + word + "' in ";
    }
    if (!has_no_children()) wrong += "a child is left; ";
    return wrong.empty() ? "told" : wrong + child.error().message;
  });
  EXPECT_EQ(answer, "told");
}

ChildSpec file_with(const std::string& path, std::string_view content, mode_t mode) {
  write_file(path, content);
  ::chmod(path.c_str(), mode);
  ChildSpec spec;
  spec.argv = {path};
  return spec;
}

const Refusal kRefusals[] = {
    {"ABareNameThatIsNowhere",
     [](const std::string&) {
       ChildSpec spec;
       spec.argv = {"no-such-tool"};
       return spec;
     },
     Errc::not_found,
     {"no-such-tool"}},
    {"AnAbsentPath",
     [](const std::string& folder) {
       ChildSpec spec;
       spec.argv = {folder + "/absent"};
       return spec;
     },
     Errc::not_found,
     {"/absent", "exec", "No such file"}},
    {"AFileThatIsNotExecutable",
     [](const std::string& folder) { return file_with(folder + "/plain", "#!/bin/sh\n", 0644); },
     Errc::permission,
     {"/plain", "exec", "Permission denied"}},
    {"AFileThatIsNoProgram",
     [](const std::string& folder) { return file_with(folder + "/garbage", "\x01\x02\x03", 0755); },
     Errc::unavailable,
     {"/garbage", "exec", "Exec format error"}},
    {"TooLongAnArgument",
     [](const std::string&) {
       ChildSpec spec = shell("exit");
       spec.argv.emplace_back(200'000, 'x');
       return spec;
     },
     Errc::unavailable,
     {"/bin/sh", "exec", "Argument list too long"}},
    {"TooLargeAnEnvironment",
     [](const std::string&) {
       ChildSpec spec = shell("exit");
       spec.environment.assign(100, "A=" + std::string(120'000, 'x'));
       return spec;
     },
     Errc::unavailable,
     {"/bin/sh", "exec", "Argument list too long"}},
    {"AnAbsentWorkingDirectory",
     [](const std::string& folder) {
       ChildSpec spec = shell("exit");
       spec.working_directory = folder + "/absent";
       return spec;
     },
     Errc::not_found,
     {"/bin/sh", "chdir", "No such file"}},
    {"AKeptDescriptorThatIsNotOpen",
     [](const std::string&) {
       ChildSpec spec = shell("exit");
       spec.kept_open = {777};
       return spec;
     },
     Errc::unavailable,
     {"/bin/sh", "descriptor", "Bad file descriptor"}},
};

INSTANTIATE_TEST_SUITE_P(For, StartRefused, testing::ValuesIn(kRefusals),
                         [](const auto& each) { return std::string(each.param.what); });

TEST_F(Start, StandardInputIsEmptyByDefault) {
  EXPECT_EQ(printed_by(shell("readlink /proc/self/fd/0; cat")), "/dev/null\n");
}

TEST_F(Start, StandardDescriptorsGoWhereTheSpecSays) {
  write_file(in("input"), "from the file");
  const UniqueFd input{::open(in("input").c_str(), O_RDONLY | O_CLOEXEC)};
  const auto output = MemoryFile::make();
  const auto errors = MemoryFile::make();
  ChildSpec spec = shell("cat; echo problem >&2");
  spec.standard_input = input.get();
  spec.standard_output = output->fd();
  spec.standard_error = errors->fd();
  auto child = start(spec);
  ASSERT_TRUE(child);
  EXPECT_TRUE(child->wait().success());
  EXPECT_EQ(output->head(100), "from the file");
  EXPECT_EQ(errors->head(100), "problem\n");
}

TEST_F(Start, AProcessWithoutStandardDescriptorsGivesItsChildOne) {
  EXPECT_EQ(answer_of_fork([&] {
              ::close(0);
              return printed_by(shell("readlink /proc/self/fd/0"));
            }),
            "/dev/null\n");
}

TEST_F(Start, OnlyTheKeptDescriptorsAreOpenInTheChild) {
  const auto pipe = make_pipe();
  ASSERT_TRUE(pipe);
  const std::string at = "/proc/self/fd/" + std::to_string(pipe->write.get());
  EXPECT_EQ(printed_by(shell("[ -e " + at + " ] && echo open || echo closed")), "closed\n");
  ChildSpec spec = shell("echo kept >" + at);
  spec.kept_open = {pipe->write.get()};
  EXPECT_EQ(printed_by(spec), "");
  char text[16];
  EXPECT_EQ(::read(pipe->read.get(), text, sizeof text), 5);
  EXPECT_NE(::fcntl(pipe->write.get(), F_GETFD) & FD_CLOEXEC, 0) << "ours stays closed on exec";
}

TEST_F(Start, ADescriptorThatWeInheritedDoesNotReachTheChild) {
  EXPECT_EQ(answer_of_fork([&] {
              ::dup2(STDIN_FILENO, 200);  // open over an exec, as a careless caller leaves it
              return printed_by(shell("[ -e /proc/self/fd/200 ] && echo open || echo closed"));
            }),
            "closed\n");
}

TEST_F(Start, TheGroupIsItsOwnUnlessAskedOtherwise) {
  ChildSpec spec = shell("read -r pid name state parent group rest </proc/self/stat; echo $pid $group");
  std::istringstream own(printed_by(spec));
  Pid pid = 0;
  Pid group = 0;
  own >> pid >> group;
  EXPECT_GT(pid, 0);
  EXPECT_EQ(group, pid);
  spec.group = ProcessGroup::ours;
  std::istringstream ours(printed_by(spec));
  ours >> pid >> group;
  EXPECT_EQ(group, ::getpgrp());
}

TEST_F(Start, TheWorkingDirectoryIsEntered) {
  ChildSpec spec = shell("pwd -P");
  spec.working_directory = folder.path();
  EXPECT_EQ(printed_by(spec), std::filesystem::canonical(folder.path()).string() + "\n");
  spec.working_directory = "";
  EXPECT_EQ(printed_by(spec), std::filesystem::current_path().string() + "\n");
}

TEST_F(Start, NoSignalIsBlockedAndABrokenPipeEndsTheChild) {
  EXPECT_EQ(answer_of_fork([&] {
              sigset_t all;
              sigfillset(&all);
              ::sigprocmask(SIG_SETMASK, &all, nullptr);
              ::signal(SIGPIPE, SIG_IGN);
              ::signal(SIGTERM, [](int) {});
              return printed_by(shell("cat /proc/self/status | grep -E '^Sig(Blk|Ign|Cgt)'"));
            }),
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n");
}

// ---- another user

constexpr const char* kShowUser = "grep -E '^(Uid|Gid|Groups|CapPrm|CapEff|CapInh|CapAmb)' /proc/self/status";

class DropTo : public Processes {
 protected:
  void SetUp() override {
    if (!is_root()) GTEST_SKIP() << "only root can become another user";
  }
  Account somebody{"somebody", 4711, 4712, {4713, 4714}, ""};
};

TEST_F(DropTo, UserGroupAndGroupsAreThoseOfTheAccountAndNothingOfRootIsLeft) {
  ChildSpec spec = shell(kShowUser);
  spec.drop_to = somebody;
  EXPECT_EQ(printed_by(spec),
            "Uid:\t4711\t4711\t4711\t4711\nGid:\t4712\t4712\t4712\t4712\nGroups:\t4713 4714 \n"
            "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
            "CapAmb:\t0000000000000000\n");
}

TEST_F(DropTo, RootCannotBeRegained) {
  ChildSpec spec;
  spec.argv = {"/usr/bin/python3", "-c", R"(
import os
for attempt in (lambda: os.setuid(0), lambda: os.seteuid(0), lambda: os.setresuid(-1, 0, 0),
                lambda: os.setgid(0), lambda: os.setgroups([0])):
    try:
        attempt()
        print("regained")
    except PermissionError:
        print("refused")
)"};
  spec.drop_to = somebody;
  EXPECT_EQ(printed_by(spec), "refused\nrefused\nrefused\nrefused\nrefused\n");
}

TEST_F(DropTo, NoSupplementaryGroupOfOursStays) {
  somebody.groups.clear();
  EXPECT_EQ(answer_of_fork([&] {
              const gid_t groups[] = {0, 4};
              (void)!::setgroups(2, groups);
              ChildSpec spec = shell("grep ^Groups /proc/self/status");
              spec.drop_to = somebody;
              return printed_by(spec);
            }),
            "Groups:\t \n");
}

// For setresuid(2) this number means: as it is.
TEST_F(DropTo, TheNumberThatMeansNoChangeNeverRunsAsRoot) {
  for (const bool user : {true, false}) {
    (user ? somebody.uid : somebody.gid) = UINT32_MAX;
    ChildSpec spec = shell("id -u; id -g");
    spec.drop_to = somebody;
    const auto captured = run_to_end(spec, kLong);
    EXPECT_FALSE(captured) << "ran as " << captured->output;
    somebody = {"somebody", 4711, 4712, {}, ""};
  }
}

TEST_F(DropTo, TheWorkingDirectoryIsEnteredAsThatUser) {
  std::filesystem::create_directory(in("private"));
  ASSERT_EQ(::chmod(in("private").c_str(), 0700), 0);
  ChildSpec spec = shell("pwd");
  spec.drop_to = somebody;
  spec.working_directory = in("private");
  const auto child = start(spec);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Errc::permission);
}

TEST_F(Start, WhoIsNotRootCannotBecomeAnother) {
  EXPECT_EQ(answer_of_ordinary_user([&] {
              ChildSpec spec = shell("id -u");
              spec.drop_to = Account{"somebody", 4711, 4712, {}, ""};
              const auto child = start(spec);
              return std::string(!child && child.error().code == Errc::permission ? "permission" : "other");
            }),
            "permission");
}

// ---- our own death

// A process in the middle that starts a child, tells its pid in a file and waits.
pid_t start_in_the_middle(const ChildSpec& spec, const std::string& told_in) {
  const pid_t middle = ::fork();
  if (middle == 0) {
    const auto child = start(spec);
    write_file(told_in + ".draft", std::to_string(child ? child->pid() : 0) + "\n");
    (void)!::rename((told_in + ".draft").c_str(), told_in.c_str());
    while (true) ::pause();
  }
  return middle;
}

void kill_and_collect(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

class OurDeath : public Processes, public testing::WithParamInterface<bool> {};

TEST_P(OurDeath, EndsAChildThatIsToDieWithUs) {
  if (GetParam() && !is_root()) GTEST_SKIP() << "only root can become another user";
  ChildSpec spec = shell("exec sleep 1000");
  spec.on_our_death = OnOurDeath::die;
  if (GetParam()) spec.drop_to = Account{"somebody", 4711, 4712, {}, ""};
  const pid_t middle = start_in_the_middle(spec, in("pid"));
  const Pid child = pid_in(in("pid"));
  ASSERT_GT(child, 0);
  EXPECT_TRUE(is_running(child));
  kill_and_collect(middle);
  EXPECT_TRUE(wait_until([&] { return !is_running(child); }));
}

INSTANTIATE_TEST_SUITE_P(WithRights, OurDeath, testing::Bool(),
                         [](const auto& each) { return std::string(each.param ? "OfAnother" : "OfOurs"); });

TEST_F(Start, AChildOutlivesUsUnlessAskedOtherwise) {
  const pid_t middle = start_in_the_middle(shell("exec sleep 1000"), in("pid"));
  const Pid child = pid_in(in("pid"));
  ASSERT_GT(child, 0);
  kill_and_collect(middle);
  EXPECT_TRUE(is_running(child));
  ::kill(child, SIGKILL);
}

// ---- the owner of a child

TEST_F(Start, ADroppedChildIsKilledAndCollected) {
  Pid pid = 0;
  {
    auto child = start(shell("trap '' TERM; exec sleep 1000"));
    ASSERT_TRUE(child);
    pid = child->pid();
    const Child moved = std::move(*child);
    EXPECT_EQ(moved.pid(), pid);
    EXPECT_TRUE(is_running(pid));
  }
  EXPECT_FALSE(identify(pid));
}

TEST_F(Start, TheEndIsReadableAndToldByCodeOrSignal) {
  auto exits = start(shell("exit 7"));
  ASSERT_TRUE(exits);
  pollfd end{exits->exit_fd(), POLLIN, 0};
  EXPECT_TRUE(exits->exit_fd() < 0 || ::poll(&end, 1, 20'000) == 1);
  EXPECT_EQ(exits->wait(), ExitStatus::exited(7));
  auto killed = start(shell("exec sleep 1000"));
  ASSERT_TRUE(killed);
  killed->signal(SIGTERM);
  EXPECT_EQ(killed->wait(), ExitStatus::killed_by(SIGTERM));
}

TEST_F(Start, ASignalToAnEndedChildReachesNobody) {
  EXPECT_EQ(answer_of_fork([&]() -> std::string {
              auto child = start(shell("exit"));
              if (!child) return child.error().message;
              (void)child->wait();
              child->signal(SIGTERM);
              return "alive";
            }),
            "alive");
}

// ---- run_to_end

TEST_F(RunToEnd, OutputErrorsAndCodeAreCaptured) {
  const auto captured = run_to_end(shell("echo output; echo problem >&2; exit 9"), kLong);
  ASSERT_TRUE(captured) << captured.error().message;
  EXPECT_EQ(captured->output, "output\n");
  EXPECT_EQ(captured->errors, "problem\n");
  EXPECT_EQ(captured->status, ExitStatus::exited(9));
  const auto killed = run_to_end(shell("kill -9 $$"), kLong);
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->status, ExitStatus::killed_by(SIGKILL));
}

TEST_F(RunToEnd, MoreThanTheCapIsReadButNotKept) {
  const auto captured =
      run_to_end(shell("head -c 3000000 /dev/zero & head -c 300000 /dev/zero >&2; wait; exit 3"), kLong);
  ASSERT_TRUE(captured) << captured.error().message;
  EXPECT_EQ(captured->output.size(), std::size_t{1} << 20);
  EXPECT_EQ(captured->errors.size(), std::size_t{64} << 10);
  EXPECT_EQ(captured->status, ExitStatus::exited(3));
}

TEST_F(RunToEnd, ATimeOutKillsTheWholeGroup) {
  const auto start_time = Clock::now();
  const auto captured = run_to_end(shell("trap '' TERM; sh -c 'echo $$ >" + in("inner") +
                                         "; exec sleep 1000' & echo $$ >" + in("outer") + "; wait"),
                                   500ms);
  EXPECT_LT(Clock::now() - start_time, 15s);
  ASSERT_FALSE(captured);
  EXPECT_EQ(captured.error().code, Errc::timed_out);
  EXPECT_NE(captured.error().message.find("/bin/sh"), std::string::npos) << captured.error().message;
  for (const char* name : {"inner", "outer"}) {
    const Pid pid = pid_in(in(name));
    ASSERT_GT(pid, 0) << name;
    EXPECT_TRUE(wait_until([&] { return !is_running(pid); })) << name;
  }
}

TEST_F(RunToEnd, AChildThatClosesItsOutputEarlyIsWaitedFor) {
  const auto captured = run_to_end(
      shell("echo first; exec >&- 2>&-; head -c 50000000 /dev/zero | cksum >/dev/null; exit 5"), kLong);
  ASSERT_TRUE(captured) << captured.error().message;
  EXPECT_EQ(captured->output, "first\n");
  EXPECT_EQ(captured->status, ExitStatus::exited(5));
}

TEST_F(RunToEnd, AFloodEndsWithTheTimeOut) {
  const auto start_time = Clock::now();
  const auto captured = run_to_end(shell("exec cat /dev/zero"), 300ms);
  ASSERT_FALSE(captured);
  EXPECT_EQ(captured.error().code, Errc::timed_out);
  EXPECT_LT(Clock::now() - start_time, 15s);
}

TEST_F(RunToEnd, ItLeavesNoDescriptorAndNoProcess) {
  EXPECT_EQ(answer_of_fork([&]() -> std::string {
              const auto open_files = [] {
                const std::filesystem::directory_iterator files("/proc/self/fd");
                return std::distance(begin(files), end(files));
              };
              const auto before = open_files();
              for (int round = 0; round < 5; ++round) (void)printed_by(shell("echo x"));
              (void)run_to_end(shell("exec sleep 1000"), 10ms).has_value();
              ChildSpec missing;
              missing.argv = {"no-such-tool"};
              (void)run_to_end(missing, kLong).has_value();
              return open_files() == before && has_no_children() ? "clean" : "not clean";
            }),
            "clean");
}

// ---- supervise

// Runs a script as a stage does, with its orphans adopted, and says how it ended.
std::string supervised(const std::string& text, Duration grace) {
  adopt_orphans();
  Termination termination;
  auto child = start(shell(text));
  if (!child) return child.error().message;
  const ProcessTree tree{[](int number) {
                           for (const Pid pid : descendants(::getpid())) ::kill(pid, number);
                         },
                         [] { return has_no_children(); }};
  const auto start_time = Clock::now();
  const Supervised outcome = supervise(*child, tree, termination, grace);
  const auto spent = Clock::now() - start_time;
  return described(outcome.status) + (outcome.terminated ? ", terminated" : "") +
         (spent >= grace ? ", after the grace" : "") + (has_no_children() ? "" : ", something is left");
}

std::string supervised_in_fork(const std::string& text, Duration grace) {
  return answer_of_fork([&] { return supervised(text, grace); });
}

TEST_F(Supervise, AChildThatEndsByItself) {
  EXPECT_EQ(supervised_in_fork("exit 0", kLong), "ended with 0");
  EXPECT_EQ(supervised_in_fork("exit 42", kLong), "ended with 42");
  EXPECT_EQ(supervised_in_fork("kill -SEGV $$", kLong), "ended with 139");
}

TEST_F(Supervise, WhatItLeavesBehindIsKilledAtOnce) {
  const std::string left = in("left");
  EXPECT_EQ(supervised_in_fork("(setsid sh -c 'trap \"\" TERM HUP; (echo $$ >" + left +
                                   ".pid; exec sleep 1000) & wait' &)\nuntil [ -s " + left +
                                   ".pid ]; do :; done; exit 4",
                               kLong),
            "ended with 4");
  EXPECT_FALSE(is_running(pid_in(left + ".pid")));
}

TEST_F(Supervise, AForestOfOrphansIsKilled) {
  EXPECT_EQ(supervised_in_fork("i=0; while [ $i -lt 30 ]; do i=$((i+1)); (setsid sleep 1000 & setsid sh -c "
                               "'setsid sleep 1000 & exec sleep 1000' &); done; exit 6",
                               kLong),
            "ended with 6");
}

// No member is between its fork and its exec when the signal comes: there a shell loses it.
TEST_F(Supervise, AStopReachesTheWholeTreeAndItsTrapsRun) {
  const std::string inner =
      "trap \"echo inner >" + in("inner") + "; exit 0\" TERM; echo >" + in("ready") + "; while :; do :; done";
  EXPECT_EQ(
      supervised_in_fork("trap 'echo outer >" + in("outer") + "; wait $inner; exit 3' TERM\nsetsid sh -c '" +
                             inner + "' & inner=$!\nuntil [ -s " + in("ready") +
                             " ]; do :; done; kill -TERM $PPID; while :; do :; done",
                         kLong),
      "ended with 3, terminated");
  EXPECT_EQ(content_of(in("outer")), "outer\n");
  EXPECT_EQ(content_of(in("inner")), "inner\n");
}

// The child ends on TERM at once; another member still is in its trap.
TEST_F(Supervise, TheGraceIsForTheWholeTree) {
  const std::string inner = "trap \"head -c 100000000 /dev/zero | cksum; echo done >" + in("inner") +
                            "; exit 0\" TERM; echo >" + in("ready") + "; while :; do :; done";
  EXPECT_EQ(supervised_in_fork("(setsid sh -c '" + inner + "' >/dev/null &)\nuntil [ -s " + in("ready") +
                                   " ]; do :; done; kill -TERM $PPID; exec sleep 1000",
                               kLong),
            "ended with 143, terminated");
  EXPECT_EQ(content_of(in("inner")), "done\n");
}

TEST_F(Supervise, WhoIgnoresTheStopIsKilledAfterTheGrace) {
  EXPECT_EQ(
      supervised_in_fork("trap '' TERM; setsid sleep 1000 & kill -TERM $PPID; wait; wait; sleep 1000", 300ms),
      "ended with 137, terminated, after the grace");
}

TEST_F(Supervise, WhoStopsItselfIsKilledAfterTheGrace) {
  EXPECT_EQ(supervised_in_fork("(until grep -q '^State:.T' /proc/$$/status; do :; done; kill -TERM $PPID) & "
                               "kill -STOP $$",
                               300ms),
            "ended with 137, terminated, after the grace");
}

TEST_F(Supervise, AnInterruptIsAStopToo) {
  EXPECT_EQ(supervised_in_fork("kill -INT $PPID; exec sleep 1000", kLong), "ended with 143, terminated");
  EXPECT_EQ(supervised_in_fork("kill -HUP $PPID; exec sleep 1000", kLong), "ended with 143, terminated");
}

TEST_F(Supervise, TheDeathOfTheParentEndsTheTree) {
  const std::string answer = answer_of_fork([&]() -> std::string {
    const std::string parent = std::to_string(::getpid());
    if (::fork() == 0) {
      const std::string end =
          supervised("echo $$ >" + in("child") + "; kill -9 " + parent + "; exec sleep 1000", kLong);
      write_file(in("answer.draft"), end + "\n");
      (void)!::rename(in("answer.draft").c_str(), in("answer").c_str());
      ::_exit(0);
    }
    while (true) ::pause();
  });
  EXPECT_EQ(answer, " (killed by 9)");
  ASSERT_TRUE(wait_until([&] { return exists(in("answer")); }));
  EXPECT_EQ(content_of(in("answer")), "ended with 143, terminated\n");
  EXPECT_FALSE(is_running(pid_in(in("child"))));
}

// A process whose first thread has ended is shown like a zombie but runs.
[[noreturn]] void run_without_first_thread() {
  std::thread([] {
    while (true) ::pause();
  }).detach();
  ::syscall(SYS_exit, 0);
  ::_exit(1);
}

char state_of(Pid pid) {
  const std::string text = content_of("/proc/" + std::to_string(pid) + "/stat");
  const std::size_t close = text.rfind(')');
  return close == std::string::npos ? '?' : text.at(close + 2);
}

TEST_F(ProcessTable, AProcessWhoseFirstThreadHasEndedIsAlive) {
  const pid_t child = ::fork();
  if (child == 0) run_without_first_thread();
  ASSERT_TRUE(wait_until([&] { return state_of(child) == 'Z'; }));
  EXPECT_TRUE(is_alive(identify(child).value()));
  EXPECT_TRUE(contains(descendants(::getpid()), child));
  kill_and_collect(child);
}

// ---- what /proc tells

TEST_F(ProcessTable, AProcessIsAliveUntilItDies) {
  auto child = start(shell("exec sleep 1000"));
  ASSERT_TRUE(child);
  const auto identity = identify(child->pid());
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->pid, child->pid());
  EXPECT_FALSE(identity->boot_id.empty());
  EXPECT_EQ(*identity, *identify(child->pid()));
  EXPECT_TRUE(is_alive(*identity));
  child->signal(SIGKILL);
  EXPECT_TRUE(wait_until([&] { return state_of(child->pid()) == 'Z'; }));
  EXPECT_FALSE(is_alive(*identity)) << "a zombie is dead";
  EXPECT_FALSE(contains(descendants(::getpid()), child->pid()));
  (void)child->wait();
  EXPECT_FALSE(is_alive(*identity));
  const auto gone = identify(static_cast<Pid>(identity->pid));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::not_found);
}

TEST_F(ProcessTable, AnotherStartOrBootIsAnotherProcess) {
  ProcessIdentity other = identify(::getpid()).value();
  EXPECT_TRUE(is_alive(other));
  ++other.start_ticks;
  EXPECT_FALSE(is_alive(other));
  --other.start_ticks;
  other.boot_id += "x";
  EXPECT_FALSE(is_alive(other));
  EXPECT_FALSE(is_alive({other.boot_id, 0, 0}));
}

TEST_F(ProcessTable, ANameCannotPretendToBeSomethingElse) {
  const std::string name = script("a) Z 1 (b", "");
  std::filesystem::remove(name);
  std::filesystem::copy_file("/bin/sleep", name);
  ChildSpec spec;
  spec.argv = {name, "1000"};
  auto child = start(spec);
  ASSERT_TRUE(child) << child.error().message;
  EXPECT_TRUE(is_alive(identify(child->pid()).value()));
  EXPECT_TRUE(contains(descendants(::getpid()), child->pid()));
}

TEST_F(ProcessTable, DescendantsAreOfAllGenerationsParentsFirst) {
  auto child = start(shell("sh -c 'echo $$ >" + in("second") + "; setsid sh -c \"echo \\$\\$ >" +
                           in("third") + "; sleep 1000; :\" & wait; :' & wait"));
  ASSERT_TRUE(child);
  const Pid second = pid_in(in("second"));
  const Pid third = pid_in(in("third"));
  ASSERT_TRUE(wait_until([&] { return descendants(third).size() == 1; })) << "its sleep";
  const Pid fourth = descendants(third).front();
  const auto position = [found = descendants(::getpid())](Pid pid) {
    return std::ranges::find(found, pid) - found.begin();
  };
  const auto size = static_cast<std::ptrdiff_t>(descendants(::getpid()).size());
  EXPECT_LT(position(child->pid()), position(second));
  EXPECT_LT(position(second), position(third));
  EXPECT_LT(position(third), position(fourth));
  EXPECT_LT(position(fourth), size);
  EXPECT_EQ(position(::getpid()), size) << "not the root itself";
  EXPECT_FALSE(contains(descendants(second), child->pid()));
  for (const Pid pid : descendants(::getpid())) ::kill(pid, SIGKILL);
}

TEST_F(ProcessTable, AnEnvironmentEntryIsMatchedAsAWhole) {
  const std::string mark = "RUNNERIQ_TEST_MARK=" + std::to_string(::getpid());
  std::vector<Child> children;
  const auto add = [&](std::vector<std::string> environment) {
    ChildSpec spec;
    spec.argv = {"/bin/sleep", "1000"};
    spec.environment = std::move(environment);
    auto child = start(spec);
    ASSERT_TRUE(child) << child.error().message;
    children.push_back(std::move(*child));
  };
  add({mark});
  add({"A=1", mark, "B=2"});
  add({"A=1", mark});
  const std::size_t matching = children.size();
  add({mark + "0"});
  add({"X" + mark});
  add({"A=" + mark});
  add({"A=1\n" + mark});
  add({"RUNNERIQ_TEST_MARK="});
  add({});
  std::vector<Pid> found = with_environment_entry(mark);
  std::vector<Pid> expected;
  for (std::size_t number = 0; number < matching; ++number) expected.push_back(children[number].pid());
  std::ranges::sort(found);
  std::ranges::sort(expected);
  EXPECT_EQ(found, expected);
}

// ---- the runner that called us

// A program of that name, to be parent or grandparent.
class NamedRunner {
 public:
  explicit NamedRunner(std::string path) : path_(std::move(path)) {
    std::filesystem::copy_file("/bin/sh", path_);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Starts this test program, told to say whom it takes for the runner, below a shell below
// `program`, both told to run something first. Gives "<pid of program> <pid found>".
std::string ask_below(const std::string& program, const std::string& before, const std::string& between) {
  const std::string us = std::filesystem::read_symlink("/proc/self/exe").string();
  ChildSpec spec;
  spec.argv = {program, "-c",
               "echo $$; " + before + " /bin/sh -c '" + between + " " + us + " --who-called; :'; :"};
  spec.environment = {"PATH=/usr/bin:/bin"};
  return printed_by(spec);
}

TEST_F(CallingRunner, IsTheNearestAncestorOfThatName) {
  const NamedRunner runner(in("gitlab-runner-test"));
  std::istringstream answer(ask_below(runner.path(), "", ""));
  Pid grandparent = 0;
  Pid found = -1;
  answer >> grandparent >> found;
  EXPECT_GT(grandparent, 0);
  EXPECT_EQ(found, grandparent) << answer.str();
}

TEST_F(CallingRunner, IsFoundWhenItsProgramHasBeenReplaced) {
  const NamedRunner runner(in("gitlab-runner"));
  std::istringstream answer(ask_below(runner.path(), "rm " + runner.path() + ";", ""));
  Pid grandparent = 0;
  Pid found = -1;
  answer >> grandparent >> found;
  EXPECT_GT(grandparent, 0);
  EXPECT_EQ(found, grandparent) << answer.str();
}

TEST_F(CallingRunner, ElseItIsTheParent) {
  const NamedRunner other(in("some-gitlab-runner"));
  std::istringstream answer(ask_below(other.path(), "", "echo $$;"));
  Pid grandparent = 0;
  Pid parent = -1;
  Pid found = -2;
  answer >> grandparent >> parent >> found;
  EXPECT_GT(grandparent, 0);
  EXPECT_NE(parent, grandparent);
  EXPECT_EQ(found, parent) << answer.str();
}

// ---- accounts

TEST(Accounts, AreFoundByNameAndByNumber) {
  const auto root = find_account("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "root");
  EXPECT_EQ(root->uid, 0U);
  EXPECT_EQ(root->home, "/root");
  EXPECT_EQ(find_account("0").value(), *root);
}

TEST(Accounts, ANumberWithoutALineIsAnAccountWithoutAName) {
  const auto account = find_account("3999999999");
  ASSERT_TRUE(account);
  EXPECT_EQ(*account, (Account{"", 3999999999U, 3999999999U, {}, ""}));
}

TEST(Accounts, WhatIsNoUserIsNotFound) {
  for (const char* name : {"no-such-user", "", "-1", "0x0", "4294967296", "root ", "root:x", " 0"}) {
    const auto account = find_account(name);
    ASSERT_FALSE(account) << name;
    EXPECT_EQ(account.error().code, Errc::not_found) << name;
    EXPECT_NE(account.error().message.find("'" + std::string(name) + "'"), std::string::npos);
  }
}

// setresuid(2) takes it for: as it is.
TEST(Accounts, TheNumberThatMeansNoChangeIsNobody) {
  EXPECT_FALSE(find_account("4294967295"));
}

std::string words_of(const ChildSpec& spec) {
  std::string text = printed_by(spec);
  std::ranges::replace(text, '\n', ' ');
  return text;
}

// Every user of the host as the C library sees it.
TEST(Accounts, AreThoseOfTheCLibraryWithTheirGroups) {
  std::istringstream lines(printed_by(shell("getent -s files passwd")));
  int compared = 0;
  for (std::string line; std::getline(lines, line); ++compared) {
    const std::string name = line.substr(0, line.find(':'));
    const auto account = find_account(name);
    ASSERT_TRUE(account) << name;
    std::vector<std::uint32_t> groups = account->groups;
    groups.push_back(account->gid);
    std::ranges::sort(groups);
    std::string expected = words_of(shell("id -G '" + name + "' | tr ' ' '\\n' | sort -n"));
    std::string found;
    for (const std::uint32_t group : groups) found += std::to_string(group) + " ";
    EXPECT_EQ(found, expected) << name;
    EXPECT_EQ(std::to_string(account->uid) + " ", words_of(shell("id -u '" + name + "'")));
  }
  EXPECT_GT(compared, 1);
}

TEST(Accounts, TheCurrentOneIsThatOfTheEffectiveUser) {
  EXPECT_EQ(current_account().uid, ::geteuid());
  EXPECT_EQ(current_account().gid, ::getegid());
  EXPECT_EQ(is_root(), ::geteuid() == 0);
  EXPECT_EQ(answer_of_ordinary_user([] {
              const Account account = current_account();
              return std::string(!is_root() && account.uid == ::geteuid() && account.gid == ::getegid()
                                     ? "itself"
                                     : "other");
            }),
            "itself");
}

}  // namespace
}  // namespace runneriq::platform

// Started again below a program with the runner's name, it says whom it takes for the runner.
int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "--who-called") {
    const auto runner = runneriq::platform::calling_runner();
    std::cout << (runner ? runner->pid : 0) << '\n';
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
