#include "scheduler/reported_energy.hpp"

#include <array>

namespace runneriq::scheduler {
namespace {

using carbon::Energy;
using carbon::EnergyMethod;

constexpr std::array kMethods{EnergyMethod::rapl, EnergyMethod::cpu_model, EnergyMethod::class_default};

template <class IsMeant>
std::optional<Energy> energy(double joules, IsMeant is_meant) {
  if (!(joules >= 0 && joules <= kMostJoules)) return std::nullopt;
  for (const EnergyMethod method : kMethods) {
    if (is_meant(method)) return Energy{joules, method};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Energy> reported_energy(double joules, std::string_view method) {
  return energy(joules, [&](EnergyMethod known) { return carbon::to_text(known) == method; });
}

std::optional<Energy> stored_energy(double joules, std::int64_t method) {
  return energy(joules, [&](EnergyMethod known) { return static_cast<std::int64_t>(known) == method; });
}

}  // namespace runneriq::scheduler
