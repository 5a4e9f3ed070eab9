#include "carbon/energy.hpp"

#include <algorithm>
#include <cmath>

namespace runneriq::carbon {
namespace {

constexpr double kJoulesPerMicrojoule = 1e-6;

double seconds(Duration duration) {
  return std::max(0.0, std::chrono::duration<double>(duration).count());
}

std::vector<RaplCounter> by_domain(std::span<const RaplCounter> counters) {
  std::vector<RaplCounter> sorted(counters.begin(), counters.end());
  // Stable: the drams of two packages have one name, and are told apart by their order.
  std::ranges::stable_sort(sorted, {}, &RaplCounter::domain);
  return sorted;
}

std::optional<double> joules_between(const RaplCounter& before, const RaplCounter& after) {
  const std::uint64_t range = before.range_uj;
  const bool same = before.domain == after.domain && range == after.range_uj;
  if (!same || range == 0 || before.energy_uj > range || after.energy_uj > range) return std::nullopt;
  const std::uint64_t used = after.energy_uj >= before.energy_uj ? after.energy_uj - before.energy_uj
                                                                 : range - before.energy_uj + after.energy_uj;
  return static_cast<double>(used) * kJoulesPerMicrojoule;
}

double rest_watts(const HostShare& share, const HostPower& power) {
  return std::max(0.0, power.idle_watts_per_core) * std::max(1, share.cores);
}

// 0..1. Two counters are never read at the same moment: a job may seem to have used more than the host.
double share_of_busy(Duration job, Duration host) {
  const double used = seconds(job);
  return used == 0 ? 0 : used / std::max(used, seconds(host));
}

}  // namespace

std::string_view to_text(EnergyMethod method) {
  switch (method) {
    case EnergyMethod::rapl:
      return "rapl";
    case EnergyMethod::cpu_model:
      return "cpu_model";
    case EnergyMethod::class_default:
      return "class_default";
  }
  return "";
}

std::optional<double> joules_between(std::span<const RaplCounter> before,
                                     std::span<const RaplCounter> after) {
  if (before.empty() || before.size() != after.size()) return std::nullopt;
  const auto first = by_domain(before);
  const auto second = by_domain(after);
  double joules = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto used = joules_between(first[i], second[i]);
    if (!used) return std::nullopt;
    joules += *used;
  }
  return joules;
}

std::optional<Energy> measured_energy(double package_joules, const HostShare& share, const HostPower& power) {
  if (!share.host_busy_cpu || !std::isfinite(package_joules) || package_joules < 0) return std::nullopt;
  // A processor may rest with less than the model has it.
  const double rest = std::min(package_joules, rest_watts(share, power) * seconds(share.wall));
  const double beyond = (package_joules - rest) * share_of_busy(share.job_cpu, *share.host_busy_cpu);
  return Energy{beyond + rest / std::max(1, share.slots), EnergyMethod::rapl};
}

Energy modelled_energy(const HostShare& share, const HostPower& power) {
  const double rest = rest_watts(share, power) * seconds(share.wall) / std::max(1, share.slots);
  const double beyond = std::max(0.0, power.full_watts_per_core - power.idle_watts_per_core);
  return {rest + beyond * seconds(share.job_cpu), EnergyMethod::cpu_model};
}

Energy default_energy(double watts, Duration wall) {
  return {std::max(0.0, watts) * seconds(wall), EnergyMethod::class_default};
}

double grams(double joules, double pue, Intensity intensity) {
  return pue * joules / kJoulesPerKwh * intensity.g_per_kwh();
}

}  // namespace runneriq::carbon
