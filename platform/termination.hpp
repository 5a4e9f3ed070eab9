// How a stage hears that it should end: SIGTERM or SIGINT from gitlab-runner, or the death of
// the process that started it (a parent-death signal is unreliable with a multi-threaded
// parent, so the parent is watched by pidfd).
#pragma once

#include "platform/unique_fd.hpp"

#include <optional>

namespace runneriq::platform {

class Termination {
 public:
  enum class Cause { stop, orphaning };

  // Blocks SIGTERM, SIGINT and SIGHUP in this process, to be read here, and ignores SIGPIPE: a
  // runner that is gone must not end us before the job's tree is. Children start with neither. One per
  // process, before any thread.
  Termination();

  // What has happened so far; sticky, and never blocks.
  [[nodiscard]] std::optional<Cause> happened();

  // To be polled for reading, then ask happened(). −1 where the kernel gives none.
  [[nodiscard]] int signal_fd() const { return signals_.get(); }
  [[nodiscard]] int parent_fd() const { return parent_.get(); }

 private:
  UniqueFd signals_;
  UniqueFd parent_;
  int parent_pid_;
  std::optional<Cause> cause_;
};

}  // namespace runneriq::platform
