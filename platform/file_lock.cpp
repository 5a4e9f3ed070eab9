#include "platform/file_lock.hpp"

#include "platform/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <optional>

namespace runneriq::platform {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// flock() knows no deadline, but a signal ends it. The handler stays installed: taking it
// away could meet a late signal, whose default is to end the process.
int wake_signal() {
  static const int signal = [] {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGRTMIN + 3, &action, nullptr);  // without SA_RESTART
    return SIGRTMIN + 3;
  }();
  return signal;
}

timespec to_timespec(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  const std::chrono::nanoseconds rest = duration - seconds;
  return {.tv_sec = seconds.count(), .tv_nsec = rest.count()};
}

// Signals this thread after `patience` and then every 10 ms: the first one may come just
// before the call that it shall end.
class Alarm {
 public:
  explicit Alarm(Duration patience) {
    sigset_t wake;
    sigemptyset(&wake);
    sigaddset(&wake, wake_signal());
    ::pthread_sigmask(SIG_UNBLOCK, &wake, &mask_before_);
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = wake_signal();
    event._sigev_un._tid = ::gettid();
    if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) return;
    armed_ = true;
    const itimerspec times{.it_interval = to_timespec(Duration{10}), .it_value = to_timespec(patience)};
    ::timer_settime(timer_, 0, &times, nullptr);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    if (armed_) ::timer_delete(timer_);
    ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }

  [[nodiscard]] bool armed() const { return armed_; }

 private:
  timer_t timer_{};
  sigset_t mask_before_{};
  bool armed_ = false;
};

enum class Taken { yes, not_in_time, error };

Taken wait_for_lock(int file, Duration patience) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + patience;
  const Alarm alarm{patience};
  if (!alarm.armed()) return Taken::not_in_time;
  while (std::chrono::steady_clock::now() < deadline) {
    if (::flock(file, LOCK_EX) == 0) return Taken::yes;
    if (errno != EINTR) return Taken::error;
  }
  return Taken::not_in_time;
}

Taken take_lock(int file, Duration patience) {
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return Taken::yes;
  if (errno != EWOULDBLOCK) return Taken::error;
  return patience > Duration::zero() ? wait_for_lock(file, patience) : Taken::not_in_time;
}

}  // namespace

Result<FileLock> FileLock::acquire(const std::string& path, Duration patience) {
  UniqueFd file = open_or_make(path, O_RDWR);
  if (!file) return fail(system_error(path, errno));
  const SteadyTime start = std::chrono::steady_clock::now();
  switch (take_lock(file.get(), patience)) {
    case Taken::yes:
      return FileLock{std::move(file), std::chrono::ceil<Duration>(std::chrono::steady_clock::now() - start)};
    case Taken::not_in_time:
      return fail(Errc::timed_out, path + ": another process has held the lock for " + to_text(patience));
    default:
      return fail(system_error(path, errno));
  }
}

}  // namespace runneriq::platform
