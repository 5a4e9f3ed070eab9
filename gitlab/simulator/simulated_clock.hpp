#pragma once

#include "core/time.hpp"

#include <chrono>

namespace runneriq::gitlab::simulator {

// Maps real time to that of the simulated GitLab.
struct SimulatedClock {
  Time begins{};        // simulated
  Time started{};       // real
  double factor = 1;    // simulated seconds per second
  Duration advanced{};  // by the control interface

  [[nodiscard]] Time at(Time real) const {
    const std::chrono::duration<double, std::milli> elapsed = real - started;
    return begins + advanced + std::chrono::duration_cast<Duration>(elapsed * factor);
  }
};

}  // namespace runneriq::gitlab::simulator
