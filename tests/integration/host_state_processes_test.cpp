// Many real processes on one state file, some of them killed at any moment.
#include "platform/process_table.hpp"
#include "platform/sqlite.hpp"
#include "tests/support/host_state_fixture.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iostream>
#include <random>
#include <vector>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kProcesses = 64;

// What the processes of a test tell each other.
struct Shared {
  std::atomic<bool> go{false};
  std::atomic<int> running{0};
  std::atomic<int> most_running{0};
  std::atomic<std::int64_t> microseconds[kProcesses]{};  // to the first answer
};

class SharedMemory {
 public:
  SharedMemory() {
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared_ = new (memory) Shared;
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() { ::munmap(shared_, sizeof(Shared)); }
  Shared* operator->() { return shared_; }

 private:
  Shared* shared_;
};

class HostStateProcesses : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/host.db"; }

  Result<HostState> open(int slots, const ProcessIdentity& runner) const {
    return HostState::open({.path = path(),
                            .slots = slots,
                            .runner = runner,
                            .prepare = platform::identify(::getpid()).value(),
                            .patience = 30s});
  }

  // A job whose attempt's folder is there.
  AdmissionRequest request(std::int64_t job, int attempt = 0) const {
    AdmissionRequest made;
    made.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{job}};
    made.attempt = AttemptId{folder.path() + "/" + std::to_string(job) + "-" + std::to_string(attempt)};
    made.history = {made.key.gitlab, ProjectId{7}, "job", "test"};
    made.max_hold = 2h;
    std::filesystem::create_directory(made.attempt.value());
    return made;
  }

  static Time wall_now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

  void wait_for(std::vector<pid_t>& children) {
    for (const pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      EXPECT_EQ(status, 0) << "a child failed";
    }
    children.clear();
  }

  void print_times(const char* what) {
    std::vector<std::int64_t> times;
    for (const auto& time : shared->microseconds) times.push_back(time);
    std::ranges::sort(times);
    std::cout << kProcesses << " processes asking at once, " << what << ": to the durable answer p50 "
              << times[kProcesses / 2] << " us, p90 " << times[kProcesses * 9 / 10] << " us, longest "
              << times.back() << " us\n";
  }

  void await_go() {
    while (!shared->go) ::poll(nullptr, 0, 1);
  }

  TemporaryFolder folder;
  SharedMemory shared;
};

// 0 when the job got its slot within the deadline. Notes when the first answer came.
int ask_until_granted(HostState& state, const AdmissionRequest& request, Clock::time_point start,
                      std::atomic<std::int64_t>& first_answer, const std::function<Time()>& clock) {
  const auto deadline = start + 60s;
  for (bool first = true; Clock::now() < deadline; first = false) {
    const auto answer = state.ask(request, clock());
    if (first)
      first_answer = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
    if (!answer) return 2;
    if (std::holds_alternative<Granted>(*answer)) return 0;
    if (std::holds_alternative<Bypassed>(*answer)) return 3;
    ::poll(nullptr, 0, 25);
  }
  return 4;
}

TEST_F(HostStateProcesses, SixtyFourAtOnceAreAllAdmittedWithoutALimit) {
  const auto runner = platform::identify(::getpid()).value();
  std::vector<pid_t> children;
  for (int index = 0; index < kProcesses; ++index) {
    const AdmissionRequest asking = request(index + 1);
    children.push_back(::fork());
    if (children.back() == 0) {
      await_go();
      const auto start = Clock::now();
      auto state = open(0, runner);
      if (!state) ::_exit(1);
      ::_exit(ask_until_granted(*state, asking, start, shared->microseconds[index], wall_now));
    }
  }
  shared->go = true;
  wait_for(children);
  EXPECT_EQ(open(0, runner)->snapshot(wall_now())->queue.running.size(), std::size_t{kProcesses});
  print_times("new file, no limit");
}

TEST_F(HostStateProcesses, NeverMoreRunThanThereAreSlots) {
  constexpr int kSlots = 8;
  const auto runner = platform::identify(::getpid()).value();
  std::vector<pid_t> children;
  for (int index = 0; index < kProcesses; ++index) {
    const AdmissionRequest asking = request(index + 1);
    children.push_back(::fork());
    if (children.back() == 0) {
      await_go();
      const auto start = Clock::now();
      auto state = open(kSlots, runner);
      if (!state) ::_exit(1);
      const int code = ask_until_granted(*state, asking, start, shared->microseconds[index], wall_now);
      if (code != 0) ::_exit(code);
      const int running = ++shared->running;
      int most = shared->most_running;
      while (running > most && !shared->most_running.compare_exchange_weak(most, running)) {
      }
      ::poll(nullptr, 0, 5);
      --shared->running;
      ::_exit(state->leave(asking.key, asking.attempt, wall_now()) ? 0 : 5);
    }
  }
  shared->go = true;
  wait_for(children);
  EXPECT_LE(shared->most_running, kSlots);
  EXPECT_GE(shared->most_running, 2) << "the slots were used side by side";
  const HostSnapshot seen = *open(kSlots, runner)->snapshot(wall_now());
  EXPECT_EQ(seen.queue.running.size(), 0U);
  EXPECT_EQ(seen.queue.held.size(), 0U);
  print_times("8 slots");
}

TEST_F(HostStateProcesses, SixtyFourReservationsAreAllDifferent) {
  const auto runner = platform::identify(::getpid()).value();
  std::vector<pid_t> children;
  for (int index = 0; index < kProcesses; ++index) {
    const AdmissionRequest asking = request(index + 1);
    children.push_back(::fork());
    if (children.back() == 0) {
      auto state = open(0, runner);
      if (!state) ::_exit(1);
      const auto number = state->reserve(asking.key.gitlab, ProjectId{7}, asking.attempt);
      if (!number) ::_exit(2);
      shared->microseconds[index] = *number;
      ::_exit(0);
    }
  }
  wait_for(children);
  std::vector<std::int64_t> numbers;
  for (const auto& number : shared->microseconds) numbers.push_back(number);
  std::ranges::sort(numbers);
  for (int index = 0; index < kProcesses; ++index) EXPECT_EQ(numbers[static_cast<std::size_t>(index)], index);
}

// What a killed process does until then: whole lives of jobs, one after the other.
[[noreturn]] void live_until_killed(HostState& state, const std::function<AdmissionRequest(int)>& make) {
  for (int round = 0;; ++round) {
    const AdmissionRequest asking = make(round);
    const Time now{std::chrono::milliseconds{1'700'000'000'000 + round}};
    if (const auto number = state.reserve(asking.key.gitlab, ProjectId{7}, asking.attempt); !number)
      ::_exit(1);
    if (const auto answer = state.ask(asking, now); !answer) ::_exit(2);
    JobOutcome outcome;
    outcome.key = asking.key;
    outcome.attempt = asking.attempt;
    outcome.finished = now;
    if (round % 3 == 0 && !state.record(outcome)) ::_exit(3);
    if (round % 2 == 0 && !state.leave(asking.key, asking.attempt, now)) ::_exit(4);
  }
}

TEST_F(HostStateProcesses, KilledAtAnyMomentNobodyLosesASlot) {
  constexpr int kSlots = 2;
  constexpr unsigned kSeed = 20'250'301;
  constexpr int kKills = 60;
  std::cout << "seed " << kSeed << '\n';
  std::mt19937 random{kSeed};
  for (int kill = 0; kill < kKills; kill += 4) {
    std::vector<pid_t> children;
    for (int child = 0; child < 4; ++child) {
      children.push_back(::fork());
      if (children.back() == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when the test itself is killed
        // The process is its own runner, so that all that it has ends with it.
        auto state = open(kSlots, platform::identify(::getpid()).value());
        if (!state) ::_exit(9);
        live_until_killed(*state,
                          [&](int round) { return request((kill + child) * 1000 + round % 100, round); });
      }
    }
    for (const pid_t child : children) {
      ::poll(nullptr, 0, std::uniform_int_distribution<int>{0, 20}(random));
      ::kill(child, SIGKILL);
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_TRUE(WIFSIGNALED(status)) << "a child ended by itself with " << WEXITSTATUS(status);
    }
  }
  const auto runner = platform::identify(::getpid()).value();
  auto state = open(kSlots, runner);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_TRUE(state->notices().empty());
  for (int job = 1; job <= kSlots; ++job) {
    const auto answer = state->ask(request(job), wall_now());
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_TRUE(std::holds_alternative<Granted>(*answer)) << describe(*answer, wall_now());
  }
  const auto third = state->ask(request(3), wall_now());
  ASSERT_TRUE(third);
  EXPECT_TRUE(std::holds_alternative<Held>(*third));
  EXPECT_EQ(*state->reserve(GitLabUrl{"https://gitlab.example.com"}, ProjectId{7}, request(1).attempt), 0);
  auto database = platform::Database::open(path(), platform::Database::Missing::is_error);
  auto check = database->query("PRAGMA integrity_check");
  ASSERT_TRUE(*check->step());
  EXPECT_EQ(check->text(0), "ok");
  EXPECT_EQ(database->number("SELECT count(*) FROM places").value(), kSlots + 1) << "the dead were reaped";
}

// gitlab-runner lives on, but the executor is killed and the attempt's folder removed.
TEST_F(HostStateProcesses, AKilledPrepareFreesItsSlotWithItsFolder) {
  const auto runner = platform::identify(::getpid()).value();
  const AdmissionRequest killed = request(1);
  const pid_t child = ::fork();
  if (child == 0) {
    auto state = open(1, runner);
    if (!state || !state->ask(killed, wall_now())) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  auto state = open(1, runner);
  EXPECT_TRUE(std::holds_alternative<Held>(*state->ask(request(2), wall_now())));
  std::filesystem::remove(killed.attempt.value());
  EXPECT_TRUE(std::holds_alternative<Granted>(*state->ask(request(2), wall_now())));
}

}  // namespace
}  // namespace runneriq::scheduler
