#include "scheduler/action_bridge/bridge_records.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::scheduler {
namespace {

using Json = nlohmann::json;

AuditEntry entry(std::string_view event, const Json& document, TrustMode mode, Time now) {
  return {.at = now,
          .actor = "daemon",
          .trust = std::string(to_text(mode)),
          .event = std::string(event),
          .document = json_line(document)};
}

}  // namespace

std::string_view kind_of_change(const SteeringStep& step) {
  return step.removed.empty() && !step.added.empty() ? "grant" : "cut";
}

AuditEntry record_of(std::string_view event, const SteeringStep& step, std::string_view decision,
                     TrustMode mode, Time now) {
  Json document{{"gitlab", step.runner.gitlab.value()},
                {"runner", step.runner.runner.value()},
                {"removed", step.removed},
                {"added", step.added},
                {"decision", decision},
                {"reason", step.reason}};
  if (step.job) document["job"] = {{"gitlab", step.job->gitlab.value()}, {"id", step.job->job.value()}};
  return entry(event, document, mode, now);
}

AuditEntry record_of_demotion(Breach breach, TrustMode from, TrustMode to, Time now) {
  const Json document{{"breach", to_text(breach)}, {"from", to_text(from)}, {"to", to_text(to)}};
  return entry("trust_demoted", document, to, now);
}

}  // namespace runneriq::scheduler
