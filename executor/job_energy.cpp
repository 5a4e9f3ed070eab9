#include "executor/job_energy.hpp"

#include <algorithm>
#include <cmath>

namespace runneriq::executor {
namespace {

std::optional<carbon::Energy> sound(carbon::Energy energy) {
  return std::isfinite(energy.joules) && energy.joules >= 0 ? std::optional(energy) : std::nullopt;
}

}  // namespace

std::optional<StageEnergy> measured_in_all(std::span<const StageRecord> records) {
  StageEnergy total;
  std::ptrdiff_t open = 0;  // scripts that began and have not ended yet
  for (const StageRecord& record : records) {
    open += record.exit_code ? -1 : 1;
    if (!record.exit_code) continue;
    if (!record.energy) return std::nullopt;
    total.package_joules += record.energy->package_joules;
    total.host_busy_cpu += record.energy->host_busy_cpu;
    total.wall += record.energy->wall;
  }
  return open == 0 && !records.empty() ? std::optional(total) : std::nullopt;
}

std::optional<carbon::Energy> energy_of(std::span<const StageRecord> records, const AttemptUse& use,
                                        const carbon::HostPower& power) {
  if (!use.cpu || *use.cpu <= Duration::zero()) return std::nullopt;
  carbon::HostShare share{.cores = std::max(use.cores, 1),
                          .slots = std::max(use.slots, 1),
                          .wall = use.ran,
                          .job_cpu = *use.cpu,
                          .host_busy_cpu = std::nullopt};
  const auto total = measured_in_all(records);
  if (!total) return sound(carbon::modelled_energy(share, power));
  share.wall = total->wall;
  share.host_busy_cpu = total->host_busy_cpu;
  return carbon::measured_energy(total->package_joules, share, power);
}

}  // namespace runneriq::executor
