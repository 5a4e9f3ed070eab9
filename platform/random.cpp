#include "platform/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdio>

namespace runneriq::platform {

std::uint64_t random_number() {
  std::uint64_t number = 0;
  // So few bytes come whole; only the very first boot of a machine can interrupt the wait for them.
  while (::getrandom(&number, sizeof number, 0) < 0 && errno == EINTR) {
  }
  return number;
}

double random_share() {
  constexpr double kRange = 4294967296.0;
  return static_cast<double>(random_number() & 0xFFFFFFFFU) / kRange;
}

std::string random_name() {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(random_number()));
  return text;
}

}  // namespace runneriq::platform
