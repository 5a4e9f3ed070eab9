#include "diagnosis/classification.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

// In the order of their letters: GitLab's Enums::Ci::CommitStatus with the reasons of GitLab 19, and what
// gitlab-runner reports where the server takes it. Those that say nothing of the cause are not here.
struct FailureReason {
  std::string_view name;
  FailureClass failure_class;
  double confidence;
  std::string_view suggestion;
};

constexpr std::array kReasons{
    FailureReason{
        "api_failure", FailureClass::runner_system, 0.9,
        "The runner could not talk to GitLab: retry the job, and look at GitLab's health if it stays."},
    FailureReason{"archived_failure", FailureClass::configuration, 0.95,
                  "The job is archived: run a new pipeline instead of retrying the old job."},
    FailureReason{"bridge_pipeline_is_child_pipeline", FailureClass::configuration, 0.95,
                  "A child pipeline cannot start further ones here: trigger from the parent."},
    FailureReason{"builds_disabled", FailureClass::configuration, 0.95,
                  "CI/CD is switched off for the project: switch it on in its settings."},
    FailureReason{"ci_quota_exceeded", FailureClass::runner_system, 0.9,
                  "The compute minutes are used up: buy more, or run the job on a runner of your own."},
    FailureReason{"data_integrity_failure", FailureClass::runner_system, 0.85,
                  "GitLab's record of the job is damaged: start a new pipeline, and tell the administrator "
                  "the job's number."},
    FailureReason{"deployment_rejected", FailureClass::permission, 0.95,
                  "The deployment was rejected by an approver: ask for the approval anew."},
    FailureReason{"downstream_bridge_project_not_found", FailureClass::configuration, 0.9,
                  "Correct trigger:project, or give the user access to the downstream project."},
    FailureReason{"downstream_pipeline_creation_failed", FailureClass::configuration, 0.9,
                  "The downstream pipeline cannot be created: check its CI file and its workflow rules."},
    FailureReason{"downstream_project_trigger_resolved_to_empty", FailureClass::configuration, 0.97,
                  "Set the variable from which trigger:project takes its value."},
    FailureReason{"duo_workflow_connection_failure", FailureClass::network, 0.85,
                  "Let the runner reach the Duo Agent Platform, then retry."},
    FailureReason{"duo_workflow_not_allowed", FailureClass::configuration, 0.9,
                  "Take the tag gitlab--duo off this runner: such jobs run on runners of the instance or top "
                  "group alone."},
    FailureReason{"environment_creation_failure", FailureClass::configuration, 0.95,
                  "Correct environment:name or environment:url: the variables in them may be unset."},
    FailureReason{"failed_outdated_deployment_job", FailureClass::configuration, 0.9,
                  "A later deployment was there first: run the newest deployment job instead."},
    FailureReason{"forward_deployment_failure", FailureClass::configuration, 0.9,
                  "A later deployment was there first: run the newest deployment job instead."},
    FailureReason{
        "id_token_burned_project_path", FailureClass::configuration, 0.9,
        "Begin ci_id_token_sub_claim_components with project_id and adapt the trust policy of the cloud."},
    FailureReason{"image_pull_failure", FailureClass::registry, 0.8,
                  "Check the image's name and tag, and whether the runner may pull from its registry."},
    FailureReason{"insufficient_bridge_permissions", FailureClass::permission, 0.97,
                  "Give the user of the pipeline the right to run pipelines in the downstream project."},
    FailureReason{"insufficient_upstream_permissions", FailureClass::permission, 0.97,
                  "Give the user of the pipeline access to the upstream project."},
    FailureReason{"invalid_bridge_trigger", FailureClass::configuration, 0.95,
                  "Correct the job's trigger section: it points to its own project or to nothing."},
    FailureReason{
        "ip_restriction_failure", FailureClass::permission, 0.95,
        "Let the runner's address into the group's list of allowed addresses, or use a runner within it."},
    FailureReason{"job_execution_server_timeout", FailureClass::timeout, 0.97,
                  "Raise the job's timeout, or split the job."},
    FailureReason{"job_execution_timeout", FailureClass::timeout, 0.97,
                  "Raise the job's timeout, or split the job."},
    FailureReason{"job_router_failure", FailureClass::runner_system, 0.85,
                  "The Job Router could not run the job: retry it, and ask the administrator if it stays."},
    FailureReason{"job_token_expired", FailureClass::timeout, 0.75,
                  "The job ran longer than its token lives: shorten it, or raise the project's timeout."},
    FailureReason{
        "missing_dependency_failure", FailureClass::configuration, 0.85,
        "The artifacts of an earlier job are gone: rerun that job, or raise its artifacts:expire_in."},
    FailureReason{"no_matching_runner", FailureClass::configuration, 0.85,
                  "No runner takes this job: correct its tags, or register a runner with them."},
    FailureReason{"no_updates_canceling", FailureClass::runner_system, 0.75,
                  "The runner fell silent while the job was cancelled: look whether its host is alive."},
    FailureReason{"no_updates_running", FailureClass::runner_system, 0.75,
                  "The runner fell silent while the job ran: look whether its host is alive, then retry."},
    FailureReason{"pipeline_loop_detected", FailureClass::configuration, 0.97,
                  "The pipelines trigger each other for ever: break the loop with rules."},
    FailureReason{"project_deleted", FailureClass::configuration, 0.9,
                  "The project is being deleted: nothing runs there any more."},
    FailureReason{"protected_environment_failure", FailureClass::permission, 0.97,
                  "Let somebody deploy who may deploy to the protected environment."},
    FailureReason{"reached_downstream_pipeline_trigger_rate_limit", FailureClass::configuration, 0.8,
                  "Too many pipelines were triggered within a minute: wait and retry, or trigger fewer."},
    FailureReason{"reached_max_descendant_pipelines_depth", FailureClass::configuration, 0.95,
                  "Child pipelines are nested too deeply: flatten them to two levels."},
    FailureReason{"reached_max_pipeline_hierarchy_size", FailureClass::configuration, 0.95,
                  "The tree of pipelines is too large: trigger fewer downstream pipelines."},
    FailureReason{
        "runner_configuration_error", FailureClass::configuration, 0.9,
        "Correct the job's image, pull policy or executor settings, or ask the runner's administrator."},
    FailureReason{"runner_external_dependency_failure", FailureClass::network, 0.7,
                  "The runner could not reach a registry or a server: retry, and check its names and network "
                  "if it stays."},
    FailureReason{"runner_interrupted", FailureClass::runner_system, 0.95,
                  "The runner was stopped while the job ran: retry the job."},
    FailureReason{"runner_system_failure", FailureClass::runner_system, 0.85,
                  "The runner itself failed: retry the job, and look at the runner's own log if it stays."},
    FailureReason{"runner_unsupported", FailureClass::runner_system, 0.9,
                  "The runner is too old for what the job asks for: upgrade it, or choose another by tags."},
    FailureReason{
        "scheduler_failure", FailureClass::runner_system, 0.9,
        "GitLab could not hand the job to a runner: retry it, and ask the administrator if it stays."},
    FailureReason{"secrets_manager_access_denied", FailureClass::permission, 0.9,
                  "The namespace has no access to the Secrets Manager: restore its subscription or credits."},
    FailureReason{"secrets_provider_not_found", FailureClass::configuration, 0.95,
                  "Set the variables of the secrets provider, such as VAULT_SERVER_URL."},
    FailureReason{
        "server_timeout_canceling", FailureClass::timeout, 0.85,
        "The job did not end in time when it was cancelled: look at what its after_script waits for."},
    FailureReason{"server_timeout_running", FailureClass::timeout, 0.97,
                  "Raise the job's timeout, or split the job."},
    FailureReason{"stale_schedule", FailureClass::runner_system, 0.85,
                  "The delayed job was not started in time: run it by hand."},
    FailureReason{
        "stuck_or_timeout_failure", FailureClass::runner_system, 0.6,
        "No runner took the job, or it fell silent: check the tags and whether a runner is online."},
    FailureReason{"stuck_pending_no_matching_runners", FailureClass::configuration, 0.85,
                  "No runner takes this job: correct its tags, or register a runner with them."},
    FailureReason{"stuck_pending_with_matching_runners", FailureClass::runner_system, 0.85,
                  "All fitting runners are busy or paused: add one, or wait and retry."},
    FailureReason{
        "trace_size_exceeded", FailureClass::configuration, 0.85,
        "The job prints more than GitLab keeps: let it print less, or write to a file kept as artifact."},
    FailureReason{"unmet_prerequisites", FailureClass::infrastructure, 0.75,
                  "GitLab could not prepare the environment, often its Kubernetes namespace: check the "
                  "cluster's connection."},
    FailureReason{"upstream_bridge_project_not_found", FailureClass::configuration, 0.9,
                  "Correct needs:project, or give the user access to the upstream project."},
    FailureReason{"user_blocked", FailureClass::permission, 0.97,
                  "The user of the pipeline is blocked: let another user run it, or own its schedule."},
};
static_assert(std::ranges::is_sorted(kReasons, {}, &FailureReason::name));

}  // namespace

std::optional<Classification> class_by_reason(std::string_view failure_reason) {
  const auto* const reason = std::ranges::lower_bound(kReasons, failure_reason, {}, &FailureReason::name);
  if (reason == kReasons.end() || reason->name != failure_reason) return std::nullopt;
  return Classification{.failure_class = reason->failure_class,
                        .confidence = reason->confidence,
                        .decided_by = "failure_reason:" + std::string{reason->name},
                        .suggestion = std::string{reason->suggestion},
                        .others = {}};
}

}  // namespace runneriq::diagnosis
