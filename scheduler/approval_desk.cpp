#include "scheduler/approval_desk.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;

Result<Proposal> find(SteeringStore& store, std::int64_t id, Time now) {
  auto proposals = store.proposals(now);
  if (!proposals) return fail(std::move(proposals.error()));
  const auto found = std::ranges::find(*proposals, id, &Proposal::id);
  if (found != proposals->end()) return *found;
  return fail(Errc::not_found,
              "there is no approval " + std::to_string(id) + ": `runneriq approvals` lists what waits");
}

json runner_ids(const Action& action) {
  json ids = json::array();
  for (const RunnerKey& runner : action.runners) ids.push_back(runner.runner.value());
  return ids;
}

AuditEntry entry_of(const Proposal& proposal, Time now) {
  const Action& action = proposal.action;
  const json document{{"approval", proposal.id},
                      {"kind", to_text(action.kind)},
                      {"gitlab", action.gitlab.value()},
                      {"tag", action.tag},
                      {"job_id", action.job.job.value()},
                      {"runner_ids", runner_ids(action)},
                      {"digest", proposal.digest},
                      {"standing", proposal.standing},
                      {"expires", runneriq::to_text(proposal.expires)}};
  return {.at = now,
          .actor = proposal.decided_by,
          .trust = "person",
          .event = std::string(to_text(proposal.state)),
          .document = ascii_json_line(document)};
}

}  // namespace

Result<Proposal> decide_proposal(SteeringStore& store, AuditSink& audit, std::int64_t id,
                                 const Verdict& verdict, Time now) {
  auto proposal = find(store, id, now);
  if (!proposal) return fail(std::move(proposal.error()));
  const bool is_open = proposal->state == Proposal::State::open && now < proposal->expires;
  auto decision = decided(std::move(*proposal), verdict, TrustTerms{}, now);
  if (!decision) {
    return fail(is_open ? decision.error() : Error{Errc::conflict, decision.error().message});
  }
  const AuditEntry entry = entry_of(*decision, now);
  if (auto done = audit.append_all({&entry, 1}); !done) return fail(std::move(done.error()));
  ProposalChanges changes{.made = {}, .changed = {*decision}};
  if (auto done = store.record(changes, now); !done) return fail(std::move(done.error()));
  return decision;
}

}  // namespace runneriq::scheduler
