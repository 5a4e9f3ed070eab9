// /projects, /groups/:id/projects, and who may do what in them.
#include "gitlab/simulator/entities.hpp"
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

View view_of(const Visit& visit) {
  return {visit.world, visit.call.base};
}

template <class Rule>
ServedReply list_where(Visit& visit, Rule rule) {
  std::vector<std::int64_t> ids;
  for (const auto& [id, project] : visit.world.projects()) {
    if (visit.caller->level_in(project) >= kGuest && rule(project)) ids.push_back(id.value());
  }
  const bool ascending = visit.call.text("sort").value_or("desc") == "asc";
  if (!ascending) std::reverse(ids.begin(), ids.end());
  const auto row = [&](std::int64_t id) {
    return project_row(view_of(visit), visit.world.projects().at(ProjectId{id}));
  };
  if (visit.call.text("pagination") == "keyset")
    return keyset_page(visit.call, ids, ascending ? "id_after" : "id_before", row);
  return offset_page(visit.call, ids.size(), [&](std::size_t at) { return row(ids[at]); });
}

ServedReply list(Visit& visit) {
  const auto membership = visit.call.flag("membership");
  if (!membership) return refusal(membership.error());
  const auto level = visit.call.whole("min_access_level", 0);
  if (!level) return refusal(level.error());
  const bool own = membership->value_or(false) || *level > 0;
  return list_where(visit, [&](const ProjectRecord& project) {
    return !own || visit.caller->level_in(project) >= std::max<std::int64_t>(*level, kGuest);
  });
}

ServedReply list_of_group(Visit& visit) {
  const std::string prefix = visit.call.captured.at(0) + "/";
  const auto deeper = visit.call.flag("include_subgroups");
  if (!deeper) return refusal(deeper.error());
  const auto& projects = visit.world.projects();
  const bool known = std::any_of(projects.begin(), projects.end(),
                                 [&](const auto& row) { return row.second.path.starts_with(prefix); });
  if (!known) return refusal(404, "404 Group Not Found");
  return list_where(visit, [&](const ProjectRecord& project) {
    return project.path.starts_with(prefix) &&
           (deeper->value_or(false) || project.path.find('/', prefix.size()) == std::string::npos);
  });
}

ServedReply one(Visit& visit) {
  const auto project = project_in(visit, kGuest);
  return project ? json_reply(200, project_row(view_of(visit), **project)) : refusal(project.error());
}

json levels(int level, std::string_view words) {
  return json::array({{{"id", 1},
                       {"access_level", level},
                       {"access_level_description", words},
                       {"user_id", nullptr},
                       {"group_id", nullptr}}});
}

ServedReply protected_branches(Visit& visit) {
  const auto project = project_in(visit, kDeveloper);
  if (!project) return refusal(project.error());
  const std::vector<std::string>& names = (*project)->refs.branches;
  return offset_page(visit.call, names.size(), [&](std::size_t at) {
    return json{{"id", at + 1},
                {"name", names[at]},
                {"push_access_levels", levels(kMaintainer, "Maintainers")},
                {"merge_access_levels", levels(kMaintainer, "Maintainers")},
                {"allow_force_push", false},
                {"code_owner_approval_required", false}};
  });
}

ServedReply protected_tags(Visit& visit) {
  const auto project = project_in(visit, kDeveloper);
  if (!project) return refusal(project.error());
  const std::vector<std::string>& names = (*project)->refs.tags;
  return offset_page(visit.call, names.size(), [&](std::size_t at) {
    return json{{"name", names[at]}, {"create_access_levels", levels(kMaintainer, "Maintainers")}};
  });
}

ServedReply members(Visit& visit) {
  const auto project = project_in(visit, kGuest);
  if (!project) return refusal(project.error());
  std::vector<std::string> wanted;
  for (const std::string& ids : visit.call.list("user_ids")) {
    for (std::string& id : split(ids, ',')) wanted.push_back(std::move(id));
  }
  std::vector<std::pair<UserId, int>> chosen;
  for (const auto& member : (*project)->members) {
    const std::string id = std::to_string(member.first.value());
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), id) != wanted.end())
      chosen.emplace_back(member);
  }
  return offset_page(visit.call, chosen.size(), [&](std::size_t at) {
    json row = user_row(view_of(visit), chosen[at].first);
    row["access_level"] = chosen[at].second;
    return row;
  });
}

// What stands in it is not checked.
ServedReply ci_lint(Visit& visit) {
  const auto project = project_in(visit, kReporter);
  if (!project) return refusal(project.error());
  const std::string& config = (*project)->ci_config;
  json errors = (*project)->ci_errors;
  if (config.empty()) errors.push_back("Please provide content of .gitlab-ci.yml");
  const bool valid = errors.empty();
  return json_reply(200, {{"valid", valid},
                          {"errors", std::move(errors)},
                          {"warnings", (*project)->ci_warnings},
                          {"merged_yaml", config.empty() ? json(nullptr) : json(config)},
                          {"includes", json::array()}});
}

constexpr std::array kRoutes{
    Route{"GET", "/api/v4/projects", Needs::read, list},
    Route{"GET", "/api/v4/groups/:id/projects", Needs::read, list_of_group},
    Route{"GET", "/api/v4/projects/:id", Needs::read, one},
    Route{"GET", "/api/v4/projects/:id/protected_branches", Needs::read, protected_branches},
    Route{"GET", "/api/v4/projects/:id/protected_tags", Needs::read, protected_tags},
    Route{"GET", "/api/v4/projects/:id/members/all", Needs::read, members},
    Route{"GET", "/api/v4/projects/:id/ci/lint", Needs::read, ci_lint},
};

}  // namespace

std::span<const Route> project_routes() {
  return kRoutes;
}

std::int64_t number_in(const Visit& visit, std::size_t part) {
  const std::string& text = visit.call.captured.at(part);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

Result<const ProjectRecord*> project_in(const Visit& visit, int level) {
  const auto by_id = visit.world.projects().find(ProjectId{number_in(visit, 0)});
  const ProjectRecord* const project = by_id != visit.world.projects().end()
                                           ? &by_id->second
                                           : visit.world.project_by_path(visit.call.captured.at(0));
  const int own = project == nullptr ? 0 : visit.caller->level_in(*project);
  if (own < kGuest) return fail(Errc::not_found, "Project Not Found");
  if (own < level) return fail(Errc::permission, "");
  return project;
}

}  // namespace runneriq::gitlab::simulator
