#include "scheduler/gate.hpp"

#include "scheduler/gate_cover.hpp"
#include "scheduler/gate_cuts.hpp"
#include "scheduler/gate_fleet.hpp"
#include "scheduler/gate_grants.hpp"
#include "scheduler/gate_phantoms.hpp"
#include "scheduler/gate_reach.hpp"
#include "scheduler/gate_waiters.hpp"
#include "scheduler/gate_words.hpp"

#include <algorithm>
#include <iterator>

namespace runneriq::scheduler {
namespace {

// Why a runner stays open whatever waits; none: that depends.
std::optional<OpenBecause> kept_open(const GatedRunner& runner) {
  if (!takes_jobs(*runner.runner)) return OpenBecause::not_in_contact;
  if (!runner.is_fresh) return OpenBecause::old_data;
  return std::nullopt;
}

std::vector<std::optional<OpenBecause>> kept_open(const GateFleet& fleet, const RunnerSet& of_pools,
                                                  const RunnerSet& idle) {
  std::vector<std::optional<OpenBecause>> because(fleet.size());
  for (std::size_t row = 0; row < fleet.size(); ++row) {
    because[row] = kept_open(fleet.at(row));
    if (because[row]) continue;
    if (of_pools.has(row)) {
      because[row] = OpenBecause::covers_a_pool;
    } else if (idle.has(row)) {
      because[row] = OpenBecause::phantom;
    }
  }
  return because;
}

struct Takers {
  std::vector<RunnerSet> all;
  std::span<const RunnerSet> of_pools, of_waiters;  // parts of `all`
};

// Asked for together: jobs and their pools have most of the question in common.
Takers takers_of(std::span<const Pool> pools, const Waiters& waiters, const GateFleet& fleet,
                 const Lanes& lanes) {
  std::vector<Pool> kinds = in_all_lanes(pools, lanes);
  kinds.insert(kinds.end(), waiters.kinds.begin(), waiters.kinds.end());
  Takers takers{.all = fleet.takers(kinds), .of_pools = {}, .of_waiters = {}};
  takers.of_pools = std::span{takers.all}.first(pools.size());
  takers.of_waiters = std::span{takers.all}.subspan(pools.size());
  return takers;
}

// Of the pools without cover those in which a job with a lane waits, where runners are managed at all.
std::vector<Pool> worth_a_word(const std::vector<Pool>& uncovered, const Waiters& waiters,
                               const GateFleet& fleet) {
  std::vector<Pool> waiting;
  for (const Pool& kind : waiters.kinds) waiting.push_back(pool_of(kind.gitlab, kind.traits));
  std::sort(waiting.begin(), waiting.end());
  waiting.erase(std::unique(waiting.begin(), waiting.end()), waiting.end());
  std::vector<Pool> both;
  std::set_intersection(uncovered.begin(), uncovered.end(), waiting.begin(), waiting.end(),
                        std::back_inserter(both));
  std::set<GitLabUrl> managed;
  for (std::size_t row = 0; row < fleet.size(); ++row) managed.insert(fleet.at(row).runner->key.gitlab);
  std::erase_if(both, [&](const Pool& pool) { return !managed.contains(pool.gitlab); });
  return both;
}

void remember_open(const RunnerSet& open, const GateFleet& fleet, GateMemory& memory) {
  memory.open.clear();
  open.for_each([&](std::size_t row) { memory.open.insert(fleet.at(row).runner->key); });
}

std::vector<std::size_t> indices(const RunnerSet& rows, const GateFleet& fleet) {
  std::vector<std::size_t> indices;
  rows.for_each([&](std::size_t row) { indices.push_back(fleet.at(row).index); });
  std::sort(indices.begin(), indices.end());
  return indices;
}

void keep_most_important(std::vector<Cut>& cuts, std::size_t most, std::vector<OpenBecause>& open_because) {
  for (std::size_t i = most; i < cuts.size(); ++i) open_because[cuts[i].runner] = OpenBecause::most_are_cut;
  if (cuts.size() > most) cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(most), cuts.end());
}

std::vector<OpenBecause> by_index(const std::vector<OpenBecause>& by_row, const GateFleet& fleet,
                                  std::size_t runners) {
  std::vector<OpenBecause> because(runners, OpenBecause::not_managed);
  for (std::size_t row = 0; row < fleet.size(); ++row) because[fleet.at(row).index] = by_row[row];
  return because;
}

}  // namespace

std::string_view to_text(OpenBecause reason) {
  switch (reason) {
    case OpenBecause::not_managed:
      return "not_managed";
    case OpenBecause::covers_a_pool:
      return "covers_a_pool";
    case OpenBecause::nothing_waits:
      return "nothing_waits";
    case OpenBecause::short_wait:
      return "short_wait";
    case OpenBecause::free_or_elastic:
      return "free_or_elastic";
    case OpenBecause::phantom:
      return "phantom";
    case OpenBecause::old_data:
      return "old_data";
    case OpenBecause::not_in_contact:
      return "not_in_contact";
    case OpenBecause::left_alone:
      return "left_alone";
    case OpenBecause::not_approved:
      return "not_approved";
    case OpenBecause::most_are_cut:
      return "most_are_cut";
  }
  return "";
}

GatePlan plan_gate(const GateInput& input, const GateOptions& options, GateMemory& memory) {
  forget_the_gone(input.fleet, memory);
  const GateFleet fleet{input, options};
  const Waiters waiters = waiters_of(input, options);
  const std::vector<Pool> pools = all_pools(input);
  const Takers takers = takers_of(pools, waiters, fleet, options.lanes);
  const Cover covered = cover(fleet, pools, takers.of_pools, options.lanes, memory.open);
  remember_open(covered.open, fleet, memory);
  Idle idle = find_idle(input, fleet, options, memory);
  const Phantoms phantoms = phantoms_by_job(fleet, memory);
  Grants grants = plan_grants(input, fleet, options);
  const Reach reach{input, options.lanes, fleet, waiters, takers.of_waiters, grants, phantoms};
  CutChoice choice = choose_cuts({.input = input,
                                  .lanes = options.lanes,
                                  .fleet = fleet,
                                  .waiters = waiters.jobs,
                                  .reach = reach,
                                  .kept_lanes = lanes_of_holders(input, options.lanes, fleet, waiters, reach),
                                  .kept_open = kept_open(fleet, covered.open, idle.open_now)});

  GatePlan plan;
  plan.open_because = by_index(choice.open_because, fleet, input.fleet.runners.size());
  plan.open_runners = indices(covered.open, fleet);
  plan.cuts = std::move(choice.cuts);
  put_in_order(plan.cuts, input.fleet);
  keep_most_important(plan.cuts, options.most_cut, plan.open_because);
  plan.unapproved = std::move(choice.unapproved);
  plan.grants = std::move(grants.made);
  plan.unapproved_grants = std::move(grants.unapproved);
  plan.sentences = std::move(idle.sentences);
  const std::vector<Pool> uncovered = worth_a_word(covered.uncovered, waiters, fleet);
  if (!uncovered.empty()) plan.sentences.push_back(words_of_uncovered(uncovered));
  return plan;
}

}  // namespace runneriq::scheduler
