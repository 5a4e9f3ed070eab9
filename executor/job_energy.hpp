// The energy of an attempt, from what its stages measured. Pure.
#pragma once

#include "carbon/energy.hpp"
#include "core/time.hpp"
#include "executor/stage_records.hpp"

#include <optional>
#include <span>

namespace runneriq::executor {

// What all scripts together used; none when a script was not measured, or never came to its end.
std::optional<StageEnergy> measured_in_all(std::span<const StageRecord> records);

// What is known of the attempt besides.
struct AttemptUse {
  int cores = 1;                  // logical processors of the host
  int slots = 0;                  // of the host; 0 = no limit is known, and the job carries all of its rest
  Duration ran{};                 // from admission to cleanup
  std::optional<Duration> cpu{};  // of the job's processes
};

// Measured where every script was, else by the model. None where the job's processor time is not known: none
// at all means that its processes were not in its cgroup, as those of containers.
std::optional<carbon::Energy> energy_of(std::span<const StageRecord> records, const AttemptUse& use,
                                        const carbon::HostPower& power);

}  // namespace runneriq::executor
