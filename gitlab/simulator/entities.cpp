#include "gitlab/simulator/entities.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

json seconds_or_null(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return static_cast<double>(duration->count()) / 1000.0;
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string page_of(const View& view, ProjectId project, std::string_view rest) {
  return view.base + "/" + view.world.projects().at(project).path + "/-/" + std::string(rest);
}

json text_or_null(const std::string& text) {
  return text.empty() ? json() : json(text);
}

json commit_row(const PipelineRecord& pipeline) {
  return {{"id", pipeline.sha},
          {"short_id", pipeline.sha.substr(0, 8)},
          {"title", "Work on " + pipeline.ref},
          {"message", "Work on " + pipeline.ref},
          {"created_at", stamp(pipeline.created_at)}};
}

json runner_of_job(const View& view, const JobRecord& job) {
  const auto runner = view.world.runners().find(job.runner);
  return runner == view.world.runners().end() ? json() : runner_row(view, runner->second);
}

json manager_of_job(const View& view, const JobRecord& job) {
  const auto runner = view.world.runners().find(job.runner);
  if (runner == view.world.runners().end()) return nullptr;
  for (const ManagerRecord& machine : runner->second.managers) {
    if (machine.system_id == job.system_id) return manager_row(view, runner->second, machine);
  }
  return nullptr;
}

json job_basics(const View& view, const JobRecord& job) {
  const PipelineRecord& pipeline = view.world.pipelines().at(job.pipeline);
  json row{{"id", job.id.value()},
           {"status", to_text(job.status)},
           {"stage", job.stage},
           {"name", job.name},
           {"ref", pipeline.ref},
           {"tag", pipeline.is_tag},
           {"coverage", nullptr},
           {"allow_failure", job.allow_failure},
           {"created_at", stamp(job.created_at)},
           {"started_at", stamp_or_null(job.started_at)},
           {"finished_at", stamp_or_null(job.finished_at)},
           {"erased_at", nullptr},
           {"duration", seconds_or_null(ran(job, view.world.now()))},
           {"queued_duration", seconds_or_null(queued(job, view.world.now()))},
           {"user", user_row(view, job.user)},
           {"commit", commit_row(pipeline)},
           {"pipeline", pipeline_row(view, pipeline)},
           {"web_url", page_of(view, job.project, "jobs/" + std::to_string(job.id.value()))}};
  if (job.status == JobStatus::failed) row["failure_reason"] = job.failure_reason;
  return row;
}

json projects_of(const View& view, const RunnerRecord& runner) {
  json projects = json::array();
  for (const ProjectId id : runner.traits.projects) {
    const ProjectRecord& project = view.world.projects().at(id);
    projects.push_back({{"id", id.value()},
                        {"name", last_part(project.path)},
                        {"path", last_part(project.path)},
                        {"path_with_namespace", project.path}});
  }
  return projects;
}

json groups_of(const View& view, const RunnerRecord& runner) {
  json groups = json::array();
  for (const std::string& path : runner.traits.groups) {
    groups.push_back({{"id", static_cast<std::int64_t>(groups.size()) + 1},
                      {"name", last_part(path)},
                      {"web_url", view.base + "/groups/" + path}});
  }
  return groups;
}

}  // namespace

std::string stamp(Time time) {
  std::string text = runneriq::to_text(time);
  if (text.find('.') == std::string::npos) text.insert(text.size() - 1, ".000");
  return text;
}

json stamp_or_null(const std::optional<Time>& time) {
  return time ? json(stamp(*time)) : json();
}

std::optional<Duration> ran(const JobRecord& job, Time now) {
  if (!job.started_at) return std::nullopt;
  return job.finished_at.value_or(now) - *job.started_at;
}

std::optional<Duration> queued(const JobRecord& job, Time now) {
  if (!job.queued_at) return std::nullopt;
  const Time until = job.started_at ? *job.started_at : job.finished_at.value_or(now);
  return until - *job.queued_at;
}

json runner_row(const View& view, const RunnerRecord& runner) {
  const RunnerStatus status = view.world.status_of(runner);
  const bool never = status == RunnerStatus::never_contacted;
  return {{"id", runner.id.value()},
          {"description", runner.description},
          {"ip_address", ""},
          {"active", !runner.paused},
          {"paused", runner.paused},
          {"is_shared", runner.traits.type == RunnerType::instance},
          {"runner_type", to_text(runner.traits.type)},
          {"name", "gitlab-runner"},
          {"online", never ? json() : json(status == RunnerStatus::online)},
          {"status", to_text(status)}};
}

json runner_details(const View& view, const RunnerRecord& runner) {
  json row = runner_row(view, runner);
  row.update({{"tag_list", runner.traits.tags},
              {"run_untagged", runner.traits.run_untagged},
              {"locked", runner.locked},
              {"maximum_timeout", runner.maximum_timeout ? json(*runner.maximum_timeout) : json()},
              {"access_level", runner.traits.protected_only ? "ref_protected" : "not_protected"},
              {"version", nullptr},
              {"revision", nullptr},
              {"platform", nullptr},
              {"architecture", nullptr},
              {"contacted_at", stamp_or_null(runner.contacted_at)},
              {"maintenance_note", text_or_null(runner.maintenance_note)},
              {"projects", projects_of(view, runner)},
              {"groups", groups_of(view, runner)}});
  return row;
}

json manager_row(const View& view, const RunnerRecord& runner, const ManagerRecord& machine) {
  return {{"id", machine.id},
          {"system_id", machine.system_id},
          {"version", machine.version},
          {"revision", "00000000"},
          {"platform", "linux"},
          {"architecture", "amd64"},
          {"created_at", stamp(machine.created_at)},
          {"contacted_at", stamp_or_null(machine.contacted_at)},
          {"ip_address", "127.0.0.1"},
          {"status", to_text(view.world.status_of(runner))}};
}

json project_row(const View& view, const ProjectRecord& project) {
  const std::string_view name = last_part(project.path);
  return {{"id", project.id.value()},
          {"name", name},
          {"path", name},
          {"path_with_namespace", project.path},
          {"default_branch", text_or_null(project.default_branch)},
          {"archived", false},
          {"visibility", "private"},
          {"shared_runners_enabled", true},
          {"group_runners_enabled", true},
          {"web_url", view.base + "/" + project.path}};
}

json user_row(const View& view, UserId user) {
  const std::string& name = view.world.users().at(user).name;
  return {{"id", user.value()},
          {"username", name},
          {"name", name},
          {"state", "active"},
          {"web_url", view.base + "/" + name}};
}

json pipeline_row(const View& view, const PipelineRecord& pipeline) {
  return {{"id", pipeline.id.value()},
          {"iid", pipeline.iid},
          {"project_id", pipeline.project.value()},
          {"sha", pipeline.sha},
          {"ref", pipeline.ref},
          {"status", to_text(view.world.status_of(pipeline))},
          {"source", pipeline.source},
          {"created_at", stamp(pipeline.created_at)},
          {"updated_at", stamp(pipeline.updated_at)},
          {"web_url", page_of(view, pipeline.project, "pipelines/" + std::to_string(pipeline.id.value()))}};
}

json pipeline_details(const View& view, const PipelineRecord& pipeline) {
  json row = pipeline_row(view, pipeline);
  std::optional<Time> started, finished;
  for (const JobId id : pipeline.jobs) {
    const JobRecord& job = view.world.jobs().at(id);
    if (job.started_at) started = started ? std::min(*started, *job.started_at) : job.started_at;
    if (job.finished_at) finished = std::max(finished, job.finished_at);
  }
  row.update({{"before_sha", std::string(40, '0')},
              {"tag", pipeline.is_tag},
              {"yaml_errors", text_or_null(pipeline.yaml_errors)},
              {"user", user_row(view, pipeline.user)},
              {"started_at", stamp_or_null(started)},
              {"finished_at", stamp_or_null(finished)}});
  return row;
}

json job_row(const View& view, const JobRecord& job) {
  json row = job_basics(view, job);
  row.update({{"project", {{"ci_job_token_scope_enabled", false}}},
              {"artifacts", json::array()},
              {"artifacts_expire_at", nullptr},
              {"archived", false},
              {"runner", runner_of_job(view, job)},
              {"runner_manager", manager_of_job(view, job)},
              {"tag_list", job.traits.tags}});
  return row;
}

json runners_job_row(const View& view, const JobRecord& job) {
  json row = job_basics(view, job);
  row["project"] = project_row(view, view.world.projects().at(job.project));
  return row;
}

json merge_request_row(const View& view, const MergeRequestRecord& merge_request) {
  constexpr std::int64_t kAnotherProject = 1'000'000'000;
  const std::int64_t iid = merge_request.facts.iid.value();
  const std::int64_t project = merge_request.project.value();
  const PipelineRecord* const head = view.world.head_pipeline(merge_request);
  return {{"id", merge_request.id},
          {"iid", iid},
          {"project_id", merge_request.project.value()},
          {"title", merge_request.title},
          {"state", merge_request.state},
          {"sha", head == nullptr ? json() : json(head->sha)},
          {"source_project_id", merge_request.fork ? kAnotherProject + project : project},
          {"target_project_id", project},
          {"source_branch", merge_request.source_branch},
          {"target_branch", merge_request.facts.target_branch},
          {"labels", merge_request.facts.labels},
          {"draft", merge_request.facts.draft},
          {"web_url", page_of(view, merge_request.project, "merge_requests/" + std::to_string(iid))}};
}

json merge_request_details(const View& view, const MergeRequestRecord& merge_request) {
  json row = merge_request_row(view, merge_request);
  const PipelineRecord* const head = view.world.head_pipeline(merge_request);
  row["head_pipeline"] = head == nullptr ? json() : pipeline_row(view, *head);
  return row;
}

json note_row(const View& view, const NoteRecord& note) {
  return {{"id", note.id},
          {"body", note.body},
          {"author", user_row(view, note.author)},
          {"created_at", stamp(note.created_at)},
          {"updated_at", stamp(note.updated_at)},
          {"noteable_type", "MergeRequest"},
          {"internal", note.internal},
          {"system", note.system}};
}

json issue_row(const View& view, const IssueRecord& issue) {
  return {{"id", issue.id},
          {"iid", issue.iid},
          {"project_id", issue.project.value()},
          {"title", issue.title},
          {"description", issue.description},
          {"labels", issue.labels},
          {"confidential", issue.confidential},
          {"state", issue.state},
          {"author", user_row(view, issue.author)},
          {"created_at", stamp(issue.created_at)},
          {"web_url", page_of(view, issue.project, "issues/" + std::to_string(issue.iid))}};
}

}  // namespace runneriq::gitlab::simulator
