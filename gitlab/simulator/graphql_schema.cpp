#include "gitlab/simulator/graphql_schema.hpp"

#include "gitlab/simulator/entities.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <stdexcept>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;
using Fields = std::vector<GraphqlField>;

constexpr std::int64_t kLargestPage = 100;

// The way out of the resolvers; it never leaves this file.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string upper(std::string_view word) {
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::string global_id(std::string_view kind, std::int64_t id) {
  return "gid://gitlab/" + std::string(kind) + "/" + std::to_string(id);
}

[[noreturn]] void refuse_field(const GraphqlField& field, std::string_view type) {
  throw Refusal("Field '" + field.name + "' doesn't exist on type '" + std::string(type) + "'");
}

// Each asked field of an object, by `value_of`.
template <class ValueOf>
json object(const Fields& fields, std::string_view type, ValueOf value_of) {
  if (fields.empty()) throw Refusal("Field must have selections (type '" + std::string(type) + "')");
  json answer = json::object();
  for (const GraphqlField& field : fields) {
    if (field.name == "__typename") {
      answer[field.key] = type;
      continue;
    }
    std::optional<json> value = value_of(field);
    if (!value) refuse_field(field, type);
    answer[field.key] = *std::move(value);
  }
  return answer;
}

std::optional<json> in(const json& known, const GraphqlField& field) {
  const auto place = known.find(field.name);
  return place == known.end() ? std::nullopt : std::optional<json>(*place);
}

json argument(const GraphqlField& field, std::string_view name) {
  return field.arguments->value(std::string(name), json());
}

// Whether `word` is in the list argument, or there is none.
bool is_asked(const GraphqlField& field, std::string_view name, std::string_view word) {
  const json list = argument(field, name);
  if (list.is_null()) return true;
  return std::any_of(list.begin(), list.end(), [&](const json& one) { return one == json(word); });
}

// A page of the elements behind the cursor, which is the number of those before them.
json connection(const GraphqlField& field, const std::string& type, std::size_t total,
                const std::function<json(std::size_t, const Fields&)>& node) {
  const json first = argument(field, "first");
  const json after = argument(field, "after");
  const std::string cursor = after.is_string() ? after.get<std::string>() : "";
  std::size_t from = 0;
  std::from_chars(cursor.data(), cursor.data() + cursor.size(), from);
  const std::int64_t size = std::clamp<std::int64_t>(
      first.is_number_integer() ? first.get<std::int64_t>() : kLargestPage, 0, kLargestPage);
  from = std::min(from, total);
  const std::size_t until = std::min(total, from + static_cast<std::size_t>(size));
  const json page{{"hasNextPage", until < total},
                  {"hasPreviousPage", from > 0},
                  {"startCursor", std::to_string(from)},
                  {"endCursor", until > from ? json(std::to_string(until)) : json()}};
  return object(field.fields, type + "Connection", [&](const GraphqlField& part) -> std::optional<json> {
    if (part.name == "count") return total;
    if (part.name == "pageInfo")
      return object(part.fields, "PageInfo", [&](const GraphqlField& one) { return in(page, one); });
    if (part.name != "nodes") return std::nullopt;
    json nodes = json::array();
    for (std::size_t at = from; at < until; ++at) nodes.push_back(node(at, part.fields));
    return nodes;
  });
}

json simple_node(const json& known, std::string_view type, const Fields& fields) {
  return object(fields, type, [&](const GraphqlField& field) { return in(known, field); });
}

int jobs_on(const World& world, const RunnerRecord& runner, const GraphqlField& field) {
  return static_cast<int>(std::count_if(world.jobs().begin(), world.jobs().end(), [&](const auto& row) {
    const JobRecord& job = row.second;
    return job.started_at && job.runner == runner.id &&
           is_asked(field, "statuses", upper(to_text(job.status)));
  }));
}

json runner_scalars(const World& world, const RunnerRecord& runner) {
  return {{"id", global_id("Ci::Runner", runner.id.value())},
          {"description", runner.description},
          {"runnerType", upper(to_text(runner.traits.type))},
          {"status", upper(to_text(world.status_of(runner)))},
          {"paused", runner.paused},
          {"locked", runner.locked},
          {"contactedAt", stamp_or_null(runner.contacted_at)},
          {"createdAt", stamp(runner.created_at)},
          {"tagList", runner.traits.tags},
          {"runUntagged", runner.traits.run_untagged},
          {"accessLevel", runner.traits.protected_only ? "REF_PROTECTED" : "NOT_PROTECTED"},
          {"maximumTimeout", runner.maximum_timeout ? json(*runner.maximum_timeout) : json()},
          {"maintenanceNote", runner.maintenance_note.empty() ? json() : json(runner.maintenance_note)},
          {"jobExecutionStatus", world.running_on(runner.id) > 0 ? "ACTIVE" : "IDLE"}};
}

json managers_of(const World& world, const RunnerRecord& runner, const GraphqlField& field) {
  return connection(field, "CiRunnerManager", runner.managers.size(),
                    [&](std::size_t at, const Fields& fields) {
                      const ManagerRecord& machine = runner.managers[at];
                      return simple_node({{"id", global_id("Ci::RunnerManager", machine.id)},
                                          {"systemId", machine.system_id},
                                          {"version", machine.version},
                                          {"contactedAt", stamp_or_null(machine.contacted_at)},
                                          {"status", upper(to_text(world.status_of(runner)))}},
                                         "CiRunnerManager", fields);
                    });
}

json projects_of(const World& world, const RunnerRecord& runner, const GraphqlField& field) {
  if (runner.traits.type != RunnerType::project) return nullptr;
  const auto& ids = runner.traits.projects;
  return connection(field, "Project", ids.size(), [&](std::size_t at, const Fields& fields) {
    return simple_node(
        {{"id", global_id("Project", ids[at].value())}, {"fullPath", world.projects().at(ids[at]).path}},
        "Project", fields);
  });
}

json groups_of(const RunnerRecord& runner, const GraphqlField& field) {
  if (runner.traits.type != RunnerType::group) return nullptr;
  const auto& paths = runner.traits.groups;
  return connection(field, "Group", paths.size(), [&](std::size_t at, const Fields& fields) {
    return simple_node(
        {{"id", global_id("Group", static_cast<std::int64_t>(at) + 1)}, {"fullPath", paths[at]}}, "Group",
        fields);
  });
}

json runner_node(const World& world, const RunnerRecord& runner, const Fields& fields) {
  const json scalars = runner_scalars(world, runner);
  return object(fields, "CiRunner", [&](const GraphqlField& field) -> std::optional<json> {
    if (field.name == "jobCount") return jobs_on(world, runner, field);
    if (field.name == "managers") return managers_of(world, runner, field);
    if (field.name == "projects") return projects_of(world, runner, field);
    if (field.name == "groups") return groups_of(runner, field);
    return in(scalars, field);
  });
}

json job_node(const Visit& visit, const JobRecord& job, const Fields& fields) {
  const World& world = visit.world;
  const json scalars{{"id", global_id("Ci::Build", job.id.value())},
                     {"name", job.name},
                     {"status", upper(to_text(job.status))},
                     {"tags", job.traits.tags},
                     {"manualJob", job.manual},
                     {"retried", world.is_retried(job)},
                     {"allowFailure", job.allow_failure},
                     {"refName", world.pipelines().at(job.pipeline).ref},
                     {"createdAt", stamp(job.created_at)},
                     {"queuedAt", stamp_or_null(job.queued_at)},
                     {"startedAt", stamp_or_null(job.started_at)},
                     {"finishedAt", stamp_or_null(job.finished_at)}};
  return object(fields, "CiJob", [&](const GraphqlField& field) -> std::optional<json> {
    if (field.name != "stage") return in(scalars, field);
    return simple_node({{"name", job.stage}}, "CiStage", field.fields);
  });
}

using Runners = std::vector<const RunnerRecord*>;

// Newest first.
template <class Rule>
Runners runners_where(const World& world, Rule rule) {
  Runners chosen;
  for (const auto& [id, runner] : world.runners()) {
    if (rule(runner)) chosen.push_back(&runner);
  }
  std::reverse(chosen.begin(), chosen.end());
  return chosen;
}

json runner_page(const World& world, const Runners& runners, const GraphqlField& field) {
  return connection(field, "CiRunner", runners.size(), [&](std::size_t at, const Fields& fields) {
    return runner_node(world, *runners[at], fields);
  });
}

// Of a project; the rule is that of GET /projects/:id/runners.
Runners runners_of(const World& world, const ProjectRecord& project) {
  return runners_where(world, [&](const RunnerRecord& runner) { return serves(runner, project); });
}

json jobs_of(const Visit& visit, const ProjectRecord& project, const GraphqlField& field) {
  std::vector<JobId> ids = visit.world.jobs_of(project.id);
  std::erase_if(ids, [&](JobId id) {
    return !is_asked(field, "statuses", upper(to_text(visit.world.jobs().at(id).status)));
  });
  std::reverse(ids.begin(), ids.end());
  return connection(field, "CiJob", ids.size(), [&](std::size_t at, const Fields& fields) {
    return job_node(visit, visit.world.jobs().at(ids[at]), fields);
  });
}

json project_field(const Visit& visit, const GraphqlField& asked) {
  const json path = argument(asked, "fullPath");
  const ProjectRecord* const project =
      path.is_string() ? visit.world.project_by_path(path.get<std::string>()) : nullptr;
  const int level = project == nullptr ? 0 : visit.caller->level_in(*project);
  if (level < kGuest) return nullptr;
  return object(asked.fields, "Project", [&](const GraphqlField& field) -> std::optional<json> {
    if (field.name == "id") return global_id("Project", project->id.value());
    if (field.name == "fullPath") return project->path;
    if (field.name == "jobs") return jobs_of(visit, *project, field);
    if (field.name != "runners") return std::nullopt;
    return level >= kMaintainer ? runner_page(visit.world, runners_of(visit.world, *project), field) : json();
  });
}

json group_field(const Visit& visit, const GraphqlField& asked) {
  const json path = argument(asked, "fullPath");
  const std::string group = path.is_string() ? path.get<std::string>() : "";
  if (!is_group(visit.world, group) || !visit.caller->administrator) return nullptr;
  return object(asked.fields, "Group", [&](const GraphqlField& field) -> std::optional<json> {
    if (field.name == "fullPath") return group;
    if (field.name != "runners") return std::nullopt;
    // ALL_AVAILABLE, unlike GET /groups/:id/runners, counts the runners of the group's projects.
    const auto available = [&](const RunnerRecord& runner) {
      return is_available_to(runner, group) || is_of_a_project_below(visit.world, runner, group);
    };
    return runner_page(visit.world, runners_where(visit.world, available), field);
  });
}

}  // namespace

Result<json> query_root(const Visit& visit, const Fields& fields) {
  try {
    return object(fields, "Query", [&](const GraphqlField& field) -> std::optional<json> {
      if (field.name == "project") return project_field(visit, field);
      if (field.name == "group") return group_field(visit, field);
      if (field.name != "runners") return std::nullopt;
      if (!visit.caller->administrator) return json();
      const auto all = [](const RunnerRecord&) { return true; };
      return runner_page(visit.world, runners_where(visit.world, all), field);
    });
  } catch (const Refusal& refusal) {
    return fail(Errc::invalid_argument, refusal.what());
  }
}

}  // namespace runneriq::gitlab::simulator
