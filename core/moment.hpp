// A moment on both clocks: the wall clock, which people and other programs share and which may
// jump, and the steady one, which only ever runs forward while the process lives.
#pragma once

#include "core/time.hpp"

namespace runneriq {

struct Moment {
  Time wall;
  Duration steady{};  // since an arbitrary start of this boot; counts while the machine is suspended
};

// How far the wall clock has been set ahead (negative: back) between two moments of one process.
inline Duration clock_jump(const Moment& from, const Moment& to) {
  return (to.wall - from.wall) - (to.steady - from.steady);
}

}  // namespace runneriq
