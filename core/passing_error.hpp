// Errors that may be gone when the same is tried again.
#pragma once

#include "core/result.hpp"

namespace runneriq {

constexpr bool may_pass(Errc code) {
  return code == Errc::unavailable || code == Errc::timed_out;
}

inline bool may_pass(const Error& error) {
  return may_pass(error.code);
}

}  // namespace runneriq
