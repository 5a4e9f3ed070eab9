#pragma once

#include "gitlab/fleet_reader.hpp"

namespace runneriq::gitlab {

// What was counted before, and what came since.
inline void add(CallCount& sum, const CallCount& more) {
  sum.calls += more.calls;
  sum.failed += more.failed;
  sum.retried += more.retried;
  sum.mutating += more.mutating;
  sum.bytes += more.bytes;
}

}  // namespace runneriq::gitlab
