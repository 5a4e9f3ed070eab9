// What is put before people: one proposal for each thing that they may decide, however often it comes up.
#include "scheduler/trust.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace runneriq::scheduler {
namespace {

using Runners = std::vector<RunnerKey>;
using Subject = std::tuple<Action::Kind, std::string, JobKey>;

Subject subject_of(const Action& action) {
  return {action.kind, action.tag, action.job};
}

bool is_within(const Runners& some, const Runners& all) {
  return std::ranges::includes(all, some);
}

void add_runners(Action& action, const Runners& more) {
  action.runners.insert(action.runners.end(), more.begin(), more.end());
  std::ranges::sort(action.runners);
  const auto [first, last] = std::ranges::unique(action.runners);
  action.runners.erase(first, last);
}

// Each subject once, with all its runners.
std::vector<Action> joined_by_subject(std::vector<Action> actions) {
  std::map<Subject, std::size_t> places;
  std::vector<Action> all;
  for (Action& action : actions) {
    const auto [place, is_new] = places.try_emplace(subject_of(action), all.size());
    const Runners runners = action.runners;
    if (is_new) all.push_back(std::move(action));
    add_runners(all[place->second], runners);
  }
  return all;
}

// Approved for all of it and not used up; or rejected, which holds for the job whatever the runners are.
bool is_settled(const Action& action, const Proposal& known, Time now) {
  if (known.state == Proposal::State::rejected) return true;
  if (known.state != Proposal::State::approved || now >= known.expires) return false;
  const bool is_unused = std::ranges::none_of(
      action.runners, [&](const RunnerKey& runner) { return known.used.contains(runner); });
  return is_unused && is_within(action.runners, known.action.runners);
}

class Proposing {
 public:
  Proposing(std::span<const Proposal> known, const TrustTerms& terms, const Digest& digest, Time now)
      : known_(known), terms_(terms), digest_(digest), now_(now) {}

  void expire() {
    for (const Proposal& proposal : known_) {
      if (proposal.state == Proposal::State::open && now_ >= proposal.expires) {
        change(proposal, Proposal::State::expired);
      }
    }
  }

  void add(Action action) {
    std::vector<const Proposal*> superseded;
    for (const Proposal& known : known_) {
      if (subject_of(known.action) != subject_of(action)) continue;
      if (is_settled(action, known, now_)) return;
      if (is_open(known)) superseded.push_back(&known);
    }
    for (const Proposal* open : superseded) {
      if (is_within(action.runners, open->action.runners)) return;
    }
    for (const Proposal* open : superseded) {
      add_runners(action, open->action.runners);
      change(*open, Proposal::State::superseded);
    }
    make(std::move(action));
  }

  ProposalChanges take() { return std::move(changes_); }

 private:
  [[nodiscard]] bool is_open(const Proposal& proposal) const {
    return proposal.state == Proposal::State::open && now_ < proposal.expires;
  }
  void change(Proposal proposal, Proposal::State state) {
    proposal.state = state;
    changes_.changed.push_back(std::move(proposal));
  }
  void make(Action action) {
    Proposal proposal;
    proposal.digest = digest_of(action, digest_);
    proposal.action = std::move(action);
    proposal.created = now_;
    proposal.expires = now_ + terms_.proposal_life;
    changes_.made.push_back(std::move(proposal));
  }

  std::span<const Proposal> known_;
  const TrustTerms& terms_;
  const Digest& digest_;
  Time now_;
  ProposalChanges changes_;
};

Action action_of(const Cut& cut, const RunnerKey& runner, const Lanes& lanes) {
  return {.kind = Action::Kind::cut,
          .gitlab = runner.gitlab,
          .tag = lanes.tag(cut.lane),
          .job = cut.cause,
          .job_class = cut.cause_class,
          .runners = {runner},
          .reason = cut.reason};
}

Action action_of(const Grant& grant, const RunnerKey& runner) {
  return {.kind = Action::Kind::grant,
          .gitlab = runner.gitlab,
          .tag = grant.tag,
          .job = grant.job,
          .job_class = grant.job_class,
          .runners = {runner},
          .reason = grant.reason};
}

}  // namespace

std::vector<Action> actions_to_propose(const GatePlan& plan, const FleetSnapshot& fleet, const Lanes& lanes) {
  std::vector<Action> actions;
  for (const Cut& cut : plan.unapproved) {
    actions.push_back(action_of(cut, fleet.runners[cut.runner].key, lanes));
  }
  for (const Grant& grant : plan.unapproved_grants) {
    actions.push_back(action_of(grant, fleet.runners[grant.runner].key));
  }
  return joined_by_subject(std::move(actions));
}

ProposalChanges propose(std::vector<Action> wanted, std::span<const Proposal> known, const TrustTerms& terms,
                        const Digest& digest, Time now) {
  Proposing proposing{known, terms, digest, now};
  proposing.expire();
  for (Action& action : joined_by_subject(std::move(wanted))) proposing.add(std::move(action));
  return proposing.take();
}

}  // namespace runneriq::scheduler
