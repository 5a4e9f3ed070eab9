#include "service/service_metrics.hpp"

#include "scheduler/job_class.hpp"
#include "service/carbon_metrics.hpp"
#include "service/prometheus_text.hpp"

#include <array>
#include <chrono>

namespace runneriq::service {
namespace {

using enum MetricType;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

void put(PrometheusText& text, std::string_view name, MetricType type, std::string_view help, double value) {
  text.family(name, type, help);
  text.sample(value);
}

void put_ticks(PrometheusText& text, const TickTotals& ticks) {
  text.family("runneriq_ticks_total", counter, "Ticks of the loop, by result.");
  text.sample(static_cast<double>(ticks.succeeded), {{"result", "ok"}});
  text.sample(static_cast<double>(ticks.failed), {{"result", "failed"}});
  text.family("runneriq_tick_duration_seconds", summary, "How long ticks took.");
  text.part("_sum", seconds(ticks.took));
  text.part("_count", static_cast<double>(ticks.timed));
  text.family("runneriq_gitlab_calls_total", counter, "Calls of GitLab's API by ticks, by kind.");
  text.sample(static_cast<double>(ticks.calls), {{"kind", "all"}});
  text.sample(static_cast<double>(ticks.calls_failed), {{"kind", "failed"}});
  text.sample(static_cast<double>(ticks.calls_retried), {{"kind", "retried"}});
  text.sample(static_cast<double>(ticks.calls_mutating), {{"kind", "mutating"}});
}

void put_fleet(PrometheusText& text, const TickFigures& last) {
  put(text, "runneriq_last_tick_timestamp_seconds", gauge, "When the last good tick looked at the fleet.",
      seconds(last.at.time_since_epoch()));
  put(text, "runneriq_degraded", gauge, "Pieces of the last tick that were old or missing.", last.degraded);
  text.family("runneriq_jobs_pending", gauge, "Jobs that wait for a runner, by class.");
  for (const scheduler::JobClass each : scheduler::kJobClasses) {
    text.sample(last.pending.at(static_cast<std::size_t>(each)), {{"class", scheduler::to_text(each)}});
  }
  text.family("runneriq_runners", gauge, "Runners by state.");
  for (const auto& [state, count] : last.runners) text.sample(count, {{"state", state}});
}

void put_steering(PrometheusText& text, const TickTotals& ticks, const TickFigures& last) {
  put(text, "runneriq_cuts_in_force", gauge, "Runners from which lanes are to be withheld now.",
      static_cast<double>(last.cuts));
  text.family("runneriq_leases", gauge, "Live leases of tags, by kind.");
  text.sample(last.leases[0], {{"kind", "withhold"}});
  text.sample(last.leases[1], {{"kind", "grant"}});
  put(text, "runneriq_oldest_expired_lease_age_seconds", gauge,
      "For how long the oldest lease that should have ended is over.", seconds(last.oldest_expired));
  constexpr std::array<std::string_view, 4> kOutcomes{"planned", "applied", "reverted", "refused"};
  text.family("runneriq_tag_writes_total", counter, "Changes of runners' tags, by outcome.");
  for (std::size_t kind = 0; kind < kOutcomes.size(); ++kind) {
    text.sample(static_cast<double>(ticks.steps.at(kind)), {{"outcome", kOutcomes.at(kind)}});
  }
}

void put_admissions(PrometheusText& text, const AdmissionLine& line) {
  const AdmissionCounts& counts = line.counts();
  text.family("runneriq_admission_requests_total", counter, "Requests of executors, by kind.");
  text.sample(static_cast<double>(counts.questions), {{"kind", "submit"}});
  text.sample(static_cast<double>(counts.polls), {{"kind", "poll"}});
  text.sample(static_cast<double>(counts.leaves), {{"kind", "leave"}});
  put(text, "runneriq_admissions_refused_total", counter, "Questions that a full queue has refused.",
      static_cast<double>(counts.refused));
  put(text, "runneriq_outcomes_total", counter, "Outcomes of attempts that were taken.",
      static_cast<double>(counts.outcomes));
  put(text, "runneriq_commit_failures_total", counter, "Commits of the queue that failed.",
      static_cast<double>(counts.commits_failed));
  put(text, "runneriq_jobs_held", gauge, "Jobs in the queue.", static_cast<double>(line.held()));
  put(text, "runneriq_jobs_in_slots", gauge, "Jobs that have left the queue for a slot and are not over.",
      static_cast<double>(line.running()));
  put(text, "runneriq_long_polls", gauge, "Executors that wait for a change of a standing.",
      static_cast<double>(line.long_polls()));
}

void put_http(PrometheusText& text, const HttpCounts& http) {
  if (!http.requests.empty()) {
    text.family("runneriq_http_requests_total", counter, "Requests that were answered, by route and status.");
  }
  for (const auto& [what, count] : http.requests) {
    const auto& [operation, status] = what;
    text.sample(static_cast<double>(count),
                {{"route", operation ? name_of(*operation) : "none"}, {"code", std::to_string(status)}});
  }
  if (!http.webhooks.empty()) {
    text.family("runneriq_webhooks_total", counter, "Webhooks of GitLab, by result.");
  }
  for (const auto& [result, count] : http.webhooks) {
    text.sample(static_cast<double>(count), {{"result", result}});
  }
}

void put_process(PrometheusText& text, const ProcessFigures& process, std::string_view version) {
  text.family("runneriq_build_info", gauge, "The version that runs; always 1.");
  text.sample(1, {{"version", version}});
  put(text, "runneriq_process_resident_memory_bytes", gauge, "Memory of this process.",
      process.resident_bytes);
  put(text, "runneriq_process_cpu_seconds_total", counter, "CPU time of this process, user and system.",
      process.cpu_seconds);
}

}  // namespace

std::string metrics_text(const MetricsInput& input) {
  PrometheusText text;
  put_ticks(text, input.ticks);
  if (input.ticks.last) put_fleet(text, *input.ticks.last);
  if (input.ticks.last && input.ticks.last->steered) put_steering(text, input.ticks, *input.ticks.last);
  if (input.carbon != nullptr) put_carbon(text, *input.carbon);
  if (input.alerts != nullptr) put_alerts(text, *input.alerts);
  if (input.diagnoses != nullptr) put_diagnoses(text, *input.diagnoses);
  put_admissions(text, input.line);
  put_http(text, input.http);
  put_process(text, input.process, input.version);
  return text.text();
}

}  // namespace runneriq::service
