// Waiting for admission: asks, says where the job stands, waits, asks again.
#pragma once

#include "core/waiter.hpp"
#include "executor/driver.hpp"
#include "scheduler/host_state.hpp"

#include <optional>
#include <string>

namespace runneriq::executor {

// How often the next in line looks for a slot whose owner died without a word (a slot given
// back is seen at once), and how often the others do.
inline constexpr Duration kNextInLinePoll = std::chrono::milliseconds{100};
inline constexpr Duration kOthersPoll = std::chrono::seconds{1};
// Whatever the queue says, never a busy loop.
inline constexpr Duration kShortestWait = std::chrono::milliseconds{10};
inline constexpr Duration kReminder = std::chrono::seconds{30};

struct Admitted {
  Time at;
  Duration held{};
};
// The stage was told to end, or gitlab-runner is gone, while the job was held.
struct GaveUp {};

// Ends in Admitted whatever goes wrong with `desk` (one line says what), in GaveUp only when
// the waiter says so. While held it writes a line on entry, on each change of position and
// every 30 s.
std::variant<Admitted, GaveUp> wait_for_admission(scheduler::AdmissionDesk& desk,
                                                  const scheduler::AdmissionRequest& request, Waiter& waiter,
                                                  JobLog& log);

}  // namespace runneriq::executor
