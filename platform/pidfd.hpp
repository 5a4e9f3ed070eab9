// The C library has these calls as functions only from 2.36 on, and programs are to run with older ones.
#pragma once

#include "platform/unique_fd.hpp"

#include <sys/syscall.h>
#include <sys/types.h>

namespace runneriq::platform {

// Readable once the process has ended; none when there is no such process.
[[nodiscard]] inline UniqueFd open_pidfd(pid_t pid) {
  return UniqueFd{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U))};
}

inline void signal_pidfd(int pidfd, int number) {
  (void)::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0U);
}

}  // namespace runneriq::platform
