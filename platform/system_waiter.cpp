#include "platform/system_waiter.hpp"

#include <malloc.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

namespace runneriq::platform {
namespace {

// Before so long a sleep, memory that is free goes back to the system; the allocator would keep it.
constexpr Duration kLongSleep = std::chrono::seconds{1};
// A parent without pidfd is asked each second, and so is the clock, which poll() does not count in
// suspension.
constexpr Duration kLongestPoll = std::chrono::seconds{1};

}  // namespace

Time wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Moment moment() {
  timespec since_boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return {.wall = wall_clock(),
          .steady = std::chrono::duration_cast<Duration>(std::chrono::seconds{since_boot.tv_sec} +
                                                         std::chrono::nanoseconds{since_boot.tv_nsec})};
}

void sleep_until(Time when, int stop_fd) {
  constexpr Duration kLongest = std::chrono::minutes{1};
  const Duration left = std::clamp(when - wall_clock(), Duration::zero(), kLongest);
  pollfd stop{stop_fd, POLLIN, 0};
  ::poll(&stop, 1, static_cast<int>(left / std::chrono::milliseconds{1}));
}

void SystemWaiter::watch(const std::string& folder, std::string name_prefix) {
  UniqueFd watch{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
  if (!watch || ::inotify_add_watch(watch.get(), folder.c_str(), IN_MODIFY | IN_MOVED_TO) < 0) return;
  watch_ = std::move(watch);
  name_prefix_ = std::move(name_prefix);
}

Time SystemWaiter::now() const {
  return wall_clock();
}

// Reads what has been reported; true when one of it concerns us.
bool SystemWaiter::drain_watch() {
  alignas(inotify_event) std::array<char, 16 * (sizeof(inotify_event) + NAME_MAX + 1)> block{};
  bool ours = false;
  for (ssize_t count = 0; (count = ::read(watch_.get(), block.data(), block.size())) > 0;) {
    for (ssize_t at = 0; at < count;) {
      inotify_event event{};
      std::memcpy(&event, block.data() + at, sizeof event);
      const char* name = block.data() + at + sizeof event;
      ours = ours || (event.len > 0 && std::string_view(name).starts_with(name_prefix_));
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
  return ours;
}

bool SystemWaiter::drain_events() {
  bool happened = false;
  for (const int each : events_) {
    eventfd_t count = 0;
    happened = ::eventfd_read(each, &count) == 0 || happened;
  }
  return happened;
}

void SystemWaiter::poll_for(Duration limit) const {
  std::vector<pollfd> waits{{termination_.signal_fd(), POLLIN, 0},
                            {termination_.reload_fd(), POLLIN, 0},
                            {termination_.parent_fd(), POLLIN, 0},
                            {watch_.get(), POLLIN, 0}};
  for (const int each : events_) waits.push_back({each, POLLIN, 0});
  ::poll(waits.data(), waits.size(), static_cast<int>(std::min(limit, kLongestPoll).count()));
}

Waiter::Woken SystemWaiter::sleep_until(Time when) {
  const Moment start = moment();
  if (when - start.wall >= kLongSleep) ::malloc_trim(0);
  // Counted on the steady clock: a wall clock set back must not lengthen the wait.
  constexpr Duration kLongest = std::chrono::years{10};  // the steady clock cannot count to the end of time
  const Duration end = start.steady + std::clamp(when - start.wall, Duration::zero(), kLongest);
  while (true) {
    if (const auto cause = termination_.happened()) {
      return *cause == Termination::Cause::stop ? Woken::by_stop : Woken::by_orphaning;
    }
    if (termination_.take_reload()) return Woken::by_reload;
    const bool event = drain_events();
    const bool change = drain_watch();
    if (event || change) return Woken::by_change;
    const Duration left = end - moment().steady;
    if (left <= Duration::zero()) return Woken::at_deadline;
    poll_for(left);
  }
}

}  // namespace runneriq::platform
