// Resource groups: of each, one job at a time is pending or running (Ci::ResourceGroup); and what is
// to happen later.
#include "gitlab/simulator/world.hpp"

#include <utility>

namespace runneriq::gitlab::simulator {

std::vector<std::string> World::resource_groups(ProjectId project) const {
  std::vector<std::string> groups;
  for (const auto& [resource, holder] : resources_) {
    if (resource.first == project) groups.push_back(resource.second);
  }
  return groups;
}

std::vector<JobId> World::upcoming(ProjectId project, const std::string& group) const {
  const auto place = waiting_for_.find({project, group});
  if (place == waiting_for_.end()) return {};
  return {place->second.begin(), place->second.end()};
}

std::optional<JobId> World::holder(ProjectId project, const std::string& group) const {
  const auto place = resources_.find({project, group});
  return place == resources_.end() ? std::nullopt : place->second;
}

// When it was told that a job has waited before the start, its queued_at is there already.
void World::enqueue(JobRecord& job) {
  if (!job.resource_group.empty() && holder(job.project, job.resource_group)) {
    job.queued_at.reset();
    waiting_for_[{job.project, job.resource_group}].insert(job.id);
    return set_status(job, JobStatus::waiting_for_resource);
  }
  assign_resource(job);
  if (!job.queued_at) job.queued_at = now_;
  set_status(job, JobStatus::pending);
}

void World::assign_resource(JobRecord& job) {
  if (!job.resource_group.empty()) resources_[{job.project, job.resource_group}] = job.id;
}

void World::release_resource(const JobRecord& job) {
  const Resource resource{job.project, job.resource_group};
  if (job.resource_group.empty() || holder(job.project, job.resource_group) != job.id) return;
  resources_[resource].reset();
  const std::vector<JobId> next = upcoming(job.project, job.resource_group);
  if (!next.empty()) enqueue(jobs_.at(next.front()));
}

void World::later(Time at, std::function<void()> deed) {
  const std::int64_t number = ++planned_;
  deeds_.emplace(number, std::move(deed));
  events_.insert({.at = std::max(at, now_), .order = number, .ends = {}, .arrives = 0, .deed = number});
}

}  // namespace runneriq::gitlab::simulator
