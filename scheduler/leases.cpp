#include "scheduler/leases.hpp"

#include "core/tag_names.hpp"
#include "scheduler/lease_changes.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

bool is_for(const Lease& lease, const std::string& tag, LeaseKind kind) {
  return lease.tag == tag && lease.kind == kind;
}

std::string words_of_jump(Duration jump) {
  return jump > Duration::zero() ? "the clock was set ahead by " + to_reading(jump)
                                 : "the clock was set back by " + to_reading(-jump);
}

std::map<RunnerKey, std::vector<const Wanted*>> by_runner(std::span<const Wanted> wanted) {
  std::map<RunnerKey, std::vector<const Wanted*>> sorted;
  for (const Wanted& want : wanted) sorted[want.runner].push_back(&want);
  return sorted;
}

bool asks_for(std::span<const Wanted* const> wanted, const Lease& lease) {
  return std::ranges::any_of(wanted, [&](const Wanted* want) {
    const auto& tags = lease.kind == LeaseKind::withhold ? want->withhold : want->grant;
    return std::ranges::find(tags, lease.tag) != tags.end();
  });
}

}  // namespace

std::string_view to_text(LeaseKind kind) {
  return kind == LeaseKind::withhold ? "withhold" : "grant";
}

LeaseBook::LeaseBook(Lanes lanes, LeaseTerms terms, std::vector<Lease> leases, std::vector<RestState> at_rest,
                     std::int64_t last_id)
    : lanes_(std::move(lanes)), terms_(terms), last_id_(last_id) {
  for (Lease& lease : leases) {
    last_id_ = std::max(last_id_, lease.id);
    memories_[lease.runner].to_be_seen = true;
    const RunnerKey runner = lease.runner;
    leases_[runner].push_back({.term = {.lease = std::move(lease), .steady_end = {}}, .before_renewal = {}});
  }
  for (RestState& rest : at_rest) {
    memories_[rest.runner].to_be_seen = true;
    const RunnerKey runner = rest.runner;
    at_rest_.insert_or_assign(runner, std::move(rest));
  }
}

// ---- time ---------------------------------------------------------------------------------

bool LeaseBook::is_live(const Term& term, const Moment& now) const {
  const Lease& lease = term.lease;
  if (lease.created > now.wall || lease.renewed > now.wall || now.wall >= lease.expires) return false;
  if (lease.expires - lease.renewed > terms_.ttl) return false;
  return !term.steady_end || now.steady < *term.steady_end;
}

std::string_view LeaseBook::why_it_is_over(const Term& term, const Moment& now) const {
  if (is_live(term, now)) return "";
  if (now.wall < term.lease.created || now.wall < term.lease.renewed) return "it lies in the future";
  if (term.lease.expires - term.lease.renewed > terms_.ttl) return "it is longer than a lease may be";
  return "it has run out";
}

LeaseChanges LeaseBook::pass_time(const Moment& now) {
  LeaseChanges changes = take_owed();
  const Duration jump = last_ ? clock_jump(*last_, now) : Duration::zero();
  last_ = now;
  if (std::chrono::abs(jump) > terms_.tolerated_jump) append(changes, end_all(words_of_jump(jump)));
  for (auto& [runner, held] : leases_) {
    end_where(
        runner, [&](const Held& one) { return why_it_is_over(one.term, now); }, changes);
    for (Held& one : held) {
      if (!one.term.steady_end) one.term.steady_end = now.steady + (one.term.lease.expires - now.wall);
    }
  }
  std::erase_if(leases_, [](const auto& entry) { return entry.second.empty(); });
  for (auto& [runner, memory] : memories_) {
    std::erase_if(memory.written, [&](const Written& written) { return written.until <= now.steady; });
  }
  return changes;
}

// ---- ending -------------------------------------------------------------------------------

void LeaseBook::end_where(const RunnerKey& runner, const WhyItEnds& because, LeaseChanges& changes) {
  const auto found = leases_.find(runner);
  if (found == leases_.end()) return;
  const std::size_t before = changes.ended.size();
  std::erase_if(found->second, [&](const Held& held) {
    const std::string_view why = because(held);
    if (why.empty()) return false;
    changes.ended.push_back(held.term.lease);
    changes.ended_because.emplace_back(why);
    return true;
  });
  if (changes.ended.size() != before) memories_[runner].to_be_seen = true;
}

LeaseChanges LeaseBook::end(const RunnerKey& runner, std::string_view why) {
  LeaseChanges changes;
  end_where(
      runner, [&](const Held&) -> std::string_view { return why.empty() ? "no reason was given" : why; },
      changes);
  return changes;
}

LeaseChanges LeaseBook::end_all(std::string_view why) {
  LeaseChanges changes;
  for (const auto& [runner, held] : leases_) append(changes, end(runner, why));
  return changes;
}

LeaseChanges LeaseBook::forget(const RunnerKey& runner) {
  LeaseChanges changes = end(runner, "the runner is gone");
  leases_.erase(runner);
  memories_.erase(runner);
  if (at_rest_.erase(runner) != 0) changes.forgotten.push_back(runner);
  return changes;
}

void LeaseBook::take_back(const LeaseChanges& not_recorded) {
  for (const Lease& made : not_recorded.made) {
    std::erase_if(leases_[made.runner], [&](const Held& held) { return held.term.lease.id == made.id; });
  }
  for (const Lease& renewed : not_recorded.renewed) {
    for (Held& held : leases_[renewed.runner]) {
      if (held.term.lease.id != renewed.id || !held.before_renewal) continue;
      held.term = *std::exchange(held.before_renewal, std::nullopt);
    }
  }
  LeaseChanges owed = not_recorded;
  owed.made.clear();
  owed.renewed.clear();
  append(owed_, std::move(owed));
}

// With what is at rest by now.
LeaseChanges LeaseBook::take_owed() {
  LeaseChanges owed = std::exchange(owed_, {});
  for (RestState& rest : owed.at_rest) {
    if (const RestState* now = at_rest(rest.runner)) rest = *now;
  }
  std::erase_if(owed.at_rest, [&](const RestState& rest) { return at_rest(rest.runner) == nullptr; });
  std::erase_if(owed.forgotten, [&](const RunnerKey& runner) { return at_rest(runner) != nullptr; });
  return owed;
}

// ---- wanting ------------------------------------------------------------------------------

bool LeaseBook::is_admissible(const Lease& lease) const {
  const RestState* rest = at_rest(lease.runner);
  if (rest == nullptr) return false;
  const bool carried = std::ranges::find(rest->ours, lease.tag) != rest->ours.end();
  return lease.kind == LeaseKind::withhold ? carried && lanes_.with_tag(lease.tag).has_value()
                                           : !carried && is_grant(lease.tag);
}

bool LeaseBook::may_lease(const RunnerKey& runner, const Moment& now) const {
  const RestState* rest = at_rest(runner);
  if (rest == nullptr || std::ranges::find(rest->ours, kManagedTag) == rest->ours.end()) return false;
  const auto memory = memories_.find(runner);
  const bool restoring = memory != memories_.end() && memory->second.restoring;
  return !restoring && !is_left_alone(runner, now);
}

// What lies further ahead than a person's change could have put it is of a clock that was wrong.
bool LeaseBook::is_left_alone(const RunnerKey& runner, const Moment& now) const {
  const RestState* rest = at_rest(runner);
  if (rest == nullptr || !rest->left_alone_until) return false;
  return now.wall < *rest->left_alone_until && *rest->left_alone_until <= now.wall + terms_.left_alone;
}

LeaseChanges LeaseBook::want(std::span<const Wanted> wanted, const Moment& now) {
  LeaseChanges changes;
  const auto sorted = by_runner(wanted);
  for (const auto& [runner, held] : leases_) {
    if (!sorted.contains(runner)) append(changes, end(runner, "it is not needed any more"));
  }
  for (const auto& [runner, wants] : sorted) want_of(runner, wants, now, changes);
  return changes;
}

void LeaseBook::want_of(const RunnerKey& runner, std::span<const Wanted* const> wanted, const Moment& now,
                        LeaseChanges& changes) {
  const bool may = may_lease(runner, now);
  end_where(
      runner,
      [&](const Held& held) -> std::string_view {
        if (!may) return "nothing is leased on this runner for now";
        if (!is_live(held.term, now)) return why_it_is_over(held.term, now);
        if (!is_admissible(held.term.lease)) return "the runner does not stand for it any more";
        return asks_for(wanted, held.term.lease) ? "" : "it is not needed any more";
      },
      changes);
  if (!may) return;
  TagSet done;
  for (const Wanted* want : wanted) {
    for (const std::string& tag : want->withhold) {
      if (done.insert(tag).second) want_tag(*want, tag, LeaseKind::withhold, now, changes);
    }
    for (const std::string& tag : want->grant) {
      if (done.insert(tag).second) want_tag(*want, tag, LeaseKind::grant, now, changes);
    }
  }
}

void LeaseBook::want_tag(const Wanted& wanted, const std::string& tag, LeaseKind kind, const Moment& now,
                         LeaseChanges& changes) {
  for (Held& held : leases_[wanted.runner]) {
    const Lease& lease = held.term.lease;
    if (!is_for(lease, tag, kind)) continue;
    const bool is_another = lease.cause != wanted.cause || lease.decision != wanted.decision;
    if (is_another || now.wall - lease.renewed >= terms_.renew_after) renew(held, wanted, now, changes);
    return;
  }
  Lease lease{.runner = wanted.runner,
              .tag = tag,
              .kind = kind,
              .reason = wanted.reason,
              .decision = wanted.decision,
              .cause = wanted.cause,
              .created = now.wall,
              .renewed = now.wall,
              .expires = now.wall + terms_.ttl};
  if (is_admissible(lease)) make(std::move(lease), now, changes);
}

void LeaseBook::renew(Held& held, const Wanted& wanted, const Moment& now, LeaseChanges& changes) {
  held.before_renewal = held.term;
  Lease& lease = held.term.lease;
  lease.reason = wanted.reason;
  lease.decision = wanted.decision;
  lease.cause = wanted.cause;
  lease.renewed = now.wall;
  lease.expires = now.wall + terms_.ttl;
  held.term.steady_end = now.steady + terms_.ttl;
  changes.renewed.push_back(lease);
}

void LeaseBook::make(Lease lease, const Moment& now, LeaseChanges& changes) {
  lease.id = ++last_id_;
  changes.made.push_back(lease);
  const RunnerKey runner = lease.runner;
  memories_[runner].to_be_seen = true;
  leases_[runner].push_back(
      {.term = {.lease = std::move(lease), .steady_end = now.steady + terms_.ttl}, .before_renewal = {}});
}

// ---- asking -------------------------------------------------------------------------------

std::vector<RunnerKey> LeaseBook::under_watch(const Moment& now) const {
  std::set<RunnerKey> runners;
  for (const auto& [runner, held] : leases_) {
    if (!held.empty()) runners.insert(runner);
  }
  for (const auto& [runner, memory] : memories_) {
    const bool just_written = memory.watched_until && now.steady < *memory.watched_until;
    if (memory.to_be_seen || just_written) runners.insert(runner);
  }
  return {runners.begin(), runners.end()};
}

bool LeaseBook::is_live(const Lease& lease, const Moment& now) const {
  const auto found = leases_.find(lease.runner);
  return found != leases_.end() && std::ranges::any_of(found->second, [&](const Held& held) {
           return held.term.lease.id == lease.id && is_live(held.term, now);
         });
}

std::vector<Lease> LeaseBook::live(const Moment& now) const {
  std::vector<Lease> all;
  for (const auto& [runner, held] : leases_) {
    for (Lease& lease : live_of(runner, now)) all.push_back(std::move(lease));
  }
  return all;
}

std::vector<Lease> LeaseBook::live_of(const RunnerKey& runner, const Moment& now) const {
  std::vector<Lease> live;
  const auto found = leases_.find(runner);
  if (found == leases_.end()) return live;
  for (const Held& held : found->second) {
    if (is_live(held.term, now)) live.push_back(held.term.lease);
  }
  return live;
}

const RestState* LeaseBook::at_rest(const RunnerKey& runner) const {
  const auto found = at_rest_.find(runner);
  return found == at_rest_.end() ? nullptr : &found->second;
}

}  // namespace runneriq::scheduler
