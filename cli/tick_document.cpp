#include "cli/tick_document.hpp"

#include "cli/job_document.hpp"
#include "cli/steering_document.hpp"
#include "scheduler/assigner.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::Depth;
using scheduler::FleetRunner;
using scheduler::JobDecision;
using scheduler::Tick;

std::string_view to_text(scheduler::CapacityBasis basis) {
  constexpr std::array<std::string_view, 3> kTexts{"configured", "reported", "observed"};
  return kTexts.at(static_cast<std::size_t>(basis));
}

std::string_view to_text(Depth depth) {
  constexpr std::array<std::string_view, 3> kTexts{"monitor-only", "analyze-only", "full"};
  return kTexts.at(static_cast<std::size_t>(depth));
}

// Its host's load when that is known, else the share of its slots that are taken; 0..1.
double utilisation(const FleetRunner& runner) {
  const double load =
      runner.host_load.value_or(static_cast<double>(runner.active_jobs) / std::max(runner.max_jobs, 1));
  return std::round(std::clamp(load, 0.0, 1.0) * 1000) / 1000;
}

json runner_document(const FleetRunner& runner) {
  return {{"id", runner.key.runner.value()},
          {"gitlab", runner.key.gitlab.value()},
          {"description", runner.description},
          {"status", gitlab::to_text(runner.status)},
          {"online", runner.status == gitlab::RunnerStatus::online},
          {"paused", runner.paused},
          {"takes_jobs", scheduler::takes_jobs(runner)},
          {"contact_age_seconds", runner.contact_age ? json(seconds_of(*runner.contact_age)) : json(nullptr)},
          {"active_jobs", runner.active_jobs},
          {"max_jobs", runner.max_jobs},
          {"capacity_basis", to_text(runner.capacity_basis)},
          {"utilisation", utilisation(runner)},
          {"managers", runner.managers},
          {"tags", runner.traits.tags},
          {"run_untagged", runner.traits.run_untagged},
          {"protected_only", runner.traits.protected_only},
          {"type", gitlab::to_text(runner.traits.type)},
          {"zone", runner.zone.value()}};
}

json stuck_document(const scheduler::StuckJob& job) {
  return {{"id", job.key.job.value()},
          {"gitlab", job.key.gitlab.value()},
          {"project_id", job.project.value()},
          {"name", job.name},
          {"runner_id", job.runner ? json(job.runner->runner.value()) : json(nullptr)},
          {"running_seconds", seconds_of(job.running)},
          {"reason", job.reason}};
}

template <class List, class ToDocument>
json list_of(const List& list, ToDocument to_document) {
  json documents = json::array();
  for (const auto& item : list) documents.push_back(to_document(item));
  return documents;
}

json monitor_document(const Tick& tick) {
  return {{"runners", list_of(tick.snapshot.runners, runner_document)},
          {"changes", list_of(tick.monitor.changes, change_document)},
          {"stuck_jobs", list_of(tick.monitor.stuck_jobs, stuck_document)}};
}

using Shown = std::vector<const JobDecision*>;

Shown decisions_in_view(const Tick& tick, const TickView& view) {
  Shown shown;
  if (view.depth == Depth::monitor_only) return shown;
  for (const JobDecision& decision : tick.decisions.jobs) {
    const scheduler::PendingJob& job = tick.snapshot.jobs[decision.job];
    if (!view.pipeline || job.pipeline == *view.pipeline) shown.push_back(&decision);
  }
  return shown;
}

json analyzer_document(const Tick& tick, const Shown& shown) {
  return {
      {"jobs", list_of(shown, [&](const JobDecision* shown_one) { return job_document(tick, *shown_one); })},
      {"flags", tick.decisions.flags}};
}

json assigner_document(const Tick& tick, const Shown& shown, Depth depth) {
  if (depth != Depth::full) return {{"assignments", json::array()}, {"split", split_document({})}};
  std::vector<scheduler::Assignment> assignments;
  for (const JobDecision* decision : shown) assignments.push_back(decision->assignment);
  return {
      {"assignments",
       list_of(shown, [&](const JobDecision* shown_one) { return assignment_document(tick, *shown_one); })},
      {"split", split_document(scheduler::split_of(assignments))}};
}

json calls_document(const gitlab::CallCount& calls) {
  return {{"calls", calls.calls},
          {"failed", calls.failed},
          {"retried", calls.retried},
          {"mutating", calls.mutating},
          {"bytes", calls.bytes}};
}

// Why runners are no candidates: sentences with how many they are true for.
json exclusions_document(const scheduler::Exclusions& excluded) {
  json list = json::array();
  const auto add = [&](std::string_view why, int runners) {
    if (runners > 0) list.push_back({{"why", why}, {"runners", runners}});
  };
  add("the runner is offline", excluded.offline);
  add("the runner is paused", excluded.paused);
  add("the runner has not been heard of lately", excluded.silent);
  add("the runner's details are not known yet", excluded.unknown_traits);
  for (std::size_t match = 0; match < excluded.by_match.size(); ++match) {
    const auto why = static_cast<gitlab::Match>(match);
    if (why != gitlab::Match::takes) add(gitlab::to_text(why), excluded.by_match.at(match));
  }
  return list;
}

}  // namespace

nlohmann::json change_document(const scheduler::RunnerChange& change) {
  return {{"runner_id", change.runner.runner.value()},
          {"gitlab", change.runner.gitlab.value()},
          {"runner", change.description},
          {"kind", scheduler::to_text(change.kind)},
          {"tags_added", change.tags_added},
          {"tags_removed", change.tags_removed}};
}

json tick_document(const Tick& tick, const TickView& view, const scheduler::SteeringReport* steering) {
  const Shown shown = decisions_in_view(tick, view);
  return {{"now", runneriq::to_text(tick.now)},
          {"run", view.run},
          {"mode", to_text(view.depth)},
          {"monitor", monitor_document(tick)},
          {"analyzer", analyzer_document(tick, shown)},
          {"assigner", assigner_document(tick, shown, view.depth)},
          {"action_bridge", steering_document(steering)},
          {"degraded", tick.degraded},
          {"api", calls_document(tick.calls)}};
}

json explanation_document(const Tick& tick, std::size_t decision,
                          std::span<const scheduler::Alternative> alternatives) {
  const JobDecision& explained = tick.decisions.jobs[decision];
  const auto excluded = scheduler::exclusions(tick.snapshot, tick.snapshot.jobs[explained.job]);
  return {{"now", runneriq::to_text(tick.now)},
          {"position", decision + 1},
          {"pending", tick.decisions.jobs.size()},
          {"job", job_document(tick, explained)},
          {"assignment", assignment_document(tick, explained)},
          {"runners", tick.snapshot.runners.size()},
          {"exclusions", exclusions_document(excluded)},
          {"alternatives", list_of(alternatives,
                                   [](const scheduler::Alternative& alternative) -> json {
                                     return {{"change", alternative.change}, {"effect", alternative.effect}};
                                   })},
          {"degraded", tick.degraded}};
}

}  // namespace runneriq::cli
