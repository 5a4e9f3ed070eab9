#include "gitlab/simulator/job_handout.hpp"

#include "core/joined.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr std::int64_t kTimeout = 3600;  // seconds, GitLab's usual one
const std::string kNoCommit(40, '0');

class Variables {
 public:
  void add(std::string_view key, std::string value) {
    list_.push_back(
        {{"key", key}, {"value", std::move(value)}, {"public", true}, {"file", false}, {"masked", false}});
  }
  void add(std::string_view key, std::int64_t value) { add(key, std::to_string(value)); }
  void add_secret(std::string_view key, std::string value) {
    list_.push_back(
        {{"key", key}, {"value", std::move(value)}, {"public", false}, {"file", false}, {"masked", true}});
  }
  [[nodiscard]] json list() && { return std::move(list_); }

 private:
  json list_ = json::array();
};

struct Handout {
  const View& view;
  const JobRecord& job;
  const RunnerRecord& runner;
  const PipelineRecord& pipeline;
  const ProjectRecord& project;
  const MergeRequestRecord* merge_request = nullptr;
};

std::string yes_or_no(bool value) {
  return value ? "true" : "false";
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

void add_job_variables(const Handout& of, Variables& variables) {
  const std::string user = of.view.world.users().at(of.job.user).name;
  variables.add("CI_JOB_ID", of.job.id.value());
  variables.add("CI_JOB_URL",
                of.view.base + "/" + of.project.path + "/-/jobs/" + std::to_string(of.job.id.value()));
  variables.add_secret("CI_JOB_TOKEN", of.job.token);
  variables.add("CI_JOB_STARTED_AT", runneriq::to_text(*of.job.started_at));
  variables.add("CI_REGISTRY_USER", "gitlab-ci-token");
  variables.add("CI_JOB_NAME", of.job.name);
  variables.add("CI_JOB_STAGE", of.job.stage);
  if (of.job.manual) variables.add("CI_JOB_MANUAL", "true");
  variables.add("CI_NODE_TOTAL", 1);
  variables.add("CI", "true");
  variables.add("GITLAB_CI", "true");
  variables.add("CI_SERVER_URL", of.view.base);
  variables.add("CI_SERVER_NAME", "GitLab");
  variables.add("CI_SERVER_VERSION", "17.10.0-ee");
  variables.add("GITLAB_USER_ID", of.job.user.value());
  variables.add("GITLAB_USER_LOGIN", user);
  variables.add("GITLAB_USER_NAME", user);
}

void add_project_variables(const Handout& of, Variables& variables) {
  variables.add("CI_PROJECT_ID", of.project.id.value());
  variables.add("CI_PROJECT_NAME", name_of(of.project.path));
  variables.add("CI_PROJECT_PATH", of.project.path);
  variables.add("CI_PROJECT_NAMESPACE", of.project.path.substr(0, of.project.path.rfind('/')));
  variables.add("CI_PROJECT_URL", of.view.base + "/" + of.project.path);
  variables.add("CI_DEFAULT_BRANCH", of.project.default_branch);
  variables.add("CI_API_V4_URL", of.view.base + "/api/v4");
}

void add_pipeline_variables(const Handout& of, Variables& variables) {
  variables.add("CI_PIPELINE_IID", of.pipeline.iid);
  variables.add("CI_PIPELINE_SOURCE", of.pipeline.source);
  variables.add("CI_PIPELINE_CREATED_AT", runneriq::to_text(of.pipeline.created_at));
  variables.add("CI_COMMIT_SHA", of.pipeline.sha);
  variables.add("CI_COMMIT_SHORT_SHA", of.pipeline.sha.substr(0, 8));
  variables.add("CI_COMMIT_BEFORE_SHA", kNoCommit);
  variables.add("CI_COMMIT_REF_NAME", of.pipeline.ref);
  variables.add("CI_COMMIT_REF_PROTECTED", yes_or_no(of.job.traits.ref_protected));
  if (of.pipeline.is_tag) {
    variables.add("CI_COMMIT_TAG", of.pipeline.ref);
  } else if (of.merge_request == nullptr) {
    variables.add("CI_COMMIT_BRANCH", of.pipeline.ref);
  }
  variables.add("CI_PIPELINE_ID", of.pipeline.id.value());
}

void add_merge_request_variables(const Handout& of, Variables& variables) {
  if (of.merge_request == nullptr) return;
  const MergeRequestRecord& one = *of.merge_request;
  variables.add("CI_MERGE_REQUEST_IID", one.facts.iid.value());
  variables.add("CI_MERGE_REQUEST_PROJECT_PATH", of.project.path);
  variables.add("CI_MERGE_REQUEST_TITLE", one.title);
  variables.add("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", one.source_branch);
  variables.add("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", one.facts.target_branch);
  if (!one.facts.labels.empty()) variables.add("CI_MERGE_REQUEST_LABELS", joined(one.facts.labels, ","));
  variables.add("CI_MERGE_REQUEST_EVENT_TYPE", "detached");
}

// In GitLab's order: Gitlab::Ci::Variables::Builder, then those of the runner, then the YAML's.
json variables_of(const Handout& of) {
  Variables variables;
  add_job_variables(of, variables);
  add_project_variables(of, variables);
  add_pipeline_variables(of, variables);
  add_merge_request_variables(of, variables);
  variables.add("CI_RUNNER_ID", of.runner.id.value());
  variables.add("CI_RUNNER_DESCRIPTION", of.runner.description);
  variables.add("CI_RUNNER_TAGS", json_line(json(of.runner.traits.tags)));
  variables.add("GIT_STRATEGY", "none");
  return std::move(variables).list();
}

json info_of(const Handout& of) {
  const auto waited = queued(of.job, of.view.world.now()).value_or(Duration{});
  return {{"id", of.job.id.value()},
          {"name", of.job.name},
          {"stage", of.job.stage},
          {"project_id", of.project.id.value()},
          {"project_name", name_of(of.project.path)},
          {"project_full_path", of.project.path},
          {"pipeline_id", of.pipeline.id.value()},
          {"user_id", of.job.user.value()},
          {"time_in_queue_seconds", static_cast<double>(waited.count()) / 1000.0},
          {"project_jobs_running_on_instance_runners_count", "0"},
          {"queue_size", of.view.world.pending().size()},
          {"queue_depth", 0}};
}

json git_of(const Handout& of) {
  const std::string prefix = of.pipeline.is_tag ? "refs/tags/" : "refs/heads/";
  const std::string full = of.merge_request != nullptr ? of.pipeline.ref : prefix + of.pipeline.ref;
  return {{"repo_url", of.view.base + "/" + of.project.path + ".git"},
          {"ref", of.pipeline.ref},
          {"sha", of.pipeline.sha},
          {"before_sha", kNoCommit},
          {"ref_type", of.pipeline.is_tag ? "tag" : "branch"},
          {"refspecs", {"+" + full + ":refs/pipelines/" + std::to_string(of.pipeline.id.value())}},
          {"depth", 20},
          {"repo_object_format", "sha1"},
          {"protected", of.job.traits.ref_protected}};
}

json steps_of(const Handout& of, std::int64_t timeout) {
  const auto seconds = static_cast<double>(of.job.takes.count()) / 1000.0;
  json script{"echo \"job $CI_JOB_NAME\"", "sleep " + json_line(json(seconds))};
  if (!of.job.ends_well) script.push_back("exit 1");
  return json::array({{{"name", "script"},
                       {"script", script},
                       {"timeout", timeout},
                       {"when", "on_success"},
                       {"allow_failure", false}}});
}

}  // namespace

json job_handout(const View& view, const JobRecord& job, const RunnerRecord& runner) {
  const World& world = view.world;
  Handout of{.view = view,
             .job = job,
             .runner = runner,
             .pipeline = world.pipelines().at(job.pipeline),
             .project = world.projects().at(job.project)};
  for (const MergeRequestRecord& one : world.merge_requests()) {
    if (one.project == job.project && one.facts.iid.value() == of.pipeline.merge_request)
      of.merge_request = &one;
  }
  const std::int64_t timeout = std::min(kTimeout, runner.maximum_timeout.value_or(kTimeout));
  return {{"id", job.id.value()},
          {"token", job.token},
          {"allow_git_fetch", true},
          {"job_info", info_of(of)},
          {"git_info", git_of(of)},
          {"runner_info", {{"timeout", timeout}, {"runner_session_url", nullptr}}},
          {"variables", variables_of(of)},
          {"steps", steps_of(of, timeout)},
          {"hooks", json::array()},
          {"image", nullptr},
          {"services", json::array()},
          {"artifacts", json::array()},
          {"cache", json::array()},
          {"credentials", json::array()},
          {"dependencies", json::array()},
          {"features",
           {{"trace_sections", true},
            {"failure_reasons", {"unknown_failure", "script_failure", "job_canceled"}}}}};
}

}  // namespace runneriq::gitlab::simulator
