#include "scheduler/deferred_jobs.hpp"

#include "core/glob.hpp"
#include "core/printable.hpp"
#include "scheduler/analyzer.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::ManualJob;

constexpr std::string_view kPriorityVariable = "RUNNERIQ_PRIORITY";

std::string title(const ManualJob& manual) {
  return "job " + std::to_string(manual.job.id.value()) + " (" + printable(manual.job.name, 60) + ")";
}

// ---- marks --------------------------------------------------------------------------------

struct Mark {
  std::string name;
  Result<Time> deadline;
};

bool is_for(const carbon::DeferralRule& rule, const ManualJob& manual) {
  const bool project = rule.project == std::to_string(manual.project.id.value()) ||
                       glob_matches(rule.project, manual.project.path);
  return project && rule.deadline > Duration::zero() && glob_matches(rule.job, manual.job.name);
}

std::optional<Mark> mark_of(const ManualJob& manual, std::span<const carbon::DeferralRule> rules) {
  const auto own = manual.variables.find(std::string(kDeadlineVariable));
  if (own != manual.variables.end()) {
    if (own->second.empty()) return std::nullopt;
    return Mark{std::string(kDeadlineVariable), parse_deadline(own->second, manual.pipeline_created)};
  }
  const auto rule = std::ranges::find_if(rules, [&](const auto& one) { return is_for(one, manual); });
  if (rule == rules.end()) return std::nullopt;
  return Mark{"rule " + printable(rule->name, 60), manual.pipeline_created + rule->deadline};
}

Result<Time> within_reach(Duration wait, std::string_view text, Time pipeline_created) {
  if (wait <= kLongestDeadline) return pipeline_created + wait;
  return fail(Errc::invalid_argument,
              std::string(kDeadlineVariable) + " is " + quoted_text(text) +
                  ", which is more than 30 days after the pipeline's creation; give it an earlier one");
}

// ---- jobs as if they were pending ---------------------------------------------------------

// Nobody has read which refs are protected; GitLab protects the default branch unless told otherwise. What
// follows for runners of protected refs: see takers_of().
gitlab::FleetReading as_reading(const GitLabUrl& gitlab, std::span<const ManualJob> manual, Time now) {
  gitlab::FleetReading reading;
  reading.gitlab = gitlab;
  reading.read_at = now;
  std::map<ProjectId, gitlab::Project> projects;
  for (const ManualJob& each : manual) {
    projects.emplace(each.project.id, each.project);
    reading.pending.push_back(each.job);
    reading.protected_refs[each.project.id].branches = {each.project.default_branch};
  }
  for (auto& [id, project] : projects) reading.projects.push_back(std::move(project));
  return reading;
}

JobClass class_of(const ManualJob& manual, PendingJob job, const PriorityRules& rules) {
  job.facts.manual = false;  // a person asks for it no more than for others
  const auto wish = manual.variables.find(std::string(kPriorityVariable));
  if (wish != manual.variables.end()) job.facts.wish = wish->second;
  return analyze(job.facts, rules).job_class;
}

struct Takers {
  bool any = false;
  std::vector<carbon::ZoneKey> zones;
};

Takers takers_with(const gitlab::JobTraits& traits, const GitLabUrl& gitlab, const FleetSnapshot& fleet) {
  Takers takers;
  std::set<carbon::ZoneKey> zones;
  for (const FleetRunner& runner : fleet.runners) {
    if (runner.key.gitlab != gitlab || !takes_jobs(runner)) continue;
    if (gitlab::could_take(runner.traits, traits) != gitlab::Match::takes) continue;
    takers.any = true;
    if (runner.zone != carbon::ZoneKey{}) zones.insert(runner.zone);
  }
  takers.zones.assign(zones.begin(), zones.end());
  return takers;
}

// Runners of protected refs alone count where no other is left: the job's ref may be protected.
Takers takers_of(const PendingJob& job, const FleetSnapshot& fleet) {
  Takers takers = takers_with(job.traits, job.key.gitlab, fleet);
  if (takers.any || job.traits.ref_protected) return takers;
  gitlab::JobTraits if_protected = job.traits;
  if_protected.ref_protected = true;
  return takers_with(if_protected, job.key.gitlab, fleet);
}

// ---- verdicts -----------------------------------------------------------------------------

struct Candidate {
  const ManualJob& manual;
  const Mark& mark;
  JobClass job_class;
  const Takers& takers;
};

// "" = it may be deferred.
std::string why_left_alone(const Candidate& candidate, Time now) {
  const ManualJob& manual = candidate.manual;
  if (!manual.job.allow_failure)
    return "its pipeline waits for it; give it allow_failure: true to let it be deferred";
  if (!candidate.mark.deadline) return candidate.mark.deadline.error().message;
  if (candidate.job_class <= JobClass::high)
    return "it is " + std::string(to_text(candidate.job_class)) + ", and none of those is delayed";
  if (*candidate.mark.deadline <= now)
    return "its deadline passed at " + runneriq::to_text(*candidate.mark.deadline) + ": a person decides";
  if (!candidate.takers.any)
    return "no runner that takes jobs now could take it, whether its ref is protected or not";
  return "";
}

carbon::DeferrableJob terms_of(const Candidate& candidate, const GitLabUrl& gitlab,
                               const DurationEstimate& estimate, const DeferralScene& scene) {
  return {.gitlab = gitlab,
          .job = candidate.manual.job.id,
          .name = candidate.manual.job.name,
          .ready = scene.now,
          .deadline = *candidate.mark.deadline,
          .expected = estimate.median,
          .longest = longest_of(estimate),
          .watts = scene.watts,
          .zones = candidate.takers.zones};
}

std::map<JobId, PendingJob> as_pending(const GitLabUrl& gitlab, std::span<const ManualJob> manual,
                                       const HistoryIndex& histories, Time now) {
  const gitlab::FleetReading reading = as_reading(gitlab, manual, now);
  std::map<JobId, PendingJob> pending;
  for (PendingJob& job : waiting_jobs({&reading, 1}, histories, now)) {
    const JobId id = job.key.job;
    pending.emplace(id, std::move(job));
  }
  return pending;
}

}  // namespace

Result<Time> parse_deadline(std::string_view text, Time pipeline_created) {
  if (const auto duration = parse_duration(text)) return within_reach(*duration, text, pipeline_created);
  if (const auto time = parse_time(text))
    return within_reach(*time - pipeline_created, text, pipeline_created);
  return fail(Errc::invalid_argument,
              std::string(kDeadlineVariable) + " is " + quoted_text(text) +
                  ", which is neither a time such as 2026-03-01T18:00:00Z nor a duration such as 20h");
}

Duration longest_of(const DurationEstimate& estimate) {
  const Duration longest = std::max(estimate.p90, estimate.median);
  return estimate.basis == EstimateBasis::job ? longest : longest * 3 / 2;
}

std::vector<HistoryKey> deferrable_keys(const GitLabUrl& gitlab, std::span<const ManualJob> manual,
                                        std::span<const carbon::DeferralRule> rules) {
  std::vector<HistoryKey> keys;
  for (const ManualJob& each : manual) {
    if (each.job.allow_failure && mark_of(each, rules)) keys.push_back(history_key(each.job, gitlab));
  }
  std::ranges::sort(keys, is_before);
  const auto same = [](const HistoryKey& a, const HistoryKey& b) { return !is_before(a, b); };
  const auto twice = std::ranges::unique(keys, same);
  keys.erase(twice.begin(), twice.end());
  return keys;
}

DeferredJobs deferred_jobs(const GitLabUrl& gitlab, std::span<const ManualJob> manual,
                           std::span<const HistoryKey> keys, std::span<const JobHistory> histories,
                           const DeferralScene& scene) {
  const std::map<JobId, PendingJob> pending =
      as_pending(gitlab, manual, HistoryIndex{keys, histories.size()}, scene.now);
  DeferredJobs all;
  for (const ManualJob& each : manual) {
    const std::optional<Mark> mark = mark_of(each, scene.rules);
    const auto place = pending.find(each.job.id);
    if (!mark || place == pending.end()) continue;
    const PendingJob& job = place->second;
    const Takers takers = takers_of(job, scene.fleet);
    const Candidate candidate{each, *mark, class_of(each, job, scene.priority), takers};
    if (std::string why = why_left_alone(candidate, scene.now); !why.empty()) {
      all.left_out.push_back({job.key, title(each) + " is not deferred: " + std::move(why)});
      continue;
    }
    const DurationEstimate known = job.history == 0 ? estimate({}) : histories[job.history - 1].estimate;
    all.jobs.push_back({.key = job.key,
                        .project = each.job.project,
                        .pipeline = each.job.pipeline,
                        .name = each.job.name,
                        .mark = mark->name,
                        .job_class = candidate.job_class,
                        .terms = terms_of(candidate, gitlab, known, scene)});
  }
  std::ranges::sort(all.jobs, {}, &DeferredJob::key);
  std::ranges::sort(all.left_out, {}, &LeftOut::key);
  return all;
}

}  // namespace runneriq::scheduler
