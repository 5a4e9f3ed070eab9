#include "executor/stage_meter.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::executor {
namespace {

// Counters are renewed about every millisecond; a step of none must not be taken for one of much power.
constexpr Duration kLeeway = std::chrono::seconds{1};

bool can_be(double joules, const HostUse& from, const HostUse& to) {
  const double seconds = std::chrono::duration<double>(to.at - from.at + kLeeway).count();
  return joules <= kMostWattsPerCounter * static_cast<double>(to.counters.size()) * seconds;
}

std::optional<StageEnergy> step(const HostUse& from, const HostUse& to) {
  const auto joules = carbon::joules_between(from.counters, to.counters);
  if (!joules || to.at < from.at || !can_be(*joules, from, to)) return std::nullopt;
  // The kernel's sum over all processors may run back by a tick (proc(5)).
  return StageEnergy{*joules, std::max(to.busy_cpu - from.busy_cpu, Duration::zero()), to.at - from.at};
}

}  // namespace

StageMeter::StageMeter(ReadHostUse read) : read_(std::move(read)), last_(read_()) {}

void StageMeter::look() {
  if (!last_) return;
  auto now = read_();
  const auto used = now ? step(*last_, *now) : std::nullopt;
  if (!used) return last_.reset();
  total_.package_joules += used->package_joules;
  total_.host_busy_cpu += used->host_busy_cpu;
  total_.wall += used->wall;
  last_ = std::move(now);
}

std::optional<StageEnergy> StageMeter::end() {
  look();
  return last_ ? std::optional(total_) : std::nullopt;
}

}  // namespace runneriq::executor
