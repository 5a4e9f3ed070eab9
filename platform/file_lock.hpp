// A lock between processes, with a bound on the wait.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "platform/unique_fd.hpp"

#include <string>
#include <utility>

namespace runneriq::platform {

// flock() on a file of its own; the kernel drops it with the process that holds it. The file
// is made with mode 0600 and stays. Waiters sleep in the kernel; none is woken but by the
// lock or by its own deadline.
class FileLock {
 public:
  // Errors: timed_out after `patience`; else as system_error() has them.
  static Result<FileLock> acquire(const std::string& path, Duration patience);

  [[nodiscard]] Duration waited() const { return waited_; }

 private:
  FileLock(UniqueFd file, Duration waited) : file_(std::move(file)), waited_(waited) {}
  UniqueFd file_;
  Duration waited_;
};

}  // namespace runneriq::platform
