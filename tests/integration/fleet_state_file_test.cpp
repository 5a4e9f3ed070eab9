// What may be wrong with the fleet's state file, and several processes on one.
#include "platform/files.hpp"
#include "platform/sqlite.hpp"
#include "platform/unique_fd.hpp"
#include "scheduler/sqlite/fleet_state.hpp"
#include "scheduler/sqlite/host_state.hpp"
#include "scheduler/sqlite/loop_claim.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using platform::Database;

const GitLabUrl kUrl{"https://gitlab.example.com"};
const Time kNow{Duration{1'740'798'000'000}};

class FleetStateFile : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/state/state.db"; }
  Result<FleetState> open(Duration patience = 5s) const {
    return FleetState::open({.path = path(), .patience = patience});
  }

  static Observation jobs(std::int64_t first, std::int64_t count) {
    Observation made;
    for (std::int64_t id = first; id < first + count; ++id) {
      FinishedJob job;
      job.key = {kUrl, JobId{id}};
      job.history = {kUrl, ProjectId{7}, "build", "compile"};
      job.ran = 60s;
      job.succeeded = true;
      job.finished = kNow;
      made.finished.push_back(job);
    }
    return made;
  }

  std::int64_t count() const {
    return *Database::open(path(), Database::Missing::is_error)->number("SELECT count(*) FROM finished_jobs");
  }

  template <class Value>
  void expect_error(const Result<Value>& result, Errc code) const {
    ASSERT_FALSE(result);
    EXPECT_EQ(static_cast<int>(result.error().code), static_cast<int>(code)) << result.error().message;
    EXPECT_NE(result.error().message.find(path()), std::string::npos) << result.error().message;
    EXPECT_NE(result.error().message.find("): "), std::string::npos)
        << "no remedy: " << result.error().message;
    EXPECT_EQ(result.error().message.find("gitlab-runner"), std::string::npos) << "the host's words";
  }

  TemporaryFolder folder;
};

TEST_F(FleetStateFile, FolderAndFilesAreMadeForTheirOwnerOnly) {
  auto state = open();
  ASSERT_TRUE(state) << state.error().message;
  ASSERT_TRUE(state->remember(jobs(1, 1), kNow));
  struct stat status {};
  ASSERT_EQ(::stat((folder.path() + "/state").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  for (const char* part : {"", "-wal", "-shm", "-lock"}) {
    ASSERT_EQ(::stat((path() + part).c_str(), &status), 0) << part;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << part;
  }
  EXPECT_TRUE(state->notices().empty());
}

TEST_F(FleetStateFile, TheHostsFileIsNotTakenForTheFleetsNorTheOtherWayRound) {
  ASSERT_TRUE(HostState::open({.path = path(), .runner = {}, .prepare = {}}));
  expect_error(open(), Errc::conflict);
  const std::string other = folder.path() + "/fleet.db";
  ASSERT_TRUE(FleetState::open({.path = other}));
  const auto host = HostState::open({.path = other, .runner = {}, .prepare = {}});
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, Errc::conflict);
}

TEST_F(FleetStateFile, ANewerSchemaIsLeftUntouched) {
  ASSERT_TRUE(open());
  ASSERT_TRUE(Database::open(path(), Database::Missing::is_error)->execute("PRAGMA user_version = 1000"));
  const auto state = open();
  expect_error(state, Errc::newer_schema);
  EXPECT_NE(state.error().message.find("upgrade runneriq,"), std::string::npos) << state.error().message;
}

TEST_F(FleetStateFile, ADamagedFileIsMovedAsideAndTheLossIsSaid) {
  ASSERT_TRUE(open()->remember(jobs(1, 10), kNow));
  for (const char* part : {"-wal", "-shm"}) std::filesystem::remove(path() + part);
  std::ofstream(path(), std::ios::binary) << std::string(8192, 'x');
  auto state = open();
  ASSERT_TRUE(state) << state.error().message;
  ASSERT_EQ(state->notices().size(), 1U);
  EXPECT_NE(state->notices()[0].find("audit trail"), std::string::npos) << state->notices()[0];
  EXPECT_NE(state->notices()[0].find(path() + ".corrupt-"), std::string::npos) << state->notices()[0];
  ASSERT_TRUE(state->remember(jobs(1, 1), kNow));
  EXPECT_EQ(count(), 1);
}

TEST_F(FleetStateFile, AFileThatIsRemovedOrReplacedUnderUsIsMadeAgain) {
  auto state = open();
  ASSERT_TRUE(state->remember(jobs(1, 10), kNow));
  std::filesystem::remove_all(folder.path() + "/state");
  const auto known = state->recall(kNow);
  ASSERT_TRUE(known) << known.error().message;
  ASSERT_TRUE(state->remember(jobs(1, 2), kNow));
  EXPECT_EQ(count(), 2);
}

TEST_F(FleetStateFile, ALockThatAnotherKeepsEndsInTimeoutForWritersAndKeepsNoReader) {
  ASSERT_TRUE(open()->remember(jobs(1, 3), kNow));
  const platform::UniqueFd lock{::open((path() + "-lock").c_str(), O_RDWR | O_CLOEXEC)};
  ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  auto state = open(50ms);
  ASSERT_TRUE(state);
  const auto start = std::chrono::steady_clock::now();
  expect_error(state->remember(jobs(4, 1), kNow), Errc::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  EXPECT_TRUE(state->recall(kNow));
  const HistoryKey key{kUrl, ProjectId{7}, "build", "compile"};
  EXPECT_EQ(state->histories({&key, 1})->front().estimate.basis, EstimateBasis::job);
}

TEST_F(FleetStateFile, AFailedTickLeavesNothingOfItself) {
  ASSERT_TRUE(open()->remember(jobs(1, 3), kNow));
  ASSERT_TRUE(
      Database::open(path(), Database::Missing::is_error)
          ->execute("CREATE TRIGGER no BEFORE INSERT ON samples BEGIN SELECT raise(ABORT, 'no'); END"));
  auto state = open();
  Observation observation = jobs(10, 5);
  observation.samples = {{{kUrl, RunnerId{1}}, 1, 1}};
  expect_error(state->remember(observation, kNow), Errc::unavailable);
  EXPECT_EQ(count(), 3);
}

TEST_F(FleetStateFile, AFolderThatMayNotBeWrittenIsAnErrorOfPermission) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  ASSERT_TRUE(open());
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((folder.path() + "/state").c_str(), 0755), 0);
  const std::string answer = answer_of_ordinary_user([&]() -> std::string {
    const auto used = open();
    if (used) return "opened";
    return used.error().code == Errc::permission ? used.error().message : "other: " + used.error().message;
  });
  EXPECT_NE(answer.find("writable for the user that runneriq runs as"), std::string::npos) << answer;
}

TEST_F(FleetStateFile, AFullDiskIsAnErrorAndTheFileStaysSound) {
  ASSERT_TRUE(open()->remember(jobs(1, 3), kNow));
  const std::string answer = answer_of_fork([&]() -> std::string {
    const rlimit little{300 << 10, 300 << 10};
    ::signal(SIGXFSZ, SIG_IGN);
    if (::setrlimit(RLIMIT_FSIZE, &little) != 0) return "no limit";
    auto state = open();
    if (!state) return "not opened: " + state.error().message;
    const auto kept = state->remember(jobs(10, 20'000), kNow);
    if (kept) return "remembered";
    return kept.error().code == Errc::unavailable ? kept.error().message : "other: " + kept.error().message;
  });
  EXPECT_NE(answer.find("check free space"), std::string::npos) << answer;
  EXPECT_EQ(count(), 3);
  auto state = open();
  ASSERT_TRUE(state->remember(jobs(10, 1), kNow));
  EXPECT_TRUE(state->notices().empty());
}

TEST_F(FleetStateFile, TwoProcessesLoseNoRows) {
  constexpr int kProcesses = 4, kRounds = 25, kEach = 20;
  std::vector<pid_t> children;
  for (int child = 0; child < kProcesses; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto state = open(60s);
      int failed = state ? 0 : 1;
      for (int round = 0; failed == 0 && round < kRounds; ++round) {
        const std::int64_t first = 1 + kEach * (kRounds * child + round);
        const KeptDecision decision{{kUrl, JobId{first}}, kNow, "{}"};
        if (!state->remember(jobs(first, kEach), kNow) || !state->keep({&decision, 1})) failed = 2;
      }
      ::_exit(failed);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(count(), kProcesses * kRounds * kEach);
  EXPECT_EQ(*Database::open(path(), Database::Missing::is_error)->number("SELECT count(*) FROM decisions"),
            kProcesses * kRounds);
}

// ---- the loop's claim -----------------------------------------------------------------------

TEST_F(FleetStateFile, OnlyOneProgramLoopsOnAStateFile) {
  auto claim = LoopClaim::take(path());
  ASSERT_TRUE(claim) << claim.error().message;
  EXPECT_EQ(platform::read_file(path() + "-loop", 100).value_or(""), std::to_string(::getpid()) + "\n");
  const std::string answer = answer_of_fork([&]() -> std::string {
    const auto second = LoopClaim::take(path());
    if (second) return "taken twice";
    return second.error().code == Errc::conflict ? second.error().message
                                                 : "other: " + second.error().message;
  });
  EXPECT_TRUE(answer.starts_with("another runneriq (process " + std::to_string(::getpid()) + ") ")) << answer;
  { const LoopClaim ended = std::move(*claim); }
  EXPECT_TRUE(LoopClaim::take(path()));
}

TEST_F(FleetStateFile, AClaimEndsWithItsProcessAndALongerIdIsNotLeftOver) {
  EXPECT_EQ(answer_of_fork([&]() -> std::string {
              const auto claim = LoopClaim::take(path());
              return claim ? "taken" : claim.error().message;
            }),
            "taken");
  std::ofstream(path() + "-loop") << "12345678901234567890\n";
  ASSERT_TRUE(LoopClaim::take(path()));
  EXPECT_EQ(platform::read_file(path() + "-loop", 100).value_or(""), std::to_string(::getpid()) + "\n");
}

TEST_F(FleetStateFile, AHolderThatIsNotKnownIsAConflictAllTheSame) {
  ASSERT_TRUE(open());
  const platform::UniqueFd lock{::open((path() + "-loop").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  const auto claim = LoopClaim::take(path());
  ASSERT_FALSE(claim);
  EXPECT_EQ(claim.error().code, Errc::conflict);
  EXPECT_TRUE(claim.error().message.starts_with("another runneriq already runs on "))
      << claim.error().message;
}

}  // namespace
}  // namespace runneriq::scheduler
