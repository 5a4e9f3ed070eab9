#include "scheduler/tick.hpp"

#include "core/printable.hpp"
#include "scheduler/calibration.hpp"
#include "scheduler/slot_forecast.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

namespace runneriq::scheduler {
namespace {

// Section 5's age cap, after which the oldest job of MEDIUM and LOW would go first, needs no code
// here: by then escalation has made the job CRITICAL.
constexpr Duration kAgeCap = std::chrono::hours{2};
static_assert(kCriticalAfter <= kAgeCap);

// ---- class --------------------------------------------------------------------------------

std::string becomes(JobClass from, JobClass to) {
  return ": " + std::string(to_text(from)) + " becomes " + std::string(to_text(to));
}

std::string critical_share(const ScoreHistory& history) {
  const auto percent = std::lround(100.0 * history.critical / history.jobs);
  return std::to_string(percent) + " % of its " + std::to_string(history.jobs) +
         " jobs of 7 days are CRITICAL";
}

const ScoreHistory* scores_of(const FleetSnapshot& fleet, const PendingJob& job) {
  const auto found = fleet.scores.find({job.key.gitlab, job.project});
  return found == fleet.scores.end() ? nullptr : &found->second;
}

void calibrate(JobDecision& decision, const FleetSnapshot& fleet, const PendingJob& job) {
  if (decision.job_class != JobClass::critical) return;
  const ScoreHistory* const history = scores_of(fleet, job);
  if (history == nullptr) return;
  const JobClass to = calibrated(decision.job_class, decision.priority.score, *history);
  if (to == decision.job_class) return;
  decision.class_reasons.push_back("the project has inflated its priorities, " + critical_share(*history) +
                                   becomes(decision.job_class, to));
  decision.job_class = to;
}

void escalate(JobDecision& decision, const PendingJob& job) {
  const JobClass to = escalated(decision.job_class, job.queued);
  if (to == decision.job_class) return;
  decision.class_reasons.push_back("waited " + to_reading(job.queued) + becomes(decision.job_class, to));
  decision.job_class = to;
}

// Before escalation.
JobDecision scored(const FleetSnapshot& fleet, const PendingJob& job, const PriorityRules& rules) {
  JobDecision decision;
  decision.priority = analyze(job.facts, rules);
  decision.job_class = decision.priority.job_class;
  calibrate(decision, fleet, job);
  decision.calibrated = decision.job_class;
  return decision;
}

JobDecision analyzed(const FleetSnapshot& fleet, std::size_t index, const PriorityRules& rules) {
  JobDecision decision = scored(fleet, fleet.jobs[index], rules);
  decision.job = index;
  escalate(decision, fleet.jobs[index]);
  return decision;
}

std::multimap<JobKey, WaitedFor> holders_of_resources(const FleetSnapshot& fleet,
                                                      const PriorityRules& rules) {
  std::multimap<JobKey, WaitedFor> holders;
  for (const ResourceWait& wait : fleet.resource_waits) {
    holders.emplace(wait.holder, WaitedFor{.waiter = wait.waiter.key,
                                           .tags = wait.waiter.traits.tags,
                                           .job_class = scored(fleet, wait.waiter, rules).calibrated});
  }
  return holders;
}

// ---- order --------------------------------------------------------------------------------

// Within its class: lower is sooner. The score, or the expected duration.
double urgency(const FleetSnapshot& fleet, const JobDecision& decision) {
  if (decision.job_class <= JobClass::high) return -decision.priority.score;
  const Duration expected = history_of(fleet, fleet.jobs[decision.job]).estimate.median;
  return static_cast<double>(std::max(expected, Duration::zero()).count());
}

struct Place {
  JobClass job_class;
  double urgency;
  const JobKey* key;

  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.job_class, a.urgency, a.key->job, a.key->gitlab) <
           std::tie(b.job_class, b.urgency, b.key->job, b.key->gitlab);
  }
};

Place place_of(const FleetSnapshot& fleet, const JobDecision& decision) {
  return {decision.job_class, urgency(fleet, decision), &fleet.jobs[decision.job].key};
}

void put_in_order(const FleetSnapshot& fleet, std::vector<JobDecision>& decisions) {
  std::vector<std::pair<Place, std::size_t>> places;
  places.reserve(decisions.size());
  for (std::size_t i = 0; i < decisions.size(); ++i) places.emplace_back(place_of(fleet, decisions[i]), i);
  std::sort(places.begin(), places.end());
  std::vector<JobDecision> ordered;
  ordered.reserve(decisions.size());
  for (const auto& [place, index] : places) ordered.push_back(std::move(decisions[index]));
  decisions = std::move(ordered);
}

// ---- runners ------------------------------------------------------------------------------

std::vector<RankedJob> ranked(const std::vector<JobDecision>& decisions) {
  std::vector<RankedJob> jobs;
  jobs.reserve(decisions.size());
  for (const JobDecision& decision : decisions) jobs.push_back({decision.job, decision.job_class});
  return jobs;
}

void add_refused_wishes(JobDecision& decision) {
  for (const std::string& anomaly : decision.priority.anomalies) {
    decision.assignment.anomalies.push_back(printable(anomaly));
  }
}

void expect_starts(const FleetSnapshot& fleet, std::vector<JobDecision>& decisions) {
  SlotForecast forecast{fleet};
  for (JobDecision& decision : decisions) {
    if (!decision.assignment.chosen) continue;
    const Duration expected = history_of(fleet, fleet.jobs[decision.job]).estimate.median;
    decision.expected_start = forecast.start(decision.assignment.chosen->runner, expected);
  }
}

void give_runners(const FleetSnapshot& fleet, const AssignerOptions& options, Advisor& advisor,
                  Decisions& decisions) {
  std::vector<Assignment> assignments = assign(fleet, ranked(decisions.jobs), options, advisor);
  decisions.split = split_of(assignments);
  for (std::size_t i = 0; i < assignments.size(); ++i)
    decisions.jobs[i].assignment = std::move(assignments[i]);
  expect_starts(fleet, decisions.jobs);
}

// ---- flags --------------------------------------------------------------------------------

std::string project_title(const FleetSnapshot& fleet, const ProjectKey& key) {
  const std::string number = "project " + std::to_string(key.project.value());
  const auto job = std::find_if(fleet.jobs.begin(), fleet.jobs.end(), [&](const PendingJob& j) {
    return j.project == key.project && j.key.gitlab == key.gitlab && !j.traits.project_path.empty();
  });
  return job == fleet.jobs.end() ? number : number + " (" + printable(job->traits.project_path, 80) + ")";
}

std::vector<std::string> inflated_projects(const FleetSnapshot& fleet) {
  std::vector<std::string> flags;
  for (const auto& [key, history] : fleet.scores) {
    if (!is_inflated(history)) continue;
    flags.push_back(project_title(fleet, key) + ": " + critical_share(history) +
                    ", so they are ranked against its own history");
  }
  return flags;
}

}  // namespace

Decisions decide(const FleetSnapshot& fleet, const TickRules& rules, Depth depth, Advisor& advisor) {
  Decisions decisions;
  if (depth == Depth::monitor_only) return decisions;
  decisions.jobs.reserve(fleet.jobs.size());
  for (std::size_t i = 0; i < fleet.jobs.size(); ++i) {
    decisions.jobs.push_back(analyzed(fleet, i, rules.priority));
  }
  put_in_order(fleet, decisions.jobs);
  decisions.holders = holders_of_resources(fleet, rules.priority);
  decisions.flags = inflated_projects(fleet);
  if (depth == Depth::full) give_runners(fleet, rules.assigner, advisor, decisions);
  for (JobDecision& decision : decisions.jobs) add_refused_wishes(decision);
  return decisions;
}

bool comes_before(const FleetSnapshot& fleet, const JobDecision& a, const JobDecision& b) {
  return place_of(fleet, a) < place_of(fleet, b);
}

}  // namespace runneriq::scheduler
