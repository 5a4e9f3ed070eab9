// A fleet and what the gate is told of it, for tests of the gate: jobs are scored by hand.
#pragma once

#include "core/tag_names.hpp"
#include "scheduler/gate.hpp"
#include "tests/support/fleet_maker.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

struct GateScene {
  FleetSnapshot fleet = fleet_of({}, {});
  Decisions decisions;
  std::vector<GateRunner> runners;
  std::vector<Pool> pools;
  GateOptions options;
  GateMemory memory;
  Permitted permitted = [](const GateAction&) { return true; };

  static std::vector<std::string> sorted(std::vector<std::string> tags) {
    std::sort(tags.begin(), tags.end());
    return tags;
  }

  std::vector<std::string> rest_tags(std::vector<std::string> tags) const {
    tags.insert(tags.end(), options.lanes.tags().begin(), options.lanes.tags().end());
    tags.emplace_back(kManagedTag);
    return sorted(std::move(tags));
  }

  // Full, managed, with all lanes and these tags.
  std::size_t add_runner(std::int64_t id, std::vector<std::string> tags = {}, int slots = 1) {
    fleet.runners.push_back(runner_with(id, rest_tags(std::move(tags)), slots, slots));
    runners.push_back({.managed = true,
                       .at_rest = fleet.runners.back().traits.tags,
                       .cut = {},
                       .cause = {},
                       .left_alone = false});
    return fleet.runners.size() - 1;
  }

  std::size_t add_unmanaged(std::int64_t id, std::vector<std::string> tags = {}) {
    const std::size_t index = add_runner(id, std::move(tags));
    runners[index].managed = false;
    return index;
  }

  // Its decisions stand in the order in which jobs are added.
  std::size_t add_job(std::int64_t id, std::vector<std::string> tags, JobClass job_class,
                      std::string name = "lint") {
    PendingJob job = job_with(id, sorted(std::move(tags)));
    job.facts.name = std::move(name);
    job.queued = std::chrono::seconds{10};
    fleet.jobs.push_back(std::move(job));
    JobDecision decision;
    decision.job = fleet.jobs.size() - 1;
    decision.calibrated = job_class;
    decision.job_class = JobClass::critical;  // escalated: must not matter
    decisions.jobs.push_back(std::move(decision));
    return fleet.jobs.size() - 1;
  }
  void remove_jobs() {
    fleet.jobs.clear();
    decisions.jobs.clear();
  }
  JobDecision& decision_of(std::size_t job) {
    return *std::find_if(decisions.jobs.begin(), decisions.jobs.end(),
                         [&](const JobDecision& decision) { return decision.job == job; });
  }

  GatePlan plan() {
    return plan_gate(
        {.fleet = fleet, .decisions = decisions, .runners = runners, .pools = pools, .permitted = permitted},
        options, memory);
  }

  // As if the plan had been carried out.
  void enforce(const GatePlan& plan) {
    for (GateRunner& runner : runners) runner.cut.reset(), runner.cause.reset();
    for (const Cut& cut : plan.cuts) {
      runners[cut.runner].cut = cut.lane;
      runners[cut.runner].cause = cut.cause;
    }
  }

  std::int64_t id_of(std::size_t runner) const { return fleet.runners[runner].key.runner.value(); }

  // "1:critical 2:short", in the plan's order; "!" behind what is new.
  std::string cuts_of(const std::vector<Cut>& cuts) const {
    std::string text;
    for (const Cut& cut : cuts) {
      text += (text.empty() ? "" : " ") + std::to_string(id_of(cut.runner)) + ":" +
              std::string(options.lanes.name(cut.lane)) + (cut.is_new ? "!" : "");
    }
    return text;
  }
  std::set<std::int64_t> open_ids(const GatePlan& plan) const {
    std::set<std::int64_t> ids;
    for (const std::size_t runner : plan.open_runners) ids.insert(id_of(runner));
    return ids;
  }
};

}  // namespace runneriq::scheduler
