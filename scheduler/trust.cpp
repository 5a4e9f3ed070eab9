#include "scheduler/trust.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;

constexpr int kActionsForPromotion = 50;
constexpr double kShareForPromotion = 0.9;
constexpr Duration kSoundFor = std::chrono::days{7};
constexpr double kQuantile = 1.959963984540054;  // of the normal distribution at 97.5 %
constexpr std::string_view kPerson = "user:";

TrustMode one_step_below(TrustMode mode) {
  return mode == TrustMode::autonomous ? TrustMode::supervised : TrustMode::advisory;
}

bool is_soundly_reverted(const TrustRecord& record, Time now) {
  return !record.last_failed_revert || now - *record.last_failed_revert >= kSoundFor;
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(std::floor(share * 100))) + " %";
}

std::string words_of(const Evidence& evidence) {
  const int decided = evidence.approved + evidence.rejected;
  std::string words = std::to_string(evidence.approved) + " of " + std::to_string(decided) +
                      " decided actions were approved, so at least " + percent(evidence.approved_share_low) +
                      " are right";
  if (evidence.enough) return words + ": enough for autonomous mode";
  if (decided < kActionsForPromotion) return words + ": 50 decisions are needed";
  if (evidence.approved_share_low < kShareForPromotion) return words + ": 90 % are needed";
  return words + ": but a change could not be taken back in the last 7 days";
}

}  // namespace

std::string_view to_text(Action::Kind kind) {
  switch (kind) {
    case Action::Kind::cut:
      return "cut";
    case Action::Kind::grant:
      return "grant";
    case Action::Kind::promotion:
      return "promotion";
    case Action::Kind::play:
      return "play";
  }
  return "cut";
}

std::string_view to_text(Proposal::State state) {
  switch (state) {
    case Proposal::State::open:
      return "open";
    case Proposal::State::approved:
      return "approved";
    case Proposal::State::rejected:
      return "rejected";
    case Proposal::State::expired:
      return "expired";
    case Proposal::State::superseded:
      return "superseded";
  }
  return "open";
}

std::string_view to_text(Breach breach) {
  switch (breach) {
    case Breach::revert_failed:
      return "a change of tags outlived its lease";
    case Breach::user_tags_differ:
      return "a runner's own tags were not as before after a write";
    case Breach::audit_unwritable:
      return "the audit trail could not be written";
    case Breach::audit_broken:
      return "the audit trail is broken";
    case Breach::token_lost_scope:
      return "the token may not change runners any more";
  }
  return "";
}

std::string digest_of(const Action& action, const Digest& digest) {
  json runners = json::array();
  for (const RunnerKey& runner : action.runners) {
    runners.push_back({runner.gitlab.value(), runner.runner.value()});
  }
  const json fields = {to_text(action.kind),      action.gitlab.value(),  action.tag,
                       action.job.gitlab.value(), action.job.job.value(), to_text(action.job_class),
                       std::move(runners)};
  return digest(json_line(fields));
}

TrustMode mode_in_force(const TrustTerms& terms, const TrustRecord& record) {
  if (!terms.execute) return TrustMode::advisory;
  const TrustMode configured = std::max(terms.options.mode, TrustMode::supervised);
  return record.demoted_to ? std::min(configured, *record.demoted_to) : configured;
}

double wilson_low(int successes, int trials) {
  if (trials <= 0) return 0;
  const double n = trials;
  const double share = successes / n;
  const double square = kQuantile * kQuantile;
  const double spread = kQuantile * std::sqrt(share * (1 - share) / n + square / (4 * n * n));
  return std::clamp((share + square / (2 * n) - spread) / (1 + square / n), 0.0, 1.0);
}

Evidence evidence(std::span<const Proposal> proposals, const TrustRecord& record, Time now) {
  Evidence found;
  for (const Proposal& proposal : proposals) {
    if (proposal.action.kind == Action::Kind::promotion || !proposal.decided_by.starts_with(kPerson))
      continue;
    if (proposal.state == Proposal::State::approved) ++found.approved;
    if (proposal.state == Proposal::State::rejected) ++found.rejected;
  }
  const int decided = found.approved + found.rejected;
  found.approved_share_low = wilson_low(found.approved, decided);
  found.reverts_are_sound = is_soundly_reverted(record, now);
  found.enough = decided >= kActionsForPromotion && found.approved_share_low >= kShareForPromotion &&
                 found.reverts_are_sound;
  found.words = words_of(found);
  return found;
}

namespace {

// Each loss is asked about anew: a refusal to have one back is none for the next.
Action promotion_after(const TrustRecord& record) {
  Action action;
  action.kind = Action::Kind::promotion;
  action.tag = "restored";
  if (record.demoted_at) action.job.job = JobId{record.demoted_at->time_since_epoch().count()};
  return action;
}

bool is_same_promotion(const Action& a, const Action& b) {
  return a.kind == b.kind && a.tag == b.tag && a.job == b.job;
}

}  // namespace

std::optional<Action> promotion_to_propose(const TrustTerms& terms, const TrustRecord& record,
                                           std::span<const Proposal> proposals, Time now) {
  const Evidence found = evidence(proposals, record, now);
  if (record.demoted_to) {
    Action action = promotion_after(record);
    action.reason = "trust was taken away (" + record.demoted_because + "); " + found.words;
    return action;
  }
  if (mode_in_force(terms, record) != TrustMode::supervised || !found.enough) return std::nullopt;
  Action action;
  action.kind = Action::Kind::promotion;
  action.tag = "autonomous";
  action.reason = found.words + "; set assigner.trust_model.mode to autonomous to act on it";
  return action;
}

TrustRecord restored(TrustRecord record, std::span<const Proposal> proposals) {
  if (!record.demoted_to) return record;
  const Action wanted = promotion_after(record);
  const bool approved = std::ranges::any_of(proposals, [&](const Proposal& proposal) {
    return proposal.state == Proposal::State::approved && is_same_promotion(proposal.action, wanted);
  });
  if (!approved) return record;
  TrustRecord back;
  back.last_failed_revert = record.last_failed_revert;
  return back;
}

// Advice needs no trust, so none is lost by it.
TrustRecord demoted(TrustRecord record, TrustMode in_force, Breach breach, Time now) {
  if (breach == Breach::revert_failed) record.last_failed_revert = now;
  if (in_force == TrustMode::advisory) return record;
  const TrustMode lower = one_step_below(in_force);
  record.demoted_to = record.demoted_to ? std::min(*record.demoted_to, lower) : lower;
  record.demoted_because = to_text(breach);
  record.demoted_at = now;
  return record;
}

}  // namespace runneriq::scheduler
