#include "scheduler/action_bridge/steering_state.hpp"

#include "core/tag_names.hpp"
#include "scheduler/action_bridge/bridge_records.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace runneriq::scheduler {
namespace {

BridgePorts with(BridgePorts ports, WriteBudget& budget, Duration revert_limit) {
  ports.budget = &budget;
  ports.revert_limit = revert_limit;
  return ports;
}

Action::Kind kind_of(const GateAction& action) {
  return is_grant(action.tag) ? Action::Kind::grant : Action::Kind::cut;
}

}  // namespace

BridgeSteering::State::State(SteeringSettings given, const BridgePorts& given_ports)
    : settings(std::move(given)),
      budget(settings.cuts_per_minute),
      ports(with(given_ports, budget, settings.gate.oldest_data)),
      book(settings.gate.lanes, settings.leases),
      bridge(ports, book) {
  load();
}

void BridgeSteering::State::say(std::string sentence) {
  auto& sentences = report.sentences;
  if (std::ranges::find(sentences, sentence) == sentences.end()) sentences.push_back(std::move(sentence));
}

// ---- beginning ----------------------------------------------------------------------------

void BridgeSteering::State::begin() {
  breaches.clear();
  wanted.clear();
  runners.clear();
  if (!memory_loaded) load();
  refresh_trust();
  read_proposals();
  restore_trust();
  (void)record(book.pass_time(now()));
}

// What was watched without memory is watched with it.
void BridgeSteering::State::load() {
  if (ports.store == nullptr) return say("there is no state file: nothing is withheld or granted");
  Result<SteeringMemory> memory = ports.store->load(now().wall);
  if (!memory) {
    return say("the state file cannot be read, so nothing is withheld or granted: " + memory.error().message);
  }
  std::ranges::copy(book.under_watch(now()), std::back_inserter(unsettled));
  book = LeaseBook(settings.gate.lanes, settings.leases, std::move(memory->leases),
                   std::move(memory->at_rest), memory->last_lease_id);
  proposals = std::move(memory->proposals);
  trust = std::move(memory->trust);
  memory_loaded = true;
}

// Once trust was lost, a person may have given it back. What was lost and not recorded stays lost.
void BridgeSteering::State::refresh_trust() {
  if (!memory_loaded || !trust.demoted_to) return;
  if (!trust_is_durable) {
    trust_is_durable = ports.store->record(trust).has_value();
    return;
  }
  if (Result<SteeringMemory> memory = ports.store->load(now().wall)) trust = std::move(memory->trust);
}

// What a person has approved counts once it is recorded.
void BridgeSteering::State::restore_trust() {
  if (!memory_loaded || !trust.demoted_to) return;
  const TrustMode before = mode();
  TrustRecord back = restored(trust, proposals);
  if (back.demoted_to) return;
  if (const auto done = ports.store->record(back); !done)
    return say("the restored trust could not be recorded: " + done.error().message);
  trust = std::move(back);
  say("trust is given back: " + std::string(to_text(before)) + " becomes " + std::string(to_text(mode())));
}

// An approval holds for exactly what a person was shown.
void BridgeSteering::State::leave_out_forged() {
  const auto forged = [&](const Proposal& proposal) {
    return proposal.digest != digest_of(proposal.action, settings.digest);
  };
  for (const Proposal& proposal : proposals) {
    const bool counts =
        proposal.state == Proposal::State::approved || proposal.state == Proposal::State::open;
    if (counts && forged(proposal)) {
      say("approval " + std::to_string(proposal.id) + " is not what it was proposed as, and does not count");
    }
  }
  std::erase_if(proposals, forged);
}

void BridgeSteering::State::read_proposals() {
  if (!memory_loaded) return;
  Result<std::vector<Proposal>> read = ports.store->proposals(now().wall);
  if (read) {
    proposals = std::move(*read);
    leave_out_forged();
    return;
  }
  proposals.clear();
  say("approvals cannot be read: " + read.error().message);
}

// ---- planning -----------------------------------------------------------------------------

bool BridgeSteering::State::plan(const Tick& tick) {
  const std::vector<Pool> seen = pools_of(tick.snapshot);
  Result<std::vector<Pool>> pools = seen;
  if (memory_loaded) pools = ports.store->pools(seen, now().wall);
  if (!pools) say("which runners have to stay open cannot be read: " + pools.error().message);
  runners = gate_runners(tick.snapshot, book, now());
  in_force = book.live(now());
  report.plan = planned(tick, pools ? *pools : seen);
  std::ranges::for_each(report.plan.sentences, [&](const std::string& sentence) { say(sentence); });
  return pools.has_value();
}

GatePlan BridgeSteering::State::planned(const Tick& tick, std::span<const Pool> pools) {
  const Permitted permitted = [&](const GateAction& action) {
    return permission(action, kind_of(action), settings.trust, mode(), proposals, now().wall, in_force)
        .granted;
  };
  return plan_gate({.fleet = tick.snapshot,
                    .decisions = tick.decisions,
                    .runners = runners,
                    .pools = pools,
                    .permitted = permitted},
                   settings.gate, gate);
}

// ---- leasing ------------------------------------------------------------------------------

std::string BridgeSteering::State::hindrance() const {
  if (ports.store == nullptr || !memory_loaded) return "there is no state file to rely on";
  if (ports.audit == nullptr) return "there is no audit trail";
  if (mode() == TrustMode::advisory) return "RunnerIQ is only trusted to advise";
  if (ports.stopped_by_kill_switch && ports.stopped_by_kill_switch()) return "the kill-switch file is there";
  return "";
}

bool BridgeSteering::State::lease(const Tick& tick) {
  const auto wants = [&] {
    return wants_of(report.plan, tick.snapshot, runners, book, now(),
                    static_cast<std::size_t>(budget.left(now())));
  };
  look_first(wants());
  const Wants chosen = wants();
  if (chosen.left_over > 0)
    say(std::to_string(chosen.left_over) + " changes wait for the next minute's budget");
  const LeaseChanges changes = book.want(chosen.wanted, now());
  if (!record(changes)) return false;
  std::ranges::transform(chosen.wanted, std::back_inserter(wanted), &Wanted::runner);
  return use_up_approvals(tick, chosen);
}

// The book leases nothing on a runner that it has not looked at.
void BridgeSteering::State::look_first(const Wants& wants) {
  std::vector<RunnerKey> unknown;
  for (const Wanted& want : wants.wanted) {
    if (book.at_rest(want.runner) == nullptr) unknown.push_back(want.runner);
  }
  if (!unknown.empty())
    take_round(bridge.settle(unknown, TrustMode::advisory, now().wall + settings.round_limit / 2));
}

bool BridgeSteering::State::use_up_approvals(const Tick& tick, const Wants& wants) {
  ProposalChanges used;
  std::vector<RunnerKey> covered;
  for (const NewAction& action : wants.begun) {
    const FleetRunner& runner = tick.snapshot.runners[action.runner];
    const Permission given = permission({runner, action.tag, action.job, action.job_class}, action.kind,
                                        settings.trust, mode(), proposals, now().wall, in_force);
    Proposal* const approval = proposal(given.approval);
    if (approval == nullptr || approval->standing || book.live_of(runner.key, now()).empty()) continue;
    approval->used.insert(runner.key);
    std::erase_if(used.changed, [&](const Proposal& other) { return other.id == approval->id; });
    used.changed.push_back(*approval);
    covered.push_back(runner.key);
  }
  if (used.changed.empty()) return true;
  const auto done = ports.store->record(used, now().wall);
  if (done) return true;
  say("the use of an approval could not be recorded: " + done.error().message);
  for (const RunnerKey& runner : covered)
    (void)record(book.end(runner, "the use of its approval could not be recorded"));
  return false;
}

Proposal* BridgeSteering::State::proposal(std::int64_t id) {
  const auto found = std::ranges::find(proposals, id, &Proposal::id);
  return id == 0 || found == proposals.end() ? nullptr : &*found;
}

void BridgeSteering::State::end_leases(std::string_view why) {
  (void)record(book.end_all(why));
}

// What could not be recorded is owed to the next step.
bool BridgeSteering::State::record(const LeaseChanges& changes) {
  if (changes.empty()) return true;
  bridge.memory().explain(changes);
  if (!memory_loaded) return false;
  const auto done = ports.store->record(changes, now().wall);
  if (done) return true;
  book.take_back(changes);
  say("leases could not be recorded: " + done.error().message);
  return false;
}

// ---- writing ------------------------------------------------------------------------------

void BridgeSteering::State::settle(std::span<const RunnerKey> first, TrustMode allowed) {
  std::vector<RunnerKey> all(first.begin(), first.end());
  std::ranges::copy(book.under_watch(now()), std::back_inserter(all));
  std::ranges::copy(listed.to_look_at, std::back_inserter(all));
  std::ranges::copy(std::exchange(unsettled, {}), std::back_inserter(all));
  if (!settings.trust.execute) return;
  take_round(bridge.settle(all, allowed, now().wall + settings.round_limit));
}

void BridgeSteering::State::take_round(BridgeRound round) {
  std::ranges::for_each(round.sentences, [&](std::string& sentence) { say(std::move(sentence)); });
  std::ranges::move(round.steps, std::back_inserter(report.steps));
  report.writes += round.writes;
  for (const Breach breach : round.breaches) {
    if (std::ranges::find(breaches, breach) == breaches.end()) breaches.push_back(breach);
  }
  std::ranges::copy(round.unread, std::back_inserter(unsettled));
  std::ranges::copy(round.owed, std::back_inserter(unsettled));
  forget(round.gone);
}

// Whatever stands before GitLab may answer 404 for a moment: deleted is only what its list lacks, too.
void BridgeSteering::State::forget(std::span<const RunnerKey> gone) {
  for (const RunnerKey& runner : gone) {
    if (!listed.lacks(runner)) {
      unsettled.push_back(runner);
      continue;
    }
    (void)record(book.forget(runner));
    bridge.memory().forget(runner);
    say("runner " + std::to_string(runner.runner.value()) + " is gone from " + runner.gitlab.value());
  }
}

// ---- trust --------------------------------------------------------------------------------

void BridgeSteering::State::answer_breaches() {
  const std::vector<Breach> all = std::exchange(breaches, {});
  for (const Breach breach : all) demote(breach);
  const bool blind = std::ranges::find(all, Breach::audit_unwritable) != all.end();
  if (!blind && (all.empty() || mode() != TrustMode::advisory)) return;
  end_leases(blind ? "the audit trail cannot be written" : "RunnerIQ is only trusted to advise from now on");
  settle({}, TrustMode::advisory);
}

void BridgeSteering::State::demote(Breach breach) {
  const TrustMode before = mode();
  trust = demoted(trust, before, breach, now().wall);
  say("trust is taken away (" + std::string(to_text(breach)) + "): " + std::string(to_text(before)) +
      " becomes " + std::string(to_text(mode())));
  if (memory_loaded) {
    const auto done = ports.store->record(trust);
    trust_is_durable = done.has_value();
    if (!done) say("the lost trust could not be recorded: " + done.error().message);
  }
  if (ports.audit == nullptr) return;
  const AuditEntry entry = record_of_demotion(breach, before, mode(), now().wall);
  if (const auto done = ports.audit->append_all({&entry, 1}); !done)
    say("the audit trail cannot be written: " + done.error().message);
}

void BridgeSteering::State::propose_rest(const Tick& tick) {
  if (!memory_loaded) return;
  std::vector<Action> actions;
  if (mode() == TrustMode::supervised) {
    actions = actions_to_propose(report.plan, tick.snapshot, book.lanes());
  }
  if (auto promotion = promotion_to_propose(settings.trust, trust, proposals, now().wall)) {
    actions.push_back(std::move(*promotion));
  }
  ProposalChanges changes =
      propose(std::move(actions), proposals, settings.trust, settings.digest, now().wall);
  if (changes.made.empty() && changes.changed.empty()) return;
  if (const auto done = ports.store->record(changes, now().wall); !done)
    return say("what needs an approval could not be recorded: " + done.error().message);
  for (const Proposal& changed : changes.changed) {
    if (Proposal* known = proposal(changed.id)) *known = changed;
  }
  for (Proposal& made : changes.made) {
    say("approval " + std::to_string(made.id) + " is asked for: " + made.action.reason);
    proposals.push_back(std::move(made));
  }
}

// ---- reporting ----------------------------------------------------------------------------

SteeringReport BridgeSteering::State::finish() {
  report.mode = mode();
  report.leases = book.live(now());
  for (SteeringStep& step : report.steps) {
    const auto known = listed.descriptions.find(step.runner);
    if (known != listed.descriptions.end()) step.description = known->second;
  }
  for (const Proposal& proposal : proposals) {
    if (proposal.state == Proposal::State::open && now().wall < proposal.expires)
      report.proposals.push_back(proposal);
  }
  return std::exchange(report, {});
}

}  // namespace runneriq::scheduler
