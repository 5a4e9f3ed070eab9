// The energy of a job, measured where the machine tells it, else by a model; and its emissions. Pure.
#pragma once

#include "carbon/intensity.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::carbon {

// Stored in state files: never renumber. Best first.
enum class EnergyMethod : int { rapl = 0, cpu_model = 1, class_default = 2 };
std::string_view to_text(EnergyMethod method);  // "rapl", "cpu_model", "class_default"

struct Energy {
  double joules = 0;
  EnergyMethod method = EnergyMethod::class_default;
  friend bool operator==(const Energy&, const Energy&) = default;
};

inline constexpr double kJoulesPerKwh = 3.6e6;

// ---- counters of the processor (RAPL) ---------------------------------------------------------

// A counter that starts again at 0 when it has reached `range_uj` (about 262 kJ, so after 44 min at 100 W).
struct RaplCounter {
  std::string domain;  // "package-0", "dram"
  std::uint64_t energy_uj = 0;
  std::uint64_t range_uj = 0;
};
// Joules between two readings of the same counters, each of which has wrapped at most once; none when a
// counter is missing in one of them or has passed its range.
std::optional<double> joules_between(std::span<const RaplCounter> before, std::span<const RaplCounter> after);

// ---- a job's share -----------------------------------------------------------------------------

// Power of a machine per logical core. Defaults: Cloud Carbon Footprint's averages for AWS, 0.74 and 3.5 W
// per vCPU at rest and at full load.
struct HostPower {
  double idle_watts_per_core = 0.74;
  double full_watts_per_core = 3.5;
};

struct HostShare {
  int cores = 1;    // logical, of the host
  int slots = 1;    // jobs that the host runs at once: each carries an equal part of the machine's rest
  Duration wall{};  // of the job
  Duration job_cpu{};
  std::optional<Duration> host_busy_cpu{};  // of all processes in the same time
};

// What the package used beyond rest goes by processor time, rest by slots. The parts of all jobs and of
// what belongs to none add up to `package_joules`. None without `host_busy_cpu`.
std::optional<Energy> measured_energy(double package_joules, const HostShare& share, const HostPower& power);
// rest × wall ÷ slots + (full − rest) × processor time.
Energy modelled_energy(const HostShare& share, const HostPower& power);
// watts × wall: nothing is known of the job but how long it ran.
Energy default_energy(double watts, Duration wall);

// ---- emissions ---------------------------------------------------------------------------------

// g = PUE × kWh × g/kWh.
double grams(double joules, double pue, Intensity intensity);

}  // namespace runneriq::carbon
