#include "scheduler/reported_capacity.hpp"

#include <map>

namespace runneriq::scheduler {
namespace {

struct Hosts {
  int slots = 0;
  bool unlimited = false;  // a host without a limit: nothing can be said of the sum
  double load = 0;
  int loads = 0;
};

std::map<RunnerId, Hosts> by_runner(std::span<const HostReport> reports) {
  std::map<RunnerId, Hosts> all;
  for (const HostReport& report : reports) {
    if (report.runner == RunnerId{}) continue;
    Hosts& hosts = all[report.runner];
    hosts.slots += report.slots;
    hosts.unlimited |= report.slots == 0;
    if (!report.load) continue;
    hosts.load += *report.load;
    ++hosts.loads;
  }
  return all;
}

std::map<RunnerId, int> times_of(const FleetSnapshot& fleet) {
  std::map<RunnerId, int> times;
  for (const FleetRunner& runner : fleet.runners) ++times[runner.key.runner];
  return times;
}

void apply(FleetRunner& runner, const Hosts& hosts) {
  if (!hosts.unlimited && hosts.slots > 0 && runner.capacity_basis != CapacityBasis::configured) {
    runner.max_jobs = hosts.slots;
    runner.capacity_basis = CapacityBasis::reported;
  }
  if (hosts.loads > 0) runner.host_load = hosts.load / hosts.loads;
}

}  // namespace

void apply_reports(FleetSnapshot& fleet, std::span<const HostReport> reports) {
  const std::map<RunnerId, Hosts> hosts = by_runner(reports);
  const std::map<RunnerId, int> times = times_of(fleet);
  for (FleetRunner& runner : fleet.runners) {
    const auto found = hosts.find(runner.key.runner);
    if (found != hosts.end() && times.at(runner.key.runner) == 1) apply(runner, found->second);
  }
}

}  // namespace runneriq::scheduler
