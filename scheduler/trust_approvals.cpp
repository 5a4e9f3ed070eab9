// Which actions a person has to approve, and what an approval covers.
#include "scheduler/trust.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

bool needs_approval(JobClass job_class, const TrustTerms& terms) {
  return job_class <= terms.options.supervised_threshold;
}

bool is_in_force(const Proposal& proposal, Time now) {
  return proposal.state == Proposal::State::approved && now < proposal.expires;
}

bool is_for(const Proposal& proposal, const GateAction& action, Action::Kind kind) {
  const Action& approved = proposal.action;
  return approved.kind == kind && approved.tag == action.tag &&
         std::ranges::binary_search(approved.runners, action.runner.key) &&
         (proposal.standing || approved.job == action.job);
}

bool goes_on(const GateAction& action, Action::Kind kind, const LiveLeases& leases) {
  if (!leases) return true;
  return std::ranges::any_of(*leases, [&](const Lease& lease) {
    const bool is_same_kind = (lease.kind == LeaseKind::grant) == (kind == Action::Kind::grant);
    const bool is_same_tag = kind != Action::Kind::grant || lease.tag == action.tag;
    return is_same_kind && is_same_tag && lease.runner == action.runner.key && lease.cause == action.job;
  });
}

// A standing approval goes first, then the one-time approval that the cut in force was made with.
int preference(const Proposal& proposal, const RunnerKey& runner) {
  if (proposal.standing) return 0;
  return proposal.used.contains(runner) ? 1 : 2;
}

std::string why_not_open(const Proposal& proposal, Time now) {
  const std::string which = "proposal " + std::to_string(proposal.id) + " ";
  if (proposal.state == Proposal::State::open) {
    return now < proposal.expires ? "" : which + "expired at " + runneriq::to_text(proposal.expires);
  }
  std::string why = which + "is not open any more: it is " + std::string(to_text(proposal.state));
  if (!proposal.decided_by.empty()) why += " (" + proposal.decided_by + ")";
  return why;
}

std::string why_not_standing(const Proposal& proposal, const Verdict& verdict, const TrustTerms& terms) {
  if (!verdict.standing) return {};
  if (!verdict.approve) return "a rejection cannot be standing: leave the duration out";
  if (proposal.action.kind == Action::Kind::promotion) {
    return "a promotion is no standing approval: leave the duration out";
  }
  if (proposal.action.kind == Action::Kind::play) {
    return "a job is started once: leave the duration out";
  }
  if (*verdict.standing <= Duration::zero() || *verdict.standing > terms.longest_standing) {
    return "a standing approval may be for at most " + runneriq::to_text(terms.longest_standing) + ", not " +
           runneriq::to_text(*verdict.standing);
  }
  return {};
}

}  // namespace

Permission permission(const GateAction& action, Action::Kind kind, const TrustTerms& terms, TrustMode mode,
                      std::span<const Proposal> proposals, Time now, const LiveLeases& leases) {
  const bool changes_tags = kind == Action::Kind::cut || kind == Action::Kind::grant;
  if (mode == TrustMode::advisory || !changes_tags) return {};
  if (mode == TrustMode::autonomous || !needs_approval(action.job_class, terms)) return {.granted = true};
  const Proposal* best = nullptr;
  for (const Proposal& proposal : proposals) {
    if (!is_in_force(proposal, now) || !is_for(proposal, action, kind)) continue;
    const int rank = preference(proposal, action.runner.key);
    if (rank == 1 && !goes_on(action, kind, leases)) continue;
    if (best == nullptr || rank < preference(*best, action.runner.key)) best = &proposal;
  }
  if (best == nullptr) return {};
  return {.granted = true, .approval = best->id};
}

Permission permission_to_play(const JobKey& job, JobClass job_class, const TrustTerms& terms, TrustMode mode,
                              std::span<const Proposal> proposals, Time now) {
  if (mode == TrustMode::advisory) return {};
  if (mode == TrustMode::autonomous || !needs_approval(job_class, terms)) return {.granted = true};
  const auto covers = [&](const Proposal& proposal) {
    const Action& action = proposal.action;
    return is_in_force(proposal, now) && action.kind == Action::Kind::play && action.job == job &&
           action.job_class == job_class;
  };
  const auto approval = std::ranges::find_if(proposals, covers);
  if (approval == proposals.end()) return {};
  return {.granted = true, .approval = approval->id};
}

Proposal used_up(Proposal approval, Time now) {
  approval.expires = std::min(approval.expires, now);
  return approval;
}

Result<Proposal> decided(Proposal proposal, const Verdict& verdict, const TrustTerms& terms, Time now) {
  if (verdict.by.empty()) return fail(Errc::invalid_argument, "who decides is not said");
  if (std::string why = why_not_open(proposal, now); !why.empty()) {
    return fail(Errc::invalid_argument, std::move(why));
  }
  if (std::string why = why_not_standing(proposal, verdict, terms); !why.empty()) {
    return fail(Errc::invalid_argument, std::move(why));
  }
  proposal.state = verdict.approve ? Proposal::State::approved : Proposal::State::rejected;
  proposal.decided_by = verdict.by;
  proposal.decided = now;
  proposal.standing = verdict.standing.has_value();
  if (verdict.approve) proposal.expires = now + verdict.standing.value_or(terms.approval_life);
  return proposal;
}

}  // namespace runneriq::scheduler
