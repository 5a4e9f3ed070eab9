#include "platform/termination.hpp"

#include "platform/pidfd.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

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

std::optional<Termination::Cause> Termination::happened() {
  signalfd_siginfo received{};
  if (!cause_ && ::read(signals_.get(), &received, sizeof received) == sizeof received) cause_ = Cause::stop;
  if (!cause_ && ::getppid() != parent_pid_) cause_ = Cause::orphaning;
  return cause_;
}

}  // namespace runneriq::platform
