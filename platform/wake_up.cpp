#include "platform/wake_up.hpp"

#include "platform/files.hpp"

#include <sys/eventfd.h>

#include <cerrno>

namespace runneriq::platform {

Result<WakeUp> WakeUp::make() {
  UniqueFd fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!fd) return fail(system_error("cannot make an event descriptor", errno));
  return WakeUp{std::move(fd)};
}

void WakeUp::signal() const {
  // A counter that is full stands for a signal, too.
  (void)::eventfd_write(fd_.get(), 1);
}

bool WakeUp::take() const {
  eventfd_t count = 0;
  return ::eventfd_read(fd_.get(), &count) == 0;
}

}  // namespace runneriq::platform
