#include "cli/steering_document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::SteeringReport;
using scheduler::SteeringStep;

json step_document(const SteeringStep& step) {
  return {{"runner_id", step.runner.runner.value()},
          {"gitlab", step.runner.gitlab.value()},
          {"runner", step.description},
          {"removed", step.removed},
          {"added", step.added},
          {"job_id", step.job ? json(step.job->job.value()) : json(nullptr)},
          {"reason", step.reason}};
}

json steps_of(const SteeringReport* report, SteeringStep::Kind kind) {
  json list = json::array();
  if (report == nullptr) return list;
  for (const SteeringStep& step : report->steps) {
    if (step.kind == kind) list.push_back(step_document(step));
  }
  return list;
}

template <class List>
json list_of(const List* list, json (*to_document)(const typename List::value_type&)) {
  json documents = json::array();
  if (list == nullptr) return documents;
  for (const auto& item : *list) documents.push_back(to_document(item));
  return documents;
}

json runner_ids(const std::vector<scheduler::RunnerKey>& runners) {
  json list = json::array();
  for (const scheduler::RunnerKey& runner : runners) list.push_back(runner.runner.value());
  return list;
}

}  // namespace

json standing_document(const scheduler::SteeringMemory& memory, Time now) {
  json leases = json::array();
  for (const scheduler::Lease& lease : memory.leases) {
    if (lease.created <= now && now < lease.expires) leases.push_back(lease_document(lease));
  }
  const auto waiting = std::ranges::count_if(memory.proposals, [&](const scheduler::Proposal& proposal) {
    return proposal.state == scheduler::Proposal::State::open && proposal.expires > now;
  });
  json demoted = nullptr;
  if (memory.trust.demoted_to) {
    demoted = {{"to", to_text(*memory.trust.demoted_to)}, {"because", memory.trust.demoted_because}};
  }
  return {{"leases", std::move(leases)}, {"approvals_waiting", waiting}, {"demoted", std::move(demoted)}};
}

json lease_document(const scheduler::Lease& lease) {
  return {{"id", lease.id},
          {"runner_id", lease.runner.runner.value()},
          {"gitlab", lease.runner.gitlab.value()},
          {"tag", lease.tag},
          {"kind", to_text(lease.kind)},
          {"job_id", lease.cause.job.value()},
          {"reason", lease.reason},
          {"decision", lease.decision},
          {"created", runneriq::to_text(lease.created)},
          {"expires", runneriq::to_text(lease.expires)}};
}

json proposal_document(const scheduler::Proposal& proposal) {
  const scheduler::Action& action = proposal.action;
  return {{"id", proposal.id},
          {"kind", to_text(action.kind)},
          {"state", to_text(proposal.state)},
          {"gitlab", action.gitlab.value()},
          {"tag", action.tag},
          {"job_id", action.job.job.value()},
          {"class", to_text(action.job_class)},
          {"runner_ids", runner_ids(action.runners)},
          {"reason", action.reason},
          {"digest", proposal.digest},
          {"created", runneriq::to_text(proposal.created)},
          {"expires", runneriq::to_text(proposal.expires)},
          {"standing", proposal.standing},
          {"decided_by", proposal.decided_by},
          {"decided", proposal.decided ? json(runneriq::to_text(*proposal.decided)) : json(nullptr)}};
}

json steering_document(const SteeringReport* report) {
  const scheduler::TrustMode mode = report == nullptr ? scheduler::TrustMode::advisory : report->mode;
  return {{"mode", to_text(mode)},
          {"planned", steps_of(report, SteeringStep::Kind::planned)},
          {"applied", steps_of(report, SteeringStep::Kind::applied)},
          {"reverted", steps_of(report, SteeringStep::Kind::reverted)},
          {"refused", steps_of(report, SteeringStep::Kind::refused)},
          {"leases", list_of(report == nullptr ? nullptr : &report->leases, lease_document)},
          {"approvals", list_of(report == nullptr ? nullptr : &report->proposals, proposal_document)}};
}

}  // namespace runneriq::cli
