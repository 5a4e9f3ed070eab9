// What must not happen in the test's own process: other users, other limits, signals, mounts.
#pragma once

#include "tests/support/poll.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <string>

namespace runneriq {

inline constexpr std::uint32_t kOrdinaryUser = 65534;

// Runs `body` in a forked process and returns its answer (at most what a pipe holds), with
// " (killed by N)" when a signal ended it and " (hangs)" when it had to be killed after a minute.
inline std::string answer_of_fork(const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::setpgid(0, 0);  // a signal to our group stays among ourselves
    const std::string answer = body();
    (void)!::write(ends[1], answer.data(), answer.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  int status = 0;
  const bool ended =
      wait_until([&] { return ::waitpid(child, &status, WNOHANG) == child; }, std::chrono::minutes{1});
  if (!ended) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
  }
  std::string answer(1 << 16, '\0');
  const ssize_t count = ::read(ends[0], answer.data(), answer.size());
  ::close(ends[0]);
  answer.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (!ended) return answer + " (hangs)";
  return WIFSIGNALED(status) ? answer + " (killed by " + std::to_string(WTERMSIG(status)) + ")" : answer;
}

// The same as a user without any rights of root; as ourselves when we are not root.
inline std::string answer_of_ordinary_user(const std::function<std::string()>& body) {
  return answer_of_fork([&body]() -> std::string {
    if (::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(kOrdinaryUser, kOrdinaryUser, kOrdinaryUser) != 0 ||
         ::setresuid(kOrdinaryUser, kOrdinaryUser, kOrdinaryUser) != 0)) {
      return "cannot become an ordinary user";
    }
    return body();
  });
}

// For a folder that the ordinary user is to work in.
inline void give_to_ordinary_user(const std::string& path) {
  if (::geteuid() == 0) (void)!::lchown(path.c_str(), kOrdinaryUser, kOrdinaryUser);
}

}  // namespace runneriq
