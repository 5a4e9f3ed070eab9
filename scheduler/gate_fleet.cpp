#include "scheduler/gate_fleet.hpp"

#include "core/glob.hpp"
#include "scheduler/candidate_gate.hpp"
#include "scheduler/runner_table.hpp"

#include <algorithm>

namespace runneriq::scheduler {
namespace {

bool is_elastic(const FleetRunner& runner, const std::vector<std::string>& elastic) {
  if (runner.managers > 1) return true;
  const std::string id = std::to_string(runner.key.runner.value());
  return std::any_of(elastic.begin(), elastic.end(), [&](const std::string& entry) {
    return entry == id || glob_matches(entry, runner.description);
  });
}

std::optional<std::size_t> cut_in_force(const GateRunner& gate, std::optional<std::size_t> last_lane) {
  return gate.cut && last_lane && *gate.cut < *last_lane ? gate.cut : std::nullopt;
}

const GateRunner& gate_of(const GateInput& input, std::size_t index) {
  static const GateRunner kNotOurs{};
  return index < input.runners.size() ? input.runners[index] : kNotOurs;
}

GatedRunner gated(const GateInput& input, std::size_t index, const GateOptions& options) {
  const FleetRunner& runner = input.fleet.runners[index];
  const GateRunner& gate = gate_of(input, index);
  const std::optional<std::size_t> last_lane = options.lanes.of(gate.at_rest);
  return {.index = index,
          .runner = &runner,
          .gate = &gate,
          .last_lane = last_lane,
          .cut = cut_in_force(gate, last_lane),
          .is_fresh = runner.age <= options.oldest_data,
          .has_free_slot = runner.active_jobs < std::max(runner.max_jobs, 1),
          .is_elastic = is_elastic(runner, options.elastic)};
}

PendingJob asked(const Pool& kind) {
  PendingJob job;
  job.key.gitlab = kind.gitlab;
  job.project = kind.traits.project;
  job.traits = kind.traits;
  return job;
}

}  // namespace

GateFleet::GateFleet(const GateInput& input, const GateOptions& options) : rows_(input.fleet.runners.size()) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (gate_of(input, i).managed) runners_.push_back(gated(input, i, options));
  }
  std::sort(runners_.begin(), runners_.end(),
            [](const GatedRunner& a, const GatedRunner& b) { return a.runner->key < b.runner->key; });
  for (std::size_t row = 0; row < size(); ++row) rows_[runners_[row].index] = row;
}

RunnerSet GateFleet::taking_jobs(const GitLabUrl& gitlab) const {
  RunnerSet set = nobody();
  for (std::size_t row = 0; row < size(); ++row) {
    const FleetRunner& runner = *runners_[row].runner;
    if (runner.key.gitlab == gitlab && takes_jobs(runner)) set.add(row);
  }
  return set;
}

std::vector<RunnerSet> GateFleet::takers(std::span<const Pool> kinds) const {
  FleetSnapshot fleet = at_rest();
  std::vector<RankedJob> all;
  fleet.jobs.reserve(kinds.size());
  all.reserve(kinds.size());
  for (const Pool& kind : kinds) {
    all.push_back({.job = fleet.jobs.size()});
    fleet.jobs.push_back(asked(kind));
  }
  const RunnerTable table{fleet, RunnerWeights{}};
  CandidateGate gate{fleet, table, all};
  std::vector<RunnerSet> takers(kinds.size(), nobody());
  for (std::size_t i = 0; i < kinds.size(); ++i) gate.find(fleet.jobs[i], takers[i]);
  return takers;
}

// In the order of keys, so that rows of a RunnerTable on it are ours.
FleetSnapshot GateFleet::at_rest() const {
  FleetSnapshot fleet;
  fleet.runners.reserve(size());
  for (const GatedRunner& gated : runners_) {
    fleet.runners.push_back(*gated.runner);
    fleet.runners.back().traits.tags = gated.gate->at_rest;
  }
  return fleet;
}

}  // namespace runneriq::scheduler
