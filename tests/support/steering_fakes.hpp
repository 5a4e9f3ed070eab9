// Fakes of steering's ports: a small GitLab with runners' tags and faults, a state file and an audit
// trail in memory. What they do is noted in one journal, so that the order can be seen.
#pragma once

#include "scheduler/steering.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

using SteeringJournal = std::vector<std::string>;  // "read 7", "put 7", "leases", "audit cut", …
using TagList = std::vector<std::string>;

struct SteeringClock {
  Moment moment{.wall = std::chrono::sys_days{std::chrono::year{2025} / 3 / 1},
                .steady = std::chrono::hours{5}};
  void pass(Duration by) {
    moment.wall += by;
    moment.steady += by;
  }
};

// Runners whose tags several programs may read and write.
class FakeRunners final : public gitlab::RunnerTagAccess {
 public:
  enum class Fault {
    refuse,      // `refusal`, nothing done
    lose_reply,  // done, but nobody hears of it
    lose_write,  // neither done nor answered
    come_late,   // not answered, and done when deliver_late() is called
    drop_a_tag,  // done, but a tag of the users' is lost
  };
  using Runner = gitlab::RunnerTags;

  explicit FakeRunners(SteeringJournal& journal) : journal_(journal) {}

  void add(std::int64_t id, TagList tags) {
    runners[RunnerId{id}] = {.runner = RunnerId{id}, .tags = sorted(std::move(tags))};
  }
  [[nodiscard]] TagList tags(std::int64_t id) const { return runners.at(RunnerId{id}).tags; }
  void set(std::int64_t id, TagList tags) { runners.at(RunnerId{id}).tags = sorted(std::move(tags)); }
  void fault_next_write(Fault fault) { faults.push_back(fault); }
  void deliver_late() {
    for (const auto& write : std::exchange(late, {})) set(write.runner.value(), write.tags);
  }

  std::vector<Result<Runner>> read(std::span<const RunnerId> ids, Time) override {
    std::vector<Result<Runner>> all;
    for (const RunnerId id : ids) {
      journal_.push_back("read " + std::to_string(id.value()));
      const auto broken = unreadable.find(id);
      const auto found = runners.find(id);
      if (broken != unreadable.end()) {
        all.emplace_back(fail(broken->second));
      } else if (found == runners.end()) {
        all.emplace_back(fail(Errc::not_found, "404 Not found"));
      } else {
        all.emplace_back(found->second);
      }
    }
    return all;
  }

  std::vector<gitlab::WriteOutcome> write(std::span<const gitlab::TagWrite> wanted, Time) override {
    std::vector<gitlab::WriteOutcome> all;
    for (const gitlab::TagWrite& one : wanted) {
      if (before_write) before_write(one);
      journal_.push_back("put " + std::to_string(one.runner.value()));
      writes.push_back(one);
      all.push_back(answer(one));
      if (after_write) after_write(one);
    }
    return all;
  }

  std::map<RunnerId, Runner> runners;
  std::map<RunnerId, Error> unreadable;
  std::map<RunnerId, Error> unwritable;  // always refused
  std::deque<Fault> faults;
  Error refusal{Errc::invalid_argument, "422 Unprocessable Content"};
  std::vector<gitlab::TagWrite> writes, late;
  std::function<void(const gitlab::TagWrite&)> before_write, after_write;

 private:
  static TagList sorted(TagList tags) {
    std::ranges::sort(tags);
    return tags;
  }

  gitlab::WriteOutcome answer(const gitlab::TagWrite& write) {
    using Kind = gitlab::WriteOutcome::Kind;
    const gitlab::WriteOutcome unknown{
        .kind = Kind::unknown, .after = {}, .error = {Errc::timed_out, "no answer"}};
    const auto refused = [](Error why) {
      return gitlab::WriteOutcome{.kind = Kind::refused, .after = {}, .error = std::move(why)};
    };
    const auto always = unwritable.find(write.runner);
    if (always != unwritable.end()) return refused(always->second);
    const auto found = runners.find(write.runner);
    if (found == runners.end()) return refused({Errc::not_found, "404 Not found"});
    std::optional<Fault> fault;
    if (!faults.empty()) {
      fault = faults.front();
      faults.pop_front();
    }
    if (fault == Fault::refuse) return refused(refusal);
    if (fault == Fault::lose_write) return unknown;
    if (fault == Fault::come_late) {
      late.push_back(write);
      return unknown;
    }
    found->second.tags = sorted(write.tags);
    if (fault == Fault::lose_reply) return unknown;
    if (fault == Fault::drop_a_tag) {
      const auto lost = std::ranges::find_if(found->second.tags,
                                             [](const auto& tag) { return !tag.starts_with("runneriq:"); });
      if (lost != found->second.tags.end()) found->second.tags.erase(lost);
    }
    return {.kind = Kind::applied, .after = found->second, .error = {}};
  }

  SteeringJournal& journal_;
};

class MemoryStore final : public SteeringStore {
 public:
  explicit MemoryStore(SteeringJournal& journal) : journal_(journal) {}

  Result<SteeringMemory> load(Time) override {
    if (unreadable) return fail(*unreadable);
    SteeringMemory memory;
    for (const auto& [id, lease] : leases) memory.leases.push_back(lease);
    for (const auto& [runner, rest] : at_rest) memory.at_rest.push_back(rest);
    memory.proposals = known;
    memory.trust = trust;
    memory.last_lease_id = last_id;
    return memory;
  }
  Result<void> record(const LeaseChanges& changes, Time) override {
    if (outage) return fail(*outage);
    journal_.emplace_back("leases");
    for (const auto& list : {changes.made, changes.renewed}) {
      for (const Lease& lease : list) leases[lease.id] = lease;
    }
    for (const Lease& lease : changes.made) last_id = std::max(last_id, lease.id);
    for (const Lease& lease : changes.ended) leases.erase(lease.id);
    for (const RestState& rest : changes.at_rest) at_rest[rest.runner] = rest;
    for (const RunnerKey& runner : changes.forgotten) at_rest.erase(runner);
    return {};
  }
  Result<void> record(ProposalChanges& changes, Time) override {
    if (outage || proposals_outage) return fail(Errc::unavailable, "disk full");
    journal_.emplace_back("proposals");
    for (Proposal& made : changes.made) {
      made.id = static_cast<std::int64_t>(known.size()) + 1;
      known.push_back(made);
    }
    for (const Proposal& changed : changes.changed) {
      for (Proposal& old : known) {
        if (old.id == changed.id) old = changed;
      }
    }
    return {};
  }
  Result<void> record(const TrustRecord& changed) override {
    if (outage) return fail(*outage);
    journal_.emplace_back("trust");
    trust = changed;
    return {};
  }
  Result<std::vector<Proposal>> proposals(Time) override {
    if (unreadable) return fail(*unreadable);
    return known;
  }
  Result<std::vector<Pool>> pools(std::span<const Pool> seen_now, Time) override {
    if (unreadable) return fail(*unreadable);
    pools_seen.insert(seen_now.begin(), seen_now.end());
    return std::vector<Pool>(pools_seen.begin(), pools_seen.end());
  }

  std::optional<Error> unreadable, outage;
  bool proposals_outage = false;
  std::map<std::int64_t, Lease> leases;
  std::map<RunnerKey, RestState> at_rest;
  std::vector<Proposal> known;
  TrustRecord trust;
  std::set<Pool> pools_seen;
  std::int64_t last_id = 0;

 private:
  SteeringJournal& journal_;
};

class MemoryAudit final : public AuditSink {
 public:
  explicit MemoryAudit(SteeringJournal& journal) : journal_(journal) {}

  Result<void> append_all(std::span<const AuditEntry> added) override {
    if (outage) return fail(*outage);
    for (const AuditEntry& entry : added) {
      journal_.push_back("audit " + entry.event);
      entries.push_back(entry);
    }
    return {};
  }
  [[nodiscard]] int count(std::string_view event) const {
    return static_cast<int>(std::ranges::count(entries, event, &AuditEntry::event));
  }

  std::optional<Error> outage;
  std::vector<AuditEntry> entries;

 private:
  SteeringJournal& journal_;
};

}  // namespace runneriq::scheduler
