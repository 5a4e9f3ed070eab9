// Carries what a child writes to our own standard output and error. The runner's pipes are then
// held by us alone: they close when we end, even by SIGKILL, whatever the child left running.
#pragma once

#include "core/result.hpp"
#include "platform/child_process.hpp"
#include "platform/unique_fd.hpp"

#include <poll.h>

#include <array>

namespace runneriq::platform {

class OutputRelay {
 public:
  static Result<OutputRelay> make();

  // Gives the child its ends; to be called before start().
  void connect(ChildSpec& spec) const;
  // Closes our copies of the child's ends; to be called after start().
  void child_started();

  // What to wait for: something to carry, or room for what could not be carried yet.
  [[nodiscard]] std::array<pollfd, 2> waits() const;
  // Carries on a bounded amount of what is there, without ever waiting for the reader. A stream
  // whose reader or writers are all gone is closed.
  void carry();
  // Carries on what is there by now, as long as the reader takes some within `patience`; whoever still
  // writes is not waited for.
  void finish(Duration patience);

 private:
  struct Stream {
    UniqueFd from;  // non-blocking
    UniqueFd child;
    int to = -1;
    bool full = false;  // the reader has no room
  };
  static std::size_t carry(Stream& stream);  // how many bytes

  std::array<Stream, 2> streams_;  // the second is empty where both lead to the same file
};

}  // namespace runneriq::platform
