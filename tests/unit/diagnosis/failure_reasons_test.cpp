#include "diagnosis/classification.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::diagnosis {
namespace {

struct ReasonCase {
  std::string_view reason;
  FailureClass failure_class;
};

TEST(FailureReasons, DecideWithoutTheLog) {
  for (const ReasonCase& one : {ReasonCase{"runner_system_failure", FailureClass::runner_system},
                                {"job_execution_timeout", FailureClass::timeout},
                                {"server_timeout_running", FailureClass::timeout},
                                {"stuck_pending_no_matching_runners", FailureClass::configuration},
                                {"missing_dependency_failure", FailureClass::configuration},
                                {"protected_environment_failure", FailureClass::permission},
                                {"image_pull_failure", FailureClass::registry},
                                {"runner_external_dependency_failure", FailureClass::network},
                                {"runner_configuration_error", FailureClass::configuration},
                                {"runner_interrupted", FailureClass::runner_system},
                                {"unmet_prerequisites", FailureClass::infrastructure},
                                {"api_failure", FailureClass::runner_system},
                                {"user_blocked", FailureClass::permission}}) {
    const auto answer = class_by_reason(one.reason);
    ASSERT_TRUE(answer.has_value()) << one.reason;
    EXPECT_EQ(answer->failure_class, one.failure_class) << one.reason;
    EXPECT_EQ(answer->decided_by, "failure_reason:" + std::string{one.reason});
    EXPECT_GE(answer->confidence, kUnsure) << one.reason;
    EXPECT_TRUE(answer->suggestion.ends_with('.')) << one.reason;
  }
}

// The whole list of GitLab, less the two that the log must tell.
TEST(FailureReasons, AreKnownToTheLast) {
  for (const std::string_view reason : {"api_failure",
                                        "runner_system_failure",
                                        "runner_configuration_error",
                                        "runner_external_dependency_failure",
                                        "runner_interrupted",
                                        "runner_unsupported",
                                        "stuck_or_timeout_failure",
                                        "stuck_pending_with_matching_runners",
                                        "stuck_pending_no_matching_runners",
                                        "no_updates_running",
                                        "no_updates_canceling",
                                        "server_timeout_running",
                                        "server_timeout_canceling",
                                        "job_execution_timeout",
                                        "job_execution_server_timeout",
                                        "missing_dependency_failure",
                                        "stale_schedule",
                                        "archived_failure",
                                        "unmet_prerequisites",
                                        "scheduler_failure",
                                        "data_integrity_failure",
                                        "forward_deployment_failure",
                                        "failed_outdated_deployment_job",
                                        "deployment_rejected",
                                        "environment_creation_failure",
                                        "protected_environment_failure",
                                        "secrets_provider_not_found",
                                        "secrets_manager_access_denied",
                                        "job_token_expired",
                                        "id_token_burned_project_path",
                                        "ci_quota_exceeded",
                                        "trace_size_exceeded",
                                        "builds_disabled",
                                        "user_blocked",
                                        "project_deleted",
                                        "ip_restriction_failure",
                                        "no_matching_runner",
                                        "job_router_failure",
                                        "pipeline_loop_detected",
                                        "insufficient_bridge_permissions",
                                        "insufficient_upstream_permissions",
                                        "downstream_bridge_project_not_found",
                                        "upstream_bridge_project_not_found",
                                        "invalid_bridge_trigger",
                                        "downstream_project_trigger_resolved_to_empty",
                                        "bridge_pipeline_is_child_pipeline",
                                        "downstream_pipeline_creation_failed",
                                        "reached_max_descendant_pipelines_depth",
                                        "reached_max_pipeline_hierarchy_size",
                                        "reached_downstream_pipeline_trigger_rate_limit",
                                        "duo_workflow_not_allowed",
                                        "duo_workflow_connection_failure"})
    EXPECT_TRUE(class_by_reason(reason).has_value()) << reason;
}

TEST(FailureReasons, ThatSayNothingOrAreNewDecideNothing) {
  for (const std::string_view reason : {"", "script_failure", "unknown_failure", "a_reason_of_next_year",
                                        "api_failur", "api_failure ", "zzz", "API_FAILURE"})
    EXPECT_FALSE(class_by_reason(reason).has_value()) << reason;
}

}  // namespace
}  // namespace runneriq::diagnosis
