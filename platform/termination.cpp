#include "platform/termination.hpp"

#include "platform/pidfd.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace runneriq::platform {
namespace {

UniqueFd take_over_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return UniqueFd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
}

}  // namespace

Termination::Termination() : signals_(take_over_signals()), parent_pid_(::getppid()) {
  if (parent_pid_ > 1) parent_ = UniqueFd{::pidfd_open(parent_pid_, 0)};
}

Termination::Termination(UniqueFd lifeline) : signals_(take_over_signals()), parent_(std::move(lifeline)) {}

std::optional<Termination::Cause> Termination::happened() {
  signalfd_siginfo received{};
  if (!cause_ && ::read(signals_.get(), &received, sizeof received) == sizeof received) cause_ = Cause::stop;
  if (!cause_ && is_orphaned()) cause_ = Cause::orphaning;
  return cause_;
}

bool Termination::is_orphaned() const {
  if (parent_pid_ != 0) return ::getppid() != parent_pid_;
  pollfd lifeline{parent_.get(), POLLIN, 0};
  return ::poll(&lifeline, 1, 0) > 0 && (lifeline.revents & POLLHUP) != 0;
}

}  // namespace runneriq::platform
