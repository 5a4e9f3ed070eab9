// Carries what a child writes to our own standard output and error. The runner's pipes are then
// held by us alone: they close when we end, even by SIGKILL, whatever the child left running.
#pragma once

#include "core/result.hpp"
#include "platform/child_process.hpp"
#include "platform/unique_fd.hpp"

#include <array>
#include <optional>

struct pollfd;

namespace runneriq::platform {

class OutputRelay {
 public:
  static Result<OutputRelay> make();

  // Gives the child its ends; to be called before start().
  void connect(ChildSpec& spec) const;
  // Closes our copies of the child's ends; to be called after start().
  void child_started();

  // For poll(2): our ends, −1 once closed.
  [[nodiscard]] std::array<int, 2> readable() const {
    return {streams_[0].from.get(), streams_[1].from.get()};
  }
  // Carries on what is there now. A stream whose reader or writers are all gone is closed.
  void carry();

 private:
  struct Stream {
    UniqueFd from;  // non-blocking
    UniqueFd child;
    int to = -1;
  };
  static void carry(Stream& stream);

  std::array<Stream, 2> streams_;
};

}  // namespace runneriq::platform
