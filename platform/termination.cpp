#include "platform/termination.hpp"

#include "platform/pidfd.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace runneriq::platform {
namespace {

UniqueFd take_over(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : signals) sigaddset(&set, each);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return UniqueFd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
}

UniqueFd take_over_stops(OnHangup on_hangup) {
  ::signal(SIGPIPE, SIG_IGN);
  return on_hangup == OnHangup::stop ? take_over({SIGTERM, SIGINT, SIGHUP}) : take_over({SIGTERM, SIGINT});
}

bool is_readable(int fd) {
  pollfd waits{fd, POLLIN, 0};
  return ::poll(&waits, 1, 0) > 0 && (waits.revents & POLLIN) != 0;
}

}  // namespace

Termination::Termination(OnHangup on_hangup, WatchParent watch_parent) : stops_(take_over_stops(on_hangup)) {
  if (on_hangup == OnHangup::reload) reloads_ = take_over({SIGHUP});
  if (watch_parent == WatchParent::yes) parent_pid_ = ::getppid();
  if (parent_pid_ > 1) parent_ = open_pidfd(parent_pid_);
}

std::optional<Termination::Cause> Termination::happened() {
  if (!cause_ && is_readable(stops_.get())) cause_ = Cause::stop;
  if (!cause_ && parent_pid_ != 0 && ::getppid() != parent_pid_) cause_ = Cause::orphaning;
  return cause_;
}

bool Termination::take_reload() {
  signalfd_siginfo received{};
  return ::read(reloads_.get(), &received, sizeof received) == sizeof received;
}

}  // namespace runneriq::platform
