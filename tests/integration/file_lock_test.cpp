// The lock between processes, with real processes.
#include "platform/file_lock.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class FileLockTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/lock"; }
  TemporaryFolder folder;
};

TEST_F(FileLockTest, IsTakenAtOnceWhenFree) {
  EXPECT_TRUE(FileLock::acquire(path(), 0ms));
  EXPECT_TRUE(FileLock::acquire(path(), 0ms)) << "the first one has been dropped";
}

TEST_F(FileLockTest, WaitsNoLongerThanAskedAndBurnsNoProcessor) {
  const auto held = FileLock::acquire(path(), 0ms);
  ASSERT_TRUE(held);
  const auto start = Clock::now();
  const std::clock_t cpu = std::clock();
  const auto second = FileLock::acquire(path(), 300ms);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::timed_out);
  EXPECT_GE(Clock::now() - start, 300ms);
  EXPECT_LT(Clock::now() - start, 10s);
  EXPECT_LT(std::clock() - cpu, CLOCKS_PER_SEC / 20);
}

TEST_F(FileLockTest, WithoutPatienceTellsAtOnce) {
  const auto held = FileLock::acquire(path(), 0ms);
  const auto second = FileLock::acquire(path(), 0ms);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::timed_out);
}

TEST_F(FileLockTest, IsHandedOverWhenItsHolderIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t holder = ::fork();
  if (holder == 0) {
    const auto lock = FileLock::acquire(path(), 1s);
    (void)!::write(ready[1], "x", 1);
    while (true) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const pid_t killer = ::fork();
  if (killer == 0) {
    ::poll(nullptr, 0, 100);
    ::kill(holder, SIGKILL);
    ::_exit(0);
  }
  const auto lock = FileLock::acquire(path(), 20s);
  ASSERT_TRUE(lock) << lock.error().message;
  EXPECT_GT(lock->waited(), 0ms);
  ::waitpid(holder, nullptr, 0);
  ::waitpid(killer, nullptr, 0);
}

TEST_F(FileLockTest, OtherSignalsDoNotEndTheWait) {
  const auto held = FileLock::acquire(path(), 0ms);
  ::signal(SIGUSR1, [](int) {});
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 20; ++i) {
      ::kill(parent, SIGUSR1);
      ::poll(nullptr, 0, 5);
    }
    ::_exit(0);
  }
  const auto start = Clock::now();
  EXPECT_FALSE(FileLock::acquire(path(), 200ms));
  EXPECT_GE(Clock::now() - start, 200ms);
  ::waitpid(child, nullptr, 0);
}

TEST_F(FileLockTest, WorksWithItsSignalBlocked) {
  const auto held = FileLock::acquire(path(), 0ms);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const auto second = FileLock::acquire(path(), 50ms);
  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, &before, &after);
  EXPECT_FALSE(second);
  EXPECT_EQ(sigismember(&after, SIGRTMIN + 3), 1) << "the mask is given back";
}

TEST_F(FileLockTest, AFolderThatIsNotThereIsNotFound) {
  const auto lock = FileLock::acquire(folder.path() + "/no/lock", 0ms);
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, Errc::not_found);
}

TEST_F(FileLockTest, ASymbolicLinkIsRefused) {
  ASSERT_EQ(::symlink("/dev/null", path().c_str()), 0);
  EXPECT_FALSE(FileLock::acquire(path(), 0ms));
}

}  // namespace
}  // namespace runneriq::platform
