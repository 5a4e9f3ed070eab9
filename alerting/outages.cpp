#include "alerting/outages.hpp"

#include <algorithm>
#include <array>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kMostEnds = 4'096;
constexpr std::size_t kMostOutages = 64;

// https://docs.gitlab.com/api/jobs/, and CommitStatus in GitLab's source.
constexpr std::array<std::string_view, 28> kReasons{
    "api_failure",
    "archived_failure",
    "builds_disabled",
    "ci_quota_exceeded",
    "data_integrity_failure",
    "deployment_rejected",
    "environment_creation_failure",
    "failed_outdated_deployment_job",
    "forward_deployment_failure",
    "id_token_burned_project_path",
    "ip_restriction_failure",
    "job_execution_server_timeout",
    "job_router_failure",
    "job_token_expired",
    "missing_dependency_failure",
    "no_matching_runner",
    "pipeline_loop_detected",
    "project_deleted",
    "protected_environment_failure",
    "reached_max_descendant_pipelines_depth",
    "reached_max_pipeline_hierarchy_size",
    "scheduler_failure",
    "secrets_manager_access_denied",
    "secrets_provider_not_found",
    "stale_schedule",
    "unknown_failure",
    "unmet_prerequisites",
    "user_blocked",
};
static_assert(std::ranges::is_sorted(kReasons));

constexpr std::array<std::string_view, 7> kBeginnings{
    "bridge_", "downstream_", "no_updates_", "runner_", "server_timeout_", "stuck_", "upstream_",
};

}  // namespace

void OutageWatch::ended(std::uint64_t job, bool failed, Time time) {
  if (time + terms_.window < newest_) return;
  newest_ = std::max(newest_, time);
  if (!failed && run_.empty()) return;  // a run begins with a failure
  add({time, job, failed});
  const auto is_past = [this] { return run_.front().time + terms_.window < newest_; };
  while (!run_.empty() && (run_.size() > kMostEnds || is_past() || !mostly_failed())) drop_first();
  if (run_.size() >= static_cast<std::size_t>(terms_.least) &&
      kinds_.size() >= static_cast<std::size_t>(terms_.least_kinds)) {
    remember();
  }
}

bool OutageWatch::holds(Time time) const {
  return std::ranges::any_of(outages_,
                             [&](const Span& span) { return span.from <= time && time <= span.to; });
}

void OutageWatch::add(const End& end) {
  run_.push_back(end);
  if (!end.failed) return;
  ++failed_;
  ++kinds_[end.job];
}

void OutageWatch::drop_first() {
  const End end = run_.front();
  run_.pop_front();
  if (!end.failed) return;
  --failed_;
  if (--kinds_[end.job] == 0) kinds_.erase(end.job);
}

bool OutageWatch::mostly_failed() const {
  return failed_ >= terms_.share * static_cast<double>(run_.size());
}

void OutageWatch::remember() {
  const Time from = run_.front().time;
  if (!outages_.empty() && from <= outages_.back().to) {
    outages_.back().from = std::min(outages_.back().from, from);
    outages_.back().to = newest_;
    return;
  }
  outages_.push_back({from, newest_});
  if (outages_.size() > kMostOutages) outages_.pop_front();
}

bool is_of_infrastructure(std::string_view failure_reason) {
  return std::ranges::binary_search(kReasons, failure_reason) ||
         std::ranges::any_of(kBeginnings,
                             [&](std::string_view start) { return failure_reason.starts_with(start); });
}

}  // namespace runneriq::alerting
