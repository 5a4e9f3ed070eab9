#include "service/fleet_documents.hpp"

#include "core/json_text.hpp"
#include "gitlab/json_reader.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace runneriq::service {
namespace {

using nlohmann::json;
using scheduler::AuditRecord;
using scheduler::Lease;
using scheduler::Proposal;
using scheduler::RunnerKey;

json lease_json(const Lease& lease) {
  return {{"id", lease.id},
          {"gitlab", lease.runner.gitlab.value()},
          {"runner_id", lease.runner.runner.value()},
          {"tag", lease.tag},
          {"kind", scheduler::to_text(lease.kind)},
          {"reason", lease.reason},
          {"decision", lease.decision},
          {"job_id", lease.cause.job.value()},
          {"created", to_text(lease.created)},
          {"renewed", to_text(lease.renewed)},
          {"expires", to_text(lease.expires)}};
}

json runners_json(const std::vector<RunnerKey>& runners) {
  json ids = json::array();
  for (const RunnerKey& runner : runners) ids.push_back(runner.runner.value());
  return ids;
}

json proposal_json(const Proposal& proposal) {
  const scheduler::Action& action = proposal.action;
  return {{"id", proposal.id},
          {"state", scheduler::to_text(proposal.state)},
          {"kind", scheduler::to_text(action.kind)},
          {"gitlab", action.gitlab.value()},
          {"tag", action.tag},
          {"job_id", action.job.job.value()},
          {"class", scheduler::to_text(action.job_class)},
          {"runner_ids", runners_json(action.runners)},
          {"reason", action.reason},
          {"digest", proposal.digest},
          {"created", to_text(proposal.created)},
          {"expires", to_text(proposal.expires)},
          {"standing", proposal.standing},
          {"decided_by", proposal.decided_by.empty() ? json(nullptr) : json(proposal.decided_by)},
          {"decided", proposal.decided ? json(to_text(*proposal.decided)) : json(nullptr)}};
}

// As text where somebody has put there what is no JSON.
json record_json(const AuditRecord& record) {
  auto document = gitlab::read_value(record.entry.document);
  return {{"seq", record.seq},
          {"at", to_text(record.entry.at)},
          {"actor", record.entry.actor},
          {"trust", record.entry.trust},
          {"event", record.entry.event},
          {"document", document ? std::move(*document) : json(record.entry.document)},
          {"digest", record.digest}};
}

template <class Items, class ToJson>
std::string list_document(std::string_view name, const Items& items, ToJson to_json) {
  json list = json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return json_line(json{{std::string(name), std::move(list)}});
}

}  // namespace

std::string leases_document(Time now, const scheduler::SteeringReport* steering) {
  const auto mode = steering != nullptr ? steering->mode : scheduler::TrustMode::advisory;
  json leases = json::array();
  if (steering != nullptr) {
    for (const Lease& lease : steering->leases) leases.push_back(lease_json(lease));
  }
  return json_line(
      json{{"now", to_text(now)}, {"mode", scheduler::to_text(mode)}, {"leases", std::move(leases)}});
}

std::string approvals_document(std::span<const Proposal> proposals) {
  return list_document("approvals", proposals, proposal_json);
}

std::string approval_document(const Proposal& proposal) {
  return json_line(proposal_json(proposal));
}

std::string audit_document(std::span<const AuditRecord> records) {
  return list_document("records", records, record_json);
}

std::string readiness_document(const std::optional<Time>& last_tick, const std::string& trouble) {
  return json_line(json{{"ready", trouble.empty()},
                        {"last_tick", last_tick ? json(to_text(*last_tick)) : json(nullptr)},
                        {"reason", trouble}});
}

}  // namespace runneriq::service
