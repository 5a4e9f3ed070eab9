#include "simulation/gate_desk.hpp"

#include "simulation/fleet_names.hpp"
#include "simulation/host.hpp"
#include "simulation/lean_decisions.hpp"
#include "simulation/waiting_jobs.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace runneriq::simulation {
namespace {

using scheduler::FleetRunner;
using scheduler::PendingJob;

// Of a lognormal error of 0.35, above the median.
constexpr double kP90OverMedian = 1.57;

FleetRunner runner_of(std::size_t index, const Host& host, const FleetModel& fleet) {
  FleetRunner runner;
  runner.key = runner_key(index);
  runner.description = "host-" + std::to_string(index + 1);
  runner.traits = host.traits();
  runner.status = gitlab::RunnerStatus::online;
  runner.contact_age = Duration::zero();
  runner.max_jobs = fleet.slots + fleet.window;
  runner.capacity_basis = scheduler::CapacityBasis::configured;
  return runner;
}

PendingJob pending(std::size_t index, const SimulatedJob& job, const scheduler::Lanes& lanes) {
  PendingJob pending;
  pending.key = job_key(index);
  pending.project = kProject;
  pending.pipeline = PipelineId{job.pipeline};
  pending.facts.name = "job";
  pending.facts.ref_protected = true;
  pending.facts.wish = std::string(scheduler::to_text(job.job_class));
  pending.traits = traits_of(job, lanes);
  return pending;
}

template <class Rows>
auto place_of(Rows& rows, std::size_t job) {
  return std::lower_bound(rows.begin(), rows.end(), job_key(job),
                          [](const auto& row, const scheduler::JobKey& key) { return row.key < key; });
}

bool loses_lanes(std::optional<std::size_t> from, std::size_t to) {
  return !from || to < *from;
}

}  // namespace

GateDesk::GateDesk(const Jobs& jobs, const scheduler::Lanes& lanes, const FleetModel& fleet,
                   const SteeringModel& steering)
    : jobs_(jobs), lanes_(lanes), steering_(steering) {
  steering_.gate.lanes = lanes;
  fleet_.histories.emplace_back();
  for (std::size_t i = 0; i < static_cast<std::size_t>(fleet.hosts); ++i) {
    const Host host{i, fleet, lanes, {}};
    fleet_.runners.push_back(runner_of(i, host, fleet));
    runners_.push_back({.managed = true, .at_rest = host.traits().tags, .cut = {}, .cause = {}});
  }
  for (const SimulatedJob& job : jobs) {
    scheduler::Pool pool = scheduler::pool_of(simulated_gitlab(), traits_of(job, lanes));
    if (std::find(pools_.begin(), pools_.end(), pool) == pools_.end()) pools_.push_back(std::move(pool));
  }
}

std::size_t GateDesk::remember(const SimulatedJob& job) {
  if (free_histories_.empty()) {
    free_histories_.push_back(fleet_.histories.size());
    fleet_.histories.emplace_back();
  }
  const std::size_t history = free_histories_.back();
  free_histories_.pop_back();
  const auto p90 =
      Duration{static_cast<std::int64_t>(static_cast<double>(job.expected.count()) * kP90OverMedian)};
  fleet_.histories[history].estimate = {job.expected, p90, scheduler::EstimateBasis::job};
  return history;
}

void GateDesk::forget(std::size_t history) {
  free_histories_.push_back(history);
}

void GateDesk::arrived(std::size_t job) {
  PendingJob row = pending(job, jobs_[job], lanes_);
  row.history = remember(jobs_[job]);
  fleet_.jobs.insert(place_of(fleet_.jobs, job), std::move(row));
}

void GateDesk::taken(std::size_t job, std::size_t host, Duration now) {
  const auto waiting = place_of(fleet_.jobs, job);
  const auto place = place_of(fleet_.running, job);
  started_.insert(started_.begin() + (place - fleet_.running.begin()), now);
  fleet_.running.insert(place, {waiting->key, runner_key(host), {}, waiting->history});
  fleet_.jobs.erase(waiting);
  ++fleet_.runners[host].active_jobs;
}

void GateDesk::ended(std::size_t job, std::size_t host) {
  const auto place = place_of(fleet_.running, job);
  started_.erase(started_.begin() + (place - fleet_.running.begin()));
  forget(place->history);
  fleet_.running.erase(place);
  --fleet_.runners[host].active_jobs;
}

void GateDesk::gone(std::size_t job) {
  const auto waiting = place_of(fleet_.jobs, job);
  forget(waiting->history);
  fleet_.jobs.erase(waiting);
}

bool GateDesk::is_idle() const {
  return fleet_.jobs.empty() &&
         std::none_of(runners_.begin(), runners_.end(), [](const auto& runner) { return runner.cut; });
}

void GateDesk::tell_time(Duration now) {
  fleet_.now = kBeginning + now;
  for (PendingJob& job : fleet_.jobs) {
    job.queued = now - jobs_[static_cast<std::size_t>(job.key.job.value()) - 1].arrived;
  }
  for (std::size_t i = 0; i < fleet_.running.size(); ++i) fleet_.running[i].running = now - started_[i];
}

scheduler::Decisions GateDesk::decisions() {
  if (steering_.deciding == Deciding::lean) return lean_decisions(fleet_);
  static const scheduler::TickRules kRules;
  return scheduler::decide(fleet_, kRules, scheduler::Depth::full, advisor_);
}

std::vector<CutWrite> GateDesk::look(Duration now) {
  tell_time(now);
  const scheduler::Decisions decided = decisions();
  const scheduler::GatePlan plan = scheduler::plan_gate({.fleet = fleet_,
                                                         .decisions = decided,
                                                         .runners = runners_,
                                                         .pools = pools_,
                                                         .permitted = [](const auto&) { return true; }},
                                                        steering_.gate, memory_);
  std::vector<CutWrite> writes = open(plan);
  cut(plan, now, writes);
  return writes;
}

std::vector<CutWrite> GateDesk::open(const scheduler::GatePlan& plan) {
  std::vector<const scheduler::Cut*> wanted(runners_.size(), nullptr);
  for (const scheduler::Cut& cut : plan.cuts) wanted[cut.runner] = &cut;
  std::vector<CutWrite> writes;
  for (std::size_t host = 0; host < runners_.size(); ++host) {
    scheduler::GateRunner& runner = runners_[host];
    if (!runner.cut) continue;
    if (wanted[host] == nullptr) {
      runner.cut.reset();
      runner.cause.reset();
      writes.push_back({host, {}});
    } else if (wanted[host]->lane > *runner.cut) {
      intend(*wanted[host]);
      writes.push_back({host, runner.cut});
    }
  }
  return writes;
}

void GateDesk::cut(const scheduler::GatePlan& plan, Duration now, std::vector<CutWrite>& writes) {
  for (const scheduler::Cut& cut : plan.cuts) {
    if (!loses_lanes(runners_[cut.runner].cut, cut.lane)) {
      intend(cut);
    } else if (take_from_budget(now)) {
      intend(cut);
      writes.push_back({cut.runner, cut.lane});
    }
  }
}

void GateDesk::intend(const scheduler::Cut& cut) {
  runners_[cut.runner].cut = cut.lane;
  runners_[cut.runner].cause = cut.cause;
}

bool GateDesk::take_from_budget(Duration now) {
  while (!cuts_of_last_minute_.empty() && cuts_of_last_minute_.front() + std::chrono::minutes{1} <= now) {
    cuts_of_last_minute_.pop_front();
  }
  if (cuts_of_last_minute_.size() >= steering_.cuts_per_minute) {
    ++refused_cuts_;
    return false;
  }
  cuts_of_last_minute_.push_back(now);
  return true;
}

}  // namespace runneriq::simulation
