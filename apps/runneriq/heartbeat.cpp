#include "apps/runneriq/heartbeat.hpp"

#include "platform/system_waiter.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace runneriq::app {

using Announcement = cli::Session::Announcement;

Heartbeat::Heartbeat(platform::ServiceNotify notify, EventLog& log)
    : notify_(std::move(notify)), log_(log), silent_from_(platform::moment().steady + kLongestLook) {
  if (const auto interval = notify_.alive_interval()) {
    thread_ = std::thread([this, interval = *interval] { beat(interval); });
  }
}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  stopped_.notify_one();
  if (thread_.joinable()) thread_.join();
}

// A manager that does not listen is said once: the loop goes on without it.
void Heartbeat::announce(Announcement what, Duration poll_interval) {
  note_sign(poll_interval);
  const auto told = tell(what);
  if (told || std::exchange(told_trouble_, true)) return;
  log_.write(LogLevel::warning, "manager_not_told", {{"why", told.error().message}});
}

Result<void> Heartbeat::tell(Announcement what) const {
  switch (what) {
    case Announcement::ready:
      return notify_.ready("watching the fleet");
    case Announcement::reloading:
      return notify_.reloading();
    case Announcement::stopping:
      return notify_.stopping();
    case Announcement::alive:
      break;
  }
  return notify_.alive();
}

void Heartbeat::note_sign(Duration poll_interval) {
  const std::lock_guard lock(mutex_);
  silent_from_ = platform::moment().steady + std::max(poll_interval, kLongestPause) + kLongestLook;
}

bool Heartbeat::shows_life() const {
  return platform::moment().steady < silent_from_;
}

void Heartbeat::beat(Duration interval) {
  sigset_t all;  // signals are for the main thread
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, interval, [this] { return stops_; })) {
    if (shows_life()) (void)notify_.alive();
  }
}

}  // namespace runneriq::app
