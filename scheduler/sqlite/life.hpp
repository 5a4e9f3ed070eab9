// Who still lives. Injected, so that a test can let owners die.
#pragma once

#include "core/id.hpp"
#include "core/process_identity.hpp"

#include <functional>

namespace runneriq::scheduler {

struct LifeProbe {
  std::function<bool(const ProcessIdentity&)> process_lives;
  std::function<bool(const AttemptId&)> attempt_lives;  // its TMPDIR is there
  static LifeProbe of_this_host();
};

}  // namespace runneriq::scheduler
