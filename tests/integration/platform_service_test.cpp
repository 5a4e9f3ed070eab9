// A service and what is around it: its manager, its other threads, the clocks, the load of its host.
#include "platform/files.hpp"
#include "platform/host_load.hpp"
#include "platform/service_notify.hpp"
#include "platform/system_waiter.hpp"
#include "platform/wake_up.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/poll.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include <array>
#include <cstddef>
#include <thread>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;

// ---- the manager

class Manager {
 public:
  explicit Manager(std::string name) : name_(std::move(name)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name_.copy(at.sun_path, sizeof at.sun_path - 1);
    if (name_[0] == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&at), size), 0);
  }
  std::string heard() {
    std::array<char, 4096> block{};
    const ssize_t count = ::recv(socket_.get(), block.data(), block.size(), MSG_DONTWAIT);
    return count < 0 ? "nothing" : std::string(block.data(), static_cast<std::size_t>(count));
  }
  [[nodiscard]] ServiceNotify notify() const { return ServiceNotify({.notify_socket = name_}); }

 private:
  std::string name_;
  UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

TEST(ServiceNotify, TellsTheManagerOverAPathOrAnAbstractName) {
  const TemporaryFolder folder;
  for (const std::string& name :
       {folder.path() + "/notify", "@runneriq-test-" + std::to_string(::getpid())}) {
    Manager manager(name);
    const ServiceNotify notify = manager.notify();
    EXPECT_TRUE(notify.ready("10 runners"));
    EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=10 runners");
    EXPECT_TRUE(notify.status("a\nMAINPID=1"));
    EXPECT_EQ(manager.heard(), "STATUS=a\\nMAINPID=1");
    EXPECT_TRUE(notify.alive());
    EXPECT_EQ(manager.heard(), "WATCHDOG=1");
    EXPECT_TRUE(notify.stopping());
    EXPECT_EQ(manager.heard(), "STOPPING=1");
    EXPECT_EQ(manager.heard(), "nothing");
  }
}

std::int64_t monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

TEST(ServiceNotify, AReloadHasItsTime) {
  const TemporaryFolder folder;
  Manager manager(folder.path() + "/notify");
  const std::int64_t before = monotonic_microseconds();
  EXPECT_TRUE(manager.notify().reloading());
  const std::string heard = manager.heard(), start = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(heard.starts_with(start)) << heard;
  const std::int64_t told = std::stoll(heard.substr(start.size()));
  EXPECT_GE(told, before);
  EXPECT_LE(told, monotonic_microseconds());
}

TEST(ServiceNotify, WithoutAManagerItIsQuietAndWithADeadOneItSaysSo) {
  EXPECT_TRUE(ServiceNotify({}).ready("x"));
  EXPECT_FALSE(ServiceNotify({.notify_socket = "/nowhere/notify"}).alive());
  EXPECT_EQ(ServiceNotify({.notify_socket = "relative"}).alive().error().code, Errc::invalid_argument);
  EXPECT_EQ(ServiceNotify({.notify_socket = "/" + std::string(200, 'x')}).alive().error().code,
            Errc::invalid_argument);
}

TEST(ServiceNotify, NeverWaitsForAManagerThatReadsNothing) {
  const TemporaryFolder folder;
  Manager manager(folder.path() + "/notify");
  const ServiceNotify notify = manager.notify();
  bool full = false;
  for (int count = 0; count < 100'000 && !full; ++count) full = !notify.alive();
  EXPECT_TRUE(full);
}

TEST(ServiceNotify, IsAliveTwiceAsOftenAsTheManagerAsks) {
  const std::string me = std::to_string(::getpid());
  const auto interval = [](const std::string& usec, const std::string& pid) {
    return ServiceNotify({.watchdog_usec = usec, .watchdog_pid = pid}).alive_interval();
  };
  EXPECT_EQ(interval("30000000", me), 15s);
  EXPECT_EQ(interval("30000000", ""), 15s);
  EXPECT_EQ(interval("30000000", "1"), std::nullopt);
  for (const std::string usec : {"", "0", "-5", "x", "10s"})
    EXPECT_EQ(interval(usec, me), std::nullopt) << usec;
}

// ---- other threads, and the clocks

bool is_readable(int fd) {
  pollfd state{fd, POLLIN, 0};
  return ::poll(&state, 1, 0) == 1;
}

TEST(WakeUp, IsReadableFromItsSignalUntilItIsTaken) {
  const auto wake = WakeUp::make();
  ASSERT_TRUE(wake);
  EXPECT_FALSE(is_readable(wake->fd()));
  EXPECT_FALSE(wake->take());
  for (int count = 0; count < 3; ++count) wake->signal();
  EXPECT_TRUE(is_readable(wake->fd()));
  EXPECT_TRUE(wake->take());
  EXPECT_FALSE(wake->take());
}

std::string described(Waiter::Woken woken) {
  return woken == Waiter::Woken::by_change     ? "change"
         : woken == Waiter::Woken::at_deadline ? "deadline"
                                               : "other";
}

TEST(SystemWaiter, IsWokenByAnotherThreadAndByASignalThatCameBefore) {
  EXPECT_EQ(answer_of_fork([]() -> std::string {
              Termination termination;
              SystemWaiter waiter(termination);
              const auto first = WakeUp::make(), second = WakeUp::make();
              waiter.listen(first->fd());
              waiter.listen(second->fd());
              std::thread other([&] {
                ::poll(nullptr, 0, 30);
                second->signal();
              });
              std::string ends = described(waiter.sleep_until(waiter.now() + 1h));
              other.join();
              ends += " " + described(waiter.sleep_until(waiter.now() + 20ms));
              first->signal();
              first->signal();
              ends += " " + described(waiter.sleep_until(waiter.now() + 1h));
              return ends + " " + described(waiter.sleep_until(waiter.now() + 20ms));
            }),
            "change deadline change deadline");
}

TEST(Moment, ShowsBothClocksAndTheSteadyOneCountsSinceTheBoot) {
  const Moment first = moment();
  std::string uptime = read_file("/proc/uptime", 1000).value_or("");
  const Moment second = moment();
  const Duration told{static_cast<Duration::rep>(std::stod(uptime) * 1000)};
  EXPECT_LE(first.steady, told + 20ms);
  EXPECT_GE(second.steady, told - 20ms);
  EXPECT_LE(first.wall - 1s, wall_clock());
  EXPECT_GE(second.wall + 1s, wall_clock());
}

// ---- the host's load

class ProcFolder : public testing::Test {
 protected:
  void write(const std::string& name, std::string_view content) const {
    ASSERT_TRUE(make_folders(folder.path() + "/pressure", 0700));
    ASSERT_TRUE(replace_file(folder.path() + "/" + name, content));
  }
  [[nodiscard]] HostLoad read(int processors = 4) const { return read_host_load(processors, folder.path()); }
  TemporaryFolder folder;
};

TEST_F(ProcFolder, TellsLoadMemoryAndPressure) {
  write("loadavg", "1.00 0.01 0.05 1/123 4567\n");
  write("meminfo", "MemTotal:        8000 kB\nMemFree:          100 kB\nMemAvailable:    2000 kB\n");
  write("pressure/cpu", "some avg10=12.50 avg60=1.00 avg300=0.00 total=5\nfull avg10=90.00 avg60=0.00\n");
  const HostLoad load = read();
  EXPECT_EQ(load.load, 0.25);
  EXPECT_EQ(load.memory_available, 0.25);
  EXPECT_EQ(load.cpu_pressure, 0.125);
}

TEST_F(ProcFolder, NeverTellsMoreThanAll) {
  write("loadavg", "64.00 0 0 1/1 1\n");
  write("meminfo", "MemTotal: 10 kB\nMemAvailable: 20 kB\n");
  write("pressure/cpu", "some avg10=100.00 avg60=0\n");
  EXPECT_EQ(read().load, 1.0);
  EXPECT_EQ(read().memory_available, 1.0);
  EXPECT_EQ(read().cpu_pressure, 1.0);
}

TEST_F(ProcFolder, IsSilentAboutWhatItDoesNotFind) {
  EXPECT_EQ(read().load, std::nullopt);
  EXPECT_EQ(read().memory_available, std::nullopt);
  EXPECT_EQ(read().cpu_pressure, std::nullopt);
  write("loadavg", "nan 0 0\n");
  write("meminfo", "MemTotal: 0 kB\nMemAvailable: 20 kB");
  write("pressure/cpu", "full avg10=1.00\n");
  EXPECT_EQ(read().load, std::nullopt);
  EXPECT_EQ(read().memory_available, std::nullopt);
  EXPECT_EQ(read().cpu_pressure, std::nullopt);
  write("loadavg", "-1 0 0\n");
  write("meminfo", "MemTotal: 10 kB\n");
  write("pressure/cpu", "");
  EXPECT_EQ(read().load, std::nullopt);
  EXPECT_EQ(read().memory_available, std::nullopt);
  EXPECT_EQ(read().cpu_pressure, std::nullopt);
}

TEST(HostLoad, OfThisMachineIsTold) {
  EXPECT_GE(usable_processors(), 1);
  const HostLoad load = read_host_load(usable_processors());
  ASSERT_TRUE(load.load && load.memory_available);
  EXPECT_GT(*load.memory_available, 0.0);
  EXPECT_LE(*load.memory_available, 1.0);
}

}  // namespace
}  // namespace runneriq::platform
