#include "scheduler/waiting_jobs.hpp"

#include "scheduler/monitor.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::FleetReading;
using gitlab::Job;

// ---- facts --------------------------------------------------------------------------------

Role role_of_level(int access_level) {
  if (access_level >= 50) return Role::owner;
  if (access_level >= 40) return Role::maintainer;
  if (access_level >= 30) return Role::developer;
  if (access_level >= 20) return Role::reporter;
  return access_level > 0 ? Role::guest : Role::unknown;
}

Role role_of(const Job& job, const FleetReading& reading) {
  const auto found = reading.access_levels.find({job.project, job.user});
  return found == reading.access_levels.end() ? Role::unknown : role_of_level(found->second);
}

bool is_on_protected_ref(const Job& job, const FleetReading& reading) {
  const auto refs = reading.protected_refs.find(job.project);
  return refs != reading.protected_refs.end() && gitlab::is_protected(job.ref, job.is_tag, refs->second);
}

const gitlab::Project* project_of(const Job& job, const FleetReading& reading) {
  const auto found =
      std::lower_bound(reading.projects.begin(), reading.projects.end(), job.project,
                       [](const gitlab::Project& project, ProjectId id) { return project.id < id; });
  return found == reading.projects.end() || found->id != job.project ? nullptr : &*found;
}

void add_merge_request(JobFacts& facts, const Job& job, MergeRequestIid iid, const FleetReading& reading) {
  facts.ref_kind = RefKind::merge_request;
  const auto found = reading.merge_requests.find({job.project, iid});
  if (found == reading.merge_requests.end()) return;
  facts.target_branch = found->second.target_branch;
  facts.labels = found->second.labels;
  facts.draft = found->second.draft;
}

void add_ref(JobFacts& facts, const Job& job, const FleetReading& reading) {
  facts.ref = job.ref;
  facts.ref_protected = is_on_protected_ref(job, reading);
  if (job.is_tag) {
    facts.ref_kind = RefKind::tag;
  } else if (const auto iid = gitlab::merge_request_of_ref(job.ref)) {
    add_merge_request(facts, job, *iid, reading);
  }
}

// ---- jobs ---------------------------------------------------------------------------------

gitlab::JobTraits traits_of(const Job& job, const JobFacts& facts, const FleetReading& reading) {
  gitlab::JobTraits traits;
  traits.project = job.project;
  traits.tags = job.tags;
  traits.ref_protected = facts.ref_protected;
  if (const gitlab::Project* const project = project_of(job, reading)) {
    traits.project_path = project->path;
    traits.takes_instance_runners = project->takes_instance_runners;
    traits.takes_group_runners = project->takes_group_runners;
  }
  return traits;
}

Duration queued_until(Time now, const Job& job, const FleetReading& reading) {
  if (job.queued)
    return std::max(*job.queued, Duration::zero()) + std::max(now - reading.read_at, Duration::zero());
  if (job.created_at) return std::max(now - *job.created_at, Duration::zero());
  return Duration::zero();
}

Duration age_of(const Job& job, const FleetReading& reading) {
  const auto old = reading.jobs_age.find(job.project);
  return old == reading.jobs_age.end() ? Duration::zero() : old->second;
}

PendingJob waiting_job(const Job& job, const FleetReading& reading, const HistoryIndex& histories, Time now) {
  PendingJob waiting;
  waiting.key = {reading.gitlab, job.id};
  waiting.project = job.project;
  waiting.pipeline = job.pipeline;
  waiting.facts = facts_of(job, reading);
  waiting.traits = traits_of(job, waiting.facts, reading);
  waiting.queued = queued_until(now, job, reading);
  waiting.history = histories.of(history_key(job, reading.gitlab));
  waiting.age = age_of(job, reading);
  return waiting;
}

RunningFleetJob running_job(const Job& job, const FleetReading& reading, const HistoryIndex& histories,
                            Time now) {
  RunningFleetJob running;
  running.key = {reading.gitlab, job.id};
  if (job.runner != RunnerId{}) running.runner = RunnerKey{reading.gitlab, job.runner};
  running.running = running_for(job, now).value_or(Duration::zero());
  running.history = histories.of(history_key(job, reading.gitlab));
  return running;
}

// Of several entries of one key the first stays.
template <class Entry, class Key>
void sort_once(std::vector<Entry>& entries, Key key) {
  std::ranges::stable_sort(entries, {}, key);
  const auto twice = std::ranges::unique(entries, {}, key);
  entries.erase(twice.begin(), twice.end());
}

}  // namespace

HistoryKey history_key(const Job& job, const GitLabUrl& gitlab) {
  return {.gitlab = gitlab, .project = job.project, .job_name = job.name, .stage = job.stage};
}

bool is_before(const HistoryKey& a, const HistoryKey& b) {
  return std::tie(a.gitlab, a.project, a.job_name, a.stage) <
         std::tie(b.gitlab, b.project, b.job_name, b.stage);
}

std::size_t HistoryIndex::of(const HistoryKey& key) const {
  const auto found = std::lower_bound(keys_.begin(), keys_.end(), key, is_before);
  if (found == keys_.end() || is_before(key, *found)) return 0;
  const auto place = static_cast<std::size_t>(found - keys_.begin());
  return place < known_ ? place + 1 : 0;
}

std::vector<PendingJob> waiting_jobs(std::span<const FleetReading> readings, const HistoryIndex& histories,
                                     Time now) {
  std::vector<PendingJob> jobs;
  for (const FleetReading& reading : readings) {
    for (const Job& job : reading.pending) jobs.push_back(waiting_job(job, reading, histories, now));
  }
  std::ranges::stable_sort(jobs, {}, &PendingJob::age);
  sort_once(jobs, &PendingJob::key);
  return jobs;
}

std::vector<ResourceWait> resource_waits(std::span<const FleetReading> readings,
                                         const HistoryIndex& histories, Time now) {
  std::vector<ResourceWait> waits;
  for (const FleetReading& reading : readings) {
    for (const gitlab::HeldResource& held : reading.held_resources) {
      waits.push_back({.waiter = waiting_job(held.waiter, reading, histories, now),
                       .resource_group = held.resource_group,
                       .holder = {reading.gitlab, held.holder}});
    }
  }
  sort_once(waits, [](const ResourceWait& wait) -> const JobKey& { return wait.waiter.key; });
  return waits;
}

std::vector<RunningFleetJob> running_jobs(std::span<const FleetReading> readings,
                                          const HistoryIndex& histories, Time now) {
  std::vector<RunningFleetJob> jobs;
  for (const FleetReading& reading : readings) {
    for (const Job& job : reading.running) jobs.push_back(running_job(job, reading, histories, now));
  }
  sort_once(jobs, &RunningFleetJob::key);
  return jobs;
}

std::optional<Duration> running_for(const Job& job, Time now) {
  if (job.started_at) return std::max(now - *job.started_at, Duration::zero());
  return job.ran;
}

JobFacts facts_of(const Job& job, const FleetReading& reading) {
  JobFacts facts;
  facts.name = job.name;
  facts.stage = job.stage;
  add_ref(facts, job, reading);
  if (const gitlab::Project* const project = project_of(job, reading)) {
    facts.default_branch = project->default_branch;
  }
  facts.role = role_of(job, reading);
  facts.manual = job.manual.value_or(false);
  facts.retry = job.retry.value_or(false);
  facts.allow_failure = job.allow_failure;
  return facts;
}

}  // namespace runneriq::scheduler
