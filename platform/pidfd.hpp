#pragma once

// glibc 2.36 declares these without C linkage, unlike later versions.
extern "C" {
#include <sys/pidfd.h>
}
