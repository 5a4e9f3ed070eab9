// What the metrics show of ticks.
#pragma once

#include "scheduler/fleet_watch.hpp"
#include "scheduler/steering.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace runneriq::service {

// Of one tick.
struct TickFigures {
  Time at;
  std::optional<Duration> took;
  std::array<int, scheduler::kJobClasses.size()> pending{};  // by effective class
  std::map<std::string, int> runners;                        // by state, as `status` has them
  int degraded = 0;
  gitlab::CallCount calls;
  // Of steering; nothing without.
  bool steered = false;
  std::size_t cuts = 0;
  std::array<int, 2> leases{};  // by LeaseKind
  Duration oldest_expired{};
  std::array<int, 4> steps{};  // by SteeringStep::Kind
};
TickFigures figures_of(const scheduler::Tick& tick, const scheduler::SteeringReport* steering,
                       std::optional<Duration> took);

// Of all ticks, or of the last one.
struct TickTotals {
  std::int64_t succeeded = 0, failed = 0;
  Duration took{};
  std::int64_t timed = 0;
  std::array<std::int64_t, 4> steps{};
  std::int64_t calls = 0, calls_failed = 0, calls_retried = 0, calls_mutating = 0;
  std::optional<TickFigures> last;
  std::string trouble;  // of the last tick; "" when it succeeded

  void add(TickFigures figures);
};

}  // namespace runneriq::service
