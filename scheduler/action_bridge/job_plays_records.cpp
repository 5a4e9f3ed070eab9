#include "scheduler/action_bridge/job_plays_records.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::scheduler {
namespace {

using Json = nlohmann::json;

Json g_per_kwh(const std::optional<carbon::Intensity>& intensity) {
  return intensity ? Json(intensity->g_per_kwh()) : Json(nullptr);
}

}  // namespace

AuditEntry record_of_play(std::string_view event, const PlayStep& step, std::string_view decision,
                          TrustMode mode, Time now) {
  const DeferredJob& job = step.job;
  const Json document{{"gitlab", job.key.gitlab.value()},
                      {"job", {{"gitlab", job.key.gitlab.value()}, {"id", job.key.job.value()}}},
                      {"project", job.project.value()},
                      {"pipeline", job.pipeline.value()},
                      {"name", job.name},
                      {"class", to_text(job.job_class)},
                      {"mark", job.mark},
                      {"deadline", runneriq::to_text(job.terms.deadline)},
                      {"start", runneriq::to_text(step.plan.start)},
                      {"latest_start", runneriq::to_text(step.plan.latest_start)},
                      {"zone", step.plan.zone.value()},
                      {"g_per_kwh", g_per_kwh(step.plan.expected)},
                      {"g_per_kwh_at_once", g_per_kwh(step.plan.at_once)},
                      {"decision", decision},
                      {"reason", step.reason}};
  return {.at = now,
          .actor = "daemon",
          .trust = std::string(to_text(mode)),
          .event = std::string(event),
          .document = json_line(document)};
}

std::string_view event_of(PlayStep::Kind outcome) {
  if (outcome == PlayStep::Kind::applied) return "play_applied";
  return outcome == PlayStep::Kind::unknown ? "play_unknown" : "play_refused";
}

}  // namespace runneriq::scheduler
