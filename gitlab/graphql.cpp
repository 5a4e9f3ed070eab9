#include "gitlab/graphql.hpp"

#include "core/json_text.hpp"
#include "core/lower_case.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/replies.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

// Jobs may be counted for many runners in one question, but not listed.
constexpr std::string_view kPageOfRunners = R"(
fragment page on CiRunnerConnection {
  nodes {
    id
    description
    runnerType
    status
    paused
    contactedAt
    tagList
    runUntagged
    accessLevel
    maximumTimeout
    jobCount(statuses: [RUNNING])
    managers { count }
    projects(first: 100) { nodes { id } pageInfo { hasNextPage } }
    groups(first: 100) { nodes { fullPath } pageInfo { hasNextPage } }
  }
  pageInfo { hasNextPage endCursor }
})";

constexpr std::string_view kRunnersOfProject = R"(query runners($path: ID!, $after: String) {
  project(fullPath: $path) { runners(first: 100, after: $after) { ...page } }
})";

// With the runners of the groups above and of the instance, as GET /groups/:id/runners.
constexpr std::string_view kRunnersOfGroup = R"(query runners($path: ID!, $after: String) {
  group(fullPath: $path) { runners(membership: ALL_AVAILABLE, first: 100, after: $after) { ...page } }
})";

constexpr std::string_view kRunnersOfInstance = R"(query runners($after: String) {
  runners(first: 100, after: $after) { ...page }
})";

constexpr std::string_view kManualJobs = R"(query manualJobs($path: ID!) {
  project(fullPath: $path) { jobs(statuses: [PENDING], first: 100) { nodes { id manualJob } } }
})";

std::string_view question_for(RunnerOwner::Kind kind) {
  switch (kind) {
    case RunnerOwner::Kind::project:
      return kRunnersOfProject;
    case RunnerOwner::Kind::group:
      return kRunnersOfGroup;
    case RunnerOwner::Kind::instance:
      return kRunnersOfInstance;
  }
  return {};
}

std::string body_of(std::string query, Json variables) {
  const Json body{{"query", std::move(query)}, {"variables", std::move(variables)}};
  return json_line(body);
}

// The `data` of an answer. GitLab sends errors with status 200.
Result<Json> data_of(std::string_view json) {
  Result<Json> answer = read_object(json);
  if (!answer) return fail(std::move(answer.error()));
  if (const Json& errors = member(*answer, "errors"); !errors.is_null() && !errors.empty()) {
    const std::string words = error_words(json);
    return fail(Errc::permission, "GitLab answers: " + (words.empty() ? "errors without words" : words));
  }
  if (!member(*answer, "data").is_object()) return fail(Errc::corrupt, "the answer has no data");
  return std::move((*answer)["data"]);
}

tl::unexpected<Error> not_shown(std::string_view what) {
  return fail(Errc::permission,
              "GitLab shows the token no " + std::string(what) + ": it is not there, or the role is too low");
}

// The number in "gid://gitlab/Ci::Runner/12"; 0 for what is none.
std::int64_t number_of(std::string_view global_id, std::string_view kind) {
  const std::string start = "gid://gitlab/" + std::string(kind) + "/";
  if (!global_id.starts_with(start)) return 0;
  global_id.remove_prefix(start.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(global_id.data(), global_id.data() + global_id.size(), number);
  const bool whole = error == std::errc{} && end == global_id.data() + global_id.size();
  return whole && number > 0 ? number : 0;
}

std::int64_t number_in(const Json& object, std::string_view kind) {
  return number_of(text_in(object, "id"), kind);
}

bool is_complete(const Json& connection) {
  return switch_in(member(connection, "pageInfo"), "hasNextPage") != true;
}

// None rather than some: half a list would say that the others are not served.
std::vector<ProjectId> projects_in(const Json& runner) {
  const Json& connection = member(runner, "projects");
  std::vector<ProjectId> projects;
  if (!is_complete(connection)) return projects;
  for (const Json& project : member(connection, "nodes")) {
    const ProjectId id{number_in(project, "Project")};
    if (id != ProjectId{}) projects.push_back(id);
  }
  std::sort(projects.begin(), projects.end());
  projects.erase(std::unique(projects.begin(), projects.end()), projects.end());
  return projects;
}

std::vector<std::string> groups_in(const Json& runner) {
  const Json& connection = member(runner, "groups");
  std::vector<std::string> groups;
  if (!is_complete(connection)) return groups;
  for (const Json& group : member(connection, "nodes")) {
    groups.push_back(text_in(group, "fullPath"));
    if (groups.back().empty()) return {};
  }
  return groups;
}

std::optional<RunnerTraits> traits_in(const Json& node, RunnerType type) {
  auto tags = texts_in(node, "tagList");
  if (!tags) return std::nullopt;
  RunnerTraits traits;
  traits.tags = as_set(*std::move(tags));
  traits.run_untagged = switch_in(node, "runUntagged").value_or(true);
  traits.protected_only = text_in(node, "accessLevel") == "REF_PROTECTED";
  traits.type = type;
  if (type == RunnerType::project) traits.projects = projects_in(node);
  if (type == RunnerType::group) traits.groups = groups_in(node);
  return traits;
}

std::optional<Runner> runner_of(const Json& node) {
  Runner runner;
  runner.id = RunnerId{number_in(node, "Ci::Runner")};
  if (runner.id == RunnerId{}) return std::nullopt;
  runner.description = text_in(node, "description");
  runner.type = runner_type(lower_case(text_in(node, "runnerType"))).value_or(RunnerType::project);
  runner.status = runner_status(lower_case(text_in(node, "status")));
  runner.paused = switch_in(node, "paused").value_or(false);
  runner.contacted_at = time_in(node, "contactedAt");
  runner.traits = traits_in(node, runner.type);
  if (const auto seconds = count_in(node, "maximumTimeout"); seconds && *seconds > 0) {
    runner.longest_timeout = std::chrono::seconds{*seconds};
  }
  runner.managers = count_in(member(node, "managers"), "count");
  runner.running_jobs = count_in(node, "jobCount");
  return runner;
}

const Json& runners_in(const Json& data, RunnerOwner::Kind kind) {
  switch (kind) {
    case RunnerOwner::Kind::project:
      return member(member(data, "project"), "runners");
    case RunnerOwner::Kind::group:
      return member(member(data, "group"), "runners");
    case RunnerOwner::Kind::instance:
      return member(data, "runners");
  }
  return member(data, "");
}

}  // namespace

std::string runners_question(const RunnerOwner& owner, std::string_view after) {
  Json variables = Json::object();
  if (owner.kind != RunnerOwner::Kind::instance) variables["path"] = owner.path;
  variables["after"] = after.empty() ? Json(nullptr) : Json(after);
  return body_of(std::string(question_for(owner.kind)) + std::string(kPageOfRunners), std::move(variables));
}

Result<RunnersAnswer> parse_runners_answer(std::string_view json, const RunnerOwner& owner) {
  const Result<Json> data = data_of(json);
  if (!data) return fail(data.error());
  const Json& connection = runners_in(*data, owner.kind);
  const Json& nodes = member(connection, "nodes");
  if (!nodes.is_array()) return not_shown(owner.path.empty() ? "runners" : "runners of " + owner.path);
  RunnersAnswer answer;
  for (const Json& node : nodes) {
    if (auto runner = runner_of(node)) answer.runners.push_back(*std::move(runner));
  }
  if (is_complete(connection)) return answer;
  answer.next_cursor = text_in(member(connection, "pageInfo"), "endCursor");
  if (answer.next_cursor.empty())
    return fail(Errc::corrupt, "the answer has more pages, but does not say where");
  return answer;
}

std::string manual_jobs_question(std::string_view project_path) {
  return body_of(std::string(kManualJobs), {{"path", project_path}});
}

Result<std::map<JobId, bool>> parse_manual_jobs_answer(std::string_view json) {
  const Result<Json> data = data_of(json);
  if (!data) return fail(data.error());
  const Json& nodes = member(member(member(*data, "project"), "jobs"), "nodes");
  if (!nodes.is_array()) return not_shown("jobs of the project");
  std::map<JobId, bool> manual;
  for (const Json& node : nodes) {
    const JobId id{number_in(node, "Ci::Build")};
    const auto is_manual = switch_in(node, "manualJob");
    if (id != JobId{} && is_manual) manual[id] = *is_manual;
  }
  return manual;
}

}  // namespace runneriq::gitlab
