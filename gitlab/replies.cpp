#include "gitlab/replies.hpp"

#include "gitlab/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

template <class Type>
Result<std::vector<Type>> parse_list(std::string_view json,
                                     const std::function<std::optional<Type>(const Json&)>& type_of) {
  std::vector<Type> list;
  bool any = false;
  auto done = read_list(json, [&](const Json& element) {
    any = true;
    if (auto one = type_of(element)) list.push_back(std::move(*one));
  });
  if (!done) return fail(std::move(done.error()));
  if (any && list.empty())
    return fail(Errc::corrupt, "the list holds nothing of the kind that was asked for");
  return list;
}

template <class Type>
Result<Type> parse_one(std::string_view json, std::optional<Type> (*type_of)(const Json&)) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  std::optional<Type> one = type_of(*object);
  if (!one) return fail(Errc::corrupt, "the answer has no valid id");
  return *std::move(one);
}

// "paused" and "active" are words of old: what `online` says counts then. Where neither is told, the
// time of the last contact decides alone.
RunnerStatus status_in(const Json& object) {
  const RunnerStatus status = runner_status(text_in(object, "status"));
  if (status != RunnerStatus::unknown) return status;
  if (const auto online = switch_in(object, "online")) {
    return *online ? RunnerStatus::online : RunnerStatus::offline;
  }
  if (object.contains("online")) return RunnerStatus::never_contacted;
  return object.contains("status") ? RunnerStatus::unknown : RunnerStatus::online;
}

bool is_paused(const Json& object) {
  if (const auto paused = switch_in(object, "paused")) return *paused;
  return text_in(object, "status") == "paused" || switch_in(object, "active") == false;
}

RunnerType type_in(const Json& object) {
  const RunnerType otherwise =
      switch_in(object, "is_shared") == true ? RunnerType::instance : RunnerType::project;
  return runner_type(text_in(object, "runner_type")).value_or(otherwise);
}

std::optional<Runner> runner_of(const Json& object) {
  Runner runner;
  runner.id = RunnerId{id_in(object, "id")};
  if (runner.id == RunnerId{}) return std::nullopt;
  runner.description = text_in(object, "description");
  runner.type = type_in(object);
  runner.status = status_in(object);
  runner.paused = is_paused(object);
  runner.contacted_at = time_in(object, "contacted_at");
  return runner;
}

std::vector<ProjectId> projects_in(const Json& object) {
  std::vector<ProjectId> projects;
  for (const Json& project : member(object, "projects")) {
    const ProjectId id{id_in(project, "id")};
    if (id != ProjectId{}) projects.push_back(id);
  }
  std::sort(projects.begin(), projects.end());
  projects.erase(std::unique(projects.begin(), projects.end()), projects.end());
  return projects;
}

// GitLab names a runner's groups by their addresses only: "https://gitlab.example.com/groups/acme/web".
std::string group_path(const Json& group) {
  constexpr std::string_view kGroups = "/groups/";
  const std::string address = text_in(group, "web_url");
  const std::size_t found = address.find(kGroups);
  return found == std::string::npos ? "" : address.substr(found + kGroups.size());
}

// All of them or none: half a list would say that the others are not served.
std::vector<std::string> groups_in(const Json& object) {
  std::vector<std::string> groups;
  for (const Json& group : member(object, "groups")) {
    groups.push_back(group_path(group));
    if (groups.back().empty()) return {};
  }
  return groups;
}

std::optional<RunnerTraits> traits_in(const Json& object) {
  auto tags = texts_in(object, "tag_list");
  if (!tags) return std::nullopt;
  RunnerTraits traits;
  traits.tags = as_set(*std::move(tags));
  traits.run_untagged = switch_in(object, "run_untagged").value_or(true);
  traits.protected_only = text_in(object, "access_level") == "ref_protected";
  traits.type = type_in(object);
  if (traits.type == RunnerType::project) traits.projects = projects_in(object);
  if (traits.type == RunnerType::group) traits.groups = groups_in(object);
  return traits;
}

std::optional<Runner> detailed_runner_of(const Json& object) {
  std::optional<Runner> runner = runner_of(object);
  if (!runner) return std::nullopt;
  runner->traits = traits_in(object);
  if (const auto seconds = count_in(object, "maximum_timeout"); seconds && *seconds > 0) {
    runner->longest_timeout = std::chrono::seconds{*seconds};
  }
  return runner;
}

void read_times(const Json& object, Job& job) {
  job.created_at = time_in(object, "created_at");
  job.started_at = time_in(object, "started_at");
  job.finished_at = time_in(object, "finished_at");
  job.ran = seconds_in(object, "duration");
  job.queued = seconds_in(object, "queued_duration");
}

void read_surroundings(const Json& object, ProjectId otherwise, Job& job) {
  const Json& pipeline = member(object, "pipeline");
  job.pipeline = PipelineId{id_in(pipeline, "id")};
  job.pipeline_source = text_in(pipeline, "source");
  job.project = ProjectId{id_in(pipeline, "project_id")};
  if (job.project == ProjectId{}) job.project = otherwise;
  job.user = UserId{id_in(member(object, "user"), "id")};
  job.runner = RunnerId{id_in(member(object, "runner"), "id")};
}

// Pipelines of merged results and merge trains run on a merge commit that GitLab makes for them: its
// first parent is the target's, its second one the source's.
bool is_of_made_commit(std::string_view ref) {
  return merge_request_of_ref(ref) && (ref.ends_with("/merge") || ref.ends_with("/train"));
}

std::string sha_in(const Json& object, std::string_view ref) {
  const Json& commit = member(object, "commit");
  const Json& parents = member(commit, "parent_ids");
  if (is_of_made_commit(ref) && parents.is_array() && parents.size() == 2 && parents[1].is_string())
    return bounded(parents[1].get_ref<const std::string&>());
  std::string sha = text_in(commit, "id");
  return sha.empty() ? text_in(member(object, "pipeline"), "sha") : sha;
}

bool has_ended(JobStatus status) {
  return status == JobStatus::success || status == JobStatus::failed || status == JobStatus::canceled;
}

void read_origin(const Json& object, Job& job) {
  job.sha = sha_in(object, job.ref);
  job.user_name = text_in(member(object, "user"), "username");
  job.url = page_in(object, "web_url");
}

std::optional<Job> job_of(const Json& object, ProjectId otherwise) {
  Job job;
  job.id = JobId{id_in(object, "id")};
  if (job.id == JobId{}) return std::nullopt;
  job.name = text_in(object, "name");
  job.stage = text_in(object, "stage");
  job.status = job_status(text_in(object, "status"));
  job.ref = text_in(object, "ref");
  job.is_tag = switch_in(object, "tag").value_or(false);
  job.allow_failure = switch_in(object, "allow_failure").value_or(false);
  job.tags = as_set(texts_in(object, "tag_list").value_or(std::vector<std::string>{}));
  if (job.status == JobStatus::failed) job.failure_reason = text_in(object, "failure_reason");
  read_surroundings(object, otherwise, job);
  if (has_ended(job.status)) read_origin(object, job);
  read_times(object, job);
  return job;
}

std::optional<Project> project_of(const Json& object) {
  Project project;
  project.id = ProjectId{id_in(object, "id")};
  if (project.id == ProjectId{}) return std::nullopt;
  project.path = text_in(object, "path_with_namespace");
  project.default_branch = text_in(object, "default_branch");
  project.archived = switch_in(object, "archived").value_or(false);
  project.takes_instance_runners = switch_in(object, "shared_runners_enabled").value_or(true);
  project.takes_group_runners = switch_in(object, "group_runners_enabled").value_or(true);
  return project;
}

std::optional<std::string> ref_pattern_of(const Json& object) {
  std::string name = text_in(object, "name");
  // Half a pattern would protect other refs.
  const bool whole = !name.empty() && name.size() < kLongestText - 3;
  return whole ? std::optional{std::move(name)} : std::nullopt;
}

std::optional<std::string> resource_group_of(const Json& object) {
  std::string key = text_in(object, "key");
  const bool whole = !key.empty() && key.size() < kLongestText - 3;  // another's when cut
  return whole ? std::optional{std::move(key)} : std::nullopt;
}

std::optional<Member> member_of(const Json& object) {
  const UserId user{id_in(object, "id")};
  if (user == UserId{}) return std::nullopt;
  return Member{user, count_in(object, "access_level").value_or(0)};
}

// With `with_labels_details` a label is an object.
std::vector<std::string> labels_in(const Json& object) {
  std::vector<std::string> labels;
  for (const Json& label : member(object, "labels")) {
    std::string name = label.is_string() ? label.get<std::string>() : text_in(label, "name");
    if (!name.empty()) labels.push_back(std::move(name));
  }
  return labels;
}

std::optional<MergeRequest> merge_request_of(const Json& object) {
  const MergeRequestIid iid{id_in(object, "iid")};
  if (iid == MergeRequestIid{}) return std::nullopt;
  MergeRequest request;
  request.iid = iid;
  request.target_branch = text_in(object, "target_branch");
  request.labels = labels_in(object);
  // `work_in_progress` is the name of old.
  request.draft = switch_in(object, "draft") == true || switch_in(object, "work_in_progress") == true;
  return request;
}

std::optional<Time> day_in(const Json& object, std::string_view key) {
  const Result<Time> day = parse_time(text_in(object, key).substr(0, 10) + "T00:00:00Z");
  return day ? std::optional{*day} : std::nullopt;
}

}  // namespace

Result<std::vector<Runner>> parse_runners(std::string_view json) {
  return parse_list<Runner>(json, detailed_runner_of);
}

Result<Runner> parse_runner(std::string_view json) {
  return parse_one(json, detailed_runner_of);
}

Result<std::vector<Job>> parse_jobs(std::string_view json, ProjectId project) {
  return parse_list<Job>(json, [&](const Json& object) { return job_of(object, project); });
}

Result<Job> parse_job(std::string_view json, ProjectId project) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  std::optional<Job> job = job_of(*object, project);
  if (!job) return fail(Errc::corrupt, "the answer has no valid id");
  return *std::move(job);
}

Result<std::vector<Project>> parse_projects(std::string_view json) {
  return parse_list<Project>(json, project_of);
}

Result<Project> parse_project(std::string_view json) {
  return parse_one(json, project_of);
}

Result<std::vector<std::string>> parse_ref_patterns(std::string_view json) {
  return parse_list<std::string>(json, ref_pattern_of);
}

Result<std::vector<Member>> parse_members(std::string_view json) {
  return parse_list<Member>(json, member_of);
}

Result<std::vector<MergeRequest>> parse_merge_requests(std::string_view json) {
  return parse_list<MergeRequest>(json, merge_request_of);
}

Result<std::vector<std::string>> parse_resource_groups(std::string_view json) {
  return parse_list<std::string>(json, resource_group_of);
}

Result<std::optional<JobId>> parse_current_job(std::string_view json) {
  Result<Json> value = read_value(json);
  if (!value) return fail(std::move(value.error()));
  if (value->is_null() || (value->is_object() && value->empty())) return std::optional<JobId>{};
  const JobId job{id_in(*value, "id")};
  if (job == JobId{}) return fail(Errc::corrupt, "the answer is no job");
  return std::optional{job};
}

Result<TokenFacts> parse_token(std::string_view json) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  auto scopes = texts_in(*object, "scopes");
  if (!scopes) return fail(Errc::corrupt, "the answer describes no access token: it has no scopes");
  TokenFacts token;
  token.name = text_in(*object, "name");
  token.scopes = *std::move(scopes);
  token.active = switch_in(*object, "active").value_or(true) && switch_in(*object, "revoked") != true;
  token.expires_at = day_in(*object, "expires_at");
  return token;
}

Result<std::string> parse_version(std::string_view json) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  std::string version = text_in(*object, "version");
  if (version.empty()) return fail(Errc::corrupt, "the answer names no version of GitLab");
  return version;
}

}  // namespace runneriq::gitlab
