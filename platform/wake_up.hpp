// Wakes a waiting thread from another one.
#pragma once

#include "core/result.hpp"
#include "platform/unique_fd.hpp"

namespace runneriq::platform {

class WakeUp {
 public:
  static Result<WakeUp> make();  // error: unavailable

  // From any thread, and from a signal handler; never blocks. Several before it is heard are one.
  void signal() const;
  // Forgets what was signalled; whether there was something.
  bool take() const;
  // Readable from signal() to take(). For poll(), and SystemWaiter::listen().
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit WakeUp(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace runneriq::platform
