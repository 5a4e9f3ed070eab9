#include "scheduler/runner_states.hpp"

#include "carbon/zones.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::FleetReading;
using gitlab::Job;
using gitlab::Runner;

// Of two views of a runner the one that tells more, then the one that is fresher.
bool tells_more(const Runner& a, const Runner& b) {
  return std::pair{a.traits.has_value(), a.contacted_at} > std::pair{b.traits.has_value(), b.contacted_at};
}

void see_runners(const FleetReading& reading, SeenFleet& fleet) {
  for (const Runner& runner : reading.runners) {
    SeenRunner& seen = fleet.runners[{reading.gitlab, runner.id}];
    if (seen.runner != nullptr && !tells_more(runner, *seen.runner)) continue;
    seen.runner = &runner;
    seen.age = reading.runners_age;
  }
}

void see_running_jobs(const FleetReading& reading, SeenFleet& fleet) {
  for (const Job& job : reading.running) {
    const auto runner = fleet.runners.find({reading.gitlab, job.runner});
    if (runner != fleet.runners.end()) runner->second.running.insert(job.id);
  }
}

// What is configured for a runner by its id or, failing that, its description.
template <class Value>
const Value* configured(const std::map<std::string, Value>& values, RunnerId id,
                        const std::string& description) {
  auto found = values.find(std::to_string(id.value()));
  if (found == values.end() && !description.empty()) found = values.find(description);
  return found == values.end() ? nullptr : &found->second;
}

void set_capacity(FleetRunner& state, const Runner& runner, const KnownRunner* known,
                  const MonitorOptions& options) {
  if (const int* const most = configured(options.capacity, runner.id, runner.description)) {
    state.max_jobs = std::max(1, *most);
    state.capacity_basis = CapacityBasis::configured;
    return;
  }
  state.max_jobs = std::max({1, state.active_jobs, known == nullptr ? 0 : known->most_active});
  state.capacity_basis = CapacityBasis::observed;
}

void set_contact(FleetRunner& state, const Runner& runner, const MonitorOptions& options, Time now) {
  state.recent_contact = runner.status == gitlab::RunnerStatus::online;
  if (!runner.contacted_at) return;
  state.contact_age = std::max(now - *runner.contacted_at, Duration::zero());
  state.recent_contact = *state.contact_age <= options.contact_limit;
}

std::optional<double> reliability_of(const Recollection& before, const RunnerKey& key) {
  const auto found = before.reliability.find(key);
  if (found == before.reliability.end()) return std::nullopt;
  return found->second;
}

}  // namespace

SeenFleet seen_fleet(std::span<const FleetReading> readings) {
  SeenFleet fleet;
  for (const FleetReading& reading : readings) see_runners(reading, fleet);
  for (const FleetReading& reading : readings) see_running_jobs(reading, fleet);
  for (const FleetReading& reading : readings) fleet.current.insert(reading.gitlab);
  for (const FleetReading& reading : readings) {
    if (!reading.runners_current) fleet.current.erase(reading.gitlab);
  }
  return fleet;
}

const KnownRunner* known_runner(const Recollection& before, const RunnerKey& key) {
  const auto found =
      std::lower_bound(before.runners.begin(), before.runners.end(), key,
                       [](const KnownRunner& known, const RunnerKey& k) { return known.key < k; });
  return found == before.runners.end() || found->key != key ? nullptr : &*found;
}

FleetRunner fleet_runner(const RunnerKey& key, const SeenRunner& seen, const Recollection& before,
                         const MonitorOptions& options, Time now) {
  const Runner& runner = *seen.runner;
  FleetRunner state;
  state.key = key;
  state.description = runner.description;
  state.traits_known = runner.traits.has_value();
  if (runner.traits) state.traits = *runner.traits;
  state.status = runner.status;
  state.paused = runner.paused;
  state.active_jobs = std::max(static_cast<int>(seen.running.size()), runner.running_jobs.value_or(0));
  state.managers = std::max(1, runner.managers.value_or(1));
  state.reliability = reliability_of(before, key);
  state.age = seen.age;
  state.zone = zone_of(runner.id, runner.description, state.traits.tags, options);
  set_contact(state, runner, options, now);
  set_capacity(state, runner, known_runner(before, key), options);
  return state;
}

carbon::ZoneKey zone_of(RunnerId id, const std::string& description, std::span<const std::string> tags,
                        const MonitorOptions& options) {
  if (const std::string* const zone = configured(options.zones, id, description))
    return carbon::ZoneKey{*zone};
  return carbon::zone_of_tags(tags);
}

KnownRunner remembered(const FleetRunner& runner, const KnownRunner* before, Time now) {
  KnownRunner known;
  known.key = runner.key;
  known.description = runner.description;
  known.online = runner.status == gitlab::RunnerStatus::online;
  known.paused = runner.paused;
  if (runner.traits_known) {
    known.tags = runner.traits.tags;
  } else if (before != nullptr) {
    known.tags = before->tags;
  }
  known.most_active = std::max(runner.active_jobs, before == nullptr ? 0 : before->most_active);
  known.first_seen = before == nullptr ? now : before->first_seen;
  known.last_seen = now;
  return known;
}

}  // namespace runneriq::scheduler
