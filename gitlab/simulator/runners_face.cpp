// /runners…, and the runners of projects and groups.
#include "core/overloaded.hpp"
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/runner_settings.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <variant>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;
using Runners = std::vector<const RunnerRecord*>;

bool is_below(std::string_view path, std::string_view group) {
  return path == group || (path.starts_with(group) && path.substr(group.size()).starts_with('/'));
}

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

// The highest level that the caller has in a project which the runner serves.
int level_over(const Visit& visit, const RunnerRecord& runner) {
  if (visit.caller->administrator) return kOwner;
  if (runner.traits.type == RunnerType::instance) return 0;
  int level = 0;
  for (const auto& [id, project] : visit.world.projects()) {
    if (serves(runner, project)) level = std::max(level, visit.caller->level_in(project));
  }
  return level;
}

bool may_see(const Visit& visit, const RunnerRecord& runner) {
  return runner.traits.type == RunnerType::instance || level_over(visit, runner) >= kMaintainer;
}

bool may_change(const Visit& visit, const RunnerRecord& runner) {
  return level_over(visit, runner) >= (runner.traits.type == RunnerType::group ? kOwner : kMaintainer);
}

struct Filters {
  std::string type{}, status{};
  std::optional<bool> paused{};
  std::vector<std::string> tags{};
};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return word.empty() || std::find(words.begin(), words.end(), word) != words.end();
}

Result<Filters> filters_of(const Call& call) {
  Filters filters{.type = call.text("type").value_or(""), .status = call.text("status").value_or("")};
  if (!is_one_of(filters.type, {"instance_type", "group_type", "project_type"}))
    return fail(Errc::invalid_argument, "type does not have a valid value");
  if (!is_one_of(filters.status, {"online", "offline", "stale", "never_contacted", "active", "paused"}))
    return fail(Errc::invalid_argument, "status does not have a valid value");
  const auto paused = call.flag("paused");
  if (!paused) return fail(paused.error());
  filters.paused = *paused;
  for (const std::string& text : call.list("tag_list")) {
    for (std::string& tag : split(text, ',')) filters.tags.push_back(std::move(tag));
  }
  return filters;
}

bool has_status(const World& world, const RunnerRecord& runner, std::string_view wanted) {
  const RunnerStatus status = world.status_of(runner);
  if (wanted.empty() || wanted == to_text(status)) return true;
  if (wanted == "active") return !runner.paused;
  if (wanted == "paused") return runner.paused;
  return wanted == "offline" && status == RunnerStatus::stale;
}

bool passes(const World& world, const RunnerRecord& runner, const Filters& filters) {
  const auto& tags = runner.traits.tags;
  return (filters.type.empty() || filters.type == to_text(runner.traits.type)) &&
         has_status(world, runner, filters.status) && (!filters.paused || *filters.paused == runner.paused) &&
         std::all_of(filters.tags.begin(), filters.tags.end(), [&](const std::string& tag) {
           return std::find(tags.begin(), tags.end(), tag) != tags.end();
         });
}

template <class Rule>
ServedReply list_where(Visit& visit, Rule rule) {
  const auto filters = filters_of(visit.call);
  if (!filters) return refusal(filters.error());
  Runners chosen;
  for (const auto& [id, runner] : visit.world.runners()) {
    if (rule(runner) && passes(visit.world, runner, *filters)) chosen.push_back(&runner);
  }
  std::reverse(chosen.begin(), chosen.end());  // newest first
  return offset_page(visit.call, chosen.size(),
                     [&](std::size_t at) { return runner_row(view_of(visit), *chosen[at]); });
}

ServedReply list_own(Visit& visit) {
  return list_where(visit, [&](const RunnerRecord& runner) {
    return runner.traits.type != RunnerType::instance && may_change(visit, runner);
  });
}

ServedReply list_all(Visit& visit) {
  if (!visit.caller->administrator) return refusal(403, "403 Forbidden");
  return list_where(visit, [](const RunnerRecord&) { return true; });
}

ServedReply list_of_project(Visit& visit) {
  const auto project = project_in(visit, kMaintainer);
  if (!project) return refusal(project.error());
  return list_where(visit, [&](const RunnerRecord& runner) { return serves(runner, **project); });
}

ServedReply list_of_group(Visit& visit) {
  const std::string& group = visit.call.captured.at(0);
  if (!is_group(visit.world, group)) return refusal(404, "404 Group Not Found");
  if (!visit.caller->administrator) return refusal(403, "403 Forbidden");
  return list_where(visit, [&](const RunnerRecord& runner) { return is_available_to(runner, group); });
}

Result<const RunnerRecord*> runner_in(const Visit& visit) {
  const auto place = visit.world.runners().find(RunnerId{number_in(visit, 0)});
  if (place == visit.world.runners().end()) return fail(Errc::not_found, "Runner Not Found");
  if (!may_see(visit, place->second)) return fail(Errc::permission, " - No access granted");
  return &place->second;
}

ServedReply one(Visit& visit) {
  const auto runner = runner_in(visit);
  return runner ? json_reply(200, runner_details(view_of(visit), **runner)) : refusal(runner.error());
}

ServedReply change(Visit& visit) {
  const auto runner = runner_in(visit);
  if (!runner) return refusal(runner.error());
  if (!may_change(visit, **runner)) return refusal(403, "403 Forbidden - No access granted");
  const auto settings = body_of(visit.call);
  if (!settings) return refusal(settings.error());
  return std::visit(Overloaded{[&](RunnerRecord&& changed) {
                                 const RunnerId id = changed.id;
                                 visit.world.put_runner(std::move(changed));
                                 return json_reply(
                                     200, runner_details(view_of(visit), visit.world.runners().at(id)));
                               },
                               [](BadParameter&& bad) { return bad_parameter(bad.words); },
                               [](InvalidRecord&& bad) {
                                 return json_reply(400, {{"message", {{bad.key, json::array({bad.words})}}}});
                               }},
                    changed(**runner, *settings));
}

ServedReply managers(Visit& visit) {
  const auto runner = runner_in(visit);
  if (!runner) return refusal(runner.error());
  const std::vector<ManagerRecord>& machines = (*runner)->managers;
  return offset_page(visit.call, machines.size(),
                     [&](std::size_t at) { return manager_row(view_of(visit), **runner, machines[at]); });
}

ServedReply jobs(Visit& visit) {
  const auto runner = runner_in(visit);
  if (!runner) return refusal(runner.error());
  const std::string status = visit.call.text("status").value_or("");
  const std::string machine = visit.call.text("system_id").value_or("");
  std::vector<std::int64_t> ids;
  for (const auto& [id, job] : visit.world.jobs()) {
    const bool fits = job.runner == (*runner)->id && job.started_at &&
                      (status.empty() || status == to_text(job.status)) &&
                      (machine.empty() || machine == job.system_id) &&
                      visit.caller->level_in(visit.world.projects().at(job.project)) >= kReporter;
    if (fits) ids.push_back(id.value());
  }
  if (visit.call.text("sort").value_or("desc") != "asc") std::reverse(ids.begin(), ids.end());
  const auto row = [&](std::int64_t id) {
    return runners_job_row(view_of(visit), visit.world.jobs().at(JobId{id}));
  };
  if (visit.call.text("pagination") == "keyset") return keyset_page(visit.call, ids, "cursor", row);
  return offset_page(visit.call, ids.size(), [&](std::size_t at) { return row(ids[at]); });
}

constexpr std::array kRoutes{
    Route{"GET", "/api/v4/runners", Needs::read, list_own},
    Route{"GET", "/api/v4/runners/all", Needs::read, list_all},
    Route{"GET", "/api/v4/projects/:id/runners", Needs::read, list_of_project},
    Route{"GET", "/api/v4/groups/:id/runners", Needs::read, list_of_group},
    Route{"GET", "/api/v4/runners/:id", Needs::read_runner, one},
    Route{"PUT", "/api/v4/runners/:id", Needs::write_runner, change},
    Route{"GET", "/api/v4/runners/:id/managers", Needs::read_runner, managers},
    Route{"GET", "/api/v4/runners/:id/jobs", Needs::read_runner, jobs},
};

}  // namespace

std::span<const Route> runner_routes() {
  return kRoutes;
}

bool serves(const RunnerRecord& runner, const ProjectRecord& project) {
  const RunnerTraits& traits = runner.traits;
  switch (traits.type) {
    case RunnerType::instance:
      return true;
    case RunnerType::group:
      return std::any_of(traits.groups.begin(), traits.groups.end(),
                         [&](const std::string& group) { return is_below(project.path, group); });
    case RunnerType::project:
      return std::find(traits.projects.begin(), traits.projects.end(), project.id) != traits.projects.end();
  }
  return false;
}

bool is_group(const World& world, std::string_view group) {
  return std::any_of(world.projects().begin(), world.projects().end(), [&](const auto& row) {
    return row.second.path != group && is_below(row.second.path, group);
  });
}

bool is_available_to(const RunnerRecord& runner, std::string_view group) {
  const auto& groups = runner.traits.groups;
  return runner.traits.type == RunnerType::instance ||
         std::any_of(groups.begin(), groups.end(),
                     [&](const std::string& one) { return is_below(group, one); });
}

bool is_of_a_project_below(const World& world, const RunnerRecord& runner, std::string_view group) {
  const auto& projects = runner.traits.projects;
  return std::any_of(projects.begin(), projects.end(), [&](ProjectId id) {
    const auto project = world.projects().find(id);
    return project != world.projects().end() && is_below(project->second.path, group);
  });
}

}  // namespace runneriq::gitlab::simulator
