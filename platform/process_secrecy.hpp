// Keeps what this process knows out of reach of others.
#pragma once

namespace runneriq::platform {

// No core dump of this process, and no other process of the same user may read its memory
// (PR_SET_DUMPABLE, RLIMIT_CORE). To be called before a secret is read.
void keep_memory_private();

}  // namespace runneriq::platform
