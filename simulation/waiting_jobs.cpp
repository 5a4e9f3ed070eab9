#include "simulation/waiting_jobs.hpp"

#include "simulation/fleet_names.hpp"

#include <algorithm>

namespace runneriq::simulation {

gitlab::JobTraits traits_of(const SimulatedJob& job, const scheduler::Lanes& lanes) {
  gitlab::JobTraits traits{.project = kProject, .ref_protected = true};
  if (job.lane) traits.tags.push_back(lanes.tag(*job.lane));
  if (job.pool == PoolKind::special) traits.tags.emplace_back(kSpecialTag);
  std::sort(traits.tags.begin(), traits.tags.end());
  return traits;
}

WaitingJobs::WaitingJobs(const Jobs& jobs, const scheduler::Lanes& lanes, Policy policy)
    : jobs_(jobs), lanes_(lanes), policy_(policy) {}

WaitingJobs::GroupKey WaitingJobs::key_of(std::size_t job) const {
  const SimulatedJob& of = jobs_[job];
  return {policy_ == Policy::strict ? static_cast<int>(of.job_class) : 0, of.pool, of.lane};
}

void WaitingJobs::add(std::size_t job) {
  const auto [group, is_new] = groups_.try_emplace(key_of(job));
  if (is_new) group->second.traits = traits_of(jobs_[job], lanes_);
  group->second.jobs.push_back(job);
  ++count_[static_cast<std::size_t>(jobs_[job].pool)];
}

std::optional<std::size_t> WaitingJobs::next_for(const gitlab::RunnerTraits& runner) const {
  std::optional<std::size_t> next;
  int rank_of_next = 0;
  for (const auto& [key, group] : groups_) {
    const int rank = std::get<0>(key);
    if (next && rank != rank_of_next) break;
    if (group.jobs.empty() || (next && *next < group.jobs.front())) continue;
    if (gitlab::could_take(runner, group.traits) != gitlab::Match::takes) continue;
    next = group.jobs.front();
    rank_of_next = rank;
  }
  return next;
}

void WaitingJobs::remove(std::size_t job) {
  groups_.at(key_of(job)).jobs.pop_front();
  --count_[static_cast<std::size_t>(jobs_[job].pool)];
}

}  // namespace runneriq::simulation
