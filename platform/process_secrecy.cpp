#include "platform/process_secrecy.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace runneriq::platform {

void keep_memory_private() {
  ::prctl(PR_SET_DUMPABLE, 0);
  // Also for a kernel that pipes cores to a program, which PR_SET_DUMPABLE alone may leave to its settings.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace runneriq::platform
