// Resource groups of projects: who waits for one, and who holds it.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

json group_row(const Visit& visit, std::size_t at, const std::string& key) {
  const json started = stamp(visit.world.now());
  return {{"id", at + 1},
          {"key", key},
          {"process_mode", "unordered"},
          {"created_at", started},
          {"updated_at", started}};
}

struct Group {
  ProjectId project{};
  std::string key{};
  std::size_t at = 0;  // in the list
};

Result<Group> group_in(const Visit& visit) {
  const auto project = project_in(visit, kDeveloper);
  if (!project) return fail(project.error());
  const std::string& key = visit.call.captured.at(1);
  const std::vector<std::string> all = visit.world.resource_groups((*project)->id);
  const auto place = std::find(all.begin(), all.end(), key);
  if (place == all.end()) return fail(Errc::not_found, "Resource Group Not Found");
  return Group{(*project)->id, key, static_cast<std::size_t>(place - all.begin())};
}

ServedReply list(Visit& visit) {
  const auto project = project_in(visit, kDeveloper);
  if (!project) return refusal(project.error());
  const std::vector<std::string> all = visit.world.resource_groups((*project)->id);
  return offset_page(visit.call, all.size(), [&](std::size_t at) { return group_row(visit, at, all[at]); });
}

ServedReply one(Visit& visit) {
  const auto group = group_in(visit);
  return group ? json_reply(200, group_row(visit, group->at, group->key)) : refusal(group.error());
}

ServedReply upcoming(Visit& visit) {
  const auto group = group_in(visit);
  if (!group) return refusal(group.error());
  const std::vector<JobId> jobs = visit.world.upcoming(group->project, group->key);
  return offset_page(visit.call, jobs.size(), [&](std::size_t at) {
    return job_row(view_of(visit), visit.world.jobs().at(jobs[at]));
  });
}

// `null` where nobody holds it, as GitLab presents nothing.
ServedReply current(Visit& visit) {
  const auto group = group_in(visit);
  if (!group) return refusal(group.error());
  const auto holder = visit.world.holder(group->project, group->key);
  return json_reply(200, holder ? job_row(view_of(visit), visit.world.jobs().at(*holder)) : json());
}

constexpr std::array kRoutes{
    Route{"GET", "/api/v4/projects/:id/resource_groups", Needs::read, list},
    Route{"GET", "/api/v4/projects/:id/resource_groups/:key", Needs::read, one},
    Route{"GET", "/api/v4/projects/:id/resource_groups/:key/upcoming_jobs", Needs::read, upcoming},
    Route{"GET", "/api/v4/projects/:id/resource_groups/:key/current_job", Needs::read, current},
};

}  // namespace

std::span<const Route> resource_group_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
