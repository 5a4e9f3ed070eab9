// Waiting with the real clock, signals and file watches. That a wall clock set back does not
// lengthen a wait cannot be shown here: it would be the clock of the whole host.
#include "platform/files.hpp"
#include "platform/system_waiter.hpp"
#include "platform/termination.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/poll.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::string described(Waiter::Woken woken) {
  switch (woken) {
    case Waiter::Woken::at_deadline:
      return "at deadline";
    case Waiter::Woken::by_change:
      return "by change";
    case Waiter::Woken::by_stop:
      return "by stop";
    case Waiter::Woken::by_orphaning:
      return "by orphaning";
    case Waiter::Woken::by_reload:
      return "by reload";
  }
  return "?";
}

void write_file(const std::string& path, std::string_view content) {
  std::ofstream(path) << content;
}

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Asks in a process of its own, since a Termination changes the signals of the whole process.
std::string with_waiter(const std::function<std::string(SystemWaiter&)>& body) {
  return answer_of_fork([&] {
    Termination termination;
    SystemWaiter waiter(termination);
    return body(waiter);
  });
}

// Does something when another process is seen to wait (in poll, "S" in its stat), or after a while.
class WhileItWaits {
 public:
  explicit WhileItWaits(std::function<void()> action)
      : thread_([path = "/proc/" + std::to_string(::getpid()) + "/stat", act = std::move(action)] {
          (void)wait_until([&] { return content_of(path).find(") S ") != std::string::npos; }, 2s);
          act();
        }) {}
  WhileItWaits(const WhileItWaits&) = delete;
  WhileItWaits& operator=(const WhileItWaits&) = delete;
  ~WhileItWaits() { thread_.join(); }

 private:
  std::thread thread_;
};

class Waiting : public testing::Test {
 protected:
  [[nodiscard]] std::string in(std::string_view name) const {
    return folder.path() + "/" + std::string(name);
  }
  TemporaryFolder folder;
};

TEST_F(Waiting, LastsUntilItsDeadlineAndBurnsNoProcessor) {
  EXPECT_EQ(with_waiter([](SystemWaiter& waiter) {
              const auto start = Clock::now();
              const std::clock_t cpu = std::clock();
              const auto woken = waiter.sleep_until(waiter.now() + 300ms);
              const auto spent = Clock::now() - start;
              return described(woken) + (spent >= 299ms ? "" : ", too early") +
                     (spent < 20s ? "" : ", too late") +
                     (std::clock() - cpu < CLOCKS_PER_SEC / 10 ? "" : ", busy");
            }),
            "at deadline");
}

TEST_F(Waiting, APastDeadlineEndsItAtOnce) {
  EXPECT_EQ(with_waiter([](SystemWaiter& waiter) {
              const auto start = Clock::now();
              std::string answer = described(waiter.sleep_until(waiter.now() - 1h));
              answer += ", " + described(waiter.sleep_until(Time{}));
              return answer + (Clock::now() - start < 10s ? "" : ", late");
            }),
            "at deadline, at deadline");
}

TEST(SleepUntil, EndsWithItsDeadlineOrWhatCanBeReadWhicheverComesFirst) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const UniqueFd read{ends[0]}, write{ends[1]};
  for (const int none : {-1, read.get()}) {
    const auto start = Clock::now();
    sleep_until(wall_clock() + 200ms, none);
    EXPECT_GE(Clock::now() - start, 190ms);
    sleep_until(wall_clock() - 1h, none);
    EXPECT_LT(Clock::now() - start, 20s);
  }
  ASSERT_EQ(::write(write.get(), "x", 1), 1);
  const auto start = Clock::now();
  sleep_until(wall_clock() + 1h, read.get());
  EXPECT_LT(Clock::now() - start, 20s);
}

TEST_F(Waiting, AnEndlessDeadlineIsWaitedFor) {
  for (const Time when : {Time::max(), wall_clock() + std::chrono::years{500}}) {
    EXPECT_EQ(with_waiter([when](SystemWaiter& waiter) {
                const WhileItWaits stop([] { ::kill(::getpid(), SIGTERM); });
                return described(waiter.sleep_until(when));
              }),
              "by stop");
  }
}

long resident_pages() {
  std::istringstream words(content_of("/proc/self/statm"));
  long size = 0;
  long resident = 0;
  words >> size >> resident;
  return resident;
}

// The last piece fits no gap, so it lies behind the others and keeps the allocator from giving them
// back by itself.
TEST_F(Waiting, FreeMemoryIsGivenBackBeforeALongSleep) {
  EXPECT_EQ(with_waiter([](SystemWaiter& waiter) {
              std::vector<std::string> pieces(16'000, std::string(4'000, 'x'));
              const std::string last(16'000, 'y');
              pieces.clear();
              const long before = resident_pages();
              ::raise(SIGTERM);
              std::string answer = described(waiter.sleep_until(waiter.now() + 100ms));
              answer += resident_pages() > before / 2 ? ", kept" : ", given back";
              answer += ", " + described(waiter.sleep_until(waiter.now() + 1h));
              answer += resident_pages() > before / 2 ? ", kept" : ", given back";
              return answer + last.substr(16'000);
            }),
            "by stop, kept, by stop, given back");
}

TEST_F(Waiting, TheClockIsTheWallClock) {
  EXPECT_EQ(with_waiter([](SystemWaiter& waiter) {
              const auto before = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
              const Time now = waiter.now();
              return std::string(now >= before && now <= before + 20s ? "right" : "wrong");
            }),
            "right");
}

class Stop : public Waiting, public testing::WithParamInterface<int> {};

TEST_P(Stop, EndsAWaitAndEveryLaterOne) {
  EXPECT_EQ(with_waiter([](SystemWaiter& waiter) {
              std::string answer;
              {
                const WhileItWaits stop([] { ::kill(::getpid(), GetParam()); });
                answer = described(waiter.sleep_until(waiter.now() + 1h));
              }
              answer += ", " + described(waiter.sleep_until(waiter.now() + 1h));
              return answer + ", " + described(waiter.sleep_until(waiter.now() - 1h));
            }),
            "by stop, by stop, by stop");
}

INSTANTIATE_TEST_SUITE_P(Signal, Stop, testing::Values(SIGTERM, SIGINT, SIGHUP),
                         [](const auto& each) { return std::string(::sigabbrev_np(each.param)); });

TEST_F(Waiting, NothingHasHappenedAtFirst) {
  EXPECT_EQ(answer_of_fork([] {
              Termination termination;
              std::string answer = termination.happened() ? "something" : "nothing";
              ::kill(::getpid(), SIGTERM);
              for (int asked = 0; asked < 2; ++asked) {
                answer += termination.happened() == Termination::Cause::stop ? ", stop" : ", other";
              }
              return answer;
            }),
            "nothing, stop, stop");
}

// As a daemon hears: SIGHUP asks for a reload, and the parent may end.
std::string with_daemons_waiter(const std::function<std::string(SystemWaiter&, Termination&)>& body) {
  return answer_of_fork([&] {
    Termination termination(OnHangup::reload, WatchParent::no);
    SystemWaiter waiter(termination);
    return body(waiter, termination);
  });
}

bool is_readable(int fd) {
  pollfd waits{fd, POLLIN, 0};
  return ::poll(&waits, 1, 0) > 0;
}

TEST_F(Waiting, AReloadEndsItOnceAndIsNoStop) {
  EXPECT_EQ(with_daemons_waiter([](SystemWaiter& waiter, Termination& termination) {
              std::string answer;
              {
                const WhileItWaits reload([] { ::kill(::getpid(), SIGHUP); });
                answer = described(waiter.sleep_until(waiter.now() + 1min));
              }
              if (termination.happened()) answer += ", stopped";
              return answer + ", " + described(waiter.sleep_until(waiter.now() + 50ms));
            }),
            "by reload, at deadline");
}

TEST_F(Waiting, AReloadBetweenTwoWaitsIsNotMissed) {
  EXPECT_EQ(with_daemons_waiter([](SystemWaiter& waiter, Termination&) {
              for (int sent = 0; sent < 3; ++sent) ::kill(::getpid(), SIGHUP);
              const std::string first = described(waiter.sleep_until(waiter.now() - 1h));
              return first + ", " + described(waiter.sleep_until(waiter.now() - 1h));
            }),
            "by reload, at deadline");
}

TEST_F(Waiting, AStopGoesBeforeAReload) {
  EXPECT_EQ(with_daemons_waiter([](SystemWaiter& waiter, Termination&) {
              ::kill(::getpid(), SIGHUP);
              ::kill(::getpid(), SIGTERM);
              const std::string first = described(waiter.sleep_until(waiter.now() + 1min));
              return first + ", " + described(waiter.sleep_until(waiter.now() + 1min));
            }),
            "by stop, by stop");
}

TEST_F(Waiting, TheStopFdTurnsReadableForAStopOnlyAndStaysSo) {
  EXPECT_EQ(with_daemons_waiter([](SystemWaiter& waiter, Termination& termination) {
              const auto state = [&] {
                return std::string(is_readable(termination.signal_fd()) ? "stop" : "go");
              };
              std::string answer = state();
              ::kill(::getpid(), SIGHUP);
              answer += ", " + state();
              ::kill(::getpid(), SIGINT);
              answer += ", " + state();
              (void)waiter.sleep_until(waiter.now() + 1min);
              return answer + ", " + state();
            }),
            "go, go, stop, stop");
}

struct Change {
  const char* what;
  std::function<void(const std::string& folder)> make;
  const char* woken;
};

class Watching : public Waiting, public testing::WithParamInterface<Change> {};

TEST_P(Watching, EndsAWaitForAChangeOfOurFilesOnly) {
  write_file(in("host.db"), "old");
  write_file(in("other"), "old");
  const Duration limit = std::string(GetParam().woken) == "at deadline" ? Duration{400} : Duration{60'000};
  EXPECT_EQ(with_waiter([&](SystemWaiter& waiter) {
              waiter.watch(folder.path(), "host.db");
              const WhileItWaits change([&] { GetParam().make(folder.path()); });
              return described(waiter.sleep_until(waiter.now() + limit));
            }),
            GetParam().woken);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Watching,
    testing::Values(
        Change{"TheFile", [](const std::string& in) { write_file(in + "/host.db", "new"); }, "by change"},
        Change{"ANewFileOfThatPrefix", [](const std::string& in) { write_file(in + "/host.db-wal", "new"); },
               "by change"},
        Change{"AFileMovedThere",
               [](const std::string& in) {
                 write_file(in + "/draft", "new");
                 std::filesystem::rename(in + "/draft", in + "/host.db");
               },
               "by change"},
        Change{"OneOfOursAmongOthers",
               [](const std::string& in) {
                 for (int number = 0; number < 300; ++number)
                   write_file(in + "/" + std::to_string(number), "x");
                 write_file(in + "/host.db", "new");
                 for (int number = 0; number < 300; ++number)
                   write_file(in + "/" + std::to_string(number), "x");
               },
               "by change"},
        Change{"AnotherFile", [](const std::string& in) { write_file(in + "/other", "new"); }, "at deadline"},
        Change{"AFileWithAShorterName", [](const std::string& in) { write_file(in + "/host.d", "new"); },
               "at deadline"},
        Change{"NothingButAReader", [](const std::string& in) { (void)content_of(in + "/host.db"); },
               "at deadline"}),
    [](const auto& each) { return std::string(each.param.what); });

TEST_F(Waiting, AChangeBetweenTwoWaitsIsNotMissedAndToldOnce) {
  EXPECT_EQ(with_waiter([&](SystemWaiter& waiter) {
              waiter.watch(folder.path(), "host.db");
              for (int number = 0; number < 10; ++number) write_file(in("host.db"), "new");
              const std::string first = described(waiter.sleep_until(waiter.now() + 1min));
              return first + ", " + described(waiter.sleep_until(waiter.now() + 50ms));
            }),
            "by change, at deadline");
}

TEST_F(Waiting, WithoutAFolderToWatchItLastsUntilItsDeadline) {
  EXPECT_EQ(with_waiter([&](SystemWaiter& waiter) {
              waiter.watch(in("absent"), "host.db");
              return described(waiter.sleep_until(waiter.now() + 50ms));
            }),
            "at deadline");
}

// What a process hears whose parent is killed while it waits for `limit`, and then waits again.
std::string after_death_of_parent(const TemporaryFolder& folder, WatchParent watch_parent, Duration limit) {
  const std::string draft = folder.path() + "/draft", told = folder.path() + "/answer";
  const std::string answer = answer_of_fork([&]() -> std::string {
    const pid_t parent = ::getpid();
    if (::fork() == 0) {
      Termination termination(OnHangup::stop, watch_parent);
      SystemWaiter waiter(termination);
      std::string ends;
      {
        const WhileItWaits death([parent] { ::kill(parent, SIGKILL); });
        ends = described(waiter.sleep_until(waiter.now() + limit));
      }
      ends += ", " + described(waiter.sleep_until(waiter.now() + limit));
      write_file(draft, ends);
      std::filesystem::rename(draft, told);
      ::_exit(0);
    }
    while (true) ::pause();
  });
  EXPECT_EQ(answer, " (killed by 9)");
  EXPECT_TRUE(wait_until([&] { return exists(told); }));
  return content_of(told);
}

TEST_F(Waiting, TheDeathOfTheParentEndsIt) {
  EXPECT_EQ(after_death_of_parent(folder, WatchParent::yes, 1h), "by orphaning, by orphaning");
}

TEST_F(Waiting, ADaemonOutlivesItsParent) {
  EXPECT_EQ(after_death_of_parent(folder, WatchParent::no, 500ms), "at deadline, at deadline");
}

}  // namespace
}  // namespace runneriq::platform
