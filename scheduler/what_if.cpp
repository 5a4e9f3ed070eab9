#include "scheduler/what_if.hpp"

#include "scheduler/what_if_parts.hpp"

#include <cstdio>
#include <string>

namespace runneriq::scheduler {
namespace {

std::string class_and_score(const JobDecision& decision) {
  char score[16];
  std::snprintf(score, sizeof score, " (%.1f)", decision.priority.score);
  return std::string(to_text(decision.job_class)) + score;
}

bool is_wanted(JobClass found, JobClass now, Direction direction) {
  return direction == Direction::more_urgent ? found < now : found > now;
}

// All that the class of a job depends on.
FleetSnapshot fleet_with_only(const FleetSnapshot& fleet, const PendingJob& job) {
  FleetSnapshot alone;
  alone.now = fleet.now;
  alone.jobs = {job};
  alone.histories = {fleet.histories[job.history]};
  alone.jobs.front().history = 0;
  const ProjectKey project{job.key.gitlab, job.project};
  if (const auto scores = fleet.scores.find(project); scores != fleet.scores.end())
    alone.scores.insert(*scores);
  return alone;
}

bool was_assigned(const Decisions& decisions) {
  const Split& split = decisions.split;
  return split.direct + split.rules + split.advisor + split.queued > 0;
}

}  // namespace

std::optional<Alternative> class_alternative(const FleetSnapshot& fleet, const JobDecision& decision,
                                             const TickRules& rules, Advisor& advisor) {
  const Direction direction =
      decision.job_class == JobClass::critical ? Direction::less_urgent : Direction::more_urgent;
  FleetSnapshot alone = fleet_with_only(fleet, fleet.jobs[decision.job]);
  const JobFacts facts = alone.jobs.front().facts;
  for (FactChange& change : fact_changes(facts, rules.priority, direction)) {
    alone.jobs.front().facts = std::move(change.facts);
    const Decisions decided = decide(alone, rules, Depth::analyze_only, advisor);
    if (decided.jobs.size() != 1) return std::nullopt;
    const JobDecision& other = decided.jobs.front();
    if (is_wanted(other.job_class, decision.job_class, direction)) {
      return Alternative{std::move(change.words),
                         class_and_score(other) + " in place of " + class_and_score(decision)};
    }
  }
  return std::nullopt;
}

std::vector<Alternative> alternatives(const FleetSnapshot& fleet, const Decisions& decisions,
                                      std::size_t decision, const TickRules& rules, Advisor& advisor) {
  std::vector<Alternative> found;
  if (decision >= decisions.jobs.size()) return found;
  if (auto of_class = class_alternative(fleet, decisions.jobs[decision], rules, advisor)) {
    found.push_back(*std::move(of_class));
  }
  if (!was_assigned(decisions)) return found;
  for (Alternative& of_runner : runner_alternatives(fleet, decisions, decision, rules.assigner, advisor)) {
    found.push_back(std::move(of_runner));
  }
  return found;
}

}  // namespace runneriq::scheduler
