#include "platform/system_waiter.hpp"

#include <malloc.h>
#include <poll.h>
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

namespace runneriq::platform {
namespace {

// Before so long a sleep, memory that is free goes back to the system; the allocator would keep it.
constexpr Duration kLongSleep = std::chrono::seconds{1};

}  // namespace

Time wall_clock() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
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

Waiter::Woken SystemWaiter::sleep_until(Time when) {
  if (when - now() >= kLongSleep) ::malloc_trim(0);
  // Counted on the steady clock: a wall clock set back must not lengthen the wait.
  constexpr Duration kLongest = std::chrono::years{10};  // the steady clock cannot count to the end of time
  const auto steady_end =
      std::chrono::steady_clock::now() + std::clamp(when - now(), Duration::zero(), kLongest);
  while (true) {
    if (const auto cause = termination_.happened()) {
      return *cause == Termination::Cause::stop ? Woken::by_stop : Woken::by_orphaning;
    }
    if (termination_.take_reload()) return Woken::by_reload;
    const auto left = std::chrono::ceil<Duration>(steady_end - std::chrono::steady_clock::now());
    if (left <= Duration::zero()) return Woken::at_deadline;
    std::array<pollfd, 4> waits{{{termination_.signal_fd(), POLLIN, 0},
                                 {termination_.reload_fd(), POLLIN, 0},
                                 {termination_.parent_fd(), POLLIN, 0},
                                 {watch_.get(), POLLIN, 0}}};
    const auto timeout =
        std::min<Duration::rep>(left.count(), 1000);  // a parent without pidfd is asked each second
    ::poll(waits.data(), waits.size(), static_cast<int>(timeout));
    if (waits[3].revents != 0 && drain_watch()) return Woken::by_change;
  }
}

}  // namespace runneriq::platform
