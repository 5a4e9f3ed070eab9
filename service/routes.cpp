#include "service/routes.hpp"

#include "scheduler/admission_service.hpp"

#include <array>
#include <utility>

namespace runneriq::service {
namespace {

using scheduler::kAdmissionsPath;
using scheduler::kOutcomesPath;

constexpr std::string_view kText = "text/plain";

const std::vector<std::string_view> kPlace{"gitlab", "job", "attempt"};

// Each beside the errors of every route.
const std::array<Route, kOperations> kRoutes{{
    {Operation::submit_admission,
     "POST",
     kAdmissionsPath,
     "Who goes next on this host",
     {},
     "AdmissionQuestion",
     {{200, "AdmissionStanding"}, {503, "Error"}}},
    {Operation::poll_admission,
     "GET",
     kAdmissionsPath,
     "The standing of a job as soon as it is another version than the one known",
     {"gitlab", "job", "attempt", "version", "wait"},
     "",
     {{200, "AdmissionStanding"}, {204, ""}, {404, "Error"}}},
    {Operation::leave_admission,
     "DELETE",
     kAdmissionsPath,
     "The attempt has taken a slot, waits no more, or is over",
     kPlace,
     "",
     {{204, ""}, {503, "Error"}}},
    {Operation::report_outcomes,
     "POST",
     kOutcomesPath,
     "How attempts have ended",
     {},
     "OutcomeReport",
     {{200, "Accepted"}, {503, "Error"}}},
    {Operation::show_queue,
     "GET",
     "/api/v1/queue",
     "Pending and held jobs in the order they go",
     {},
     "",
     {{200, "Queue"}, {503, "Error"}}},
    {Operation::show_runners,
     "GET",
     "/api/v1/runners",
     "The runners as the last tick saw them",
     {},
     "",
     {{200, "Runners"}, {503, "Error"}}},
    {Operation::show_decisions,
     "GET",
     "/api/v1/decisions",
     "The last tick's decisions, or the latest one about one job",
     {"job_filter", "gitlab_filter"},
     "",
     {{200, "Decisions"}, {404, "Error"}, {503, "Error"}}},
    {Operation::show_leases,
     "GET",
     "/api/v1/leases",
     "Tags that are withheld or granted now, and until when",
     {},
     "",
     {{200, "Leases"}, {503, "Error"}}},
    {Operation::show_audit,
     "GET",
     "/api/v1/audit",
     "The newest records of the audit trail, oldest first",
     {"since", "limit"},
     "",
     {{200, "Audit"}, {503, "Error"}}},
    {Operation::show_approvals,
     "GET",
     "/api/v1/approvals",
     "Actions that wait for a person's approval",
     {"all"},
     "",
     {{200, "Approvals"}, {503, "Error"}}},
    {Operation::decide_approval,
     "POST",
     "/api/v1/approvals/{id}",
     "Approves or rejects an action",
     {"id"},
     "Verdict",
     {{200, "Approval"}, {404, "Error"}, {409, "Error"}, {503, "Error"}}},
    {Operation::show_carbon_now,
     "GET",
     "/api/v1/carbon/now",
     "The zones of the fleet, the greenest first",
     {},
     "",
     {{200, "CarbonNow"}, {404, "Error"}, {503, "Error"}}},
    {Operation::show_carbon_forecast,
     "GET",
     "/api/v1/carbon/forecast",
     "The coming hours of each zone",
     {"hours"},
     "",
     {{200, "CarbonForecast"}, {404, "Error"}, {503, "Error"}}},
    {Operation::show_carbon_summary,
     "GET",
     "/api/v1/carbon/summary",
     "What was emitted and saved today, this week and this month",
     {},
     "",
     {{200, "CarbonSummary"}, {503, "Error"}}},
    {Operation::show_carbon_ledger,
     "GET",
     "/api/v1/carbon/ledger",
     "The newest rows of the ledger, oldest first; with job that job's, with its slots",
     {"since", "until", "project_filter", "pipeline_filter", "carbon_job", "limit"},
     "",
     {{200, "CarbonLedger"}, {503, "Error"}}},
    {Operation::receive_webhook,
     "POST",
     "/webhooks/gitlab",
     "An event of GitLab: a hint to look again",
     {},
     "Webhook",
     {{200, "Text", kText}, {401, "Error"}, {404, "Error"}, {503, "Error"}}},
    {Operation::show_health, "GET", "/healthz", "The process serves", {}, "", {{200, "Text", kText}}},
    {Operation::show_readiness,
     "GET",
     "/readyz",
     "A tick has succeeded lately",
     {},
     "",
     {{200, "Readiness"}, {503, "Readiness"}}},
    {Operation::show_metrics,
     "GET",
     "/metrics",
     "Prometheus' text format 0.0.4",
     {},
     "",
     {{200, "Text", kText}}},
    {Operation::show_openapi, "GET", "/api/openapi.json", "This document", {}, "", {{200, "Any"}}},
}};

constexpr std::array<std::string_view, kOperations> kNames{
    "submitAdmission", "pollAdmission", "leaveAdmission",     "reportOutcomes",    "showQueue",
    "showRunners",     "showDecisions", "showLeases",         "showAudit",         "showApprovals",
    "decideApproval",  "showCarbonNow", "showCarbonForecast", "showCarbonSummary", "showCarbonLedger",
    "receiveWebhook",  "showHealth",    "showReadiness",      "showMetrics",       "showOpenapi"};

constexpr std::string_view kId = "{id}";

// What stands for "{id}" where `path` is one of `pattern`; the segment is not empty.
std::optional<std::string_view> segment_in(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with(kId)) return pattern == path ? std::optional{std::string_view{}} : std::nullopt;
  const std::string_view prefix = pattern.substr(0, pattern.size() - kId.size());
  if (!path.starts_with(prefix) || path.size() == prefix.size()) return std::nullopt;
  const std::string_view segment = path.substr(prefix.size());
  return segment.find('/') == std::string_view::npos ? std::optional{segment} : std::nullopt;
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

std::string_view name_of(Operation operation) {
  return kNames.at(static_cast<std::size_t>(operation));
}

RouteMatch match(std::string_view method, std::string_view path) {
  RouteMatch found;
  for (const Route& route : kRoutes) {
    const auto segment = segment_in(route.path, path);
    if (!segment) continue;
    if (route.method == method) return {&route, *segment, {}};
    found.allow += (found.allow.empty() ? "" : ", ") + std::string(route.method);
  }
  return found;
}

}  // namespace runneriq::service
