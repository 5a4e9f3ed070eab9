// The assigner: for each pending job the best runner, and why. Pure; the only maker of an Assignment.
#pragma once

#include "scheduler/advisor.hpp"
#include "scheduler/carbon_assignment.hpp"
#include "scheduler/carbon_weights.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/job_class.hpp"
#include "scheduler/runner_score.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

enum class DecisionMode { hybrid, rules_only, claude_only };

struct AssignerOptions {
  RunnerWeights weights;
  DecisionMode mode = DecisionMode::hybrid;
  double margin_threshold = 0.15;   // 0..1, relative to the better score
  int daily_token_budget = 50'000;  // of models that are asked; 0 = unlimited
  CarbonWeights carbon_weights = {};
  double default_watts = 6;  // of a job: carbon.default_watts
  double pue = 1;            // of the runners' sites: carbon.pue
};

// How a decision was reached: no candidate; one candidate; clear by the scores; asked.
enum class DecisionPath { none, direct, rules, advisor };
std::string_view to_text(DecisionPath path);  // "none", "direct", "rules", "advisor"

// Why runners are no candidates for a job, with how many of each.
struct Exclusions {
  int offline = 0, paused = 0, silent = 0, unknown_traits = 0;
  std::array<int, 5> by_match{};  // by gitlab::Match
};

struct Assignment {
  DecisionPath path = DecisionPath::none;
  std::optional<RunnerScore> chosen;     // none: the job stays queued
  std::optional<RunnerScore> runner_up;  // the best of the others
  double margin = 0;  // (better − second) / better of the two best scores, 0..1; 1 with one candidate
  int candidates = 0;
  bool waits_for_slot = false;  // all slots of the chosen runner are taken, by running jobs or jobs ahead
  std::string reason;           // one sentence, printable
  std::string model = {};       // that the advisor left it to, printable; "" = rules decided
  std::vector<std::string> anomalies;  // sentences, printable
  // None: carbon is off, or nothing is known of that of any candidate.
  std::optional<AssignmentCarbon> carbon = {};
};

// What the assigner is told of a job.
struct RankedJob {
  std::size_t job = 0;                 // index in the snapshot
  JobClass job_class = JobClass::low;  // effective
};

struct Split {
  int direct = 0, rules = 0, advisor = 0, queued = 0;
};

// One assignment per entry of `in_order`, in that order: each takes a slot of its runner from
// those that follow; where all slots are taken it waits, and is counted as waiting.
// - Candidates are the runners of the job's GitLab that take jobs (takes_jobs) and may take this one
//   (gitlab::could_take); full ones, too, with utilisation and capacity 0.
// - The higher score is the better one; of equal scores the runner with fewer waiting jobs per slot,
//   then the lower id. But so that those who wait do not all wait for the same best runner, one with
//   a whole round of waiting jobs more (one per slot) comes behind, whatever its score.
// - Two or more candidates: in hybrid mode the advisor is asked when the margin is at most
//   `margin_threshold` and neither has the longer round; in claude_only always; in rules_only never.
// - Where the fleet has carbon and that of a candidate is known, carbon has its share of the score, by class;
//   but a CRITICAL, HIGH or MEDIUM job is not given a runner for it on which it is expected to take longer,
//   beyond most_slowdown(), than on the best one without carbon, nor a full one while a slot is free.
//   Of a candidate without data the factor is left out. Without carbon all is as if there was none.
// Weights count in proportion to their sum. A reported host load grows by one slot's share with each
// job that was given the runner.
// O(jobs × runners) at worst; memory of O(jobs + runners + kinds of jobs).
std::vector<Assignment> assign(const FleetSnapshot& fleet, std::span<const RankedJob> in_order,
                               const AssignerOptions& options, Advisor& advisor);

Split split_of(std::span<const Assignment> assignments);

// How many runners of the job's GitLab could not be given it, and why; each counts once: details
// unknown, what gitlab::could_take() says, offline, paused, silent, in this order, so that resuming a
// paused one would help. For explanations; O(runners).
Exclusions exclusions(const FleetSnapshot& fleet, const PendingJob& job);

}  // namespace runneriq::scheduler
