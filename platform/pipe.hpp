#pragma once

#include "core/result.hpp"
#include "platform/files.hpp"
#include "platform/unique_fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace runneriq::platform {

struct Pipe {
  UniqueFd read, write;
};

// Both ends closed on exec; `flags` as of pipe2(2), for example O_NONBLOCK.
inline Result<Pipe> make_pipe(int flags = 0) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | flags) != 0) return fail(system_error("cannot make a pipe", errno));
  return Pipe{UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

}  // namespace runneriq::platform
