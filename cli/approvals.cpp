#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/steering_document.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/joined.hpp"
#include "scheduler/approval_desk.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::Action;
using scheduler::Proposal;

constexpr std::array kListFlags{
    FlagRow{"--all", "", "Show those that are decided, too."},
    kOutputFlag,
};
constexpr std::array kApproveFlags{
    FlagRow{"--standing", "DURATION",
            "Approve the same for any job, until then, such as 8h; at most 30 days."},
    kOutputFlag,
};
constexpr std::array kRejectFlags{kOutputFlag};

std::string runners_text(const Action& action) {
  std::vector<std::string> ids;
  for (const scheduler::RunnerKey& runner : action.runners)
    ids.push_back(std::to_string(runner.runner.value()));
  return (ids.size() == 1 ? "runner " : "runners ") + joined(ids, ", ");
}

std::string what_text(const Proposal& proposal) {
  const Action& action = proposal.action;
  switch (action.kind) {
    case Action::Kind::cut:
      return "withhold the lanes after " + on_one_line(action.tag) + " from " + runners_text(action);
    case Action::Kind::grant:
      return "give " + on_one_line(action.tag) + " to " + runners_text(action);
    case Action::Kind::play:
      return "start the manual job " + std::to_string(action.job.job.value());
    case Action::Kind::promotion:
      break;
  }
  return action.tag == "autonomous" ? "trust RunnerIQ to act by itself"
                                    : "trust RunnerIQ as configured again";
}

std::string state_text(const Proposal& proposal, Time now) {
  const bool lasts = proposal.state == Proposal::State::open || proposal.state == Proposal::State::approved;
  const std::string until =
      lasts && proposal.expires > now ? ", for " + to_reading(proposal.expires - now) + " more" : "";
  const std::string by = proposal.decided_by.empty() ? "" : " by " + on_one_line(proposal.decided_by);
  return std::string(to_text(proposal.state)) + by + (proposal.standing ? ", standing" : "") + until;
}

std::string proposal_text(const Proposal& proposal, Time now) {
  const std::string number = std::to_string(proposal.id) + "  ";
  const std::string indent(number.size(), ' ');
  return wrapped(number, what_text(proposal)) + wrapped(indent, on_one_line(proposal.action.reason)) +
         wrapped(indent, state_text(proposal, now));
}

void show(Session& session, const Invocation& invocation, const std::vector<Proposal>& proposals) {
  if (wants_json(invocation)) {
    json list = json::array();
    for (const Proposal& proposal : proposals) list.push_back(proposal_document(proposal));
    session.out.result(pretty({{"approvals", std::move(list)}}));
    return;
  }
  std::string text;
  for (const Proposal& proposal : proposals) text += proposal_text(proposal, session.waiter.now());
  session.out.result(text.empty() ? "nothing waits for approval\n" : text);
}

Result<std::vector<Proposal>> known_proposals(Session& session) {
  auto store = session.steering_store();
  if (!store) return fail(std::move(store.error()));
  return (*store)->proposals(session.waiter.now());
}

Exit list(Session& session, const Invocation& invocation) {
  auto proposals = known_proposals(session);
  if (!proposals && proposals.error().code == Errc::not_found) proposals = std::vector<Proposal>{};
  if (!proposals) return tell(session, proposals.error(), SourceRequest::Kind::snapshot);
  if (!invocation.has("--all")) {
    std::erase_if(*proposals, [](const Proposal& each) { return each.state != Proposal::State::open; });
  }
  show(session, invocation, *proposals);
  return Exit::fine;
}

Result<scheduler::Verdict> completed(scheduler::Verdict verdict, const Session& session,
                                     const Invocation& invocation) {
  verdict.by = session.actor;
  if (!invocation.has("--standing")) return verdict;
  const auto standing = parse_duration(invocation.value("--standing"));
  if (!standing) return fail(Error{standing.error()}.within("--standing"));
  verdict.standing = *standing;
  return verdict;
}

// The trail as what is decided is written to.
class TrailSink final : public scheduler::AuditSink {
 public:
  explicit TrailSink(AuditTrail& trail) : trail_(trail) {}
  Result<void> append_all(std::span<const scheduler::AuditEntry> entries) override {
    return trail_.append_all(entries);
  }

 private:
  AuditTrail& trail_;
};

Result<Proposal> decision_of(Session& session, const Invocation& invocation, scheduler::Verdict told) {
  const auto id = parse_id(invocation.command, invocation.arguments.front());
  if (!id) return fail(id.error());
  const auto verdict = completed(std::move(told), session, invocation);
  if (!verdict) return fail(verdict.error());
  auto store = session.steering_store();
  if (!store) return fail(std::move(store.error()));
  auto trail = session.audit();
  if (!trail) return fail(std::move(trail.error()));
  TrailSink sink{**trail};
  return decide_proposal(**store, sink, *id, *verdict, session.waiter.now());
}

Exit decide(Session& session, const Invocation& invocation, scheduler::Verdict told) {
  const auto decision = decision_of(session, invocation, std::move(told));
  if (decision) {
    show(session, invocation, {*decision});
    return Exit::fine;
  }
  const Exit otherwise = tell(session, decision.error(), SourceRequest::Kind::snapshot);
  const Errc code = decision.error().code;
  return code == Errc::not_found || code == Errc::conflict ? Exit::no : otherwise;
}

Exit approve(Session& session, const Invocation& invocation) {
  return decide(session, invocation, {.approve = true, .standing = std::nullopt, .by = ""});
}

Exit reject(Session& session, const Invocation& invocation) {
  return decide(session, invocation, {.approve = false, .standing = std::nullopt, .by = ""});
}

}  // namespace

CommandRow approvals_command() {
  return {.name = "approvals",
          .arguments = "",
          .summary = "List what waits for approval.",
          .text =
              "In supervised mode an action for a job of the class "
              "`assigner.trust_model.supervised_threshold` or "
              "above is made only once a person has approved it. What is not decided within 30 minutes "
              "lapses. A proposal to trust RunnerIQ more stands here, too.",
          .flags = kListFlags,
          .run = list};
}

CommandRow approve_command() {
  return {
      .name = "approve",
      .arguments = "ID",
      .summary = "Let an action be made.",
      .text =
          "Approves exactly what `runneriq approvals` shows under this number, once, for 30 minutes. With "
          "`--standing` the same lane may be cut on the same runners for any job, until then.",
      .flags = kApproveFlags,
      .run = approve};
}

CommandRow reject_command() {
  return {.name = "reject",
          .arguments = "ID",
          .summary = "Refuse an action: it is not proposed again for the same job.",
          .text = "Refuses what `runneriq approvals` shows under this number.",
          .flags = kRejectFlags,
          .run = reject};
}

}  // namespace runneriq::cli
